/**
 * Asks a witness elsewhere to confirm a log (C2SP tlog-witness): it is sent the newest checkpoint with the proof that it
 * goes on from the one the witness saw last, and signs it with the time. What it signed is kept beside the checkpoint.
 */
import {
  addCheckpointPath,
  consistencyProof,
  formatAddCheckpoint,
  formatNote,
  type NoteKey,
  type NoteSignature,
  parseKey,
  parseSignatures,
  parseSize,
  type ReadCheckpoint,
  sizeMediaType,
  tileHashes,
  verifyNote,
  withCosignatures,
} from '@workflow-bolt/audit-verifier';
import type { LogArchive } from './log-archive.ts';

export type WitnessAddress = { key: NoteKey; url: string };
export type WitnessOutcome =
  /** The whole log as it was just read; `at` is when the witness signed, epoch ms. */
  | { status: 'confirmed'; size: number; at: number }
  /** Nothing is sealed yet. */
  | { status: 'empty' }
  /** It did not answer, or nothing of use: to be asked again. */
  | { status: 'away'; reason: string }
  /** It does not know this log, or not its key. */
  | { status: 'unknown'; reason: string }
  /** It has seen another log under this name, or more of it than there is. */
  | { status: 'forked'; reason: string };

type Answer = { status: number; type: string; text: string };

const answerMs = 10_000;
const answerBytesMax = 65_536;
/** The first question may be about the wrong size, and meanwhile the log may grow. */
const attemptsMax = 4;

/** Reads a witness's verifier key. Throws TypeError when it is none: a key that signs logs is none that witnesses. */
export function witnessAddress(key: string, url: string): WitnessAddress {
  const parsed = parseKey(key);
  if (parsed.type !== 4) throw new TypeError('not the verifier key of a witness');
  return { key: parsed, url: `${url.replace(/\/+$/, '')}/${addCheckpointPath}` };
}

export type LogWitnessParts = {
  archive: LogArchive;
  witness: WitnessAddress;
  /** Ends a question that is under way. */
  signal: AbortSignal;
};

export class LogWitness {
  readonly #parts: LogWitnessParts;
  /** Size at which the witness stood when it last answered. */
  #from = 0;

  constructor(parts: LogWitnessParts) {
    this.#parts = parts;
  }

  /** Has the newest checkpoint confirmed, unless it is. Throws only what the archive throws. */
  async confirm(): Promise<WitnessOutcome> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const checkpoint = await this.#parts.archive.checkpoint();
      if (!checkpoint || checkpoint.size === 0) return { status: 'empty' };
      const outcome = (await this.#isKept(checkpoint)) ?? (await this.#ask(checkpoint));
      if (outcome) return outcome;
    }
    return { status: 'away', reason: 'no-agreement' };
  }

  async #isKept(checkpoint: ReadCheckpoint): Promise<WitnessOutcome | null> {
    const { archive, witness } = this.#parts;
    const { note } = await withCosignatures(archive, checkpoint, [witness.key]);
    const { isSigned, at } = verifyNote(note, witness.key);
    return isSigned && at !== null ? { status: 'confirmed', size: checkpoint.size, at } : null;
  }

  /** Null when it is to be asked again, about what it said. */
  async #ask(checkpoint: ReadCheckpoint): Promise<WitnessOutcome | null> {
    const { size, note } = checkpoint;
    if (this.#from > size) return { status: 'forked', reason: 'archive-rolled-back' };
    const proof = await consistencyProof(tileHashes(this.#parts.archive, size), this.#from, size);
    const answer = await this.#post(
      formatAddCheckpoint({ oldSize: this.#from, proof, note: formatNote(note) }),
    );
    if (typeof answer === 'string') return { status: 'away', reason: answer };
    if (answer.status === 200) return this.#take(checkpoint, answer.text);
    if (answer.status === 409) return this.#standAt(checkpoint, answer);
    if (answer.status === 422) return { status: 'forked', reason: 'proof-refused' };
    const isRefusal = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    return { status: isRefusal ? 'unknown' : 'away', reason: `status-${answer.status}` };
  }

  /** It stands elsewhere than we thought. At the same place it has another root; ahead of us it has seen more than there is. */
  async #standAt(asked: ReadCheckpoint, { type, text }: Answer): Promise<WitnessOutcome | null> {
    const size = type.split(';')[0]?.trim() === sizeMediaType ? parseSize(text.trim()) : null;
    if (size === null) return { status: 'away', reason: 'unreadable' };
    if (size === this.#from) return { status: 'forked', reason: 'another-root' };
    if (size > asked.size && size > ((await this.#parts.archive.checkpoint())?.size ?? 0))
      return { status: 'forked', reason: 'archive-rolled-back' };
    this.#from = size;
    return null;
  }

  async #take(checkpoint: ReadCheckpoint, text: string): Promise<WitnessOutcome> {
    const { archive, witness } = this.#parts;
    const { size, note } = checkpoint;
    const isTheirs = ({ name, keyHash }: NoteSignature) =>
      name === witness.key.name && keyHash === witness.key.keyHash;
    const [signature] = (parseSignatures(text) ?? []).filter(isTheirs);
    if (!signature) return { status: 'away', reason: 'unreadable' };
    const { isSigned, at } = verifyNote({ ...note, signatures: [signature] }, witness.key);
    if (!isSigned || at === null) return { status: 'away', reason: 'bad-signature' };
    await archive.keepCosignature(size, signature);
    this.#from = size;
    return { status: 'confirmed', size, at };
  }

  /** The answer, or a word for why there is none. */
  async #post(body: Uint8Array): Promise<Answer | string> {
    const { witness, signal } = this.#parts;
    try {
      const response = await fetch(witness.url, {
        ...{ method: 'POST', body: Buffer.from(body), redirect: 'error' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
      });
      const text = await textOf(response);
      return text === null
        ? 'too-long'
        : { status: response.status, type: response.headers.get('content-type') ?? '', text };
    } catch {
      return 'no-answer';
    }
  }
}

/** Null when it is longer than any answer of a witness. */
async function textOf({ body }: Response): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > answerBytesMax) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
