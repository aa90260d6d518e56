/**
 * Seals the steps that wait on this device: a name or a note in them must not lie readable on a disk. AES-256-GCM
 * under a key that WebCrypto made and that no script can read out; a sealed lane opens under its own name only.
 * Whoever runs script in this page can still use the key: that is what the content security policy is for.
 */
import type { OutboxLane } from './outbox-lane.ts';

/** `rev` counts writes, so that two tabs never overwrite each other's steps. */
export type SealedLane = { rev: number; iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer };

const ivBytes = 12;
const bound = (key: string, rev: number) => new TextEncoder().encode(`lane|${key}|${rev}`);

export function makeLaneKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** Lanes of before were kept as they are. */
export function isSealedLane(stored: SealedLane | OutboxLane): stored is SealedLane {
  return 'iv' in stored;
}

export async function sealLane(
  by: CryptoKey,
  key: string,
  rev: number,
  lane: OutboxLane,
): Promise<SealedLane> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const plain = new TextEncoder().encode(JSON.stringify(lane));
  const data = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: bound(key, rev) },
    by,
    plain,
  );
  return { rev, iv, data };
}

/** Throws when it was changed or moved; nothing of it is given away then. */
export async function openLane(
  by: CryptoKey,
  key: string,
  { rev, iv, data }: SealedLane,
): Promise<OutboxLane> {
  const algorithm = { name: 'AES-GCM', iv, additionalData: bound(key, rev) };
  const plain = await crypto.subtle.decrypt(algorithm, by, data);
  return JSON.parse(new TextDecoder().decode(plain)) as OutboxLane;
}
