/** What goes wrong in a day that passes in half a minute; one after another, in an order from the seed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EhrSimulator } from '@workflow-bolt/ehr-simulator';
import type { Rng } from '@workflow-bolt/testkit';

/** What the EHR's forty minutes are here. */
const outageMs = 6_000;
const garbage = [
  'reset-before',
  'html-503',
  'truncate',
  'empty-200',
  'internal-fault',
  'wrong-length',
] as const;
type Trouble = (simulator: EhrSimulator, rng: Rng) => number;

const troubles: Readonly<Record<string, Trouble>> = {
  outage: (simulator) => {
    simulator.act({ do: 'outage', ms: outageMs });
    return outageMs;
  },
  storm: (simulator, rng) => {
    const op = rng.pick(['UpdateAppointment', 'GetAppointment']);
    simulator.configure({ throttle: { neighbour: { op, everyMs: rng.int(60, 150) } } });
    return 4_000;
  },
  'timeouts after applying': (simulator) => {
    const burst = { do: 'burst', op: 'UpdateAppointment', kind: 'hang-after', ms: 4_000 } as const;
    simulator.act({ ...burst, probability: 0.5 });
    return 4_000;
  },
  garbage: (simulator, rng) => {
    simulator.act({ do: 'burst', op: '*', kind: rng.pick(garbage), ms: 4_000, probability: 0.4 });
    return 4_000;
  },
  'answered and not done': (simulator) => {
    simulator.configure({ writes: { acceptedButNotApplied: true } });
    return 3_000;
  },
};

/** Somebody at another screen: notes all day, and now and then a status. */
const elsewhere = { share: 0.05, changes: 'notes', statuses: ['NoShow'] } as const;

export async function playWeather(simulator: EhrSimulator, rng: Rng, signal: AbortSignal): Promise<void> {
  simulator.configure({ writes: { secondUser: { ...elsewhere, statuses: [...elsewhere.statuses] } } });
  for (const name of rng.shuffle(Object.keys(troubles))) {
    await sleep(rng.int(300, 1_500), undefined, { signal });
    const ms = troubles[name]?.(simulator, rng) ?? 0;
    changeElsewhere(simulator, rng);
    await sleep(ms, undefined, { signal });
    simulator.configure({
      throttle: { neighbour: null },
      writes: { acceptedButNotApplied: false },
      network: { outage: null },
    });
  }
}

function changeElsewhere(simulator: EhrSimulator, rng: Rng): void {
  const listed = simulator.world.listed().filter(({ type, group }) => type === 'P' && !group);
  if (listed.length === 0) return;
  const status = rng.pick(['Cancelled', 'NoShow', 'Confirmed', 'CheckedOut']);
  simulator.act({ do: 'status', id: rng.pick(listed).id, status, by: 12 });
}

/** Nothing of it is left. */
export function clearWeather(simulator: EhrSimulator): void {
  simulator.act({ do: 'clear-faults' });
  simulator.configure({
    throttle: { neighbour: null },
    network: { outage: null },
    writes: { secondUser: null, acceptedButNotApplied: false },
  });
}
