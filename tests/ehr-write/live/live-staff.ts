/** Staff of a running clinic: they see the board as a screen does, and take the next step over HTTP. */
import type { Command, Day, Entity, Role, Visit } from '@workflow-bolt/contracts';
import { isClosed, isHidden, nextActions, syncOf } from '@workflow-bolt/domain';
import type { Rng } from '@workflow-bolt/testkit';
import type { ClinicSystem } from '../../system/clinic-system.ts';
import { StaffMember } from '../../system/staff-member.ts';

/** A connection that the server had just closed is tried again, as a browser does. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 5 || !(error instanceof TypeError)) throw error;
    }
  }
}

/** The same command again is the same command. */
function give(staff: StaffMember, command: Command) {
  staff.n += 1;
  const { n } = staff;
  return patiently(() => staff.giveAs(n, command));
}

export type SeenBoard = { day: Day; visits: readonly Visit[] };
type Member = { role: Role; staff: StaffMember };

export class LiveStaff {
  /** The board's word that gave way to the EHR's because somebody said so. */
  readonly accepted = new Map<string, string>();
  readonly #members: readonly Member[];
  readonly #rng: Rng;

  private constructor(members: readonly Member[], rng: Rng) {
    this.#members = members;
    this.#rng = rng;
  }

  static async signIn(system: ClinicSystem, rng: Rng): Promise<LiveStaff> {
    const people = system.users.filter(({ role }) => role !== 'viewer');
    const members: Member[] = [];
    for (const { id, role } of people)
      members.push({ role, staff: await patiently(() => StaffMember.signIn(system, id)) });
    return new LiveStaff(members, rng);
  }

  get #manager(): StaffMember {
    const manager = this.#members.find(({ role }) => role === 'manager');
    if (!manager) throw new Error('there is no manager');
    return manager.staff;
  }

  async see(): Promise<SeenBoard | null> {
    const all: Entity[] = [...(await patiently(() => this.#manager.entities())).values()];
    const day = all.find((entity) => entity.type === 'day');
    return day ? { day, visits: all.filter((entity) => entity.type === 'visit') } : null;
  }

  /** Steps with some cards, all at once; what another one has done meanwhile is refused, and stays so. */
  async work({ day, visits }: SeenBoard, most: number): Promise<void> {
    const open = visits.filter(({ status }) => !isClosed(status) && !isHidden(status));
    const chosen = this.#rng.shuffle([...open]).slice(0, most);
    await Promise.all(chosen.map((visit) => this.#step(visit, day)));
  }

  async #step(visit: Visit, day: Day): Promise<void> {
    const now = Date.now();
    const offers = this.#members.flatMap((member) =>
      nextActions(visit, { role: member.role, day, now }).map((action) => ({ member, action })),
    );
    const forward = offers.filter(({ action }) => action.isPrimary);
    if (this.#rng.chance(0.06) && visit.undoable) {
      await give(this.#manager, { type: 'undoLast', visitId: visit.id, eventId: visit.undoable.eventId });
      return;
    }
    const others = offers.filter(({ action }) => action.command.to !== 'entered-in-error');
    const from = forward.length > 0 && this.#rng.chance(0.9) ? forward : others;
    if (from.length === 0) return;
    const { member, action } = this.#rng.pick(from);
    await give(member.staff, { ...action.command, reason: 'said so', by: 'patient' });
  }

  async settleConflicts({ day, visits }: SeenBoard): Promise<void> {
    for (const visit of visits) {
      const { state, word } = syncOf(visit, day);
      if (state !== 'conflict') continue;
      const choice = this.#rng.pick(['accept', 'keep-mine', 'later'] as const);
      const isTaken = await this.#tell({ type: 'resolveConflict', visitId: visit.id, choice });
      if (isTaken && choice === 'accept' && word) this.accepted.set(visit.id, word);
    }
  }

  async retryFailed({ visits }: SeenBoard): Promise<void> {
    for (const { id, ehrWrite } of visits)
      if (ehrWrite?.failed) await this.#tell({ type: 'retryWrite', visitId: id });
  }

  /** Has the schedule read again. */
  async requestSync(): Promise<void> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    await patiently(() => this.#manager.request('/sync', init));
  }

  async #tell(command: Command): Promise<boolean> {
    const { status, body } = await give(this.#manager, command);
    const [outcome] = (body.outcomes ?? []) as { outcome: string }[];
    return status === 200 && outcome?.outcome === 'applied';
  }
}
