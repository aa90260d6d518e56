import type { Visit } from '@workflow-bolt/contracts';
import type { EhrAppointment } from '@workflow-bolt/ehr';
import { describe, expect, test } from 'vitest';
import { matchRows, patientKeyOf, visitIdOf } from './visit-identity.ts';

const row = (appointmentId: string, patientId: string, startAt: number): EhrAppointment =>
  ({
    appointmentId,
    patientId,
    startAt,
    externalKey: `${appointmentId}@${startAt}/${patientId}`,
  }) as EhrAppointment;

const visit = (id: string, of: EhrAppointment): Visit =>
  ({
    id,
    external: {
      system: 'tebra',
      key: of.externalKey,
      appointmentId: of.appointmentId,
      patientId: of.patientId,
    },
  }) as Visit;

describe('matching rows with visits', () => {
  test('a known row keeps its visit, a new one gets an id that only depends on the row', () => {
    const known = row('1', '7', 1_000);
    const fresh = row('2', '8', 2_000);
    const matching = matchRows('c', [known, fresh], [visit('v1', known)]);
    expect(matching.rows.map((m) => m.visitId)).toEqual(['v1', visitIdOf('c', fresh.externalKey)]);
    expect(matching.absent).toEqual([]);
  });

  test('scenario 19: two appointments of one patient are two visits with one patient key', () => {
    const rows = [row('1', '7', 1_000), row('2', '7', 2_000)];
    const ids = matchRows('c', rows, []).rows.map((m) => m.visitId);
    expect(new Set(ids).size).toBe(2);
    expect(patientKeyOf('c', '7')).toBe(patientKeyOf('c', '7'));
    expect(patientKeyOf('c', '7')).not.toBe(patientKeyOf('d', '7'));
  });

  test('an appointment moved to another time is the same visit', () => {
    const before = row('1', '7', 1_000);
    const matching = matchRows('c', [row('1', '7', 9_000)], [visit('v1', before)]);
    expect(matching.rows[0]?.visitId).toBe('v1');
    expect(matching.absent).toEqual([]);
  });

  test('occurrences of a series that share an id stay apart, and one that vanishes is absent', () => {
    const first = row('1', '7', 1_000);
    const second = row('1', '7', 2_000);
    const visits = [visit('v1', first), visit('v2', second)];
    expect(matchRows('c', [second, first], visits).rows.map((m) => m.visitId)).toEqual(['v2', 'v1']);
    const without = matchRows('c', [second], visits);
    expect(without.rows[0]?.visitId).toBe('v2');
    expect(without.absent.map((v) => v.id)).toEqual(['v1']);
  });

  test('a walk-in or an imported visit is never called absent', () => {
    const walkIn = { id: 'w1', external: null } as Visit;
    expect(matchRows('c', [], [walkIn]).absent).toEqual([]);
  });

  test('ids fit the id alphabet', () => {
    expect(visitIdOf('c', "x'é@2026")).toMatch(/^t[a-z0-9]{10,30}$/);
  });
});
