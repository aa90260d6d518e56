import { connect } from 'node:net';

/** Where a Redis server listens. */
export type RedisAddress = { readonly path: string } | { readonly port: number; readonly host?: string };

export type RespReply = string | number | null | RespReply[] | RespError;

/** An error reply as a value, so that a caller can look at LOADING or NOAUTH without a throw. */
export class RespError extends Error {
  override readonly name = 'RespError';
}

/**
 * Send one command on a connection of its own and return the reply. For starting, stopping and inspecting servers,
 * where a pooled client with retries would hide what we look for. Rejects when nothing answers within `timeoutMs`.
 */
export function respCall(
  address: RedisAddress,
  args: readonly string[],
  timeoutMs = 2000,
): Promise<RespReply> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address });
    let received = Buffer.alloc(0);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const timer = setTimeout(
      () => finish(() => reject(new Error(`no reply to ${args[0]} in ${timeoutMs} ms`))),
      timeoutMs,
    );
    socket.once('error', (error) => finish(() => reject(error)));
    socket.once('close', () => finish(() => reject(new Error(`closed before the reply to ${args[0]}`))));
    socket.once('connect', () => socket.write(encodeCommand(args)));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      try {
        const parsed = parseReply(received, 0);
        if (parsed) finish(() => resolve(parsed.value));
      } catch (error) {
        finish(() => reject(error));
      }
    });
  });
}

/** The bytes of one command in RESP. */
export function encodeCommand(args: readonly string[]): Buffer {
  const parts = args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`);
  return Buffer.from(`*${args.length}\r\n${parts.join('')}`);
}

interface Parsed<T> {
  readonly value: T;
  readonly next: number;
}

/** Parse one RESP2 reply that starts at `from`; undefined while bytes are missing. */
export function parseReply(bytes: Buffer, from: number): Parsed<RespReply> | undefined {
  const end = bytes.indexOf('\r\n', from);
  if (end < 0) return undefined;
  const text = bytes.toString('utf8', from + 1, end);
  const next = end + 2;
  switch (bytes[from]) {
    case 0x2b: // '+'
      return { value: text, next };
    case 0x2d: // '-'
      return { value: new RespError(text), next };
    case 0x3a: // ':'
      return { value: Number(text), next };
    case 0x24: // '$'
      return parseBulk(bytes, Number(text), next);
    case 0x2a: // '*'
      return parseArray(bytes, Number(text), next);
    default:
      throw new Error(`not a RESP2 reply: byte ${bytes[from]}`);
  }
}

function parseBulk(bytes: Buffer, length: number, from: number): Parsed<RespReply> | undefined {
  if (length < 0) return { value: null, next: from };
  const end = from + length;
  return bytes.length < end + 2 ? undefined : { value: bytes.toString('utf8', from, end), next: end + 2 };
}

function parseArray(bytes: Buffer, length: number, from: number): Parsed<RespReply> | undefined {
  if (length < 0) return { value: null, next: from };
  const items: RespReply[] = [];
  let next = from;
  while (items.length < length) {
    const item = parseReply(bytes, next);
    if (!item) return undefined;
    items.push(item.value);
    next = item.next;
  }
  return { value: items, next };
}
