import { type CheckResult, type HistoryLine, resultOf } from './history.ts';
import { canonicalJson } from './models.ts';

/**
 * Every command has at most one effect, one that was acknowledged has exactly one, and all answers to one command are
 * equal. `effects` names the command of each effect found in the end (each event's command id). `hasEffect` says
 * whether an acknowledged answer promised one; a refusal does not. Default: all do.
 */
export function checkIdempotency(
  lines: readonly HistoryLine[],
  effects: readonly string[],
  hasEffect: (answer: HistoryLine) => boolean = () => true,
): CheckResult {
  const counts = new Map<string, number>();
  for (const opId of effects) counts.set(opId, (counts.get(opId) ?? 0) + 1);
  const answers = Map.groupBy(
    lines.filter(({ type }) => type === 'ok'),
    ({ opId }) => opId,
  );
  const sent = new Set(lines.filter(({ type }) => type === 'invoke').map(({ opId }) => opId));
  return resultOf([
    ...[...counts].flatMap(([opId, count]) => (count > 1 ? [`${opId}: ${count} effects`] : [])),
    ...[...counts.keys()].flatMap((opId) => (sent.has(opId) ? [] : [`${opId}: an effect nobody asked for`])),
    ...[...answers].flatMap(([opId, of]) => answerProblems(opId, of, counts.get(opId) ?? 0, hasEffect)),
  ]);
}

function answerProblems(
  opId: string,
  answers: readonly HistoryLine[],
  effects: number,
  hasEffect: (answer: HistoryLine) => boolean,
): string[] {
  const different = new Set(answers.map(({ value }) => canonicalJson(value)));
  const isPromised = answers.some(hasEffect);
  return [
    ...(different.size > 1 ? [`${opId}: ${different.size} different answers`] : []),
    ...(isPromised && effects === 0 ? [`${opId}: acknowledged, but without effect`] : []),
    ...(!isPromised && effects > 0 ? [`${opId}: refused, but with an effect`] : []),
  ];
}
