/** Checks 2, 3, 8 and 11: what the list spells, what toggles do, how series are numbered, and wrong names. */
import { type EhrResult, type EhrSchedule, externalKey } from '@workflow-bolt/ehr';
import { type CheckKit, differs, failed, held, unseen, type Verdict } from './check-kit.ts';

const DAY_MS = 86_400_000;

export async function lookAtSpellings({ rows }: CheckKit): Promise<Verdict> {
  if (rows.length === 0) return unseen('the account lists no appointment in these days');
  const strange = rows.filter(({ status }) => status.canonical === 'Unrecognised');
  const known = new Set(rows.map(({ status }) => status.raw)).size;
  if (strange.length === 0) return held(`${known} spellings in ${rows.length} rows, all recognised`);
  const lengths = [...new Set(strange.map(({ status }) => status.raw.length))].sort((a, b) => a - b);
  return differs(
    `${strange.length} of ${rows.length} rows have a status nobody knows, of ${lengths.join(', ')} letters`,
  );
}

/** One toggle is set where the product sets none. */
const SET_TOGGLE = (body: string): string =>
  body.replace(/<(\w+:)Fields>\s*<\/\1Fields>/, '<$1Fields><$1ID>true</$1ID></$1Fields>');

function askWeek(
  { account, practiceName, now }: CheckKit,
  name = practiceName,
): Promise<EhrResult<EhrSchedule>> {
  const window = { startAt: now - 3 * DAY_MS, endAt: now + 4 * DAY_MS };
  return account.port.schedule({ practiceName: name, window });
}

export async function lookAtToggles(kit: CheckKit): Promise<Verdict> {
  const whole = await askWeek(kit);
  if (!whole.ok) return failed(whole.failure);
  if (whole.value.rows.length === 0) return unseen('the account lists no appointment this week');
  kit.account.rewrite = SET_TOGGLE;
  const toggled = await askWeek(kit);
  kit.account.rewrite = null;
  if (!toggled.ok) return failed(toggled.failure);
  const [all, some] = [whole.value.rows, toggled.value.rows];
  if (some.length === 0)
    return held('a set toggle answers an empty row: Fields stays empty, as the product sends it');
  const isNarrowed = some.every(({ patientName, notes }) => patientName === null && notes === null);
  if (some.length === all.length && isNarrowed)
    return held('a set toggle narrows the answer: empty Fields answers everything');
  return differs(`a set toggle answers ${some.length} rows instead of ${all.length}, with other members`);
}

/** The product tells occurrences apart by their start, so that a shared id is no trouble. */
export async function lookAtSeries({ rows }: CheckKit): Promise<Verdict> {
  const series = rows.filter(({ recurring }) => recurring === true);
  if (series.length === 0) return unseen('no recurring appointment in these days');
  const keys = series.flatMap((row) =>
    row.start?.kind === 'instant' && row.patientId !== null
      ? [externalKey({ ...row, patientId: row.patientId, startAt: row.start.at })]
      : [],
  );
  const ids = new Set(series.map(({ appointmentId }) => appointmentId)).size;
  const told = `${series.length} recurring rows have ${ids} ids`;
  if (new Set(keys).size < keys.length)
    return differs(`${told}, and two of them share id, start and patient`);
  return held(
    `${told}: ${ids < series.length ? 'ids are shared, starts tell them apart' : 'each has its own'}`,
  );
}

export async function lookAtWrongPractice(kit: CheckKit): Promise<Verdict> {
  const found = await askWeek(kit, `${kit.practiceName} (nobody's)`);
  if (!found.ok) return differs(`a wrong name is refused: ${failed(found.failure).why}`);
  const { length } = found.value.rows;
  return length === 0
    ? held('a wrong practice name answers no rows and no error')
    : differs(`a wrong practice name answers ${length} rows: the name does not filter`);
}
