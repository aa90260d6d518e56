import { type EntityId, type LogFrame, rulesVersion } from '@workflow-bolt/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MemoryObjectStore } from '../../test/memory-object-store.ts';
import { board, keyFile, person, vaultOn, visit } from '../../test/sealed-day.ts';
import { type BoardCipher, plainCodec } from './board-cipher.ts';
import { cryptReasonOf } from './crypt-failure.ts';
import { readSealedText } from './sealed-text.ts';

const keys = await keyFile();
const store = new MemoryObjectStore();
const { vault, uses } = vaultOn(keys.provider, store);
const codec = vault.board(board);
const stamp = { over: 3, commandId: 'client-a:7' };
const entities: EntityId[] = ['p:w1', 'p:w2', 'v:w1', 'v:w2', 'r:exam-1', 'sync', 'day'];

beforeAll(async () => {
  await codec.open();
  await codec.reserve(entities);
});
afterAll(() => keys.remove());

const sealedPerson = (id = 'w1', more = {}) => codec.sealEntity(`p:${id}`, person(id, more), stamp);

async function opened(by: BoardCipher, id: EntityId, text: string, v = 4): Promise<unknown> {
  try {
    await by.prepare([text]);
    return by.openEntity(id, text, v);
  } catch (error) {
    return cryptReasonOf(error) ?? String(error);
  }
}

async function codecOf(at: { clinic: string; date: string }): Promise<BoardCipher> {
  const other = vaultOn(keys.provider, store).vault.board(at);
  await other.open();
  return other;
}

/** The text with its one envelope exchanged for another's. */
function withEnvelopeOf(text: string, other: string): string {
  return text.replace(
    readSealedText(text).parts[0]?.envelope ?? '',
    readSealedText(other).parts[0]?.envelope ?? '',
  );
}

function frameOf(events: LogFrame['events'], n = 7): LogFrame {
  const actor = { id: 'noa', name: 'Noa', role: 'nurse' as const, station: null };
  const at = Date.UTC(2026, 10, 23, 15);
  return {
    rules: rulesVersion,
    commandId: `client-a:${n}`,
    command: 'createVisit',
    at,
    actor,
    source: 'ui',
    events,
  };
}

test('[H-05] [I8] a person, a visit and a frame say nothing about the patient, and open again whole', async () => {
  const frame = frameOf([
    { type: 'visit.created', visit: visit('w1'), person: person('w1') },
    { type: 'person.noted', visitId: 'w2', note: 'a canary note' },
    { type: 'room.cleaned', roomId: 'exam-1' },
  ]);
  const texts = [sealedPerson(), codec.sealEntity('v:w1', visit('w1'), stamp), codec.sealFrame(frame)];
  for (const text of texts)
    expect(text).not.toMatch(/canary|1970-01-01|555 0100|tebra:|"9001"|"7001"|Main street|f{32}/i);
  const fresh = await codecOf(board);
  expect(await opened(fresh, 'p:w1', texts[0] ?? '')).toEqual(person('w1'));
  expect(await opened(fresh, 'v:w1', texts[1] ?? '')).toEqual(visit('w1'));
  await fresh.prepare([texts[2] ?? '']);
  expect(fresh.openFrame(texts[2] ?? '')).toEqual(frame);
});

test('what holds nothing to protect stays plain JSON, and costs nothing', () => {
  const quiet = visit('w9', {
    patientKey: null,
    locationName: null,
    external: null,
    flags: { interpreter: false, mobility: false, privacy: false },
  });
  expect(codec.sealEntity('v:w9', quiet, stamp)).toBe(JSON.stringify(quiet));
  const frame = frameOf([{ type: 'room.cleaned', roomId: 'exam-1' }]);
  expect(codec.sealFrame(frame)).toBe(JSON.stringify(frame));
});

test('what people write about a room, and what the EHR answered, is sealed too', () => {
  const texts = [
    codec.sealFrame(
      frameOf([
        { type: 'room.service-changed', roomId: 'exam-1', isInService: false, reason: 'canary was sick' },
      ]),
    ),
    codec.sealFrame(frameOf([{ type: 'visit.stepped-out', visitId: 'w1', where: 'canary car' }])),
    codec.sealFrame(
      frameOf([{ type: 'visit.undone', visitId: 'w1', undoes: 'client-a:6#0', reason: 'wrong canary' }]),
    ),
  ];
  for (const text of texts) expect(text).not.toContain('canary');
});

test('[I8] names of different length look alike, and the same name twice looks different', () => {
  const lengthOf = (fullName: string) => sealedPerson('w1', { fullName }).length;
  expect(lengthOf('Li Wu')).toBe(lengthOf('Eleonora Fitz'));
  expect(sealedPerson()).not.toBe(sealedPerson());
});

test.each<[string, (text: string) => [EntityId, string, number?], string]>([
  ['a whole record put under another patient', (text) => ['p:w2', text], 'tampered'],
  ['a record put under another kind of record', (text) => ['v:w1', text], 'tampered'],
  [
    'a ciphertext put into another patient',
    () => ['p:w2', withEnvelopeOf(sealedPerson('w2'), sealedPerson('w1'))],
    'tampered',
  ],
  [
    'a ciphertext put into another field',
    () => ['p:w1', withEnvelopeOf(sealedPerson(), codec.sealEntity('v:w1', visit('w1'), stamp))],
    'wrong_key',
  ],
  [
    'a ciphertext of an earlier version',
    () => ['p:w1', withEnvelopeOf(sealedPerson('w1', { isPartial: true }), sealedPerson())],
    'tampered',
  ],
  ['an earlier stamp', (text) => ['p:w1', text.replace(' 3|client-a:7 ', ' 2|client-a:7 ')], 'tampered'],
  ['another command as its writer', (text) => ['p:w1', text.replace('client-a:7', 'client-a:8')], 'tampered'],
  ['a version before the one it replaced', (text) => ['p:w1', text, 3], 'tampered'],
  [
    'a clear field that was changed',
    (text) => ['p:w1', text.replace('"isPartial":false', '"isPartial":true')],
    'tampered',
  ],
  ['a clear field that was added', (text) => ['p:w1', text.replace('{', '{"note":"x",')], 'tampered'],
  ['white space in its clear part', (text) => ['p:w1', text.replace('{', '{ ')], 'tampered'],
  ['two envelopes', (text) => ['p:w1', text.replace('0:bolt1', '0:bolt1.x,0:bolt1')], 'malformed'],
  ['an envelope under another number', (text) => ['p:w1', text.replace('0:bolt1', '1:bolt1')], 'malformed'],
  ['a text cut in the middle', (text) => ['p:w1', text.slice(0, text.length / 2)], 'malformed'],
  ['a text cut before its last brace', (text) => ['p:w1', text.slice(0, -1)], 'malformed'],
  ['a key of another month', (text) => ['p:w1', text.replace(/202611~/, '202610~')], 'unknown_key'],
  [
    'a key block that never was',
    (text) => ['p:w1', text.replace(/~[0-9a-f]{12}~/, '~000000000000~')],
    'unknown_key',
  ],
  ['a key index beyond its block', (text) => ['p:w1', text.replace(/~\d+\./, '~99.')], 'unknown_key'],
  [
    'another key of the same block',
    (text) => ['p:w1', text.replace(/~(\d+)\./, (_, i) => `~${Number(i) === 60 ? 61 : 60}.`)],
    'wrong_key',
  ],
])('[H-07] [crypto] refuses %s', async (_name, change, reason) => {
  const [id, text, v] = change(sealedPerson());
  expect(await opened(codec, id, text, v)).toBe(reason);
});

test('[H-07] [crypto] [privacy] a record does not open at another clinic or on another day', async () => {
  const text = sealedPerson();
  expect(await opened(await codecOf({ ...board, date: '2026-11-24' }), 'p:w1', text)).toBe('tampered');
  expect(await opened(await codecOf({ ...board, clinic: 'south' }), 'p:w1', text)).toBe('unknown_key');
  expect(await opened(await codecOf({ ...board, date: '2026-12-23' }), 'p:w1', text)).toBe('unknown_key');
});

test.each<[string, (text: string) => string, string]>([
  ['another command', (text) => text.replace('client-a:7', 'client-a:8'), 'tampered'],
  ['another actor', (text) => text.replace('"noa"', '"mia"'), 'tampered'],
  [
    'its event told of another visit',
    (text) => text.replaceAll('"visitId":"w1"', '"visitId":"w2"'),
    'tampered',
  ],
  [
    'its envelopes exchanged',
    (text) => {
      const [first, second] = readSealedText(text).parts.map(({ envelope }) => envelope);
      return text
        .replace(first ?? '', 'x')
        .replace(second ?? '', first ?? '')
        .replace('0:x', `0:${second}`);
    },
    'tampered|wrong_key',
  ],
  ['an envelope for an event that is not there', (text) => text.replace(',1:', ',5:'), 'malformed'],
])('[H-07] [crypto] refuses a frame with %s', async (_name, change, reason) => {
  const events: LogFrame['events'] = [
    { type: 'person.noted', visitId: 'w1', note: 'one' },
    { type: 'person.noted', visitId: 'w2', note: 'two' },
  ];
  const text = change(codec.sealFrame(frameOf(events)));
  let found: string = 'opened';
  try {
    codec.openFrame(text);
  } catch (error) {
    found = cryptReasonOf(error) ?? String(error);
  }
  expect(reason.split('|')).toContain(found);
});

test('records from before are read in plain; once that is switched off, only those that identify nobody', async () => {
  const before = plainCodec.sealEntity('p:w1', person('w1'), stamp);
  expect(await opened(codec, 'p:w1', before)).toEqual(person('w1'));
  const strict = vaultOn(keys.provider, store, { acceptsPlain: false }).vault.board(board);
  await strict.open();
  expect(await opened(strict, 'p:w1', before)).toBe('unsealed');
  expect(await opened(strict, 'p:w1', sealedPerson())).toEqual(person('w1'));
  expect(() =>
    strict.openFrame(JSON.stringify(frameOf([{ type: 'person.noted', visitId: 'w1', note: 'x' }]))),
  ).toThrow();
  const cleaned = frameOf([{ type: 'room.cleaned', roomId: 'exam-1' }]);
  expect(strict.openFrame(JSON.stringify(cleaned))).toEqual(cleaned);
});

test('[H-06] a record that does not open is told, with the id of its key and nothing else', async () => {
  uses.length = 0;
  await opened(codec, 'p:w2', sealedPerson('w1'));
  expect(uses).toEqual([
    {
      use: 'failed',
      clinic: 'north',
      kid: expect.stringMatching(/^202611~/),
      period: '2026-11',
      reason: 'tampered',
    },
  ]);
  expect(JSON.stringify(uses)).not.toContain('anary');
});

test('an error about a sealed record quotes nothing of it', async () => {
  const text = sealedPerson();
  const error = await Promise.resolve()
    .then(() => codec.openEntity('p:w1', text.replace('{"type"', '{canary'), 4))
    .catch((thrown: unknown) => thrown as Error & { details: unknown });
  expect(String(error)).not.toContain('canary');
  expect(error).toMatchObject({ code: 'phi_unreadable', details: { reason: 'malformed' } });
});

test('[crypto] a note about a board opens for that board and name only, in any process with its keys', async () => {
  const text = JSON.stringify({ rows: ['Zztest Canary-w1'] });
  const sealed = codec.sealNote('drift', text);
  expect(sealed).toMatch(/^bolt1\.g1\./);
  expect(sealed).not.toContain('Canary');
  expect(codec.sealNote('drift', text)).not.toBe(sealed);
  const again = await codecOf(board);
  expect(await again.openNote('drift', sealed)).toBe(text);
  const reasonOf = (opening: Promise<string>) => opening.then(() => 'opened', cryptReasonOf);
  expect(await reasonOf(again.openNote('other', sealed))).toBe('tampered');
  const neighbour = await codecOf({ ...board, date: '2026-11-24' });
  expect(await reasonOf(neighbour.openNote('drift', sealed))).toBe('tampered');
  const elsewhere = await codecOf({ ...board, clinic: 'south' });
  expect(await reasonOf(elsewhere.openNote('drift', sealed))).toBe('unknown_key');
  const changed = `${sealed.slice(0, -8)}${sealed.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA'}`;
  expect(['tampered', 'malformed']).toContain(await reasonOf(again.openNote('drift', changed)));
  expect(await reasonOf(again.openNote('drift', 'plain text'))).toBe('malformed');
});
