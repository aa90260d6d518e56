/** The readers of the three contestants, alike in what they cost: raw sockets, one receive buffer, a position read. */
import type { BoardKey } from '@workflow-bolt/contracts';
import { openSseClients, type SseClients, type SseClientsOptions } from '@workflow-bolt/testkit';
import { boardPath } from '../processes/product-server.ts';
import type { Deliveries } from './deliveries.ts';
import type { SessionHeaders } from './session-headers.ts';
import { WsClients } from './ws-clients.ts';

export type ReaderOptions = {
  port: number;
  session: SessionHeaders;
  board: BoardKey;
  count: number;
  deliveries: Deliveries;
  /** Comes back by its own means when its server dies; counts strictly what it was given. */
  isPersistent: boolean;
};

export interface Readers {
  openAll(): Promise<void>;
  close(): Promise<void>;
}

const retryMs = 200;
/** How a cursor begins; the view, the schema and the epoch come before the position, each with a dot. */
const cursorHead = 'v1.staff';
const fieldsBefore = 4;

/** Position in a cursor's text. */
export function seqOfCursor(id: string): number {
  let at = -1;
  for (let field = 0; field < fieldsBefore; field += 1) at = id.indexOf('.', at + 1);
  return Number.parseInt(id.slice(at + 1), 10);
}

/** Position in a payload that carries a cursor somewhere near its beginning. */
function seqOfPayload(bytes: Buffer, from: number, to: number): number {
  const head = bytes.toString('latin1', from, Math.min(to, from + 180));
  const at = head.indexOf(cursorHead);
  return at < 0 ? Number.NaN : seqOfCursor(head.slice(at));
}

/** Opens again until it is open, as a client library does; gives up when the bench is over. */
async function reopen(isOver: () => boolean, open: () => Promise<void>): Promise<void> {
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, retryMs * (0.5 + Math.random())));
    try {
      if (!isOver()) await open();
      return;
    } catch {
      // Its server is not back yet.
    }
  }
}

/** Our stream. A persistent reader resumes by its cursor, and believes a frame only when it follows its last one. */
export function sseReaders({
  port,
  session,
  board,
  count,
  deliveries,
  isPersistent,
}: ReaderOptions): Readers {
  const cursors: string[] = [];
  let isOver = false;
  let clients: SseClients | null = null;
  const resume = async (client: number) => {
    const cursor = cursors[client];
    await clients?.open(client, cursor ? { 'last-event-id': cursor } : {});
  };
  const options: SseClientsOptions = {
    target: { port },
    count,
    path: `${boardPath(board)}/stream`,
    headers: session,
    wantsData: isPersistent,
    onEvent: (client, id, _bytes, at, data) => {
      const p = isPersistent ? Number(/"p":(\d+)/.exec(data)?.[1]) : 0;
      if (isPersistent && p !== deliveries.lastOf(client)) throw new Error(`a gap before ${id}`);
      if (isPersistent) cursors[client] = id;
      deliveries.upTo(client, seqOfCursor(id), at);
    },
    onOther: (client, { event, id }, at) => {
      if (event !== 'snap' || id === '') return;
      if (isPersistent) cursors[client] = id;
      deliveries.upTo(client, seqOfCursor(id), at);
    },
    onClose: (client) => {
      if (isPersistent)
        void reopen(
          () => isOver,
          () => resume(client),
        );
    },
  };
  return {
    async openAll() {
      clients = await openSseClients(options);
    },
    async close() {
      isOver = true;
      await clients?.close();
    },
  };
}

function closing(clients: () => WsClients, end: () => void): () => Promise<void> {
  return async () => {
    end();
    clients().close();
  };
}

/** Bare `ws`: the protocol has no resumption; a reader comes back and goes on with what is sent from then on. */
export function wsReaders({ port, count, deliveries, isPersistent }: ReaderOptions): Readers {
  let isOver = false;
  const clients: WsClients = new WsClients({
    port,
    count,
    path: '/',
    greeting: null,
    onPayload: (client, bytes, from, to) =>
      deliveries.one(client, seqOfPayload(bytes, from, to), performance.now()),
    onClose: (client) => {
      if (isPersistent)
        void reopen(
          () => isOver,
          () => clients.open(client),
        );
    },
  });
  return {
    openAll: () => clients.openAll(),
    close: closing(
      () => clients,
      () => (isOver = true),
    ),
  };
}

/** Socket.IO: a reader comes back with its private session id and last offset, as its own client does. */
export function socketIoReaders({ port, count, deliveries, isPersistent }: ReaderOptions): Readers {
  let isOver = false;
  const sessions: { pid: string; offset: string }[] = [];
  const onText = (client: number, bytes: Buffer, from: number, to: number): void => {
    const isEvent = bytes[from] === 0x34 && bytes[from + 1] === 0x32;
    if (isEvent) {
      deliveries.one(client, seqOfPayload(bytes, from, to), performance.now());
      if (isPersistent) keepOffset(client, bytes.toString('latin1', Math.max(from, to - 60), to));
    } else if (bytes[from] === 0x32) clients.send(client, '3');
    else if (bytes[from] === 0x34 && isPersistent) keepSession(client, bytes.toString('latin1', from, to));
  };
  const keepOffset = (client: number, tail: string): void => {
    const offset = /"(\d+-\d+)"\]$/.exec(tail)?.[1];
    const session = sessions[client];
    if (offset && session) session.offset = offset;
  };
  const keepSession = (client: number, text: string): void => {
    const pid = /"pid":"([^"]+)"/.exec(text)?.[1];
    if (pid) sessions[client] = { pid, offset: sessions[client]?.offset ?? '' };
  };
  const clients: WsClients = new WsClients({
    port,
    count,
    path: '/socket.io/?EIO=4&transport=websocket',
    greeting: (client) => (sessions[client]?.offset ? `40${JSON.stringify(sessions[client])}` : '40'),
    onPayload: onText,
    onClose: (client) => {
      if (isPersistent)
        void reopen(
          () => isOver,
          () => clients.open(client),
        );
    },
  });
  return {
    openAll: () => clients.openAll(),
    close: closing(
      () => clients,
      () => (isOver = true),
    ),
  };
}
