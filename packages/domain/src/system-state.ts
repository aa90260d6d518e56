/** How the whole system stands, from its parts: pure, so that whoever knows the parts comes to the same answer. */
import {
  type DependencyName,
  type DependencyState,
  type SystemReason,
  type SystemState,
  type SystemStateResponse,
  type SystemSummary,
  systemReasonCodes,
  systemReasons,
  systemStates,
  systemStateWords,
} from '@workflow-bolt/contracts';

type Condition = DependencyState['state'];

/** What it means that a part is in a state. What is not listed means nothing: a part that is up, or not known yet. */
const meanings: Readonly<Record<DependencyName, Readonly<Partial<Record<Condition, SystemReason>>>>> = {
  redis: { away: 'store-away', unknown: 'store-away', refusing: 'store-refusing' },
  functions: { away: 'functions-missing', unknown: 'functions-missing' },
  copies: { away: 'copies-missing' },
  worker: { away: 'worker-away' },
  jobs: { late: 'jobs-late' },
  'ehr-reads': { away: 'ehr-away', held: 'ehr-held', unknown: 'ehr-unknown' },
  'ehr-writes': { away: 'ehr-writes-away', held: 'ehr-writes-held' },
  record: { late: 'record-late', away: 'record-late' },
  witness: { late: 'witness-late', away: 'witness-late' },
  keys: { away: 'keys-away' },
  archive: { away: 'archive-away' },
  roster: { late: 'roster-late', away: 'roster-late' },
};

/** What can only be heard of through the store, and what only workers tell: silence there is the cause's, not theirs. */
const heardThroughStore: readonly DependencyName[] = [
  ...([
    'functions',
    'copies',
    'worker',
    'jobs',
    'ehr-reads',
    'ehr-writes',
    'record',
    'witness',
    'roster',
  ] as const),
];
const toldByWorkers: readonly DependencyName[] = [
  ...(['jobs', 'ehr-reads', 'ehr-writes', 'record', 'witness', 'roster'] as const),
];

function unheard(parts: readonly DependencyState[]): readonly DependencyName[] {
  const of = (name: DependencyName): Condition | undefined => parts.find((part) => part.name === name)?.state;
  if (of('redis') === 'away' || of('redis') === 'unknown') return heardThroughStore;
  return of('worker') === 'away' ? toldByWorkers : [];
}

const stateOf = (reasons: readonly SystemReason[]): SystemState =>
  reasons.reduce<SystemState>((worst, code) => {
    const { state } = systemReasons[code];
    return systemStates.indexOf(state) > systemStates.indexOf(worst) ? state : worst;
  }, 'live');

const summaryOf = (found: ReadonlySet<SystemReason>): SystemSummary => {
  const reasons = systemReasonCodes.filter((code) => found.has(code));
  return { state: stateOf(reasons), reasons };
};

/** The state and its reasons, worst first. A part that nobody could be heard of through another is not blamed. */
export function deriveSystemState(parts: readonly DependencyState[]): SystemSummary {
  const silent = unheard(parts);
  const told = parts.filter(({ name }) => !silent.includes(name));
  return summaryOf(new Set(told.flatMap(({ name, state }) => meanings[name][state] ?? [])));
}

/** As it stands where the store has not confirmed what is shown, whatever the other parts say. */
export function withoutStore({ reasons }: SystemSummary): SystemSummary {
  return summaryOf(new Set<SystemReason>(['store-away', ...reasons]));
}

/** The state in the words that people read, everywhere the same. */
export function describeSystem({
  state,
  reasons,
}: SystemSummary): Pick<SystemStateResponse, 'state' | 'word' | 'meaning' | 'reasons'> {
  return {
    state,
    ...systemStateWords[state],
    reasons: reasons.map((code) => ({ code, text: systemReasons[code].text })),
  };
}
