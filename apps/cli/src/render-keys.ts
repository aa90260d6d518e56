/** `bolt keys` for people: top keys, then the keys of each clinic, then its months. Ids and counts. */
import type { ClinicKeys, KeysResponse } from '@workflow-bolt/contracts';
import { table } from './render-status.ts';

/** How much still stands under a key that is not the newest of its place. */
export function countUnderFormer({ clinics }: KeysResponse): number {
  const former = clinics.flatMap(({ keys, months }) => [keys, ...months.map((month) => month.keys)]).flat();
  const sealed = former.filter(({ isNewest }) => !isNewest).map(({ numSealed }) => numSealed);
  return [...sealed, ...clinics.map(({ numFormerWraps }) => numFormerWraps)].reduce((sum, n) => sum + n, 0);
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
const stateOf = (isNewest: boolean): string => (isNewest ? 'in use' : 'former');

function rowsOf({ clinic, keys, months, numFormerWraps }: ClinicKeys): string[][] {
  const wraps = numFormerWraps === 0 ? '' : `${numFormerWraps} still wrapped by a former top key`;
  return [
    ...keys.map(({ kid, isNewest, numSealed }) => [
      ...[clinic, '-', kid, stateOf(isNewest), String(numSealed), isNewest ? wraps : ''],
    ]),
    ...months.flatMap(({ period, isDestroyed, keys: ofMonth }) =>
      isDestroyed
        ? [[clinic, period, '-', 'destroyed', '0', '']]
        : ofMonth.map(({ kid, isNewest, numSealed }) => [
            ...[clinic, period, kid, stateOf(isNewest), String(numSealed), ''],
          ]),
    ),
  ];
}

/** Without a line break at its end. */
export function renderKeys(keys: KeysResponse): string {
  const left = countUnderFormer(keys);
  const top = keys.top.map(({ purpose, kid, state, createdAt }) => [purpose, kid, state, day(createdAt)]);
  const clinics = keys.clinics.flatMap(rowsOf);
  return [
    left === 0
      ? '✔ Everything stands under the newest keys'
      : `! ${left} still under former keys: a rotation is on its way`,
    '',
    ...table([['TOP KEY', 'ID', 'STATE', 'MADE'], ...top]),
    '',
    ...table([['CLINIC', 'MONTH', 'KEY', 'STATE', 'SEALS', ''], ...clinics]),
  ].join('\n');
}
