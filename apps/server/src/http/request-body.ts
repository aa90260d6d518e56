import type { IncomingMessage } from 'node:http';
import { jsonDepthMax } from '@workflow-bolt/contracts';
import { isDeeperThan } from './json-depth.ts';
import { ProblemError } from './problem-answer.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The media type without its parameters, in lower case; '' when absent. */
export function mediaTypeOf(req: IncomingMessage): string {
  return (req.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/**
 * Reads a body of at most `maxBytes`. A longer one is refused as soon as that is known - by its announced length
 * before a byte is read, otherwise at the byte that is too many - so memory is bounded by the limit.
 */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (req.headers['content-encoding'] !== undefined) {
      return reject(new ProblemError('unsupported_media_type'));
    }
    if (Number(req.headers['content-length'] ?? 0) > maxBytes) return reject(tooLarge(maxBytes));
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= maxBytes) return void chunks.push(chunk);
      req.off('data', onData);
      reject(tooLarge(maxBytes));
    };
    req.on('data', onData);
    req.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    req.once('error', reject);
    // Every request closes in the end: an error is made only for those that were cut off.
    req.once('close', () => req.complete || reject(new Error('the client hung up')));
  });
}

const tooLarge = (maxBytes: number) => new ProblemError('body_too_large', { maxBytes });

/** Text in UTF-8 without its byte-order mark. Throws `malformed_json` for other bytes. */
export function decodeUtf8(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch (error) {
    throw new ProblemError('malformed_json', { detail: 'The body is not UTF-8.' }, error);
  }
}

/** One JSON document, no deeper than `jsonDepthMax`. */
export function parseJson(body: Uint8Array): unknown {
  if (isDeeperThan(body, jsonDepthMax)) throw new ProblemError('json_too_deep', { depthMax: jsonDepthMax });
  const text = decodeUtf8(body);
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's message quotes the text, which may hold a name: it stays here.
    throw new ProblemError('malformed_json', {}, error);
  }
}
