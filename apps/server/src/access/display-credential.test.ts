import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { deviceCookie } from '../accounts/device-cookie.ts';
import { journeyCookie } from '../oidc/oidc-cookie.ts';
import {
  type CookiePolicy,
  sessionCookieHeader,
  workstationCookieHeader,
} from '../session/session-cookie.ts';
import { displayCookieHeader } from './display-credential.ts';

const headersOf = (req: IncomingMessage, policy: CookiePolicy) =>
  [displayCookieHeader, deviceCookie, journeyCookie, sessionCookieHeader, workstationCookieHeader].map(
    (header) => header(req, policy, 'x'),
  );

test.each([
  ['production', 'board.example.org'],
  ['development', 'localhost:8080'],
] as const)(
  '[session] no two cookies of ours have one name, so that none takes the place of another: %s',
  (mode, host) => {
    const req = { headers: { host } } as IncomingMessage;
    const names = headersOf(req, { mode, publicOrigin: null }).map((header) => header.split('=', 1)[0]);
    expect(new Set(names).size).toBe(names.length);
  },
);
