/** One example of every frame of the board stream. */
import type { Frame, FrameName } from './frames.ts';
import {
  nineOClock,
  sampleChain,
  sampleCursor,
  sampleDay,
  sampleEpoch,
  sampleStreamId,
  sampleVisit,
} from './openapi-samples.ts';

const dg = '9c41d5aa03be7712';
const t = nineOClock + 1_200_000;

export const frameExamples: { [N in FrameName]: Frame<N> } = {
  hello: {
    conn: '7d9f0c1e-52a4-4c58-9c1b-0f2e3d4c5b6a',
    proto: 1,
    hb: 15_000,
    maxAge: 3_012_345,
    now: t,
    node: 'server-4be1a2c9',
  },
  snap: {
    e: sampleEpoch,
    s: 42,
    c: sampleChain,
    id: sampleStreamId,
    t,
    view: 'staff',
    schema: 1,
    reason: 'init',
    part: 1,
    parts: 1,
    ents: [{ id: 'day', v: 1, d: sampleDay }],
    dg,
    n: 1,
    dur: 42,
  },
  ev: {
    e: sampleEpoch,
    p: 41,
    s: 42,
    c: sampleChain,
    t,
    ch: [{ o: 'set', id: 'v:t1c9k2', v: 42, d: sampleVisit, m: 'web-3f2a9c71d4:7' }],
  },
  hb: {
    e: sampleEpoch,
    s: 42,
    c: sampleChain,
    t: t + 15_000,
    dg,
    n: 84,
    dur: 42,
    ehr: { isOk: true, lastGoodAt: t, reads: 'closed', writes: 'closed' },
    system: { state: 'live', reasons: [] },
  },
  pres: { users: [{ id: 'marcus', name: 'Marcus Bell', role: 'medical-assistant', tabs: 1, editing: null }] },
  auth: { expIn: 90_000 },
  bye: { code: 'drain', after: 3_200 },
};

/** The first frames of a stream as they stand on the wire. */
export function asyncApiFrameText(): string {
  const line = (name: FrameName, id?: string) =>
    `event: ${name}\n${id ? `id: ${id}\n` : ''}data: ${JSON.stringify(frameExamples[name])}\n\n`;
  return `retry: 1000\n${line('hello')}${line('snap', sampleCursor)}${line('hb')}`;
}
