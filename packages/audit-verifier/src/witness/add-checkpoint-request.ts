/** C2SP tlog-witness: what a log sends to a witness. The old size, the proof from there, an empty line, the checkpoint. */
import { type ReadCheckpoint, readCheckpoint } from '../checkpoint.ts';
import { hashBytes, type TreeHash } from '../tree-hash.ts';

export type AddCheckpointRequest = {
  /** Size of the checkpoint that the witness cosigned last; 0 when it never did. */
  oldSize: number;
  proof: readonly TreeHash[];
  /** The checkpoint as the log signed it. */
  note: Uint8Array;
};
export type ReadRequest = Omit<AddCheckpointRequest, 'note'> & { checkpoint: ReadCheckpoint };

/** A proof of a log that fits into 63 bits. */
const proofMax = 63;
/** Of a request: the proof, and a checkpoint with its signatures. */
export const requestBytesMax = 72_000;
/** Media type of an answer that names the size at which the witness stands. */
export const sizeMediaType = 'text/x.tlog.size';
export const addCheckpointPath = 'add-checkpoint';

const sizeShape = /^(?:0|[1-9]\d{0,15})$/;

/** Reads a whole number as the specification writes one; null when it is none. */
export function parseSize(text: string): number | null {
  return sizeShape.test(text) ? Number(text) : null;
}

export function formatAddCheckpoint({ oldSize, proof, note }: AddCheckpointRequest): Uint8Array {
  const lines = [`old ${oldSize}`, ...proof.map((hash) => Buffer.from(hash).toString('base64')), '', ''];
  return Buffer.concat([Buffer.from(lines.join('\n')), note]);
}

/** Null when it is none. Signatures are not judged here. */
export function parseAddCheckpoint(bytes: Uint8Array): ReadRequest | null {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = whole.indexOf('\n\n');
  if (end < 0 || bytes.length > requestBytesMax) return null;
  const [first = '', ...lines] = whole.toString('latin1', 0, end).split('\n');
  const oldSize = first.startsWith('old ') ? parseSize(first.slice(4)) : null;
  const checkpoint = readCheckpoint(whole.subarray(end + 2));
  const proof = lines.map((line) => Buffer.from(line, 'base64'));
  const isProof = proof.every((hash, i) => hash.length === hashBytes && hash.toString('base64') === lines[i]);
  if (oldSize === null || !checkpoint || !isProof || proof.length > proofMax) return null;
  return { oldSize, proof, checkpoint };
}
