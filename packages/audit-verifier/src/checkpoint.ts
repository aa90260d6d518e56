/** C2SP tlog-checkpoint: origin, size and root of a log at one moment, as the text of a signed note. */
import { parseNote, type SignedNote } from './signed-note.ts';
import { hashBytes, type TreeHash } from './tree-hash.ts';

export type Checkpoint = { origin: string; size: number; root: TreeHash };
export type ReadCheckpoint = Checkpoint & { note: SignedNote };

export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** Reads a checkpoint without judging its signatures. Null when it is none. */
export function readCheckpoint(bytes: Uint8Array): ReadCheckpoint | null {
  const note = parseNote(bytes);
  if (!note) return null;
  const [origin = '', sizeText = '', rootText = ''] = note.text.split('\n');
  const root = Buffer.from(rootText, 'base64');
  const isExact = /^(?:0|[1-9]\d{0,15})$/.test(sizeText) && root.toString('base64') === rootText;
  if (origin === '' || !isExact || root.length !== hashBytes) return null;
  return { origin, size: Number(sizeText), root, note };
}
