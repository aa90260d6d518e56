/** Every Redis key of a board, in one place; `docs/redis-implementation/generated/keys.md` is made from it. */
import type { BoardKey } from '@workflow-bolt/contracts';

export type KeyRow = { name: string; type: string; content: string; life: string };

export const boardKeyRows: readonly KeyRow[] = [
  {
    name: 'T:meta',
    type: 'hash',
    content:
      'epoch, seq, c (chain), id (last entry), t (its time), schema (lowest ABI that may write), arch (where its archive is, `-` when purged)',
    life: 'retention of the board',
  },
  {
    name: 'T:ent',
    type: 'hash',
    content: 'entity id → `<v>|<text>`: JSON, or `sealed1 …` where it identifies a patient (store/vault)',
    life: 'retention of the board',
  },
  {
    name: 'T:log',
    type: 'stream',
    content:
      'one entry per commit: q (seq), c (chain), f (LogFrame as JSON, or `sealed1 …`), x (deleted ids, only when any)',
    life: 'until archived, then trimmed',
  },
  {
    name: 'T:idem:<clientId>',
    type: 'hash',
    content: 'lmid (last n), and n → `<paramhash>|<seq>|<outcome json>` for the last 256',
    life: '72 h after the last command',
  },
  {
    name: 'T:aud',
    type: 'stream',
    content:
      'audit trail: q (seq), o (outcome code), f (actor, station, command, entity ids; no patient data)',
    life: 'retention of the audit trail',
  },
  {
    name: 'T:out',
    type: 'stream',
    content: 'intents for the relay: q (seq), n, f (JSON)',
    life: 'until relayed',
  },
  { name: 'T:pres', type: 'zset', content: 'tab → epoch ms when its presence ends', life: '24 h' },
  { name: 'T:tabs', type: 'hash', content: 'tab → presence JSON (user, role, editing)', life: '24 h' },
  {
    name: 'ch:T',
    type: 'channel',
    content: '`<epoch> <seq> <p> <chain> <id> <t>`, a line break, the frame',
    life: '-',
  },
];

export type BoardKeys = {
  meta: string;
  ent: string;
  log: string;
  aud: string;
  out: string;
  pres: string;
  tabs: string;
  channel: string;
  idem: (clientId: string) => string;
};

const clinicShape = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const dateShape = /^\d{4}-\d{2}-\d{2}$/;
const clientShape = /^[A-Za-z0-9_-]{8,64}$/;

/** Hash tag of a board. Throws RangeError on an id that contracts would refuse: it must not reach a key. */
export function boardTag(board: BoardKey): string {
  if (!clinicShape.test(board.clinic)) throw new RangeError('clinic id has a wrong form');
  if (!dateShape.test(board.date)) throw new RangeError('board date has a wrong form');
  return `{b:${board.clinic}:${board.date.replaceAll('-', '')}}`;
}

/** Names of all keys of one board. Throws RangeError on ids of a wrong form. */
export function boardKeys(board: BoardKey): BoardKeys {
  const tag = boardTag(board);
  return {
    meta: `${tag}:meta`,
    ent: `${tag}:ent`,
    log: `${tag}:log`,
    aud: `${tag}:aud`,
    out: `${tag}:out`,
    pres: `${tag}:pres`,
    tabs: `${tag}:tabs`,
    channel: `ch:${tag}`,
    idem: (clientId) => {
      if (!clientShape.test(clientId)) throw new RangeError('client id has a wrong form');
      return `${tag}:idem:${clientId}`;
    },
  };
}
