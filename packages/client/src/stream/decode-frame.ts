/**
 * From an SSE event to a frame of the board stream. Checks what the apply rule relies on and lets unknown
 * fields pass, so that a newer server may add some; the entities themselves were validated by the server.
 */
import type { Frame, FrameName } from '@workflow-bolt/contracts';
import type { SseEvent } from './sse-parser.ts';

export type DecodedFrame = {
  [N in FrameName]: { name: N; body: Frame<N>; id: string | null };
}[FrameName];

/** The peer speaks something else: the connection is worthless, the board is not touched. */
export class FrameError extends Error {}

type Shape = Record<string, 'count' | 'string' | 'list'>;
const position: Shape = { e: 'string', s: 'count', c: 'string', t: 'count' };
const shapes: Record<FrameName, Shape> = {
  hello: { conn: 'string', proto: 'count', hb: 'count', now: 'count' },
  snap: {
    ...position,
    id: 'string',
    view: 'string',
    schema: 'count',
    reason: 'string',
    part: 'count',
    parts: 'count',
    ents: 'list',
    dg: 'string',
    n: 'count',
    dur: 'count',
  },
  ev: { ...position, p: 'count', ch: 'list' },
  hb: { ...position, dg: 'string', n: 'count', dur: 'count' },
  pres: { users: 'list' },
  auth: { expIn: 'count' },
  bye: { code: 'string', after: 'count' },
};

/** Null for an event of a name this version does not know. Throws `FrameError` on a malformed one. */
export function decodeFrame(event: SseEvent): DecodedFrame | null {
  if (!Object.hasOwn(shapes, event.name)) return null;
  const name = event.name as FrameName;
  const body = parseJson(event.data);
  for (const [key, kind] of Object.entries(shapes[name])) {
    if (!isOf(kind, body[key])) throw new FrameError(`${name}.${key} is not a ${kind}`);
  }
  if (name === 'ev') checkChanges(body.ch as unknown[]);
  if (name === 'snap') checkEntries(body.ents as unknown[]);
  return { name, body, id: event.id } as unknown as DecodedFrame;
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw new FrameError('a frame is not a JSON object');
}

function isOf(kind: Shape[string], value: unknown): boolean {
  if (kind === 'count') return Number.isSafeInteger(value) && (value as number) >= 0;
  return kind === 'list' ? Array.isArray(value) : typeof value === 'string';
}

function checkChanges(changes: unknown[]): void {
  for (const change of changes as Record<string, unknown>[]) {
    checkEntry(change);
    if (change.o !== 'del' && (change.o !== 'set' || !isEntity(change.d)))
      throw new FrameError('a change is neither a set with its entity nor a del');
  }
}

function checkEntries(entries: unknown[]): void {
  for (const entry of entries as Record<string, unknown>[]) {
    checkEntry(entry);
    if (!isEntity(entry.d)) throw new FrameError('an entry has no entity');
  }
}

function checkEntry(entry: Record<string, unknown> | null): void {
  if (typeof entry !== 'object' || entry === null || typeof entry.id !== 'string' || !isOf('count', entry.v))
    throw new FrameError('an entry has no id or no version');
}

const isEntity = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
