import { type CheckResult, type Operation, resultOf } from './history.ts';

/**
 * What one screen may expect of the versions it sees, process by process and key by key: it never goes back (monotonic
 * reads), and it sees at least its own acknowledged writes (read your writes). `versionOf` takes the version out of an
 * answer; undefined for an answer that shows none, such as a refusal.
 */
export function checkSessions(
  operations: readonly Operation[],
  versionOf: (operation: Operation) => number | undefined,
): CheckResult {
  const sessions = Map.groupBy(
    operations.filter(({ isKnown }) => isKnown),
    ({ proc, key }) => `${proc} on ${key}`,
  );
  return resultOf([...sessions].flatMap(([name, of]) => sessionProblems(name, of, versionOf)));
}

function sessionProblems(
  name: string,
  operations: readonly Operation[],
  versionOf: (operation: Operation) => number | undefined,
): string[] {
  const problems: string[] = [];
  let highest = 0;
  for (const operation of [...operations].sort((a, b) => a.startUs - b.startUs)) {
    const version = versionOf(operation);
    if (version === undefined) continue;
    if (version < highest)
      problems.push(`${name}: saw version ${version} (${operation.opId}) after ${highest}`);
    highest = Math.max(highest, version);
  }
  return problems;
}
