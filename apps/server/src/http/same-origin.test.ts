import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { isOwnOrigin } from './same-origin.ts';

const from = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;
const host = 'board.example:8080';

test.each([
  [{ host }, null, true],
  [{ host, 'sec-fetch-site': 'same-origin' }, null, true],
  [{ host, 'sec-fetch-site': 'none' }, null, true],
  [{ host, 'sec-fetch-site': 'same-site' }, null, false],
  [{ host, 'sec-fetch-site': 'cross-site' }, null, false],
  [{ host, origin: `https://${host}` }, null, true],
  [{ host, origin: 'https://evil.example' }, null, false],
  [{ host, origin: 'null' }, null, false],
  [{ host: 'internal:80', origin: 'https://board.example' }, 'https://board.example', true],
  [{ host: 'internal:80', origin: 'http://internal:80' }, 'https://board.example', false],
])('%j with public origin %j: %j', (headers, publicOrigin, expected) => {
  expect(isOwnOrigin(from(headers), publicOrigin)).toBe(expected);
});
