import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express } from 'express';
import { pageHeaders } from '../http/security-headers.ts';

/** Files whose names carry their hash never change. */
const hashedMaxAgeMs = 31_536_000_000;

/** Serves the built web app; an address that is no file and no API is the app's own business. */
export function serveWeb(app: Express, root: string): void {
  const page = join(root, 'index.html');
  if (!existsSync(page)) return;
  const headers = pageHeaders();
  app.use(
    '/assets',
    headers,
    express.static(join(root, 'assets'), { maxAge: hashedMaxAgeMs, immutable: true, fallthrough: false }),
  );
  app.use(headers, express.static(root, { index: false, maxAge: 0, dotfiles: 'ignore' }));
  app.get(/^\/(?!api\/)[^.]*$/, headers, (req, res, next) => {
    if (!req.accepts('html')) return next();
    res.setHeader('Cache-Control', 'no-cache');
    res.sendFile(page);
  });
}
