/** The two sides of a clinic in one place, for tests: what its screens say of the EHR, and what the EHR holds. */
import type { Visit } from '@workflow-bolt/contracts';
import { awaitUntil } from '@workflow-bolt/testkit';
import type { Locator } from 'playwright-core';
import type { ClinicBrowser, Person } from './clinic-browser.ts';

/** An outage costs a breaker's pause, and on a busy machine a second one. */
export const recoveryMs = 90_000;

export type Booked = { visitId: string; appointmentId: number; name: string; startAt: number };

const expectedWords = ['Scheduled', 'Confirmed', 'ReminderSent', 'Tentative'];

export async function untilVisible(locator: Locator, timeout = recoveryMs): Promise<void> {
  await locator.first().waitFor({ state: 'visible', timeout });
}

/** The mark of a card whose visit the EHR has as the board has it. */
export const inStep = (person: Person, name: string): Locator =>
  person.card(name).getByRole('img', { name: 'In step with the EHR' });
/** The number in the header. */
export const total = ({ page }: Person): Locator => page.getByRole('button', { name: /^EHR write-back:/ });
export const conflictOf = ({ page }: Person, name: string): Locator =>
  page.getByRole('region', { name: `EHR conflict: ${name}` });

export class EhrSides {
  readonly #clinic: ClinicBrowser;

  constructor(clinic: ClinicBrowser) {
    this.#clinic = clinic;
  }

  async visit(visitId: string): Promise<Visit> {
    const d = (await this.#clinic.desk.entities()).get(`v:${visitId}`);
    if (d?.type !== 'visit') throw new Error(`no visit ${visitId}`);
    return d;
  }

  /** Who is still expected here and there, with a name that nobody else has, the earliest first. */
  async expected(): Promise<Booked[]> {
    const all = [...(await this.#clinic.desk.entities()).values()];
    const names = new Map(
      all.flatMap((d) => (d.type === 'person' ? [[d.visitId, d.fullName] as const] : [])),
    );
    return all
      .flatMap((d) => (d.type === 'visit' && this.#isPlain(d) ? [d] : []))
      .map(({ id, external, startAt }) => ({
        ...{ visitId: id, appointmentId: Number(external?.appointmentId) },
        ...{ name: names.get(id) ?? '', startAt: startAt ?? 0 },
      }))
      .filter(({ name }) => [...names.values()].filter((each) => each === name).length === 1)
      .sort((a, b) => a.startAt - b.startAt);
  }

  #isPlain({ status, external }: Visit): boolean {
    const record = this.#clinic.system.simulator.world.find(Number(external?.appointmentId));
    if (!record || record.recurring || record.group || record.caseId === null) return false;
    return ['scheduled', 'confirmed'].includes(status) && expectedWords.includes(record.status);
  }

  /** The next patient of the day whom no test has had yet. */
  async nextBooked(): Promise<Booked> {
    const [first] = await this.expected();
    if (!first) throw new Error('nobody is expected any more');
    return first;
  }

  /** The status that the EHR holds. */
  held(appointmentId: number): string | undefined {
    return this.#clinic.system.simulator.world.find(appointmentId)?.status;
  }

  async untilHeld(appointmentId: number, status: string): Promise<void> {
    await awaitUntil(`the EHR holds ${status}`, async () => this.held(appointmentId) === status, recoveryMs);
  }

  /** The EHR holds it, and the board has read that it does: from here on another word there is somebody else's. */
  async untilAgreed({ visitId, appointmentId }: Booked, status: string): Promise<void> {
    await this.untilHeld(appointmentId, status);
    const isAgreed = async () => (await this.visit(visitId)).ehrWrite?.agreed === status;
    await awaitUntil(`the board knows that the EHR holds ${status}`, isAgreed, recoveryMs);
  }

  /** How many changes of one appointment reached the EHR. */
  sentFor(appointmentId: number): number {
    return this.#clinic.system.simulator
      .journal('UpdateAppointment')
      .filter(({ effects }) => effects.some((effect) => 'id' in effect && effect.id === appointmentId))
      .length;
  }

  /** Reads the schedule, as the button does, and waits until that reading is through. */
  async pull(): Promise<void> {
    const answer = await this.#clinic.desk.request('/sync', { method: 'POST' });
    const { jobId } = (await answer.json()) as { jobId: string };
    await awaitUntil(
      'the schedule was read',
      async () => {
        const sync = (await this.#clinic.desk.entities()).get('sync');
        return sync?.type === 'sync' && sync.jobId === jobId && sync.finishedAt !== null;
      },
      recoveryMs,
    );
  }

  /** What the simulator's journal says of every write so far; empty when all is well. */
  async faults(): Promise<string[]> {
    const { controlUrl } = this.#clinic.system.simulator;
    const facts = ['no-blind-repeat', 'no-effect?effect=case-cleared', 'nothing-dropped'];
    const asked = facts.map(async (fact) => {
      const { ok, violations } = (await (await fetch(`${controlUrl}/assert/${fact}`)).json()) as {
        ok: boolean;
        violations: { detail: string }[];
      };
      return ok ? [] : [`${fact}: ${violations.map(({ detail }) => detail).join(', ')}`];
    });
    return (await Promise.all(asked)).flat();
  }
}
