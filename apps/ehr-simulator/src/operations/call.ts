import type { SimulatorConfig } from '../config.ts';
import type { Effect } from '../journal.ts';
import type { Fields } from '../soap/strict-read.ts';
import type { EhrWorld } from '../world/world.ts';

/** What an operation may know about the call it answers. */
export interface Call {
  world: EhrWorld;
  config: SimulatorConfig;
  /** The simulator's clock, epoch ms. */
  nowMs: number;
  /** What the operation does to the account's data, for the journal. */
  effects: Effect[];
}

/** One operation: how it is read and written, what it needs, and what it does. */
export interface Operation {
  name: string;
  /** What the contract calls the only parameter; `request` unless given. */
  parameter?: string;
  request: string;
  response: string;
  /** The right a user must hold, in the vendor's words; null needs none. */
  permission: string | null;
  isWrite: boolean;
  /** In no published contract: there only when the configuration says so. */
  isUnpublished?: boolean;
  /** The data members as they stand in an answer without data. */
  noData: Fields;
  /** Answers the data members; throws one of the errors below. */
  handle(call: Call, request: Fields): Fields;
}

/** Travels as `ErrorResponse.IsError` inside an HTTP 200. */
export class BusinessError extends Error {
  readonly stackTrace: string | null;
  constructor(message: string, stackTrace: string | null = null) {
    super(message);
    this.stackTrace = stackTrace;
  }
}

/** Travels as an InternalServiceFault with HTTP 500. */
export class InternalFault extends Error {}

/** Travels as a SecurityResponse that says the user may not see this practice. */
export class PracticeNotAuthorized extends Error {}

/** What a request without its Filter gets. */
export function missingFilter(
  operation: string,
  where = 'ValidateDateTimeFields(Object filter)',
): BusinessError {
  return new BusinessError(
    'Object reference not set to an instance of an object.',
    `   at KareoServicesWCF.Validation.ValidationHelper.${where} in ValidationHelper.cs:line 24\n` +
      `   at KareoServicesWCF.KareoServices.${operation}(${operation}Req request)`,
  );
}

/**
 * The practice a filter names. Undefined when no practice has exactly this name, which is no error: there are simply no rows.
 */
export function practiceNamed(call: Call, name: string): number | undefined {
  const practice = call.world.practices.find((one) => one.name === name);
  if (practice && !call.config.auth.practicesAuthorized.includes(practice.id))
    throw new PracticeNotAuthorized();
  return practice?.id;
}

/** A filter text that was really given: not absent, nil or empty. */
export function given(filter: Fields, name: string): string | undefined {
  const value = filter[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Every criterion is met: given texts equal the row's, whatever their case. */
export function matchesTexts(filter: Fields, row: Readonly<Record<string, string | null>>): boolean {
  return Object.entries(row).every(([name, value]) => {
    const wanted = given(filter, name);
    return wanted === undefined || wanted.toLowerCase() === (value ?? '').toLowerCase();
  });
}
