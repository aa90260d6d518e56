import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isWebPage } from '@workflow-bolt/contracts';
import express, { type Express, type Request, type Response } from 'express';
import { fileHeaders, pageHeaders, workerPolicy } from '../http/security-headers.ts';

/** Files whose names carry their hash never change. */
const hashedMaxAgeMs = 31_536_000_000;
const nonceBytes = 18;
/** What the bundler writes where the nonce of a response belongs (apps/web/vite.config.ts). */
export const noncePlaceholder = '__BOLT_CSP_NONCE__';

const offlineWorker = 'offline-worker.js';

/** What to answer at an address with the app's page; undefined where it has none, and nobody who reads asks. */
function pageStatus(req: Request): 200 | 404 | undefined {
  if (isWebPage(req.path)) return req.accepts('html') ? 200 : undefined;
  // A program gets the problem document; a person, whose browser asks for pages first, gets words and a way back.
  return req.accepts(['json', 'html']) === 'html' ? 404 : undefined;
}

/** Serves the built web app; an address that is no file, no API and no page of it is told so, with 404. */
export function serveWeb(app: Express, root: string): void {
  const page = join(root, 'index.html');
  if (!existsSync(page)) return;
  const html = readFileSync(page, 'utf8');
  const headers = fileHeaders();
  app.use(
    '/assets',
    headers,
    express.static(join(root, 'assets'), { maxAge: hashedMaxAgeMs, immutable: true, fallthrough: false }),
  );
  app.get(`/${offlineWorker}`, headers, (_req, res) => {
    // Unlike a script of the page a worker has a policy of its own: it may ask for what the page is made of.
    res.setHeader('Content-Security-Policy', workerPolicy);
    res.sendFile(join(root, offlineWorker), {
      cacheControl: false,
      headers: { 'Cache-Control': 'no-cache' },
    });
  });
  app.use(headers, express.static(root, { index: false, maxAge: 0, dotfiles: 'ignore' }));
  app.get(/^\/(?!api\/)/, (req: Request, res: Response, next) => {
    const status = pageStatus(req);
    if (status === undefined) return next();
    const nonce = randomBytes(nonceBytes).toString('base64url');
    for (const [name, value] of pageHeaders(nonce)) res.setHeader(name, value);
    res.status(status).type('html').send(html.replaceAll(noncePlaceholder, nonce));
  });
}
