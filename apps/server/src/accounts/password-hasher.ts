import { randomBytes } from 'node:crypto';
import { parseOptions } from '@node-rs/argon2';
import { normalPassword } from '@workflow-bolt/domain';
import { argon2id, type HashCost, type HashEngine, ownThreads } from './hash-engine.ts';
import { HashGate, type HashLane } from './hash-gate.ts';

export type HasherOptions = { cost: HashCost; running: number; waiting: number; engine?: HashEngine };

/**
 * Password verifiers in PHC form. Verifying for an account that does not exist costs what verifying for one that does
 * costs: `verify(null, …)` computes a hash of the same parameters and says no.
 */
export class PasswordHasher {
  readonly #cost: HashCost;
  readonly #gate: HashGate;
  readonly #engine: HashEngine;
  readonly #decoy: string;
  #computed = 0;

  constructor({ cost, running, waiting, engine = ownThreads }: HasherOptions) {
    this.#engine = engine;
    this.#cost = cost;
    this.#gate = new HashGate({ running, waiting });
    this.#decoy = decoyVerifier(cost);
  }

  /** Hashes computed so far, decoys included; for metrics, and for tests of equal work. */
  get computed(): number {
    return this.#computed;
  }

  /** True when the next `verify` in this lane would be refused. */
  isBusy(lane: HashLane): boolean {
    return this.#gate.isFull(lane);
  }

  /** For those who have proved who they are. Throws `sign_in_busy`. */
  hash(password: string): Promise<string> {
    return this.#run('known', () => this.#engine.hash(normalPassword(password), this.#cost));
  }

  /** Throws `sign_in_busy`. A null verifier belongs to nobody. */
  async verify(verifier: string | null, password: string, lane: HashLane): Promise<boolean> {
    const isRight = await this.#run(lane, () =>
      this.#engine.verify(verifier ?? this.#decoy, normalPassword(password)),
    );
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

  stop(): void {
    this.#engine.stop();
  }

  #run<T>(lane: HashLane, work: () => Promise<T>): Promise<T> {
    return this.#gate.run(lane, () => {
      this.#computed += 1;
      return work();
    });
  }
}

/** A verifier that no password opens: random bytes in the place of salt and hash, and the full cost to find out. */
function decoyVerifier({ memoryKib, passes }: HashCost): string {
  const [salt, digest] = [16, 32].map((length) => randomBytes(length).toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=1$${salt}$${digest}`;
}
