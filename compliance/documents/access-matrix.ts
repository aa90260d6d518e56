/** The policy of access as tables, printed from the data that decides. */
import { type Role, roles } from '@workflow-bolt/contracts';
import {
  type ActionRow,
  actionMatrix,
  fieldMatrix,
  personWriters,
  revealedFields,
  separatedRoles,
} from '@workflow-bolt/domain';
import { markdownTable } from '../../scripts/markdown-table.ts';

function cellOf(row: ActionRow, role: Role): string {
  const grant = row.who[role];
  return grant === undefined ? '–' : grant.length === 0 ? 'yes' : grant.join(', ');
}

function actionTable(): string {
  const rows = Object.entries(actionMatrix).map(([action, row]) => [
    `\`${action}\``,
    row.about,
    row.scope,
    ...roles.map((role) => cellOf(row, role)),
  ]);
  return markdownTable(['Action', 'What it is', 'Scope', ...roles], rows);
}

function fieldTable(): string {
  const rows = Object.entries(fieldMatrix).flatMap(([entity, fields]) =>
    Object.entries(fields).map(([field, row]) => [
      `\`${entity}.${field}\``,
      row.isSensitive ? `${row.level}, private` : row.level,
      ...roles.map((role) => row.shown[role] ?? '–'),
    ]),
  );
  return markdownTable(['Field', 'Level', ...roles], rows);
}

/** The matrices as parts of a page. */
export function accessMatrixParts(): string[] {
  const writers = Object.entries(personWriters).map(([field, who]) => [`\`${field}\``, who.join(', ')]);
  const pairs = separatedRoles.map(([a, b]) => [a, b]);
  return [
    'From `packages/domain/src/permission-matrix.ts`, which decides. What has no cell is refused. `proof` asks for a factor again, `own` and `others` say on whose, `listed` asks that a person was named before.',
    '## Role and action',
    actionTable(),
    '## Role and field',
    'A role without a cell gets the empty value. A field marked private is shown only to those who care for the patient, while the patient is in the office and asked for privacy.',
    fieldTable(),
    '## What an auditor learns of a patient with a proof and a reason',
    markdownTable(
      ['Field', 'Action'],
      revealedFields.map((field) => [`person.${field}`, '`audit.reveal`']),
    ),
    '## Who may change details of a patient',
    markdownTable(['Detail', 'Roles'], writers),
    '## Roles that nobody holds together',
    markdownTable(['One', 'Other'], pairs),
  ];
}
