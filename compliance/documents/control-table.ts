/** The catalogue of controls as a page. */
import { markdownTable } from '../../scripts/markdown-table.ts';
import { controls } from '../catalogue/controls.ts';
import { hostileGroups } from '../catalogue/hostile-groups.ts';
import { kindWords } from '../report/run-record.ts';

/** The catalogue as parts of a page. */
export function controlParts(): string[] {
  const rows = controls.map(({ id, citation, title, kind, does, alsoTags = [], manual = [] }) => [
    id,
    `${title} (${citation}, ${kindWords[kind].toLowerCase()})`,
    does,
    [id, ...alsoTags].map((tag) => `\`[${tag}]\``).join(' '),
    manual.map(({ id: asked, maxAgeDays }) => `\`${asked}\`, ${maxAgeDays} days`).join('; ') || 'nothing',
  ]);
  const groups = hostileGroups.map(({ title, tags, casesMin }) => [
    title,
    tags.map((tag) => `\`[${tag}]\``).join(' '),
    `${casesMin}`,
  ]);
  return [
    'What `npm run compliance` judges. A control is satisfied when tests with its tags passed, its files and documents are there, and people attested in time what only people can. No row is a claim that anybody approved anything.',
    '## Controls',
    markdownTable(
      ['Control', 'What it asks', 'What the product does', 'Tags of its tests', 'People attest'],
      rows,
    ),
    '## Groups of hostile cases',
    markdownTable(['Group', 'Tags', 'At least'], groups),
  ];
}
