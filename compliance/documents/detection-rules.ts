/** What is noticed, as a page, from the rules that notice it. */
import { detectionRules, reviewMs } from '@workflow-bolt/domain';
import { markdownTable } from '../../scripts/markdown-table.ts';
import { spanOf } from './policy-values.ts';

type Rule = (typeof detectionRules)[number];

function limitsOf({ limits, windows }: Rule): string {
  if (limits.length === 0) return 'once';
  return limits
    .map((limit) => `over ${limit.limit} in ${widthOf(limit.window, windows)}${usualOf(limit)}`)
    .join('; ');
}

function widthOf(name: string, windows: Rule['windows']): string {
  const span = windows.find((window) => window.name === name)?.spanMs;
  return span === undefined ? name : spanOf(span);
}

const usualOf = ({ beyondUsual }: Rule['limits'][number]): string =>
  beyondUsual ? ` and ${beyondUsual.times} times the usual` : '';

/** What the rules of this page cannot know, and where the rest is noticed. */
const beside = `## What is noticed elsewhere, and what is not

- *Off-hours and workstations seen for the first time*: no rule. The product holds no duty hours, and each sign-in takes a second
  factor wherever it happens.
- *Addresses and well-known people*: UT-1 compares names and days. The product holds neither an address nor a mark for well-known
  people; for those there is the privacy flag, which withholds.
- *Refused requests (401, 403, 429) and answers that could not be recorded (503) as a rate*: Prometheus rules, in
  \`ops/alerts/ehr.rules.yaml\` (BoltRefusalsMany, BoltAnswersUnavailable).
- *A second proof instead of an end*: who is over ACE-1 or ACE-2 has proved themselves already; they are told, or signed out.
- *UT-1* looks at records opened one by one, and at each visit that a search for patients shows, where other days are no wonder (UT-1F). A board shows everybody of its day to whoever works on it.
- *HT-3* asks Redis how long the bait has lain untouched (\`OBJECT IDLETIME\`), every minute, which needs no configuration of Redis.
  It does not see a client that sets \`CLIENT NO-TOUCH\`, a read of a replica, nor one in the minute before a failover.`;

/** The page's parts. */
export function detectionParts(): string[] {
  const rows = detectionRules.map((rule) => [
    rule.id,
    rule.about,
    rule.subject,
    limitsOf(rule),
    rule.severity,
    spanOf(rule.reviewWithinMs ?? reviewMs[rule.severity]),
    rule.responses.join(', ') || 'alert only',
  ]);
  return [
    'From `packages/domain/src/detection/rules.ts`. Every rule has an attack that it must notice and an ordinary day on which it must be silent, both in the tests.',
    markdownTable(
      [
        'Rule',
        'What happened',
        'Counted by',
        'How often',
        'Severity',
        'Looked at within',
        'What the system does',
      ],
      rows,
    ),
    beside,
  ];
}
