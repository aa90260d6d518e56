/** Every Redis key of sessions, API tokens, PINs and workstations, in one place. No key holds a name or a login. */
import type { KeyRow } from '../keys.ts';

const tagShape = /^[A-Za-z0-9_-]{8}$/;
const partShape = /^[A-Za-z0-9_-]{1,64}$/;

export const sessionKeyRows: readonly KeyRow[] = [
  {
    name: 'U:s:<id>',
    type: 'string',
    content: 'session record: HMAC, a dot, JSON with hashes of its tokens (no role, no name, no token)',
    life: 'its idle or absolute end and a minute',
  },
  { name: 'U:sess', type: 'hash', content: 'session id → creation, epoch ms', life: 'the longest session' },
  {
    name: 'U:ep',
    type: 'string',
    content: 'how often all sessions of this person were ended',
    life: 'for ever',
  },
  {
    name: 'U:t:<id>',
    type: 'string',
    content: 'API token record: HMAC, a dot, JSON with the hash of its secret',
    life: 'its expiry',
  },
  { name: 'U:toks', type: 'hash', content: 'API token id → creation, epoch ms', life: 'the longest token' },
  { name: 'U:pin', type: 'string', content: 'PIN verifier, sealed', life: 'until replaced' },
  { name: 'U:pf:<workstation>', type: 'string', content: 'PIN attempts there', life: '4 h' },
  { name: 'U:pd', type: 'string', content: 'PIN attempts of a day', life: '24 h' },
  {
    name: 'W:ws',
    type: 'string',
    content: 'workstation: HMAC, a dot, JSON with its public key',
    life: 'until removed',
  },
  { name: 'W:parked', type: 'hash', content: 'uid → session id parked there', life: '4 h' },
  { name: 'W:ch:<hash>', type: 'string', content: 'challenge that may be signed once', life: '60 s' },
  { name: '{wsc:<clinic>}', type: 'hash', content: 'workstation id → creation, epoch ms', life: 'for ever' },
  {
    name: '{sess}:ep',
    type: 'string',
    content: 'how often every session of everybody was ended',
    life: 'for ever',
  },
  { name: 'ch:{sess}', type: 'channel', content: 'JSON uid, id: a session was ended on purpose', life: '-' },
];

export type PersonKeys = {
  sessionPrefix: string;
  sessions: string;
  epoch: string;
  tokenPrefix: string;
  tokens: string;
  pin: string;
  pinDay: string;
  pinAt: (workstation: string) => string;
};

/** Keys of one person, all in one slot; `tag` is a keyed hash of the uid. Throws RangeError on a wrong form. */
export function personKeys(tag: string): PersonKeys {
  if (!tagShape.test(tag)) throw new RangeError('session tag has a wrong form');
  const u = `{u:${tag}}`;
  return {
    sessionPrefix: `${u}:s:`,
    sessions: `${u}:sess`,
    epoch: `${u}:ep`,
    tokenPrefix: `${u}:t:`,
    tokens: `${u}:toks`,
    pin: `${u}:pin`,
    pinDay: `${u}:pd`,
    pinAt: (workstation) => `${u}:pf:${mustPart(workstation)}`,
  };
}

export type WorkstationKeys = { record: string; parked: string; challenge: (hash: string) => string };

export function workstationKeys(id: string): WorkstationKeys {
  const w = `{w:${mustPart(id)}}`;
  return { record: `${w}:ws`, parked: `${w}:parked`, challenge: (hash) => `${w}:ch:${mustPart(hash)}` };
}

export const clinicWorkstationsKey = (clinic: string): string => `{wsc:${mustPart(clinic)}}`;
export const globalEpochKey = '{sess}:ep';
export const revocationChannel = 'ch:{sess}';

function mustPart(part: string): string {
  if (!partShape.test(part)) throw new RangeError('part of a session key has a wrong form');
  return part;
}
