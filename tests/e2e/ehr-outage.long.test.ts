/** Scenario 22 at the vendor's own pace: away for a minute, then a neighbour on the account who takes every turn. */
import { awaitUntil } from '@workflow-bolt/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StaffMember } from '../system/staff-member.ts';
import { ClinicBrowser, columnTitles } from './clinic-browser.ts';
import { EhrSides, inStep, total, untilVisible } from './ehr-sides.ts';

let clinic: ClinicBrowser;
beforeAll(async () => {
  clinic = await ClinicBrowser.start({ appointments: 26 });
});
afterAll(() => clinic?.[Symbol.asyncDispose]());

/** The breaker's pauses grow to two minutes, and a loaded machine doubles everything. */
const patienceMs = 600_000;
const stormMs = 40_000;

test('scenario 22: a minute away, then a storm of refusals: every screen says what is owed; each newest status is written once', async () => {
  const ehr = new EhrSides(clinic);
  const { simulator } = clinic.system;
  await awaitUntil('the schedule is read', async () => (await ehr.expected()).length >= 12, patienceMs);
  const front = await clinic.signIn(clinic.userOf('front-desk'));
  await untilVisible(total(front).getByText('All written back'), patienceMs);
  simulator.act({ do: 'fault', rule: { op: '*', kind: 'html-503' } });
  const patients = (await ehr.expected()).slice(0, 7);
  const marcus = await StaffMember.signIn(clinic.system, 'marcus');
  for (const { visitId } of patients) await clinic.give({ type: 'moveVisit', visitId, to: 'arrived' });
  await untilVisible(total(front).getByText('Not written back: 7'), patienceMs);
  await untilVisible(front.page.getByRole('button', { name: /EHR away since/ }), patienceMs);
  for (const { visitId } of patients.slice(0, 3))
    await clinic.give({ type: 'moveVisit', visitId, to: 'appt-prep' }, marcus);
  // Long enough that the breaker has tried again and failed.
  const callsBefore = simulator.journal().length;
  await awaitUntil(
    'the link was tried again in vain',
    async () => simulator.journal().length > callsBefore + 1,
    patienceMs,
  );
  const neighbour = { op: 'GetAppointment', everyMs: 700 };
  simulator.configure({ throttle: { neighbour } });
  simulator.act({ do: 'clear-faults' });
  await new Promise((resolve) => setTimeout(resolve, stormMs));
  simulator.configure({ throttle: { neighbour: null } });
  await untilVisible(total(front).getByText('All written back'), patienceMs);
  expect(patients.map(({ appointmentId }) => ehr.held(appointmentId))).toEqual([
    ...['Roomed', 'Roomed', 'Roomed', 'CheckedIn', 'CheckedIn', 'CheckedIn', 'CheckedIn'],
  ]);
  // One write may have been under way with an older word when the EHR went away; nothing else is sent twice.
  const sent = patients.map(({ appointmentId }) => ehr.sentFor(appointmentId));
  expect(sent.slice(3)).toEqual([1, 1, 1, 1]);
  expect(Math.max(...sent)).toBeLessThanOrEqual(2);
  for (const { name } of patients.slice(0, 3)) {
    await front.sees(front.cardIn(columnTitles.prep, name));
    await untilVisible(inStep(front, name), patienceMs);
  }
  expect(await ehr.faults()).toEqual([]);
});
