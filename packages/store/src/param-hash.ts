/** Identity of what a command asks: the same (clientId, n) with another hash is another command. */
import { hash } from 'node:crypto';

/** JSON with sorted keys, so that two spellings of one command hash alike. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** What makes a command the same command: what it says, the version it expected, and who asked. */
export function paramText(command: unknown, expectedVersion: number | null, actorId: string): string {
  return stableJson([command, expectedVersion, actorId]);
}

/** 32 hexadecimal digits over a command where boards are not sealed; where they are, the hash is keyed. */
export function paramHash(command: unknown, expectedVersion: number | null, actorId: string): string {
  const text = paramText(command, expectedVersion, actorId);
  return hash('sha256', text, 'hex').slice(0, 32);
}
