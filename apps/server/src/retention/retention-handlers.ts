/** What is kept how long, and the two people it takes to hold it longer or to delete it earlier. */
import {
  type Alert,
  type ClinicSettings,
  clinicRetentionSchema,
  freezeLiftRequestSchema,
  holdActRequestSchema,
  type ProblemCode,
  purgeDecisionRequestSchema,
  type Refusal,
  retentionSchedule,
  type SecurityEvent,
  spanRequestSchema,
} from '@workflow-bolt/contracts';
import { dateAfter, daysBetween, holdOn, localDate, purgeTooEarly } from '@workflow-bolt/domain';
import {
  type AlertStore,
  alertsBehind,
  freezeDeletions,
  liftFreeze,
  type RedisPort,
  RetentionStore,
  readFreeze,
} from '@workflow-bolt/store';
import { agentOf, demand } from '../access/access-denied.ts';
import { type Call, type Handler, mustPrincipal, ok } from '../http/handler.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem-answer.ts';

export type RetentionParts = {
  port: RedisPort;
  clinics: readonly ClinicSettings[];
  alerts: Pick<AlertStore, 'list'>;
  /** Keeps an event before the answer leaves; throws when it cannot be kept. */
  record: (event: SecurityEvent) => Promise<void>;
  /** Epoch ms. */
  now: () => number;
};

type Asked = { store: RetentionStore; settings: ClinicSettings; today: string };

function asked({ port, clinics, now }: RetentionParts, call: Call): Asked {
  const settings = clinics.find(({ id }) => id === call.params.clinic);
  if (!settings) throw new ProblemError('board_not_found');
  const today = localDate(settings.zone, now());
  return { store: new RetentionStore(port, settings.id), settings, today };
}

/** What a clinic keeps, with the defaults of the schedule filled in. */
export const retentionOf = (settings: ClinicSettings) =>
  clinicRetentionSchema.parse(settings.retention ?? {});

function entry(call: Call, sub: 'hold' | 'retention', id: string, why: string): SecurityEvent {
  const act = sub === 'hold' ? 'U' : 'E';
  return {
    cid: call.params.clinic ?? null,
    type: 'admin',
    ...{ sub, act, out: 0, why },
    agent: agentOf(mustPrincipal(call)),
    ent: [{ t: sub === 'hold' ? 'LegalHold' : 'PurgeRequest', id }],
    rid: call.requestId,
  };
}

const refuse = ({ code, details }: Refusal): never => {
  throw new ProblemError(code as ProblemCode, details);
};

function getRetention(parts: RetentionParts): Handler {
  return async (call) => {
    const { store, settings } = asked(parts, call);
    const [records, freeze] = await Promise.all([store.read(), readFreeze(parts.port)]);
    const { flowHotDays, flowDays } = retentionOf(settings);
    const days = [...records.days.values()].sort((a, b) => (a.date < b.date ? 1 : -1));
    return ok({
      ...{
        clinic: settings.id,
        hotDays: flowHotDays,
        totalDays: flowDays,
        isFrozen: freeze !== null,
        freeze,
      },
      ...{ days, holds: records.holds, requests: records.requests, certificates: records.certificates },
    });
  };
}

const acting = (parts: RetentionParts, call: Call, reason: string) => ({
  by: mustPrincipal(call).uid,
  at: parts.now(),
  reason,
});

/** On the record first: a hold that nobody could find there would be none. */
function postHold(parts: RetentionParts): Handler {
  return async (call) => {
    const { store } = asked(parts, call);
    const { reason, ...span } = parseInput(spanRequestSchema, call.body, 'body');
    await parts.record(entry(call, 'hold', `${span.from}/${span.to}`, 'requested'));
    return ok(await store.requestHold(span, acting(parts, call, reason)));
  };
}

function postHoldAct(parts: RetentionParts): Handler {
  return async (call) => {
    const { store } = asked(parts, call);
    const { act, reason } = parseInput(holdActRequestSchema, call.body, 'body');
    const holdId = call.params.holdId ?? '';
    await parts.record(entry(call, 'hold', holdId, act));
    const settled = await store.actOnHold(holdId, act, acting(parts, call, reason));
    return settled.ok ? ok(settled.value) : refuse(settled.refusal);
  };
}

async function refuseHeld(store: RetentionStore, span: { from: string; to: string }): Promise<void> {
  const { holds } = await store.read();
  const length = daysBetween(span.from, span.to);
  const dates = Array.from({ length: length + 1 }, (_, i) => dateAfter(span.from, i));
  const held = new Set(dates.flatMap((date) => holdOn(holds, 'flow', date)?.id ?? []));
  if (held.size > 0) throw new ProblemError('legal_hold', { holds: [...held] });
}

/** A span longer than anything is kept asks about nothing; it is cut off before it is looked through. */
const spanDaysMax = 1_200;

function postPurgeRequest(parts: RetentionParts): Handler {
  return async (call) => {
    const { store, today } = asked(parts, call);
    const { reason, ...span } = parseInput(spanRequestSchema, call.body, 'body');
    if (daysBetween(span.from, span.to) > spanDaysMax)
      throw new ProblemError('invalid_request', { field: 'to' });
    const early = purgeTooEarly(span.to, today, retentionSchedule[span.class].floorDays ?? 0);
    if (early) return refuse(early);
    await refuseHeld(store, span);
    await parts.record(entry(call, 'retention', `${span.from}/${span.to}`, 'requested'));
    return ok(await store.requestPurge(span, acting(parts, call, reason)));
  };
}

function postPurgeDecision(parts: RetentionParts): Handler {
  return async (call) => {
    const { store, settings } = asked(parts, call);
    const { isApproved, reason } = parseInput(purgeDecisionRequestSchema, call.body, 'body');
    const requestId = call.params.requestId ?? '';
    const known = (await store.read()).requests.find(({ id }) => id === requestId);
    if (!known) throw new ProblemError('record_not_found');
    const resource = { clinic: settings.id, ownerUid: known.requested.by };
    demand(mustPrincipal(call), 'retention.approve', resource, parts.now());
    if (isApproved) await refuseHeld(store, known);
    await parts.record(entry(call, 'retention', requestId, isApproved ? 'approved' : 'refused'));
    const settled = await store.decidePurge(requestId, isApproved, acting(parts, call, reason));
    return settled.ok ? ok(settled.value) : refuse(settled.refusal);
  };
}

/** Alerts of all logs that stopped the deleting. */
async function stoppingAlerts({ alerts, clinics }: RetentionParts): Promise<Alert[]> {
  const books = await Promise.all([null, ...clinics.map(({ id }) => id)].map((each) => alerts.list(each)));
  return books.flat().filter(({ responses }) => responses.includes('freeze-deletions'));
}

/** Throws `record_state` while one of them waits for its review. */
async function mustBeReviewed(parts: RetentionParts): Promise<Alert[]> {
  const stopping = await stoppingAlerts(parts);
  const isOpen = stopping.some(({ review }) => review === null);
  if (isOpen) throw new ProblemError('record_state', { state: 'alert-open' });
  return stopping;
}

/** Who judged why it is stopped does not also let it go on. What was missing stays on record with the case's number. */
function postFreezeLift(parts: RetentionParts): Handler {
  return async (call) => {
    const { port, record, now } = parts;
    const { reason } = parseInput(freezeLiftRequestSchema, call.body, 'body');
    const principal = mustPrincipal(call);
    const freeze = await readFreeze(port);
    if (!freeze) throw new ProblemError('record_not_found');
    const behind = alertsBehind(freeze, await mustBeReviewed(parts));
    // Nobody has judged it yet: the worker raises an alert for a freeze that has none.
    if (behind.length === 0) throw new ProblemError('record_state', { state: 'alert-missing' });
    for (const { review } of behind)
      demand(principal, 'freeze.lift', { clinic: null, ownerUid: review?.by ?? null }, now());
    await record({
      ...{ cid: null, type: 'admin', sub: 'retention', act: 'U', out: 0, sev: 'high', why: 'unfrozen' },
      agent: agentOf(principal),
      ent: [
        { t: 'Freeze', id: freeze.why },
        { t: 'Case', id: reason },
      ],
      rid: call.requestId,
    });
    await liftFreeze(port);
    // Whoever finds the record in doubt stops the deleting before the alert tells of it: one of us sees the other.
    await mustBeReviewed(parts).catch(async (error: unknown) => {
      await freezeDeletions(port, freeze);
      throw error;
    });
    return { status: 204 };
  };
}

/** The handlers of retention, by their routes. */
export const retentionHandlers = (parts: RetentionParts) => ({
  getRetention: getRetention(parts),
  postHold: postHold(parts),
  postHoldAct: postHoldAct(parts),
  postPurgeRequest: postPurgeRequest(parts),
  postPurgeDecision: postPurgeDecision(parts),
  postFreezeLift: postFreezeLift(parts),
});
