import { hash, verify } from '@node-rs/argon2';

/** argon2id with one lane: `memoryKib` KiB, so many passes over them. */
export type HashCost = { memoryKib: number; passes: number };

/** Where hashes are computed. Throws only when it cannot compute at all. */
export interface HashEngine {
  hash(password: string, cost: HashCost): Promise<string>;
  verify(verifier: string, password: string): Promise<boolean>;
  stop(): void;
}

/** `const enum` of the library, which type stripping cannot read. */
export const argon2id = 2;

/** On the threads of this process: for hashes that are cheap, or a process that does nothing else. */
export const ownThreads: HashEngine = {
  hash: (password, { memoryKib, passes }) =>
    hash(password, { algorithm: argon2id, memoryCost: memoryKib, timeCost: passes, parallelism: 1 }),
  verify: (verifier, password) => verify(verifier, password),
  stop: () => {},
};
