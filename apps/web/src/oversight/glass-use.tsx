import { Loader, Text } from '@mantine/core';
import type { BreakGlassApi, GlassUse as Use } from '@workflow-bolt/client';
import type { GlassRecord, GlassUseRow } from '@workflow-bolt/contracts';
import { actionMatrix } from '@workflow-bolt/domain';
import { useCallback } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { whatText } from '../audit/audit-words.ts';
import { clockTimeWithSeconds } from '../format/clock.ts';
import { moment } from '../format/moment.ts';
import classes from './oversight.module.css';
import { useLooked } from './use-looked.ts';

const reads: readonly (readonly [string, string])[] = [
  ['board.stream', 'Saw the board, and followed it'],
  ['board.history', 'Saw the board of an earlier moment'],
  ['board.report', 'Saw the report of the day'],
  ['board.drift', 'Saw the differences from the EHR'],
  ['board', 'Saw the board'],
  ['visit', 'Opened the history of the visit'],
  ['print', 'Printed'],
  ['file', 'Took away a file'],
];
const abouts: Readonly<Record<string, { about: string } | undefined>> = actionMatrix;

/** One act in words: what was read, or which step was taken; a refusal says its code. */
export function actText({ what, ...row }: GlassUseRow): string {
  const read = reads.find(([start]) => what?.startsWith(start))?.[1];
  const step = row.cmd === undefined ? undefined : abouts[row.cmd]?.about;
  const said = read ?? step;
  if (row.sub === 'breakglass') return row.why === 'ended' ? 'Ended the access' : 'Opened the access';
  const fields = row.fields.length > 0 ? ` (${row.fields.join(', ')})` : '';
  if (said === undefined) return `${whatText(row)}${fields}`;
  return `${said}${fields}${row.out === 0 ? '' : `: refused${row.why === undefined ? '' : ` (${row.why})`}`}`;
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function Acts({ use: { rows, isCut, sealedThrough } }: { use: Use }) {
  return (
    <>
      {rows.length === 0 && <Text size="sm">Nothing of it is in the sealed record yet.</Text>}
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard too.
        <section aria-label="What was done with it" tabIndex={0}>
          <ol className={classes.use}>
            {rows.map((row, i) => (
              // Rows are never put in another order, and two may be equal.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above.
              <li key={i}>
                <time>{clockTimeWithSeconds(zone, row.ts)}</time> {actText(row)}
              </li>
            ))}
          </ol>
        </section>
      )}
      <Text size="sm" c="var(--text-soft)">
        {isCut && 'There is more than is shown here; an auditor reads all of it. '}
        {sealedThrough !== null &&
          `From the record as it was sealed on ${moment(sealedThrough)}; what is newer follows within a minute.`}
      </Text>
    </>
  );
}

/** What the record says was seen and done with one emergency access. Looking at it is on record too. */
export function GlassUse({ api, record }: { api: BreakGlassApi; record: GlassRecord }) {
  const { value, failure } = useLooked(useCallback(() => api.use(record), [api, record]));
  return (
    <>
      <Text size="sm" fw={600}>
        What was done with it
      </Text>
      <FailureNote failure={failure} />
      {!value && failure === null && <Loader aria-label="Reading the record" />}
      {value && <Acts use={value} />}
    </>
  );
}
