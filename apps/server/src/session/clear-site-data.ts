import type { IncomingMessage } from 'node:http';
import { type CookiePolicy, workstationCookieOf } from './session-cookie.ts';

/**
 * What the browser forgets when somebody leaves or the screen is locked. An enrolled workstation keeps the key by which
 * it is known, and loses its storage otherwise by the page's own hand (which also works when this answer does not
 * arrive).
 */
export const forgetSite = (req: IncomingMessage, cookies: CookiePolicy): Record<string, string> => ({
  'Clear-Site-Data': workstationCookieOf(req, cookies) === null ? '"cache", "cookies", "storage"' : '"cache"',
});

/** What a workstation forgets that is enrolled no longer, its key included; whoever is signed in there stays. */
export const forgetWorkstation: Record<string, string> = { 'Clear-Site-Data': '"cache", "storage"' };
