/** What people see when the server or Redis is killed mid-morning: scenario 23 in real browsers. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ClinicBrowser, columnTitles } from './clinic-browser.ts';

let clinic: ClinicBrowser;
beforeAll(async () => {
  clinic = await ClinicBrowser.start();
});
afterAll(() => clinic?.[Symbol.asyncDispose]());
beforeEach((context) => {
  context.onTestFailed(() => clinic.photograph(context.task.name));
});
afterEach(() => clinic.closeWindows());

type Kill = { name: string; patient: string; kill: () => Promise<unknown>; restart: () => Promise<unknown> };
const server = () => {
  const [first] = clinic.system.servers;
  if (!first) throw new Error('this system has no server');
  return first.process;
};
const redis = () => {
  if (!clinic.system.redis) throw new Error('this system has no Redis of its own');
  return clinic.system.redis;
};
const kills: Kill[] = [
  {
    name: 'the server is killed',
    patient: 'Kit Server',
    kill: () => server().end('SIGKILL'),
    restart: async () => server().start(),
  },
  {
    name: 'Redis is killed',
    patient: 'Rex Redis',
    kill: () => redis().kill9(),
    restart: () => redis().start(),
  },
];

test.each(kills)(
  'scenario 23: $name: the screen says it is not live and how old it is, keeps the board and the step, and recovers',
  async ({ patient, kill, restart }) => {
    const visitId = await clinic.patient(patient);
    const [tablet, front] = await Promise.all([
      clinic.signIn(clinic.userOf('medical-assistant')),
      clinic.signIn(clinic.userOf('front-desk')),
    ]);
    await tablet.sees(tablet.cardIn(columnTitles.arrived, patient));
    const cards = await tablet.page.getByRole('article').count();
    await kill();
    for (const person of [tablet, front]) {
      await person.seesNot(person.connection('Live'));
      await person.sees(person.page.getByRole('alert').filter({ hasText: /not live/i }));
      await person.sees(person.page.getByRole('alert').filter({ hasText: /What you see is \d+ (s|min)/ }));
    }
    expect(await tablet.page.getByRole('article').count(), 'the last known board stays').toBe(cards);
    await tablet.press(patient, 'Start Prep');
    await tablet.sees(tablet.cardIn(columnTitles.prep, patient));
    await tablet.sees(tablet.page.getByText('1 step waiting to be sent'));
    await restart();
    for (const person of [tablet, front]) {
      await person.sees(person.connection('Live'));
      await person.sees(person.cardIn(columnTitles.prep, patient));
      await person.seesNot(person.page.getByRole('alert').filter({ hasText: /not live/i }));
    }
    await tablet.seesNot(tablet.page.getByText('1 step waiting to be sent'));
    expect(await clinic.statusesOf(visitId)).toEqual(['arrived', 'appt-prep']);
  },
);
