import type { BoardKey } from '@workflow-bolt/contracts';
import type { RedisPort } from '../redis-port.ts';
import { auditKeys, auditLogOf } from './audit-keys.ts';

/** Tells the sealer of a board before the first entry can be written to it. Throws Fault. */
export async function noteBoard(port: RedisPort, { clinic, date }: BoardKey, now: number): Promise<void> {
  await port.command('ZADD', auditKeys(auditLogOf(clinic)).boards, now, date);
}
