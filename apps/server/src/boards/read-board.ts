import type { BoardEvent, EntityId, Entry, SnapshotResponse, Visit } from '@workflow-bolt/contracts';
import {
  addToDigest,
  emptyDigest,
  formatDigest,
  localDate,
  type Projection,
  projectEvent,
} from '@workflow-bolt/domain';
import type { BoardHost } from '@workflow-bolt/store';
import type { BoardSight } from '../access/board-sight.ts';
import type { Detection } from '../detection/detection.ts';
import type { Opening } from '../detection/nearness.ts';
import { type Handler, mustPrincipal, mustSession, ok } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { cursorText } from '../stream/stream-connection.ts';
import type { BoardAccess } from './board-access.ts';
import { recordRead } from './read-audit.ts';
import { metricsSummaryOf } from './summarise-day.ts';

export type BoardReading = {
  boards: BoardAccess;
  sight: BoardSight;
  degraded: (host: BoardHost) => string[];
};
/** Opening records one by one is watched: a person reads only so many. */
export type Watching = { detection: Pick<Detection, 'opening' | 'opened'> };

type Encoded = { key: string; bytes: Buffer };

/** The whole board from memory, encoded once for everyone who sees the same and reads it before it changes. */
export function getBoard({ boards, sight, degraded }: BoardReading): Handler {
  const encoded = new WeakMap<BoardHost, Map<string, Encoded>>();
  return async (call) => {
    const host = await boards.of(call);
    const projection = sight.of(host, mustPrincipal(call));
    await recordRead(host, call, 'board.read', ['*']);
    const away = degraded(host);
    const { epoch, seq, chain } = host.position;
    const key = [epoch, seq, chain, ...away].join(' ');
    const known = encoded.get(host)?.get(projection.view);
    if (known?.key === key) return { status: 200, bytes: known.bytes };
    const bytes = Buffer.from(JSON.stringify(snapshotOf(host, projection, away)));
    keep(encoded, host, projection.view, { key, bytes });
    return { status: 200, bytes };
  };
}

/** What was encoded of an earlier position is of no use to anybody. */
function keep(
  kept: WeakMap<BoardHost, Map<string, Encoded>>,
  host: BoardHost,
  view: string,
  fresh: Encoded,
): void {
  const present = kept.get(host) ?? new Map<string, Encoded>();
  for (const [each, { key }] of present) if (key !== fresh.key) present.delete(each);
  kept.set(host, present.set(view, fresh));
}

function snapshotOf(host: BoardHost, projection: Projection, degraded: string[]): SnapshotResponse {
  const { entries, digest: _whole, epoch, seq, chain, ...position } = host.snapshot();
  const cursor = cursorText(projection.view, { epoch, seq, chain, ...position });
  const { clinic, date } = host.board;
  const at = position.t || host.now();
  const entities = seenEntries(projection, entries);
  const digest = digestOf(entities);
  return { clinic, date, epoch, seq, chain, cursor, at, digest, entities, degraded };
}

function seenEntries({ see }: Projection, entries: Iterable<Entry>): Entry[] {
  const seen: Entry[] = [];
  for (const { id, v, d } of entries) {
    const entity = see(id as EntityId, d);
    if (entity) seen.push({ id, v, d: entity });
  }
  return seen;
}

function digestOf(entries: readonly Entry[]): string {
  let digest = emptyDigest;
  for (const { id, v } of entries) digest = addToDigest(digest, id, v);
  return formatDigest(digest);
}

/** The board as the log says it was at a moment, to the eyes that the reader has now. */
export function getHistory({ boards, sight }: BoardReading): Handler {
  return async (call) => {
    const host = await boards.of(call);
    const at = Number(call.query.at);
    const projection = sight.of(host, mustPrincipal(call));
    await recordRead(host, call, 'board.history', ['*']);
    const { seq, state } = await host.historyAt(at);
    const entries = [...state.entries()].map(([id, { v, d }]) => ({ id, v, d }));
    return ok({ at, seq, entities: seenEntries(projection, entries) });
  };
}

export function getVisitHistory({ boards, sight, detection }: BoardReading & Watching): Handler {
  return async (call) => {
    const host = await boards.of(call);
    const visitId = call.params.visitId ?? '';
    const visit = host.state.get(`v:${visitId}`);
    const projection = sight.of(host, mustPrincipal(call));
    // What a reader may not see is not there: the answer is the same.
    const isThere = visit !== undefined && projection.see(`v:${visitId}`, visit.d) !== null;
    const [session, { clinic }] = [mustSession(call), host.board];
    await detection.opening({ req: call.req, session, clinic }, visitId, isThere);
    if (!isThere) throw new ProblemError('visit_not_found');
    await recordRead(host, call, 'visit.history', [`v:${visitId}`]);
    void detection.opened(call.req, session, openingOf(host, visitId, session.user.name));
    const entries = await host.visitHistory(visitId);
    return ok({ visitId, entries: entries.flatMap((entry) => seenEntry(projection, entry)) });
  };
}

function openingOf(host: BoardHost, visitId: string, readerName: string): Opening {
  const { clinic, date: day } = host.board;
  const of = (id: EntityId) => host.state.get(id)?.d;
  const [visit, person, board] = [of(`v:${visitId}`), of(`p:${visitId}`), of('day')];
  const today = board?.type === 'day' ? localDate(board.zone, host.now()) : day;
  return {
    ...{ clinic, visitId, readerName, day, today },
    patientName: person?.type === 'person' ? person.fullName : null,
    patientKey: visit?.type === 'visit' ? visit.patientKey : null,
  };
}

function seenEntry<E extends { events: BoardEvent[] }>(projection: Projection, entry: E): E[] {
  const events = entry.events.flatMap((event) => projectEvent(projection, event) ?? []);
  return events.length > 0 ? [{ ...entry, events }] : [];
}

/** Numbers only: no person is read. */
export function getMetricsSummary({ boards }: BoardReading): Handler {
  return async (call) => {
    const host = await boards.of(call);
    const visits: Visit[] = [];
    for (const [, { d }] of host.state.entries()) if (d.type === 'visit') visits.push(d);
    return ok(metricsSummaryOf(visits, host.now(), host.position.seq));
  };
}
