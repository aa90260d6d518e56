import { describe, expect, test } from 'vitest';
import { stepConnection } from './connection-machine.ts';
import {
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
  idleConnection,
  type Phase,
  timers,
} from './connection-state.ts';

type Bare = ConnectionInput extends infer I ? (I extends ConnectionInput ? Omit<I, 'at'> : never) : never;
type Run = { state: ConnectionState; effects: ConnectionEffect[] };

/** Feeds inputs with their moments; answers the state and the effects of the last one. */
function run(inputs: [at: number, input: Bare][], from: ConnectionState = idleConnection): Run {
  let result: Run = { state: from, effects: [] };
  for (const [at, input] of inputs)
    result = stepConnection(result.state, { ...input, at } as ConnectionInput);
  return result;
}

const cursor = 'c1';
const start: [number, Bare] = [0, { type: 'start' }];
const opened = (id: number, at = 0): [number, Bare][] => [
  [at, { type: 'headers', attempt: id }],
  [at, { type: 'hello', attempt: id, hbMs: 15_000 }],
];
const live = (id = 1, at = 0): [number, Bare][] => [
  ...opened(id, at),
  [at, { type: 'agreed', attempt: id, ageMs: 0 }],
];
const liveRun = run([start, ...live()]);
const failed = (attempt: number): Bare => ({ type: 'failed', attempt, why: 'network', cursor });
const ended = (attempt: number): Bare => ({ type: 'ended', attempt, cursor });
const opens = (effects: ConnectionEffect[]) => effects.filter((effect) => effect.type === 'open');
const waitOf = (effects: ConnectionEffect[], timer: string) =>
  effects.find((effect) => effect.type === 'wait' && effect.timer === timer);

describe('every phase answers every input', () => {
  const reach: Record<Phase, ConnectionState> = {
    idle: idleConnection,
    connecting: run([start]).state,
    'catching-up': run([start, ...opened(1)]).state,
    live: liveRun.state,
    stale: run([[1, { type: 'degraded', attempt: 1 }]], liveRun.state).state,
    offline: run([start, [1, failed(1)]]).state,
    'needs-auth': run([start, [1, { type: 'refused', attempt: 1, status: 401, retryAfterMs: 0, cursor }]])
      .state,
    forbidden: run([start, [1, { type: 'refused', attempt: 1, status: 403, retryAfterMs: 0, cursor }]]).state,
    gone: run([start, [1, { type: 'refused', attempt: 1, status: 410, retryAfterMs: 0, cursor }]]).state,
  };
  const rows: Record<string, { input: Bare; to: Record<Phase, Phase> }> = {
    start: {
      input: { type: 'start' },
      to: row({
        idle: 'connecting',
        'needs-auth': 'needs-auth',
        forbidden: 'connecting',
        gone: 'connecting',
      }),
    },
    stop: { input: { type: 'stop' }, to: all('idle') },
    'signed-in': { input: { type: 'signed-in' }, to: row({ forbidden: 'connecting' }) },
    'wake after sleep': {
      input: { type: 'wake', sleptMs: 60_000 },
      to: row({
        'catching-up': 'connecting',
        live: 'connecting',
        stale: 'connecting',
        offline: 'connecting',
      }),
    },
    'wake while bytes flow': { input: { type: 'wake', sleptMs: 0 }, to: row({ offline: 'connecting' }) },
    retry: { input: { type: 'timer', timer: 'retry', cursor }, to: row({ offline: 'connecting' }) },
    ended: {
      input: ended(1),
      to: row({ connecting: 'offline', 'catching-up': 'offline', live: 'offline', stale: 'offline' }),
    },
    agreed: {
      input: { type: 'agreed', attempt: 1, ageMs: 0 },
      to: row({ 'catching-up': 'live', stale: 'live' }),
    },
    'agreed of a former attempt': { input: { type: 'agreed', attempt: 99, ageMs: 0 }, to: row({}) },
    'bye upgrade': {
      input: { type: 'bye', attempt: 1, code: 'upgrade', afterMs: 0, cursor },
      to: row({ connecting: 'gone', 'catching-up': 'gone', live: 'gone', stale: 'gone' }),
    },
    diverged: {
      input: { type: 'mismatch', attempt: 1, kind: 'diverged', cursor },
      to: row({ 'catching-up': 'connecting', live: 'connecting', stale: 'connecting' }),
    },
  };

  function row(changes: Partial<Record<Phase, Phase>>): Record<Phase, Phase> {
    const same = Object.fromEntries(Object.keys(reach).map((phase) => [phase, phase])) as Record<
      Phase,
      Phase
    >;
    return { ...same, ...changes };
  }
  function all(phase: Phase): Record<Phase, Phase> {
    return Object.fromEntries(Object.keys(reach).map((from) => [from, phase])) as Record<Phase, Phase>;
  }

  test('each phase is what it is called', () => {
    for (const [phase, state] of Object.entries(reach)) expect(state.phase).toBe(phase);
  });

  test.each(Object.entries(rows))('%s', (_name, { input, to }) => {
    const answers = Object.fromEntries(
      Object.entries(reach).map(([phase, state]) => [phase, run([[1_000, input]], state).state.phase]),
    );
    expect(answers).toEqual(to);
  });

  test('no timer in any phase throws or leaves two attempts without an owner', () => {
    for (const state of Object.values(reach)) {
      for (const timer of timers) {
        const after = run([[50_000, { type: 'timer', timer, cursor }]], state).state;
        expect(after.next === null || after.active !== null).toBe(true);
      }
    }
  });
});

describe('backoff', () => {
  test('is drawn from zero to a ceiling that doubles up to 10 s', () => {
    let state = run([start]).state;
    const ceilings: number[] = [];
    for (let id = 1; id <= 8; id++) {
      const step = run([[id * 20_000, failed(id)]], state);
      const wait = waitOf(step.effects, 'retry');
      ceilings.push(wait?.type === 'wait' && wait.fromMs === 0 ? wait.toMs : -1);
      state = run([[id * 20_000 + 1, { type: 'timer', timer: 'retry', cursor }]], step.state).state;
    }
    expect(ceilings).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  });

  test('starts anew after 30 s live, and not before', () => {
    const soon = run([[29_000, ended(1)]], liveRun.state);
    const late = run([[30_000, ended(1)]], liveRun.state);
    expect(waitOf(soon.effects, 'retry')).toEqual({ type: 'wait', timer: 'retry', fromMs: 0, toMs: 500 });
    expect(waitOf(late.effects, 'retry')).toEqual({ type: 'wait', timer: 'retry', fromMs: 0, toMs: 250 });
  });

  test('waits at least as long as Retry-After says', () => {
    const { effects } = run([
      start,
      [1, { type: 'refused', attempt: 1, status: 503, retryAfterMs: 7_000, cursor }],
    ]);
    expect(waitOf(effects, 'retry')).toEqual({ type: 'wait', timer: 'retry', fromMs: 7_000, toMs: 7_250 });
  });
});

describe('[3.12] API process killed', () => {
  test('the connection is offline at once and asks again with its cursor within a second', () => {
    const cut = run([[40_000, failed(1)]], liveRun.state);
    expect([cut.state.phase, waitOf(cut.effects, 'retry')]).toEqual([
      'offline',
      { type: 'wait', timer: 'retry', fromMs: 0, toMs: 250 },
    ]);
    const again = run([[40_200, { type: 'timer', timer: 'retry', cursor }]], cut.state);
    expect(opens(again.effects)).toEqual([{ type: 'open', attempt: 2, mode: 'stream', ask: 'cursor' }]);
  });
});

describe('[3.12] Rolling deploy', () => {
  const told = run(
    [[1_000, { type: 'bye', attempt: 1, code: 'drain', afterMs: 4_000, cursor }]],
    liveRun.state,
  );

  test('bye drain reconnects when the server said, beside the old stream, and nobody sees it', () => {
    expect(told.effects).toEqual([{ type: 'wait', timer: 'handover', fromMs: 4_000, toMs: 4_000 }]);
    const beside = run([[5_000, { type: 'timer', timer: 'handover', cursor }]], told.state);
    expect([beside.state.phase, opens(beside.effects).length, beside.state.active?.id]).toEqual([
      'live',
      1,
      1,
    ]);
    const over = run(live(2, 5_100), beside.state);
    expect([over.state.phase, over.state.active?.id, over.state.next]).toEqual(['live', 2, null]);
    expect(over.effects).toContainEqual({ type: 'close', attempt: 1 });
  });

  test('when the old stream ends first, the screen is not live, and the delay of the server is kept', () => {
    const cut = run([[1_100, ended(1)]], told.state);
    expect([cut.state.phase, cut.state.reason, waitOf(cut.effects, 'retry')]).toEqual([
      'offline',
      'drain',
      undefined,
    ]);
    const next = run([[5_000, { type: 'timer', timer: 'handover', cursor }]], cut.state);
    expect([next.state.phase, opens(next.effects).length]).toEqual(['connecting', 1]);
  });

  test('a handover that fails leaves the old stream in place and is tried again', () => {
    const beside = run([[5_000, { type: 'timer', timer: 'handover', cursor }]], told.state);
    const back = run([[5_100, failed(2)]], beside.state);
    expect([back.state.phase, back.state.active?.id, back.state.next]).toEqual(['live', 1, null]);
    expect(waitOf(back.effects, 'handover')).toBeDefined();
  });

  test('when the old stream dies during the handover, silence of the new one is still noticed', () => {
    const beside = run(
      [[5_000, { type: 'timer', timer: 'handover', cursor }], ...opened(2, 5_100)],
      told.state,
    );
    const taken = run([[5_200, failed(1)]], beside.state);
    expect([taken.state.phase, taken.state.active?.id]).toEqual(['catching-up', 2]);
    expect(waitOf(taken.effects, 'watchdog')).toBeDefined();
  });
});

describe('[3.12] Proxy buffers the stream', () => {
  const muted = run([start, [100, { type: 'headers', attempt: 1 }]]);

  test('a hello that does not come within 3 s falls back to long polls and probes again after 10 min', () => {
    expect(waitOf(muted.effects, 'hello')).toEqual({
      type: 'wait',
      timer: 'hello',
      fromMs: 3_000,
      toMs: 3_000,
    });
    const polled = run([[3_100, { type: 'timer', timer: 'hello', cursor }]], muted.state);
    expect(opens(polled.effects)).toEqual([{ type: 'open', attempt: 2, mode: 'poll', ask: 'cursor' }]);
    expect(waitOf(polled.effects, 'reprobe')).toEqual({
      type: 'wait',
      timer: 'reprobe',
      fromMs: 600_000,
      toMs: 600_000,
    });
  });

  test('polls follow each other without a pause and the screen stays live', () => {
    const first = run([[3_100, { type: 'timer', timer: 'hello', cursor }], ...live(2, 3_200)], muted.state);
    const second = run([[28_000, ended(2)]], first.state);
    expect([second.state.phase, opens(second.effects).length]).toEqual(['live', 1]);
  });

  test('a poll that is answered at once is not repeated faster than once a second', () => {
    const first = run([[3_100, { type: 'timer', timer: 'hello', cursor }], ...live(2, 3_200)], muted.state);
    const second = run([[3_300, ended(2)]], first.state);
    expect(waitOf(second.effects, 'retry')).toEqual({
      type: 'wait',
      timer: 'retry',
      fromMs: 1_000,
      toMs: 1_000,
    });
  });

  test('a probe that succeeds goes back to streaming', () => {
    const polling = run([[3_100, { type: 'timer', timer: 'hello', cursor }], ...live(2, 3_200)], muted.state);
    const probe = run(
      [
        [603_100, { type: 'timer', timer: 'reprobe', cursor }],
        [603_200, ended(2)],
      ],
      polling.state,
    );
    expect(opens(probe.effects)).toEqual([{ type: 'open', attempt: 3, mode: 'stream', ask: 'cursor' }]);
    expect(run(live(3, 603_300), probe.state).effects).not.toContainEqual(
      expect.objectContaining({ mode: 'poll' }),
    );
  });

  test('short connections alone never downgrade', () => {
    const { state } = run([
      start,
      ...live(1, 10),
      [20, ended(1)],
      [30, { type: 'timer', timer: 'retry', cursor }],
    ]);
    expect(state.mode).toBe('stream');
  });

  test('headers held back twice in a row are a buffering path too', () => {
    const once = run([start, [10_000, { type: 'timer', timer: 'connect', cursor }]]);
    const twice = run(
      [
        [11_000, { type: 'timer', timer: 'retry', cursor }],
        [21_000, { type: 'timer', timer: 'connect', cursor }],
      ],
      once.state,
    );
    expect([once.state.mode, twice.state.mode]).toEqual(['stream', 'poll']);
  });
});

describe('[3.12] Client asleep 8 h', () => {
  test('waking reconnects at once, past any backoff, and is not live meanwhile', () => {
    const woken = run([[1_000, { type: 'wake', sleptMs: 28_800_000 }]], liveRun.state);
    expect([woken.state.phase, opens(woken.effects).length]).toEqual(['connecting', 1]);
    expect(woken.effects).toContainEqual({ type: 'close', attempt: 1 });
  });
});

describe('silence', () => {
  test('no byte for two heartbeats and 5 s ends the attempt; a byte in time does not', () => {
    const bytes: [number, Bare] = [10_000, { type: 'bytes', attempt: 1 }];
    const early = run([bytes, [35_000, { type: 'timer', timer: 'watchdog', cursor }]], liveRun.state);
    expect(waitOf(early.effects, 'watchdog')).toEqual({
      type: 'wait',
      timer: 'watchdog',
      fromMs: 10_000,
      toMs: 10_000,
    });
    const late = run([bytes, [45_000, { type: 'timer', timer: 'watchdog', cursor }]], liveRun.state);
    expect([late.state.phase, late.state.reason]).toEqual(['offline', 'silent']);
  });

  test('bytes without an agreeing heartbeat do not keep a screen live', () => {
    const chatter: [number, Bare] = [34_000, { type: 'bytes', attempt: 1 }];
    const { state } = run([chatter, [35_000, { type: 'timer', timer: 'agree', cursor }]], liveRun.state);
    expect(state.phase).toBe('offline');
  });

  test('a heartbeat that travelled long counts from when it was sent', () => {
    const aged: [number, Bare] = [20_000, { type: 'agreed', attempt: 1, ageMs: 15_000 }];
    const { state } = run([aged, [40_000, { type: 'timer', timer: 'agree', cursor }]], liveRun.state);
    expect(state.phase).toBe('offline');
  });
});

describe('loop guard', () => {
  function loop(endings: number, cursorOf: (id: number) => string): ConnectionStep {
    let step = run([start]);
    const asks: string[] = [];
    for (let id = 1; id <= endings; id++) {
      step = run(
        [...opened(id, id * 500), [id * 500 + 1, { ...ended(id), cursor: cursorOf(id) } as Bare]],
        step.state,
      );
      step = run([[id * 500 + 2, { type: 'timer', timer: 'retry', cursor }]], step.state);
      asks.push(...opens(step.effects).map((effect) => (effect.type === 'open' ? effect.ask : '')));
    }
    return { ...step, asks };
  }
  type ConnectionStep = Run & { asks: string[] };

  test('five endings at one cursor within 5 s leave the cursor out once', () => {
    expect(loop(7, () => 'same').asks).toEqual([
      'cursor',
      'cursor',
      'cursor',
      'cursor',
      'nothing',
      'cursor',
      'cursor',
    ]);
  });

  test('endings at different cursors are no loop', () => {
    expect(loop(7, (id) => `c${id}`).asks).toEqual(Array(7).fill('cursor'));
  });
});

describe('[3.12] Token revoked / role lowered', () => {
  test('purges at once, asks once more without cursor, and shows the lesser view if there is one', () => {
    const revoked = run(
      [[1_000, { type: 'bye', attempt: 1, code: 'revoked', afterMs: 0, cursor }]],
      liveRun.state,
    );
    expect(revoked.effects).toContainEqual({ type: 'purge' });
    expect([revoked.state.phase, revoked.state.reason]).toEqual(['needs-auth', 'revoked']);
    const again = run([[1_200, { type: 'timer', timer: 'retry', cursor }]], revoked.state);
    expect(opens(again.effects)).toEqual([{ type: 'open', attempt: 2, mode: 'stream', ask: 'nothing' }]);
    expect(run(live(2, 1_300), again.state).state.phase).toBe('live');
  });

  test('403 purges and stays until someone signs in', () => {
    const refused = run([start, [1, { type: 'refused', attempt: 1, status: 403, retryAfterMs: 0, cursor }]]);
    expect(refused.effects).toContainEqual({ type: 'purge' });
    expect(run([[2, { type: 'wake', sleptMs: 0 }]], refused.state).effects).toEqual([]);
    const back = run([[3, { type: 'signed-in' }]], refused.state);
    expect(opens(back.effects)).toEqual([{ type: 'open', attempt: 2, mode: 'stream', ask: 'nothing' }]);
  });

  test('401 keeps the board, asks seldom by itself and at once after a sign-in', () => {
    const out = run([start, [1, { type: 'refused', attempt: 1, status: 401, retryAfterMs: 0, cursor }]]);
    expect(out.effects).not.toContainEqual({ type: 'purge' });
    expect(waitOf(out.effects, 'retry')).toEqual({
      type: 'wait',
      timer: 'retry',
      fromMs: 30_000,
      toMs: 60_000,
    });
    expect(opens(run([[2, { type: 'signed-in' }]], out.state).effects)).toHaveLength(1);
  });
});

describe('[3.12] Redis down (no failover)', () => {
  test('heartbeats of a server without its store are no proof', () => {
    const away = run([[15_000, { type: 'degraded', attempt: 1 }]], liveRun.state);
    expect([away.state.phase, away.state.reason, away.state.active?.id]).toEqual(['stale', 'degraded', 1]);
    expect(run([[30_000, { type: 'agreed', attempt: 1, ageMs: 0 }]], away.state).state.phase).toBe('live');
  });
});

describe('a copy that diverged', () => {
  const wrong: Bare = { type: 'mismatch', attempt: 1, kind: 'diverged', cursor };
  test('is fetched anew at once, the second time not within 30 s, and never shown as live meanwhile', () => {
    const first = run([[1_000, wrong]], liveRun.state);
    expect(opens(first.effects)).toEqual([{ type: 'open', attempt: 2, mode: 'stream', ask: 'digest' }]);
    const second = run([...live(2, 1_100), [5_000, { ...wrong, attempt: 2 } as Bare]], first.state);
    expect([second.state.phase, waitOf(second.effects, 'retry')]).toEqual([
      'stale',
      { type: 'wait', timer: 'retry', fromMs: 26_000, toMs: 26_000 },
    ]);
  });
});

describe('[3.12] Slow consumer', () => {
  test('bye slow reconnects with its cursor and backoff', () => {
    const slow = run([[1_000, { type: 'bye', attempt: 1, code: 'slow', afterMs: 0, cursor }]], liveRun.state);
    expect([slow.state.phase, slow.state.reason]).toEqual(['offline', 'slow']);
    const again = run([[1_300, { type: 'timer', timer: 'retry', cursor }]], slow.state);
    expect(opens(again.effects)).toEqual([{ type: 'open', attempt: 2, mode: 'stream', ask: 'cursor' }]);
  });
});

describe('[3.12] Duplicate tabs', () => {
  test('bye replaced does not fight over the stream: it waits 10 s', () => {
    const gone = run(
      [[1_000, { type: 'bye', attempt: 1, code: 'replaced', afterMs: 0, cursor }]],
      liveRun.state,
    );
    expect(waitOf(gone.effects, 'retry')).toMatchObject({ fromMs: 10_000 });
  });
});
