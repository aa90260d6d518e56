/**
 * A witness (C2SP tlog-witness): it remembers the last checkpoint of each log it knows and cosigns only what goes on
 * from there. A log that shows two histories to two people cannot have both cosigned.
 */
import type { ReadCheckpoint } from '../checkpoint.ts';
import { isConsistent } from '../proofs.ts';
import { formatSignatures, type NoteKey, verifyNote } from '../signed-note.ts';
import { emptyRoot, isSameHash } from '../tree-hash.ts';
import { parseAddCheckpoint, type ReadRequest, sizeMediaType } from './add-checkpoint-request.ts';
import type { Cosigner, WitnessFolder } from './witness-folder.ts';

export type WitnessAnswer = { status: number; body: string; type?: string };
export type WitnessParts = {
  folder: WitnessFolder;
  cosigner: Cosigner;
  /** Keys of the logs that it knows; the name of each is the log's origin. */
  logs: readonly NoteKey[];
  /** Epoch ms. */
  now?: () => number;
};

const plain = (status: number, body: string): WitnessAnswer => ({ status, body: `${body}\n` });
const conflict = (size: number): WitnessAnswer => ({ status: 409, body: `${size}\n`, type: sizeMediaType });

export class Witness {
  readonly #parts: WitnessParts;
  /** One request of a log at a time: what was compared must still be the last when the next is kept. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(parts: WitnessParts) {
    this.#parts = parts;
  }

  /** Answers one request. Throws when the folder cannot be read or written: then nothing is signed. */
  async add(bytes: Uint8Array): Promise<WitnessAnswer> {
    const request = parseAddCheckpoint(bytes);
    if (!request) return plain(400, 'not a request of a log');
    const { checkpoint, oldSize } = request;
    const keys = this.#parts.logs.filter(({ name }) => name === checkpoint.origin);
    if (keys.length === 0) return plain(404, 'unknown log');
    if (!keys.some((key) => verifyNote(checkpoint.note, key).isSigned))
      return plain(403, 'not signed by the log');
    if (oldSize > checkpoint.size) return plain(400, 'the old size is beyond the checkpoint');
    return this.#inTurn(checkpoint.origin, () => this.#judge(request));
  }

  async #inTurn<T>(origin: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(origin) ?? Promise.resolve()).then(act, act);
    this.#turns.set(
      origin,
      turn.catch(() => {}),
    );
    return turn;
  }

  async #judge({ checkpoint, oldSize, proof }: ReadRequest): Promise<WitnessAnswer> {
    const { folder } = this.#parts;
    const last = await folder.latest(checkpoint.origin);
    const from = last?.size ?? 0;
    if (oldSize !== from) return conflict(from);
    const fromRoot = last?.root ?? emptyRoot;
    const { size, root } = checkpoint;
    if (size === from && !isSameHash(root, fromRoot)) {
      await folder.keepRefused(checkpoint);
      return conflict(from);
    }
    if (!isConsistent({ from, size, fromRoot, root, proof })) {
      await folder.keepRefused(checkpoint);
      return plain(422, 'the proof does not lead from the last checkpoint to this one');
    }
    return this.#cosign(checkpoint);
  }

  /** Kept before it is answered: what was signed must never be forgotten. */
  async #cosign(checkpoint: ReadCheckpoint): Promise<WitnessAnswer> {
    const { folder, cosigner, now, logs } = this.#parts;
    const { text, signatures } = checkpoint.note;
    const signed = cosigner.cosign(text, Math.floor((now ?? Date.now)() / 1_000));
    // Only what was checked: anybody could have added lines.
    const known = signatures.filter(({ name, keyHash }) =>
      logs.some((key) => key.name === name && key.keyHash === keyHash),
    );
    await folder.keep({ ...checkpoint, note: { text, signatures: [...known, signed] } });
    return { status: 200, body: formatSignatures([signed]) };
  }
}
