import type { Frame, FrameName } from '@workflow-bolt/contracts';

/**
 * A frame ready for any number of sockets: `payload` is the SSE text, `chunk` the same bytes with their HTTP chunk
 * around them. Both share one allocation, so that one encoding serves every connection with one write each.
 */
export type EncodedFrame = { chunk: Buffer; payload: Buffer };

const lineEnd = '\r\n';

/** One SSE message. `id` must be a cursor: it holds no line break by construction. */
export function frameText<N extends FrameName>(name: N, data: Frame<N>, id?: string): string {
  return id === undefined
    ? `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
    : `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Several messages as one write. */
export function encodeText(text: string): EncodedFrame {
  const length = Buffer.byteLength(text);
  const opening = `${length.toString(16)}${lineEnd}`;
  const chunk = Buffer.allocUnsafe(opening.length + length + lineEnd.length);
  chunk.write(opening, 0, 'latin1');
  chunk.write(text, opening.length, 'utf8');
  chunk.write(lineEnd, opening.length + length, 'latin1');
  return { chunk, payload: chunk.subarray(opening.length, opening.length + length) };
}
