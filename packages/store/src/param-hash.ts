/** Identity of what a command asks: the same (clientId, n) with another hash is another command. */
import { hash } from 'node:crypto';

/** JSON of plain data with sorted keys, so that two spellings of one command hash alike. */
export function stableJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  const fields = value as Record<string, unknown>;
  const names = Object.keys(fields)
    .filter((name) => fields[name] !== undefined)
    .sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${stableJson(fields[name])}`).join(',')}}`;
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
