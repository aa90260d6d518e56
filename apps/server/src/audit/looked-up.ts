/** What is recorded of a look into the record, and how long a stretch one may ask for. */
import { hash } from 'node:crypto';
import type { SecurityEvent } from '@workflow-bolt/contracts';
import { agentOf } from '../access/access-denied.ts';
import { type Call, mustPrincipal } from '../http/handler.ts';
import { ProblemError } from '../http/problem-answer.ts';

const dayMs = 86_400_000;
type Span = { from: number; to: number };

/** Throws `audit_span_too_long`, also for what ends before it begins. */
export function refuseLongSpans({ from, to }: Span, daysMax: number): void {
  if (to < from || to - from > daysMax * dayMs) throw new ProblemError('audit_span_too_long', { daysMax });
}

type Seen = {
  sub: SecurityEvent['sub'];
  route: string;
  n: number;
  query: unknown;
  patient?: string | undefined;
};

/** Who, how many rows, and the question as a hash. */
export function lookedUp(call: Call, { sub, route, n, query, patient }: Seen): SecurityEvent {
  const clinic = call.params.clinic ?? null;
  const q = `sha256:${hash('sha256', JSON.stringify(query), 'hex').slice(0, 32)}`;
  return {
    ...{ cid: clinic, type: 'security', sub, act: sub === 'export' ? 'E' : 'R', out: 0 },
    ...{ agent: agentOf(mustPrincipal(call)), pou: 'HCOMPL', rid: call.requestId, route },
    ...(patient ? { pat: [patient] } : {}),
    ent: [{ t: 'AuditLog', id: clinic ?? 'installation', n, q }],
  };
}
