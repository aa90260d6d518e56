import { type CheckResult, type Operation, resultOf } from './history.ts';

/**
 * No acknowledged element lost, none invented, none doubled. `add` operations put `input` into a collection (events into
 * a log, jobs into a queue); `read` operations answer all its elements. A read must hold every element whose add was
 * answered before the read began; an add of unknown outcome may appear or not. Key by key.
 */
export function checkSetFull(operations: readonly Operation[]): CheckResult {
  const byKey = Map.groupBy(operations, ({ key }) => key);
  return resultOf([...byKey].flatMap(([key, ofKey]) => problemsOf(key, ofKey)));
}

function problemsOf(key: string, operations: readonly Operation[]): string[] {
  const adds = operations.filter(({ f }) => f === 'add');
  const reads = operations.filter(({ f, isKnown }) => f === 'read' && isKnown);
  if (reads.length === 0) return [`${key}: no read, so nothing is known of ${adds.length} adds`];
  return reads.flatMap((read) => problemsOfRead(key, adds, read));
}

function problemsOfRead(key: string, adds: readonly Operation[], read: Operation): string[] {
  const found = (read.output as unknown[]).map(String);
  const present = new Set(found);
  const attempted = new Map(adds.map((add) => [String(add.input), add]));
  const where = `${key}, read ${read.opId}`;
  const lost = adds.filter((add) => add.endUs < read.startUs && !present.has(String(add.input)));
  const phantoms = [...present].filter((element) => {
    const add = attempted.get(element);
    return !add || add.startUs > read.endUs;
  });
  const seen = new Set<string>();
  const doubled = new Set(found.filter((element) => seen.size === seen.add(element).size));
  return [
    ...lost.map((add) => `${where}: acknowledged ${String(add.input)} (${add.opId}) is lost`),
    ...phantoms.map((element) => `${where}: ${element} was never added`),
    ...[...doubled].map((element) => `${where}: ${element} is there more than once`),
  ];
}
