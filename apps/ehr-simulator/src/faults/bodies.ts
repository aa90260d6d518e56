import type { FaultKind } from '../config.ts';

/** The web server's page when the application pool is down. */
export const HTML_503 =
  '<!DOCTYPE html><html><head><title>Service Unavailable</title></head><body><h2>Service Unavailable</h2><hr>' +
  '<p>HTTP Error 503. The service is unavailable.</p></body></html>';

/** A maintenance page that says 200. */
export const HTML_200 =
  '<!DOCTYPE html><html><head><title>Scheduled maintenance</title></head><body><h1>We will be right back</h1></body></html>';

const LAUGHS =
  '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>';

/** The answer's bytes, spoiled as the fault says; other kinds leave them alone. */
export function spoil(kind: FaultKind, body: string): Buffer {
  switch (kind) {
    case 'bad-character':
      return Buffer.from(intoFirstText(body, '\u000b'), 'utf8');
    case 'bare-ampersand':
      return Buffer.from(intoFirstText(body, ' & '), 'utf8');
    case 'latin1':
      // The header still claims UTF-8; characters beyond Latin-1 are lost as a careless encoder loses them.
      return Buffer.from(intoFirstText(body, 'Zo\u00eb'), 'latin1');
    case 'doctype':
      return Buffer.from(body.replace('?>', `?>${LAUGHS}`), 'utf8');
    case 'truncate':
      return Buffer.from(body, 'utf8').subarray(0, Math.floor(Buffer.byteLength(body) * 0.6));
    default:
      return Buffer.from(body, 'utf8');
  }
}

// After the first opening tag that is followed by text: always inside an element, never inside a tag.
function intoFirstText(body: string, piece: string): string {
  return body.replace(/<(\w+)>(?=[^<])/, `$&${piece.replace('$', '$$$$')}`);
}
