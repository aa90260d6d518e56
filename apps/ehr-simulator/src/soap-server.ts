import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Answer, actionOf, answer, noteCriteria } from './answer.ts';
import type { FaultRule } from './config.ts';
import type { ScenarioPlayer } from './control/scenario.ts';
import { HTML_200, HTML_503, spoil } from './faults/bodies.ts';
import { FaultPlan, isOutage, latencyMs } from './faults/plan.ts';
import { letSecondUserAct } from './faults/second-user.ts';
import type { JournalEntry } from './journal.ts';
import { OPERATIONS_BY_ACTION } from './operations/index.ts';
import { internalFault } from './soap/faults.ts';
import type { SimulatorState } from './state.ts';
import { wsdl } from './wsdl.ts';

const REQUEST_MAX_BYTES = 10 * 1024 * 1024;
const DRIP_PIECE_BYTES = 64;
const XML = 'text/xml; charset=utf-8';
const HTML = 'text/html; charset=us-ascii';

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  entry: JournalEntry;
  action: string;
}

/** The SOAP endpoint. Every path is the endpoint; only POST speaks SOAP, and `?singleWsdl` tells the contract. */
export function createSoapServer(
  state: SimulatorState,
  scenario: ScenarioPlayer,
  closing: AbortSignal,
): Server {
  const plan = new FaultPlan();
  return createServer((request, response) => {
    if (request.method === 'GET' && /\?singleWsdl$/i.test(request.url ?? '')) {
      response.writeHead(200, { 'content-type': XML }).end(wsdl(state.config.writes.statusOperation));
      return;
    }
    if (request.method !== 'POST') {
      response.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    const action = actionOf(request.headers.soapaction as string | undefined);
    const op = OPERATIONS_BY_ACTION.get(action)?.name ?? 'unknown';
    const arrivedMs = state.clock.monotonic();
    const entry = state.journal.open(op, { clockMs: state.clock.now(), arrivedMs });
    const exchange = { request, response, entry, action };
    serve(state, { plan, scenario, closing }, exchange)
      .catch(() => response.destroy())
      .finally(() => {
        entry.durationMs = state.clock.monotonic() - arrivedMs;
      });
  });
}

interface Machinery {
  plan: FaultPlan;
  scenario: ScenarioPlayer;
  closing: AbortSignal;
}

async function serve(state: SimulatorState, machinery: Machinery, exchange: Exchange): Promise<void> {
  const { entry, request, response } = exchange;
  const text = await readBody(request, entry);
  const delay = latencyMs(state.config, state.rng);
  const now = { rng: state.rng, nowMs: state.clock.now() };
  const isDown = isOutage(state.config, now.nowMs);
  const fault = isDown ? undefined : machinery.plan.next(entry.op, state.config, now);
  // What never reaches its operation is noted here; everything else when it is read.
  if (text !== undefined && (isDown || fault)) noteCriteria(exchange.action, text, entry);
  if (isDown) return sendPage(exchange, 503, HTML_503, 'network:outage');
  if (fault && (await failBefore(fault, exchange, machinery.closing))) return;
  if (!/^text\/xml\b/i.test(request.headers['content-type'] ?? '')) {
    entry.outcome = 'fault:UnsupportedMediaType';
    response.statusMessage = `Cannot process the message because the content type was not the expected type '${XML}'.`;
    return send(exchange, 415, { type: XML, body: Buffer.alloc(0) });
  }
  if (text === undefined) {
    const status = entry.requestBytes > REQUEST_MAX_BYTES ? 413 : 400;
    entry.outcome = 'fault:BadRequest';
    return send(exchange, status, { type: XML, body: Buffer.alloc(0) });
  }
  machinery.scenario.beforeCall(entry.op);
  const made = answer(state, exchange.action, text, entry);
  machinery.scenario.afterCall(entry.op);
  letSecondUserAct(state, entry);
  // The service counts a call when it arrives and is slow to answer it: calls sent far enough apart are not refused
  // because the first one took longer than the second.
  if (delay > 0) await sleep(delay, undefined, { signal: machinery.closing });
  await deliver(made, fault, exchange, machinery.closing);
}

/** The body as text; undefined when it is not UTF-8 or larger than ten megabytes. */
async function readBody(request: IncomingMessage, entry: JournalEntry): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of request) {
    entry.requestBytes += (piece as Buffer).length;
    if (entry.requestBytes <= REQUEST_MAX_BYTES) pieces.push(piece as Buffer);
  }
  if (entry.requestBytes > REQUEST_MAX_BYTES) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    return undefined;
  }
}

/** Faults that strike before the operation has run; true when the exchange is over. */
async function failBefore(fault: FaultRule, exchange: Exchange, closing: AbortSignal): Promise<boolean> {
  const { entry, response } = exchange;
  switch (fault.kind) {
    case 'hang':
      entry.outcome = 'network:hang';
      await untilClosed(response, closing);
      return true;
    case 'reset-before':
      entry.outcome = 'network:reset-before';
      response.socket?.resetAndDestroy();
      return true;
    case 'html-503':
      sendPage(exchange, 503, HTML_503, 'network:html-503');
      return true;
    case 'html-200':
      sendPage(exchange, 200, HTML_200, 'network:html-200');
      return true;
    case 'empty-200':
      entry.outcome = 'network:empty-200';
      send(exchange, 200, { type: XML, body: Buffer.alloc(0) });
      return true;
    case 'internal-fault':
      entry.outcome = 'fault:InternalServiceFault';
      send(exchange, 500, { type: XML, body: Buffer.from(internalFault()) });
      return true;
    default:
      return false;
  }
}

/** Sends what was made, or spoils the sending: the operation has already had its effect. */
async function deliver(
  made: Answer,
  fault: FaultRule | undefined,
  exchange: Exchange,
  closing: AbortSignal,
): Promise<void> {
  const { entry, response } = exchange;
  const body = fault ? spoil(fault.kind, made.body) : Buffer.from(made.body, 'utf8');
  if (fault) entry.outcome += ` network:${fault.kind}`;
  switch (fault?.kind) {
    case 'hang-after':
      return untilClosed(response, closing);
    case 'reset-after':
      response.socket?.resetAndDestroy();
      return;
    case 'slow':
      await sleep(fault.ms, undefined, { signal: closing });
      return send(exchange, made.status, { type: XML, body });
    case 'drip':
      return drip(exchange, made.status, { body, pauseMs: fault.ms, closing });
    case 'wrong-length':
      response.writeHead(made.status, { 'content-type': XML, 'content-length': body.length + 100 });
      response.write(body, () => response.socket?.end());
      return;
    case 'gzip':
      return send(exchange, made.status, { type: XML, body: gzipSync(body), encoding: 'gzip' });
    default:
      return send(exchange, made.status, { type: XML, body });
  }
}

async function drip(
  { response, entry }: Exchange,
  status: number,
  { body, pauseMs, closing }: { body: Buffer; pauseMs: number; closing: AbortSignal },
): Promise<void> {
  entry.httpStatus = status;
  response.writeHead(status, { 'content-type': XML, 'content-length': body.length });
  for (let at = 0; at < body.length && !response.destroyed; at += DRIP_PIECE_BYTES) {
    response.write(body.subarray(at, at + DRIP_PIECE_BYTES));
    await sleep(pauseMs, undefined, { signal: closing });
  }
  response.end();
}

function send(
  { response, entry }: Exchange,
  status: number,
  { type, body, encoding }: { type: string; body: Buffer; encoding?: string },
): void {
  entry.httpStatus = status;
  entry.responseBytes = body.length;
  if (encoding) response.setHeader('content-encoding', encoding);
  response.writeHead(status, { 'content-type': type, 'content-length': body.length });
  response.end(body);
}

function sendPage(exchange: Exchange, status: number, page: string, outcome: string): void {
  exchange.entry.outcome = outcome;
  send(exchange, status, { type: HTML, body: Buffer.from(page) });
}

function untilClosed(response: ServerResponse, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    closing.addEventListener('abort', () => resolve(), { once: true });
  });
}
