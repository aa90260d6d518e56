import type { Operation } from './history.ts';
import type { Model } from './linearizability.ts';

/** A versioned value: a visit, a room's settings, anything that is replaced under its version. */
export interface VersionedState {
  readonly version: number;
  readonly value: unknown;
}

/** Answer of `cas`: done with the new version, refused for a stale version, or refused by a rule. */
export type CasOutput =
  | { readonly outcome: 'done'; readonly version: number }
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'refused' };

export interface CasInput {
  readonly expectedVersion: number;
  readonly value: unknown;
}

/**
 * A register that starts at version 0 with null. `read` answers `VersionedState`; `cas` takes `CasInput`, answers
 * `CasOutput`, and must succeed exactly when the version matches and the rule allows the step.
 */
export function visitRegister(
  isAllowed: (from: unknown, to: unknown) => boolean = () => true,
): Model<VersionedState> {
  const apply = (state: VersionedState, input: CasInput): { state: VersionedState; output: CasOutput } => {
    if (input.expectedVersion !== state.version) return { state, output: { outcome: 'conflict' } };
    if (!isAllowed(state.value, input.value)) return { state, output: { outcome: 'refused' } };
    const version = state.version + 1;
    return { state: { version, value: input.value }, output: { outcome: 'done', version } };
  };
  const step = (state: VersionedState, operation: Operation): VersionedState | undefined => {
    if (operation.f === 'read')
      return !operation.isKnown || isSame(operation.output, state) ? state : undefined;
    if (operation.f !== 'cas') throw new Error(`the visit register has no operation ${operation.f}`);
    const expected = apply(state, operation.input as CasInput);
    const said = operation.output as CasOutput | undefined;
    const isExplained = !operation.isKnown || (said !== undefined && agrees(said, expected.output));
    return isExplained ? expected.state : undefined;
  };
  return {
    name: 'visit',
    init: () => ({ version: 0, value: null }),
    step,
    hash: (state) => `${state.version}=${canonicalJson(state.value)}`,
  };
}

function agrees(said: CasOutput, expected: CasOutput): boolean {
  if (said.outcome !== expected.outcome) return false;
  return said.outcome !== 'done' || expected.outcome !== 'done' || said.version === expected.version;
}

/** Who is in a room, sorted. */
export type RoomState = readonly string[];

/**
 * A room that holds at most `capacity` visits. `occupy` with `{ visit }` answers 'done' (also when the visit is in it
 * already) or 'full'; `release` with `{ visit }` answers 'done' or 'absent'; `read` answers the visits.
 */
export function roomOccupancy(capacity: number): Model<RoomState> {
  const apply = (state: RoomState, f: string, visit: string): { state: RoomState; output: string } => {
    const isIn = state.includes(visit);
    if (f === 'release') {
      return isIn
        ? { state: state.filter((one) => one !== visit), output: 'done' }
        : { state, output: 'absent' };
    }
    if (f !== 'occupy') throw new Error(`a room has no operation ${f}`);
    if (isIn) return { state, output: 'done' };
    return state.length >= capacity
      ? { state, output: 'full' }
      : { state: [...state, visit].sort(), output: 'done' };
  };
  return {
    name: 'room',
    init: () => [],
    step: (state, { f, input, output, isKnown }) => {
      if (f === 'read')
        return !isKnown || isSame([...(output as string[])].sort(), state) ? state : undefined;
      const expected = apply(state, f, (input as { visit: string }).visit);
      return !isKnown || expected.output === output ? expected.state : undefined;
    },
    hash: (state) => state.join(','),
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** JSON with the names of every object in order, so that equal data give equal text. */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'undefined'
  );
}
