import { type EhrFailure, ehrFailure, type ServiceDownReason } from '../ehr-failure.ts';
import type { HttpAnswer } from '../http-exchange.ts';

type TextResult = { readonly text: string } | { readonly failure: EhrFailure };

function down(reason: ServiceDownReason, status: number): TextResult {
  return { failure: ehrFailure({ kind: 'service-down', reason, httpStatus: status }) };
}

/** The first characters of the body, read byte by byte so that no encoding can hide them. */
function opening(body: Uint8Array): string {
  const bytes = body.subarray(0, 512);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '')
    .trimStart()
    .toLowerCase();
}

function isUtf16(body: Uint8Array): boolean {
  const [first, second] = body;
  return (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe);
}

function notSoap(answer: HttpAnswer): ServiceDownReason | null {
  const start = opening(answer.body);
  if (start === '') return 'empty';
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'html';
  if (start.startsWith('<!doctype')) return 'doctype';
  if (!start.startsWith('<')) return 'not-xml';
  return /^text\/html\b/i.test(answer.contentType) ? 'html' : null;
}

function decodeUtf8(answer: HttpAnswer): string | null {
  const charset = /charset="?([^";\s]+)/i.exec(answer.contentType)?.[1] ?? 'utf-8';
  if (!/^(utf-?8|us-ascii)$/i.test(charset)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(answer.body);
  } catch {
    return null;
  }
}

/**
 * The answer as text, or why it is not even that: redirects, HTML pages, empty bodies and anything that is not
 * XML mean that the service is down; bytes that are not UTF-8 mean that its text cannot be trusted.
 */
export function answerText(answer: HttpAnswer): TextResult {
  if (answer.status >= 300 && answer.status < 400) return down('redirect', answer.status);
  if (isUtf16(answer.body)) {
    return { failure: ehrFailure({ kind: 'malformed', reason: 'encoding', detail: 'utf-16' }) };
  }
  const reason = notSoap(answer);
  if (reason) return down(reason, answer.status);
  const text = decodeUtf8(answer);
  if (text !== null) return { text };
  return { failure: ehrFailure({ kind: 'malformed', reason: 'encoding', detail: null }) };
}
