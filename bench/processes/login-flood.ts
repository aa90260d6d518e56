/**
 * Floods a sign-in until it is told to end (SIGTERM), then prints how it was answered: wrong passwords, each for another
 * name and from another network, so that no throttle but the queue of hashes slows them.
 *
 * A process of its own at a low priority: who floods a clinic computes on other machines, and must take neither the
 * measuring driver's time nor the server's share of these cores.
 */
import { setPriority } from 'node:os';
import { HttpLane } from '../wire/http-lane.ts';

/** Far more than the hashes of one process, so the queue is full all the time. */
const floodLanes = 48;
const niceness = 10;
const answers: Record<number, number> = {};
let isOn = true;
let n = 0;

/** Whoever is told to come back later does, though sooner than told; many machines keep no common beat. */
const retryMs = (): number => 100 + 200 * Math.random();

async function pour(lane: HttpLane): Promise<void> {
  while (isOn) {
    n += 1;
    const network = `${1 + (n % 200)}.${Math.floor(n / 200) % 250}.${Math.floor(n / 50_000)}.9`;
    const headers = `content-type: application/json\r\nx-forwarded-for: ${network}\r\n`;
    const body = JSON.stringify({ login: `flood-${n}`, password: 'not the right password' });
    const { status } = await lane.request('POST', '/api/v1/sign-in/password', headers, body);
    answers[status] = (answers[status] ?? 0) + 1;
    if (status !== 401) await new Promise((resolve) => setTimeout(resolve, retryMs()));
  }
}

setPriority(niceness);
const lanes = Array.from({ length: floodLanes }, () => new HttpLane(Number(process.env.PORT)));
process.once('SIGTERM', () => {
  isOn = false;
});
console.log(JSON.stringify({ ready: true }));
await Promise.all(lanes.map(pour));
for (const lane of lanes) lane.close();
console.log(JSON.stringify({ answers }));
