import type { Person, Visit } from '@workflow-bolt/contracts';
import type { EhrAppointment } from '@workflow-bolt/ehr';
import { describe, expect, test } from 'vitest';
import { matchRows, patientKeyOf, visitIdOf } from './visit-identity.ts';

const row = (appointmentId: string, patientId: string, startAt: number): EhrAppointment =>
  ({
    appointmentId,
    patientId,
    startAt,
    patientName: null,
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

const dayOf = (visits: readonly Visit[], names: Record<string, string> = {}) => ({
  visits,
  persons: new Map(Object.entries(names).map(([id, fullName]) => [id, { fullName } as Person])),
});

describe('matching rows with visits', () => {
  test('a known row keeps its visit, a new one gets an id that only depends on the row', () => {
    const known = row('1', '7', 1_000);
    const fresh = row('2', '8', 2_000);
    const matching = matchRows('c', [known, fresh], dayOf([visit('v1', known)]));
    expect(matching.rows.map((m) => m.visitId)).toEqual(['v1', visitIdOf('c', fresh.externalKey)]);
    expect(matching.absent).toEqual([]);
  });

  test('scenario 19: two appointments of one patient are two visits with one patient key', () => {
    const rows = [row('1', '7', 1_000), row('2', '7', 2_000)];
    const ids = matchRows('c', rows, dayOf([])).rows.map((m) => m.visitId);
    expect(new Set(ids).size).toBe(2);
    expect(patientKeyOf('c', '7')).toBe(patientKeyOf('c', '7'));
    expect(patientKeyOf('c', '7')).not.toBe(patientKeyOf('d', '7'));
  });

  test('an appointment moved to another time is the same visit', () => {
    const before = row('1', '7', 1_000);
    const matching = matchRows('c', [row('1', '7', 9_000)], dayOf([visit('v1', before)]));
    expect(matching.rows[0]?.visitId).toBe('v1');
    expect(matching.absent).toEqual([]);
  });

  test('occurrences of a series that share an id stay apart, and one that vanishes is absent', () => {
    const first = row('1', '7', 1_000);
    const second = row('1', '7', 2_000);
    const visits = [visit('v1', first), visit('v2', second)];
    expect(matchRows('c', [second, first], dayOf(visits)).rows.map((m) => m.visitId)).toEqual(['v2', 'v1']);
    const without = matchRows('c', [second], dayOf(visits));
    expect(without.rows[0]?.visitId).toBe('v2');
    expect(without.absent.map((v) => v.id)).toEqual(['v1']);
  });

  test('a walk-in or an imported visit is never called absent', () => {
    const walkIn = { id: 'w1', external: null } as Visit;
    expect(matchRows('c', [], dayOf([walkIn])).absent).toEqual([]);
  });

  test('scenario 30: a visit imported while the EHR was away is adopted, not doubled', () => {
    const fromEhr = { ...row('1', '7', 1_000), patientName: 'Anna Lee' };
    const importedVisit = (id: string, startAt = 1_000) =>
      ({ id, startAt, external: { system: 'import', key: id } }) as Visit;
    const names = { i1: 'LEE, Anna', i2: 'Anna Lee', i3: 'Anna Lee' };
    const one = matchRows('c', [fromEhr], dayOf([importedVisit('i1')], names));
    expect(one.rows[0]?.visitId).toBe('i1');
    expect(one.absent).toEqual([]);
    const fresh = visitIdOf('c', fromEhr.externalKey);
    const elsewhen = matchRows('c', [fromEhr], dayOf([importedVisit('i1', 2_000)], names));
    expect(elsewhen.rows[0]?.visitId).toBe(fresh);
    const twice = matchRows('c', [fromEhr], dayOf([importedVisit('i2'), importedVisit('i3')], names));
    expect(twice.rows[0]?.visitId).toBe(fresh);
  });

  describe('an appointment that write-back is making for a walk-in', () => {
    const at = Date.parse('2026-07-01T15:12:34Z');
    const walkIn = (id: string, more: object = {}) =>
      ({ id, kind: 'walk-in', startAt: null, createdAt: at + 567, external: null, ...more }) as Visit;
    const made = { ...row('91', '7', at), patientName: 'Smith-Lee, Anna' };
    const fresh = visitIdOf('c', made.externalKey);
    const match = (visits: readonly Visit[], names: Record<string, string>, making: readonly string[]) => {
      const day = { ...dayOf(visits, names), beingMade: new Set(making) };
      const { rows, beingMade } = matchRows('c', [made], day);
      return { visits: rows.map(({ visitId }) => visitId), asideOf: beingMade.length };
    };

    test('[I2] is set aside under another name until write-back knows whose it is', () => {
      expect(match([walkIn('w1')], { w1: 'Anna Lee' }, ['w1'])).toEqual({ visits: [], asideOf: 1 });
      // Of two that came in one second neither name may decide for the other.
      const names = { w1: 'Anna Lee', w2: 'Anna Smith Lee' };
      expect(match([walkIn('w1'), walkIn('w2')], names, ['w1'])).toEqual({ visits: [], asideOf: 1 });
    });

    test('is the visit where the name says so too, and a new one where nothing is being made', () => {
      expect(match([walkIn('w1')], { w1: 'Anna Smith-Lee' }, ['w1'])).toEqual({ visits: ['w1'], asideOf: 0 });
      expect(match([walkIn('w1')], { w1: 'Anna Lee' }, [])).toEqual({ visits: [fresh], asideOf: 0 });
      const elsewhen = walkIn('w1', { createdAt: at + 1_000 });
      expect(match([elsewhen], { w1: 'Anna Lee' }, ['w1'])).toEqual({ visits: [fresh], asideOf: 0 });
      const wrong = walkIn('w1', { status: 'entered-in-error' });
      expect(match([wrong], { w1: 'Anna Lee' }, ['w1'])).toEqual({ visits: [fresh], asideOf: 0 });
    });

    test('[I2] is known by its number from then on, whatever name, time and patient the schedule gives it', () => {
      const external = { system: 'tebra', key: 'written/91/7', appointmentId: '91', patientId: '7' };
      const told = walkIn('w1', { external });
      expect(match([told], { w1: 'Anna Lee' }, [])).toEqual({ visits: ['w1'], asideOf: 0 });
      const merged = { ...made, ...row('91', '8', at + 60_000) };
      expect(matchRows('c', [merged], dayOf([told])).rows[0]?.visitId).toBe('w1');
    });
  });

  test('ids fit the id alphabet', () => {
    expect(visitIdOf('c', "x'é@2026")).toMatch(/^t[a-z0-9]{10,30}$/);
  });
});
