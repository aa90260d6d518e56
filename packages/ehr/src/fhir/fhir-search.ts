import { z } from 'zod';
import { type EhrResult, ehrFailed, ehrOk } from '../ehr-failure.ts';
import type { CallFhir } from './fhir-call.ts';
import type { FhirOperation } from './fhir-operations.ts';
import { bundleSchema } from './fhir-resources.ts';

/** Asked for; a server may give fewer. */
const PAGE_SIZE = 200;
/** More pages than a clinic's busiest day has: a server that never ends is stopped here, and its answer not believed. */
const PAGES_MAX = 100;
/** Criteria that list ids are cut here, so that no address grows beyond what proxies take. */
const IDS_MAX = 40;

export type Criteria = readonly (readonly [name: string, value: string])[];

export interface Search<T> {
  readonly operation: FhirOperation;
  readonly type: string;
  readonly criteria: Criteria;
  readonly schema: z.ZodType<T>;
}

interface SearchTools {
  readonly call: CallFhir;
  readonly base: string;
}

/** Reads all pages of a search. An answer that is not whole is a failure: "no more rows" is a strong claim. */
export async function searchAll<T>(
  { call, base }: SearchTools,
  search: Search<T>,
  signal?: AbortSignal,
): Promise<EhrResult<readonly T[]>> {
  const { operation, type, criteria, schema } = search;
  const found: T[] = [];
  const query = new URLSearchParams([
    ...criteria.map(([n, v]): [string, string] => [n, v]),
    ['_count', `${PAGE_SIZE}`],
  ]);
  let path: string | null = `${type}?${query}`;
  const seen = new Set<string>();
  while (path !== null) {
    if (seen.has(path) || seen.size >= PAGES_MAX) return ehrFailed(shape('link'));
    seen.add(path);
    const page = await call({ operation, schema: bundleSchema, path }, signal);
    if (!page.ok) return page;
    const rows = rowsOf(page.value.resource, type, schema);
    if (!rows.ok) return rows;
    found.push(...rows.value);
    const next = nextOf(page.value.resource, base);
    if (!next.ok) return next;
    path = next.value;
  }
  return ehrOk(found);
}

/** The same search for each part of a list of ids, joined. */
export async function searchByIds<T>(
  tools: SearchTools,
  search: Search<T> & { readonly by: string; readonly ids: readonly string[] },
  signal?: AbortSignal,
): Promise<EhrResult<readonly T[]>> {
  const found: T[] = [];
  for (let at = 0; at < search.ids.length; at += IDS_MAX) {
    const ids = search.ids.slice(at, at + IDS_MAX).join(',');
    const part = await searchAll(
      tools,
      { ...search, criteria: [...search.criteria, [search.by, ids]] },
      signal,
    );
    if (!part.ok) return part;
    found.push(...part.value);
  }
  return ehrOk(found);
}

type Page = z.infer<typeof bundleSchema>;

const shape = (detail: string) => ({ kind: 'malformed', reason: 'unexpected-shape', detail }) as const;

function rowsOf<T>(page: Page, type: string, schema: z.ZodType<T>): EhrResult<readonly T[]> {
  const matches = (page.entry ?? []).filter(({ search, resource }) =>
    search?.mode === undefined ? resource?.resourceType === type : search.mode === 'match',
  );
  const decoded = z.array(schema).safeParse(matches.map(({ resource }) => resource));
  if (decoded.success) return ehrOk(decoded.data);
  const path = decoded.error.issues[0]?.path.filter((step) => typeof step === 'string') ?? [];
  return ehrFailed(shape([type, ...path].join('.').slice(0, 60)));
}

/** The next page's address. One outside the service is refused: it would be given our token. */
function nextOf({ link }: Page, base: string): EhrResult<string | null> {
  const next = link?.find(({ relation }) => relation === 'next')?.url;
  if (next === undefined) return ehrOk(null);
  const url = URL.parse(next, `${base}/`)?.href;
  const isOurs =
    url !== undefined && (url === base || url.startsWith(`${base}/`) || url.startsWith(`${base}?`));
  return isOurs ? ehrOk(url) : ehrFailed(shape('link'));
}
