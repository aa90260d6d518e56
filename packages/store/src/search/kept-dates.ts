/** Which days of a clinic can be looked into. */
import { dateAfter } from '@workflow-bolt/domain';
import { boardKeys } from '../keys.ts';
import type { RedisPort } from '../redis-port.ts';

/** A day that has a board, in Redis or in the archive; `isPurged` when the board was deleted. */
export type KeptDate = { date: string; epoch: string; seq: number; isPurged: boolean };

/** Days asked for in one write. */
const askMany = 200;

/** The days from `from` to `to` on which this clinic has, or had, a board. Oldest first. Throws Fault. */
export async function keptDates(
  port: RedisPort,
  clinic: string,
  { from, to }: { from: string; to: string },
): Promise<KeptDate[]> {
  const dates: string[] = [];
  for (let date = from; date <= to; date = dateAfter(date, 1)) dates.push(date);
  const kept: KeptDate[] = [];
  for (let at = 0; at < dates.length; at += askMany) {
    const page = dates.slice(at, at + askMany);
    const found = await Promise.all(page.map((date) => find(port, clinic, date)));
    kept.push(...found.flatMap((each) => each ?? []));
  }
  return kept;
}

async function find(port: RedisPort, clinic: string, date: string): Promise<KeptDate | null> {
  const { meta } = boardKeys({ clinic, date });
  const answer = (await port.command('HMGET', meta, 'epoch', 'seq', 'arch')) as (string | null)[];
  const [epoch, seq, object] = answer;
  if (!epoch || !(Number(seq) > 0)) return null;
  return { date, epoch, seq: Number(seq), isPurged: object === '-' };
}
