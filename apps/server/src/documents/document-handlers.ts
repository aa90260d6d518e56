import { buildAsyncApi, buildOpenApi } from '@workflow-bolt/contracts';
import type { Handler } from '../http/handler.ts';
import { fileHeaderList, wordsHeaders } from '../http/security-headers.ts';
import { renderDocsPage } from './docs-page.ts';

/** The documents are made once, when first asked for: they depend on nothing but the code. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const openApi = once(() => JSON.stringify(buildOpenApi()));
const asyncApi = once(() => JSON.stringify(buildAsyncApi()));
const page = once(renderDocsPage);

const headers = Object.fromEntries(fileHeaderList);

export const getOpenApi: Handler = () => ({
  status: 200,
  text: openApi(),
  type: 'application/json',
  headers,
});
export const getAsyncApi: Handler = () => ({
  status: 200,
  text: asyncApi(),
  type: 'application/json',
  headers,
});
export const getDocs: Handler = () => {
  const { html, styleHash } = page();
  const own = Object.fromEntries(wordsHeaders(styleHash));
  return { status: 200, text: html, type: 'text/html; charset=utf-8', headers: own };
};
