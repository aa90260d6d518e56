/**
 * The clocks of a breach of unsecured patient data: who must be told until when (45 CFR 164.404–412), and what the
 * four factors of 45 CFR 164.402(2) come to. Days are calendar days of the clinic; nothing here knows the time.
 */

/** What is known about an incident. Dates are `YYYY-MM-DD` of the clinic. */
export type BreachFacts = {
  /** The first day on which anybody of the organisation knew of it, or with diligence would have known. */
  discoveredOn: string;
  /** Whose duty it is: the organisation that treats patients, or a vendor that works for it. */
  party: 'covered-entity' | 'business-associate';
  affected: number;
  /** Of those, the most who live in any one state or jurisdiction. */
  affectedInOneStateMax: number;
  /** For a vendor: days within which its contract wants notice; null when the contract says nothing. */
  contractDays: number | null;
  /** The last day on which a law-enforcement official asked for silence (164.412); null without such a request. */
  silentUntil: string | null;
};

export type NoticeDeadline = {
  to: 'individuals' | 'secretary' | 'media' | 'covered-entity' | 'covered-entity-by-contract';
  basis: string;
  /** The last day that is in time. */
  dueOn: string;
};

/** The outer limit; the law asks for notice "without unreasonable delay" before it. */
const noticeDaysMax = 60;
/** From so many people on, the Secretary is told at once and not once a year. */
const largeBreachMin = 500;

/** A day plus so many calendar days. Throws RangeError for a text that is no date. */
export function addDays(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** Everybody who must be told, with the last day for each, the earliest first. Nobody when nobody is affected. */
export function breachDeadlines(facts: BreachFacts): NoticeDeadline[] {
  if (facts.affected <= 0) return [];
  const deadlines = facts.party === 'covered-entity' ? ownDeadlines(facts) : vendorDeadlines(facts);
  return deadlines
    .map((deadline) => ({ ...deadline, dueOn: later(deadline.dueOn, facts.silentUntil) }))
    .sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0));
}

const later = (day: string, silentUntil: string | null): string =>
  silentUntil !== null && silentUntil > day ? silentUntil : day;

function ownDeadlines({ discoveredOn, affected, affectedInOneStateMax }: BreachFacts): NoticeDeadline[] {
  const dueOn = addDays(discoveredOn, noticeDaysMax);
  const deadlines: NoticeDeadline[] = [{ to: 'individuals', basis: '45 CFR 164.404(b)', dueOn }];
  deadlines.push(
    affected >= largeBreachMin
      ? { to: 'secretary', basis: '45 CFR 164.408(b)', dueOn }
      : { to: 'secretary', basis: '45 CFR 164.408(c)', dueOn: afterYearOf(discoveredOn) },
  );
  // Not a slip: the media rule says more than 500 of one state, the rule on the Secretary 500 or more in all.
  if (affectedInOneStateMax > largeBreachMin)
    deadlines.push({ to: 'media', basis: '45 CFR 164.406(b)', dueOn });
  return deadlines;
}

const afterYearOf = (day: string): string => addDays(`${day.slice(0, 4)}-12-31`, noticeDaysMax);

function vendorDeadlines({ discoveredOn, contractDays }: BreachFacts): NoticeDeadline[] {
  const dueOn = addDays(discoveredOn, noticeDaysMax);
  const byLaw: NoticeDeadline = { to: 'covered-entity', basis: '45 CFR 164.410(b)', dueOn };
  if (contractDays === null) return [byLaw];
  const byContract = addDays(discoveredOn, contractDays);
  return [
    { to: 'covered-entity-by-contract', basis: 'Business associate contract', dueOn: byContract },
    byLaw,
  ];
}

/** Deadlines that have passed without their notice. `today` and `sentOn` are days of the clinic. */
export function missedDeadlines(
  deadlines: readonly NoticeDeadline[],
  sentOn: Partial<Record<NoticeDeadline['to'], string>>,
  today: string,
): NoticeDeadline[] {
  return deadlines.filter(({ to, dueOn }) => (sentOn[to] ?? today) > dueOn);
}

/** Hours in which a vendor would have to say that it activated its contingency plan (proposed 45 CFR 164.314). */
const contingencyNoticeMs = 24 * 3_600_000;

/** When the notice of an activated contingency plan is due under the proposed rule; epoch ms. */
export const contingencyNoticeDueAt = (activatedAt: number): number => activatedAt + contingencyNoticeMs;
