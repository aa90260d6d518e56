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
  ];
}
