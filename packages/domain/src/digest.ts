/**
 * Order-independent digest of a view: the sum of a 64-bit hash of each `(entityId, v)`, kept as two
 * 32-bit lanes so that both server and browser update it in constant time per change.
 * It proves that two replicas hold the same versions; it is no protection against forgery.
 */
export type Digest = { hi: number; lo: number; count: number };

export const emptyDigest: Digest = { hi: 0, lo: 0, count: 0 };

function lane(text: string, seed: number): number {
  let h = seed | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x9e3779b1) ^ (h >>> 15);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function shift(digest: Digest, id: string, v: number, sign: 1 | -1): Digest {
  const key = `${id}@${v}`;
  return {
    hi: (digest.hi + sign * lane(key, 0x51ed270b)) >>> 0,
    lo: (digest.lo + sign * lane(key, 0x2545f491)) >>> 0,
    count: digest.count + sign,
  };
}

export const addToDigest = (digest: Digest, id: string, v: number): Digest => shift(digest, id, v, 1);
export const removeFromDigest = (digest: Digest, id: string, v: number): Digest => shift(digest, id, v, -1);

/** 16 hexadecimal digits. */
export function formatDigest(digest: Digest): string {
  return digest.hi.toString(16).padStart(8, '0') + digest.lo.toString(16).padStart(8, '0');
}
