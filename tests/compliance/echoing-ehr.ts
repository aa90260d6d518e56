/** A proxy in front of the EHR that answers, when told to, with what it was sent: key, user and password included. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `fault`: in a SOAP fault. `page`: in an HTML page. `message`: in the error message of a good answer. */
export type EchoMode = 'none' | 'fault' | 'page' | 'message';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const fault = (text: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>` +
  `<faultstring>${escaped(text)}</faultstring></s:Fault></s:Body></s:Envelope>`;

export type EchoingEhr = {
  url: string;
  mode: EchoMode;
  /** Requests that were answered with their own text, and how. */
  echoed: { mode: EchoMode; sent: string }[];
  stop: () => Promise<void>;
};

async function bodyOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The answer of a call that went well, turned into an error that quotes the call. */
function withMessage(answer: string, text: string): string {
  return answer
    .replace('<IsError>false</IsError>', '<IsError>true</IsError>')
    .replace(/<((?:\w+:)?ErrorMessage)\b[^>]*\/>/, `<$1>${escaped(text).replaceAll('$', '$$$$')}</$1>`);
}

async function forward(target: string, req: IncomingMessage, body: Buffer) {
  const { 'content-type': type = 'text/xml', soapaction = '' } = req.headers;
  const headers = { 'content-type': type, soapaction: String(soapaction) };
  const answer = await fetch(target, { method: 'POST', headers, body: new Uint8Array(body) });
  return { answer, text: await answer.text() };
}

/** Starts it on loopback, in front of the EHR at `target`. */
export async function startEchoingEhr(target: string): Promise<EchoingEhr> {
  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await bodyOf(req);
    const sent = body.toString('utf8');
    const { mode } = ehr;
    if (mode !== 'none') ehr.echoed.push({ mode, sent });
    if (mode === 'fault') return void res.writeHead(500, { 'content-type': 'text/xml' }).end(fault(sent));
    if (mode === 'page') {
      res.writeHead(503, { 'content-type': 'text/html' });
      return void res.end(`<!doctype html><pre>${escaped(sent)}</pre>`);
    }
    const { answer, text } = await forward(target, req, body);
    res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/xml' });
    res.end(mode === 'message' ? withMessage(text, sent) : text);
  };
  const server = createServer((req, res) => void serve(req, res).catch(() => res.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  const { pathname } = new URL(target);
  const ehr: EchoingEhr = { url: `http://127.0.0.1:${port}${pathname}`, mode: 'none', echoed: [], stop };
  return ehr;
}
