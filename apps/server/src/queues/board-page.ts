/**
 * The page of the queues: the library's scripts under a policy of their own, as strict as the board's. Scripts carry the
 * nonce of their response; what they load later is a file of theirs, checked by a Trusted Types policy; nothing comes from
 * elsewhere. It differs from the board's in the base address only, which the library needs to find its files.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { queueBoardPath } from '@workflow-bolt/contracts';
import { pageHeaders } from '../http/security-headers.ts';
import type { QueueBoard } from './board-adapter.ts';
import { uiRoot } from './board-files.ts';

const base = `${queueBoardPath}/`;
const filesPath = `${base}static/`;

/** Scripts and styles that the library's own page names, in their order. */
function filesOf(template: string): { scripts: string[]; styles: string[] } {
  const named = (shape: RegExp) => [...template.matchAll(shape)].map(([, path = '']) => path);
  return {
    scripts: named(/<script defer src="(static\/js\/[\w.-]+\.js)"/g),
    styles: named(/<link href="(static\/css\/[\w.-]+\.css)" rel="stylesheet"/g),
  };
}

/**
 * Lets the library load its own scripts, and draw the colours of a job's JSON: spans with a class, and nothing that runs.
 */
const trustedTypes = `
const files = new URL(${JSON.stringify(filesPath)}, location.origin).href;
const plain = /^(?:[^<]|<span class="[\\w -]*">|<\\/span>)*$/;
const refuse = (what) => { throw new TypeError(what + ' from a string is not allowed on this page'); };
globalThis.trustedTypes?.createPolicy('default', {
  createHTML: (text) => (plain.test(text) ? text : refuse('markup')),
  createScript: () => refuse('a script'),
  createScriptURL: (url) => (new URL(url, document.baseURI).href.startsWith(files) ? url : refuse('a foreign script')),
});`;

const escaped = (value: unknown): string =>
  JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');

/** Makes the page for one nonce. Throws when the library's page names no script any more. */
export function createBoardPage(board: Pick<QueueBoard, 'ui'>): (nonce: string) => string {
  const { scripts, styles } = filesOf(readFileSync(join(uiRoot, 'index.ejs'), 'utf8'));
  if (scripts.length === 0) throw new Error('the page of the queues names no script: look at @bull-board/ui');
  return (nonce) => `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<base href="${base}">
<title>Queues</title>
<link rel="icon" type="image/png" href="static/favicon-32x32.png">
${styles.map((path) => `<link rel="stylesheet" href="${path}">`).join('\n')}
<script nonce="${nonce}">${trustedTypes}</script>
</head>
<body class="preload">
<script id="__UI_CONFIG__" type="application/json" nonce="${nonce}">${escaped(board.ui)}</script>
<div id="root"></div>
${scripts.map((path) => `<script defer nonce="${nonce}" src="${path}"></script>`).join('\n')}
</body>
</html>`;
}

/** The headers of the page: the board's, but for what the library needs. */
export function boardPageHeaders(nonce: string): Record<string, string> {
  const headers = Object.fromEntries(pageHeaders(nonce));
  const policy = headers['Content-Security-Policy'] ?? '';
  const own = policy
    .replace("base-uri 'none'", "base-uri 'self'")
    .replace('trusted-types bolt-app default', 'trusted-types default');
  return { ...headers, 'Content-Security-Policy': own };
}
