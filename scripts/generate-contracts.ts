/** The documents and tables that follow from the contracts: OpenAPI, AsyncAPI, routes, events, errors, configuration. */
import {
  asyncApiMessages,
  boardEventNames,
  buildAsyncApi,
  buildOpenApi,
  configOptions,
  eventExamples,
  problems,
  problemsOf,
  routeIds,
  routeOf,
} from '@workflow-bolt/contracts';
import { rolesOfAction } from '@workflow-bolt/domain';
import type { GeneratedFile } from './generated-files.ts';
import { generatedPage, markdownTable, tablesDir } from './markdown-table.ts';

/** Every file that follows from the contracts, with its content. */
export function generateContracts(): GeneratedFile[] {
  return [
    { path: 'docs/api/openapi.json', content: json(buildOpenApi()) },
    { path: 'docs/api/asyncapi.json', content: json(buildAsyncApi()) },
    { path: `${tablesDir}/routes.md`, content: routesTable() },
    { path: `${tablesDir}/events.md`, content: eventsTable() },
    { path: `${tablesDir}/errors.md`, content: errorsTable() },
    { path: `${tablesDir}/config.md`, content: configTable() },
  ];
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
function whoMay(access: string): string {
  if (access === 'public' || access === 'session') return access === 'public' ? 'anyone' : 'any session';
  return rolesOfAction(access).join(', ');
}

function routesTable(): string {
  const rows = routeIds.map((id) => {
    const { method, path, access, summary, responses } = routeOf(id);
    const codes = problemsOf(routeOf(id)).length;
    return [
      `\`${method.toUpperCase()} ${path}\``,
      summary,
      whoMay(access),
      Object.keys(responses).join(', '),
      `${codes}`,
    ];
  });
  const lists = routeIds.map((id) => {
    const { method, path } = routeOf(id);
    return `- \`${method.toUpperCase()} ${path}\`: ${problemsOf(routeOf(id))
      .map((code) => `\`${code}\``)
      .join(', ')}`;
  });
  return generatedPage(
    '# Routes',
    markdownTable(['Route', 'What it does', 'Who may', 'Success', 'Problem codes'], rows),
    '## Problem codes of each route',
    lists.join('\n'),
  );
}

function eventsTable(): string {
  const fields = (example: object) =>
    Object.keys(example)
      .filter((name) => name !== 'type')
      .map((name) => `\`${name}\``)
      .join(', ');
  const events = boardEventNames.map((name) => [
    `\`${name}\``,
    fields(eventExamples[name as keyof typeof eventExamples]),
  ]);
  const messages = asyncApiMessages.map(({ name, summary }) => [`\`${name}\``, summary]);
  return generatedPage(
    '# Events of the log',
    markdownTable(['Event', 'Fields'], events),
    '# Messages',
    markdownTable(['Message', 'What it says'], messages),
  );
}

function errorsTable(): string {
  const rows = Object.entries(problems).map(([code, row]) => [
    `\`${code}\``,
    `${row.status}`,
    row.kind,
    row.retryable ? 'yes' : 'no',
    row.log,
    row.title,
  ]);
  return generatedPage(
    '# Problem codes',
    markdownTable(['Code', 'Status', 'Kind', 'Retry as it is', 'Log level', 'What a person reads'], rows),
  );
}

function configTable(): string {
  const parts = Object.entries(configOptions).flatMap(([name, options]) => {
    const rows = Object.values(options).map((option) => [
      `\`${option.env}\``,
      option.isSecret ? '(secret)' : `\`${option.default || '""'}\``,
      option.unit ?? '',
      option.sentence,
    ]);
    return [`## ${name}`, markdownTable(['Variable', 'Default', 'Unit', 'What it does'], rows)];
  });
  return generatedPage('# Configuration', ...parts);
}
