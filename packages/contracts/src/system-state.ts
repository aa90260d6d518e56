/**
 * How the whole system stands, in one closed vocabulary: the API, heartbeats, screens, alerts and the command line all
 * say these codes and these sentences, and nobody has words of their own. `deriveSystemState` in domain decides.
 */
import { z } from 'zod';
import { breakerStates, ehrAccountSchema } from './ehr-link.ts';
import { instantSchema } from './ids.ts';

/** From best to worst. */
export const systemStates = ['live', 'degraded', 'read-only', 'down'] as const;
export type SystemState = (typeof systemStates)[number];

/** What each state is called, and what it means for somebody who works. */
export const systemStateWords: Readonly<Record<SystemState, { word: string; meaning: string }>> = {
  live: { word: 'Live', meaning: 'Everything works.' },
  degraded: { word: 'Degraded', meaning: 'The board works; something behind it does not.' },
  'read-only': {
    word: 'Read-only',
    meaning: 'The board can be read and not changed; steps wait and enter by themselves.',
  },
  down: {
    word: 'Down',
    meaning: 'The last known board is shown; steps wait and enter by themselves.',
  },
};

type Reason = { state: Exclude<SystemState, 'live'>; text: string };
const reason = (state: Reason['state'], text: string): Reason => ({ state, text });

/** Why the system is not live, worst first. The text names no place, person or address: it may stand on a wall. */
export const systemReasons = {
  'store-away': reason('down', 'The store does not answer.'),
  'functions-missing': reason('down', 'The store has lost its functions; they are being loaded again.'),
  'store-refusing': reason('read-only', 'The store takes no changes at the moment.'),
  'copies-missing': reason('read-only', 'No second copy of the store is there to keep a change safe.'),
  'worker-away': reason('degraded', 'No background process runs: the EHR is neither read nor written.'),
  'jobs-late': reason('degraded', 'Background jobs wait longer than they should.'),
  'ehr-unknown': reason('degraded', 'The EHR has not been asked yet.'),
  'ehr-away': reason('degraded', 'The EHR does not answer: its schedule may be old.'),
  'ehr-held': reason('degraded', 'Somebody has stopped the reading of the EHR.'),
  'ehr-writes-away': reason('degraded', 'The EHR takes no changes: they wait.'),
  'ehr-writes-held': reason('degraded', 'Somebody has stopped the writing to the EHR: changes wait.'),
  'record-late': reason('degraded', 'The record of accesses is kept but has not been sealed for a while.'),
  'witness-late': reason(
    'degraded',
    'The record of accesses is sealed, but its witness elsewhere has not confirmed it for a while.',
  ),
  'keys-away': reason(
    'degraded',
    'The key service does not answer: days that are not open cannot be opened.',
  ),
  'archive-away': reason('degraded', 'The archive does not answer: former days cannot be read.'),
  'roster-late': reason('degraded', 'The encrypted roster for a downtime is older than it should be.'),
} as const satisfies Record<string, Reason>;
export type SystemReason = keyof typeof systemReasons;
export const systemReasonCodes = Object.keys(systemReasons) as [SystemReason, ...SystemReason[]];

/** What heartbeats carry: the state and its reasons, worst first. */
export const systemSummarySchema = z.strictObject({
  state: z.enum(systemStates),
  reasons: z.array(z.enum(systemReasonCodes)),
});
export type SystemSummary = z.infer<typeof systemSummarySchema>;

/**
 * The parts that a server depends on. `copies` only where commits wait for replicas, `ehr-…` only with an EHR, and
 * `roster` only where a clinic has an offline key.
 */
export const dependencyNames = [
  'redis',
  'functions',
  'copies',
  'worker',
  'jobs',
  'ehr-reads',
  'ehr-writes',
  'record',
  'witness',
  'keys',
  'archive',
  'roster',
] as const;
export type DependencyName = (typeof dependencyNames)[number];

/** `refusing`: it answers and takes no changes. `held`: a person stopped it. `late`: it works and is behind. */
export const dependencyStates = ['up', 'late', 'held', 'refusing', 'away', 'unknown'] as const;

export const dependencyStateSchema = z
  .strictObject({
    name: z.enum(dependencyNames),
    state: z.enum(dependencyStates),
    /** True for `up`. */
    isOk: z.boolean(),
    /** Of the last answer, ms; null when it was never asked from here. */
    latencyMs: z.number().nullable(),
    /** When it last did what it is for; null when never. */
    lastGoodAt: instantSchema.nullable(),
    /** A code or a few words without names or addresses. */
    detail: z.string().nullable(),
  })
  .meta({ id: 'DependencyState' });
export type DependencyState = z.infer<typeof dependencyStateSchema>;

export const systemStateResponseSchema = z
  .strictObject({
    state: z.enum(systemStates),
    /** The word and the meaning of the state, as screens show them. */
    word: z.string(),
    meaning: z.string(),
    reasons: z.array(z.strictObject({ code: z.enum(systemReasonCodes), text: z.string() })),
    /** Since when it has been so, as this process saw it. */
    since: instantSchema,
    at: instantSchema,
    dependencies: z.array(dependencyStateSchema),
  })
  .meta({ id: 'SystemState' });
export type SystemStateResponse = z.infer<typeof systemStateResponseSchema>;

/** Where every process says that it lives: a hash of node → beat, a beat older than 15 s counts as gone. */
export const beatsKey = 'sys:nodes';
export const beatEveryMs = 5_000;
export const beatStaleMs = 15_000;
/** A process that went without a word is listed as missing for so long, then forgotten. */
export const beatKeptMs = 3_600_000;

const lag = z.number().min(0);
/** Unknown fields pass, so that an older process understands a newer one. */
export const beatSchema = z
  .object({
    node: z.string().max(80),
    role: z.enum(['server', 'worker']),
    version: z.string().max(40),
    at: instantSchema,
    startedAt: instantSchema.optional(),
    /** Share of one core in use, and the event loop's delay (99th percentile), since the beat before. */
    load: z.object({ cpu: z.number().min(0), loopMs: lag }).optional(),
    /** How far it is behind: screens that could not keep up; jobs that wait, and the age of the oldest one. */
    lag: z.object({ streams: lag.optional(), jobs: lag.optional(), jobsMs: lag.optional() }).optional(),
    /** What this worker last knew of sealing the record; absent when it does not seal. */
    record: z
      .object({
        lastGoodAt: instantSchema.nullable(),
        lastFailedAt: instantSchema.nullable(),
        /** Where witnesses are configured: whether all of them have confirmed what was sealed. */
        witness: z.object({ lastGoodAt: instantSchema.nullable(), isLate: z.boolean() }).optional(),
      })
      .optional(),
    /**
     * The downtime rosters, as every worker finds them: when the oldest of the clinics' newest ones was made, and when
     * one last could not be; absent where no clinic has an offline key.
     */
    roster: z
      .object({ lastGoodAt: instantSchema.nullable(), lastFailedAt: instantSchema.nullable() })
      .optional(),
    /** What this process last knew of the EHR; null when it does not talk to it. */
    ehr: z
      .object({
        isOk: z.boolean(),
        lastGoodAt: instantSchema.nullable(),
        detail: z.string().max(200).nullable(),
        /** State of the circuit breaker of each lane. */
        reads: z.enum(breakerStates),
        writes: z.enum(breakerStates),
        /** The account that it speaks of, by its short name: two kinds of EHR are two accounts. */
        account: ehrAccountSchema.optional(),
        /** When this process last had an answer or none, and how long that took, ms; null before the first call. */
        askedAt: instantSchema.nullable().optional(),
        tookMs: lag.nullable().optional(),
        /** The same of the last write that went well. */
        wroteAt: instantSchema.nullable().optional(),
        wroteMs: lag.nullable().optional(),
      })
      .nullable(),
  })
  .meta({ id: 'Beat' });
export type Beat = z.infer<typeof beatSchema>;

export const processesResponseSchema = z
  .strictObject({
    at: instantSchema,
    processes: z.array(
      z.strictObject({
        node: z.string(),
        role: z.enum(['server', 'worker']),
        version: z.string(),
        /** `missing`: it has not been heard for 15 s and did not take its leave. */
        state: z.enum(['beating', 'missing']),
        at: instantSchema,
        startedAt: instantSchema.nullable(),
        cpu: z.number().nullable(),
        loopMs: z.number().nullable(),
        streamsBehind: z.number().nullable(),
        jobsWaiting: z.number().nullable(),
        oldestJobMs: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: 'Processes' });
export type ProcessesResponse = z.infer<typeof processesResponseSchema>;
