/** What detection hears of: the acts of the record of accesses that can mean something, in one small shape. */
import type { SecurityEvent } from '@workflow-bolt/contracts';

export const signalKinds = [
  'record-opened',
  'opened-colleague',
  'opened-namesake',
  'opened-far-day',
  'identity-revealed',
  'denied-elsewhere',
  'not-there',
  'honey-route',
  'honey-route-forced',
  'honey-token',
  'bait-read',
  'token-reuse',
  'glass-opened',
  'glass-unreviewed',
  'review-overdue',
  'audit-gap',
  'audit-late',
  'audit-broken',
  'witness-refused',
  'witness-late',
  'freeze-alone',
  'key-failed',
] as const;
export type SignalKind = (typeof signalKinds)[number];

export type Signal = {
  kind: SignalKind;
  /** Epoch ms. */
  at: number;
  clinic: string | null;
  /** Account; null before anyone has signed in. */
  uid: string | null;
  /** Network address; null where there is none, such as in a job. */
  network: string | null;
  /** Session to end; null where there is none. */
  session: string | null;
  /** What it was done to: a visit, a clinic, a route, a gap. Opaque. */
  object: string;
};

type From = Pick<Signal, 'at' | 'network' | 'session'>;

/** The signal in an event of the record, or null for the many that say nothing. */
export function signalOf(event: SecurityEvent, from: From): Signal | null {
  const kind = kindOf(event);
  if (!kind) return null;
  const { uid } = event.agent;
  const object = event.ent?.find(({ t }) => t === 'Clinic')?.id ?? event.ent?.[0]?.id ?? '-';
  return { kind, ...from, clinic: event.cid, uid: uid === 'anonymous' ? null : uid, object };
}

/** All signals in an event: who has names told is judged by the patients, not by how often they asked. */
export function signalsOf(event: SecurityEvent, from: From): Signal[] {
  const signal = signalOf(event, from);
  if (signal?.kind !== 'identity-revealed') return signal ? [signal] : [];
  return (event.pat ?? []).map((object) => ({ ...signal, object }));
}

function kindOf({ sub, act, why, out }: SecurityEvent): SignalKind | null {
  if (sub === 'deny' && why === 'DENY_SCOPE') return 'denied-elsewhere';
  if (sub === 'session' && (why === 'token_reuse' || why === 'device_changed')) return 'token-reuse';
  if (sub === 'reveal' && out === 0) return 'identity-revealed';
  if (sub === 'breakglass' && act === 'E' && out === 0) return 'glass-opened';
  if (sub === 'review' && why === 'overdue') return 'review-overdue';
  if (sub === 'audit-gap') return 'audit-gap';
  if (sub === 'verify' && why === 'witness_refused') return 'witness-refused';
  if (sub === 'verify' && why === 'witness_late') return 'witness-late';
  if (sub === 'verify' && out === 8) return 'audit-broken';
  if (sub === 'key' && out === 8) return 'key-failed';
  return null;
}
