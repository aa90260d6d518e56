import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { SimulatorState } from '../state.ts';
import { ActionRefused } from './actions.ts';
import { CONTROL_ROUTES } from './control-routes.ts';
import type { ScenarioPlayer } from './scenario.ts';

const BODY_MAX_BYTES = 1024 * 1024;

/** The control plane: JSON in, JSON out, loopback only. It knows patients by id, never by name. */
export function createControlServer(state: SimulatorState, scenario: ScenarioPlayer): Server {
  return createServer((request, response) => {
    control({ state, scenario }, request, response).catch(() => response.destroy());
  });
}

async function control(
  machine: { state: SimulatorState; scenario: ScenarioPlayer },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://control.invalid');
  const path = url.pathname.replace(/\/\d+$/, '/:id');
  const route = CONTROL_ROUTES[`${request.method} ${path}`];
  if (!route) return reply(response, 404, { error: `nothing at ${request.method} ${url.pathname}` });
  try {
    const body = await readJson(request);
    reply(response, 200, route({ ...machine, url, id: Number(url.pathname.split('/').at(-1)), body }));
  } catch (error) {
    reply(response, statusOf(error), { error: messageOf(error) });
  }
}

function statusOf(error: unknown): number {
  if (error instanceof ActionRefused) return 404;
  return error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError
    ? 400
    : 500;
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += (piece as Buffer).length;
    if (size > BODY_MAX_BYTES) throw new RangeError('body larger than a megabyte');
    pieces.push(piece as Buffer);
  }
  const text = Buffer.concat(pieces).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(`${JSON.stringify(value)}\n`);
}
