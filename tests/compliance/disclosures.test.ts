/** What leaves the installation about patients: nothing, except to those who may see it; and that is on record. */
import { dayReportSchema, routeIds, routeOf, securityEventSchema } from '@workflow-bolt/contracts';
import { OPERATION_NAMES, WRITE_OPERATIONS } from '@workflow-bolt/ehr';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type AuditParts, getAuditExport, getOpenedBy } from '../../apps/server/src/audit/audit-handlers.ts';
import type { Call, Handler } from '../../apps/server/src/http/handler.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const dayMs = 86_400_000;
const query = { from: now - dayMs, to: now, format: 'ndjson' };

/** An auditor asks; the record takes down what it is told, or cannot. */
function asked(isRecordAway = false) {
  const noted: unknown[] = [];
  const reader = { search: async () => ({ rows: [], next: null, size: 7 }) };
  const parts = {
    desk: {
      reader: async () => reader,
      index: () => ({ openedBy: async () => [] }),
      sealedThrough: async () => now,
    },
    record: async (event: unknown) => {
      if (isRecordAway) throw new Error('the record is away');
      noted.push(event);
    },
    now: () => now,
  } as unknown as AuditParts;
  const principal = {
    uid: 'aud-1',
    kind: 'human',
    roles: ['auditor'],
    role: 'auditor',
    clinics: ['north'],
    aal: '2',
    amr: ['passkey'],
    scopes: null,
    onBehalfOf: null,
    stepUps: {},
    listedIn: [],
    station: null,
    sid: 's',
  };
  const call = {
    params: { clinic: 'north', patient: 'pk-1' },
    query,
    principal,
    requestId: 'req-1',
    session: { id: 'a'.repeat(64), user: { id: 'aud-1', name: 'A', role: 'auditor' }, aal: '2', amr: [] },
  } as unknown as Call;
  return { noted, ask: (handler: (parts: AuditParts) => Handler) => handler(parts)(call) };
}

describe('[ONC-d-11] disclosures', () => {
  test('what is written goes back to the EHR that it came from, and is an appointment: no patient, note or document', () => {
    expect(OPERATION_NAMES.filter((name) => !name.startsWith('Get'))).toEqual(WRITE_OPERATIONS);
    expect(WRITE_OPERATIONS).toEqual(['CreateAppointment', 'UpdateAppointment']);
  });

  test('three routes give out files and reports: two of the record, which names no patient, and the report of a day, which names none either', () => {
    const exporting = routeIds
      .filter((id) => routeOf(id).method === 'get' && /export|download|print|report/.test(routeOf(id).path))
      .sort();
    expect(exporting).toEqual(['getAuditExport', 'getAuditReport', 'getDayReport']);
    const named = { agent: { uid: 'Ada Lovelace', kind: 'human', role: null } };
    const event = { cid: 'north', type: 'disclosure', sub: 'export', act: 'E', out: 0 };
    expect(securityEventSchema.safeParse({ ...event, ...named }).success).toBe(false);
    const report = JSON.stringify(z.toJSONSchema(dayReportSchema));
    for (const field of ['fullName', 'dob', 'phone', 'patientKey', '"reason"', '"note"'])
      expect(report).not.toContain(field);
  });

  test('[ONC-d-3] an export says who, what, how many and when, before it leaves', async () => {
    const { noted, ask } = asked();
    await ask(getAuditExport);
    expect(noted).toHaveLength(1);
    expect(noted[0]).toMatchObject({
      cid: 'north',
      sub: 'export',
      act: 'E',
      out: 0,
      agent: { uid: 'aud-1' },
      rid: 'req-1',
      ent: [{ t: 'AuditLog', id: 'north', n: 0 }],
    });
    expect(securityEventSchema.safeParse(noted[0]).success).toBe(true);
  });

  test('[audit] who asks who opened a record is on that record as well', async () => {
    const { noted, ask } = asked();
    await ask(getOpenedBy);
    expect(noted[0]).toMatchObject({ sub: 'read', pat: ['pk-1'], agent: { uid: 'aud-1' } });
  });

  test('[audit] what cannot be recorded does not leave', async () => {
    const { ask } = asked(true);
    await expect(ask(getAuditExport)).rejects.toThrow('the record is away');
    await expect(ask(getOpenedBy)).rejects.toThrow('the record is away');
  });
});
