import type { SnapshotResponse, Visit } from '@workflow-bolt/contracts';
import type { BoardHost } from '@workflow-bolt/store';
import { type Handler, mustSession, ok } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';
import { cursorText } from '../stream/stream-connection.ts';
import type { BoardAccess } from './board-access.ts';
import type { ReadAuditor } from './read-audit.ts';
import { metricsSummaryOf } from './summarise-day.ts';

export type BoardReading = {
  boards: BoardAccess;
  audit: ReadAuditor;
  degraded: (host: BoardHost) => string[];
};

/** The whole board from memory, encoded once for everyone who reads it before it changes. */
export function getBoard({ boards, audit, degraded }: BoardReading): Handler {
  const encoded = new WeakMap<BoardHost, { key: string; bytes: Buffer }>();
  return async (call) => {
    const host = await boards.of(call);
    await audit.note(host, mustSession(call), 'board.read', ['*']);
    const away = degraded(host);
    const { epoch, seq, chain } = host.position;
    const key = [epoch, seq, chain, ...away].join(' ');
    const known = encoded.get(host);
    if (known?.key === key) return { status: 200, bytes: known.bytes };
    const bytes = Buffer.from(JSON.stringify(snapshotOf(host, away)));
    encoded.set(host, { key, bytes });
    return { status: 200, bytes };
  };
}

function snapshotOf(host: BoardHost, degraded: string[]): SnapshotResponse {
  const { entries, digest, epoch, seq, chain, ...position } = host.snapshot();
  const cursor = cursorText('staff', { epoch, seq, chain, ...position });
  const { clinic, date } = host.board;
  const at = position.t || host.now();
  return { clinic, date, epoch, seq, chain, cursor, at, digest, entities: entries, degraded };
}

/** The board as the log says it was at a moment. */
export function getHistory({ boards, audit }: BoardReading): Handler {
  return async (call) => {
    const host = await boards.of(call);
    const at = Number(call.query.at);
    await audit.note(host, mustSession(call), 'board.history', ['*']);
    const { seq, state } = await host.historyAt(at);
    return ok({ at, seq, entities: [...state.entries()].map(([id, { v, d }]) => ({ id, v, d })) });
  };
}

export function getVisitHistory({ boards, audit }: BoardReading): Handler {
  return async (call) => {
    const host = await boards.of(call);
    const visitId = call.params.visitId ?? '';
    if (!host.state.get(`v:${visitId}`)) throw new ProblemError('visit_not_found');
    await audit.note(host, mustSession(call), 'visit.history', [`v:${visitId}`]);
    return ok({ visitId, entries: await host.visitHistory(visitId) });
  };
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
