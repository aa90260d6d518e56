import { hash, parseOptions, verify } from '@node-rs/argon2';
import { normalPassword } from '@workflow-bolt/domain';
import { HashGate } from './hash-gate.ts';

/** argon2id with one lane: `memoryKib` KiB, so many passes over them. */
export type HashCost = { memoryKib: number; passes: number };
export type HasherOptions = { cost: HashCost; running: number; waiting: number };

/** `const enum` of the library, which type stripping cannot read. */
const argon2id = 2;

/**
 * Password verifiers in PHC form. Verifying for an account that does not exist costs what verifying for one that does
 * costs: `verify(null, …)` computes a hash of the same parameters and says no.
 */
export class PasswordHasher {
  readonly #cost: HashCost;
  readonly #gate: HashGate;
  #decoy: Promise<string> | null = null;
  #computed = 0;

  constructor({ cost, running, waiting }: HasherOptions) {
    this.#cost = cost;
    this.#gate = new HashGate({ running, waiting });
  }

  /** Hashes computed so far, decoys included; for metrics, and for tests of equal work. */
  get computed(): number {
    return this.#computed;
  }

  /** True when the next `verify` would be refused. */
  get isBusy(): boolean {
    return this.#gate.isFull;
  }

  /** Throws `sign_in_busy`. */
  hash(password: string): Promise<string> {
    return this.#run(() => hash(normalPassword(password), this.#options()));
  }

  /** Throws `sign_in_busy`. A null verifier belongs to nobody. */
  async verify(verifier: string | null, password: string): Promise<boolean> {
    const against = verifier ?? (await this.#decoyVerifier());
    const isRight = await this.#run(() => verify(against, normalPassword(password)));
    return isRight && verifier !== null;
  }

  /** Whether a verifier was made with other parameters than are chosen now. */
  isOutdated(verifier: string): boolean {
    const { algorithm, memoryCost, timeCost, parallelism } = parseOptions(verifier);
    const isSame =
      Number(algorithm) === argon2id &&
      memoryCost === this.#cost.memoryKib &&
      timeCost === this.#cost.passes &&
      parallelism === 1;
    return !isSame;
  }

  /** Computed before the first sign-in, so that the first unknown name does not stand out. */
  async warmUp(): Promise<void> {
    await this.#decoyVerifier();
  }

  #decoyVerifier(): Promise<string> {
    this.#decoy ??= hash('nobody has this password', this.#options());
    return this.#decoy;
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    return this.#gate.run(() => {
      this.#computed += 1;
      return work();
    });
  }

  #options() {
    return {
      algorithm: argon2id,
      memoryCost: this.#cost.memoryKib,
      timeCost: this.#cost.passes,
      parallelism: 1,
    };
  }
}
