/** What goes wrong in a day that passes in half a minute; one after another, in an order from the seed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EhrSimulator } from '@workflow-bolt/ehr-simulator';
import { awaitUntil, type Rng } from '@workflow-bolt/testkit';

const garbage = [
  'reset-before',
  'html-503',
  'truncate',
  'empty-200',
  'internal-fault',
  'wrong-length',
] as const;
type Trouble = (simulator: EhrSimulator, rng: Rng) => void;

const troubles: Readonly<Record<string, Trouble>> = {
  outage: (simulator) => {
    simulator.act({ do: 'outage', ms: 600_000 });
  },
  storm: (simulator, rng) => {
    const op = rng.pick(['UpdateAppointment', 'GetAppointment']);
    simulator.configure({ throttle: { neighbour: { op, everyMs: rng.int(60, 150) } } });
  },
  'timeouts after applying': (simulator) => {
    simulator.act({ do: 'burst', op: 'UpdateAppointment', kind: 'hang-after', ms: 4_000, probability: 0.5 });
  },
  garbage: (simulator, rng) => {
    simulator.act({ do: 'burst', op: '*', kind: rng.pick(garbage), ms: 4_000, probability: 0.4 });
  },
  'answered and not done': (simulator) => {
    simulator.configure({ writes: { acceptedButNotApplied: true } });
  },
};
const troubleMs = 4_000;

/** Somebody at another screen: notes all day, and now and then a status. */
const elsewhere = { share: 0.05, changes: 'notes', statuses: ['NoShow'] } as const;

/** The outage lasts until the breaker has opened, whatever time that takes a machine; the others a few seconds. */
export async function playWeather(
  simulator: EhrSimulator,
  rng: Rng,
  hasOpened: () => Promise<boolean>,
): Promise<void> {
  simulator.configure({ writes: { secondUser: { ...elsewhere, statuses: [...elsewhere.statuses] } } });
  for (const name of rng.shuffle(Object.keys(troubles))) {
    await sleep(rng.int(300, 1_500));
    troubles[name]?.(simulator, rng);
    changeElsewhere(simulator, rng);
    await sleep(troubleMs);
    const isFelt = async () =>
      simulator.journal().some(({ outcome }) => outcome === 'network:outage') && (await hasOpened());
    if (name === 'outage') await awaitUntil('the breaker has opened', isFelt, 120_000);
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
