/** What a runbook has somebody type exists: addresses, commands, keys, options, pages and buttons of the link to the EHR. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { routeActions, routeIds, routeOf, serverOptions, workerOptions } from '@workflow-bolt/contracts';
import { ehrLinkKeyRows } from '@workflow-bolt/store';
import { expect, test } from 'vitest';
import { commands } from '../apps/cli/src/commands.ts';
import { root } from './run-command.ts';

const files = globSync('docs/runbooks/*.md', { cwd: root });
const pages = files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
/** The lines of all blocks of code. */
const typed = pages.flatMap(({ file, text }) =>
  [...text.matchAll(/^```\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .filter(Boolean)
      .map((line) => ({ file, line })),
  ),
);

const { scripts: tasks } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** `/api/v1/boards/$CLINIC/$DATE/drift` and `/api/v1/boards/{clinic}/{date}/drift` are one shape. */
const shapeOf = (path: string): string => path.replaceAll(/\{\w+\}|\$\w+/g, '*');
const shapes = new Set(routeIds.map((id) => `${routeOf(id).method} ${shapeOf(routeOf(id).path)}`));

test('the pages are there', () => {
  expect(files.map((file) => file.replace(/^.*\//, ''))).toEqual(
    expect.arrayContaining([
      ...[
        'ehr-outage.md',
        'credential-rotation.md',
        'wrong-practice-name.md',
        'throttling.md',
        'conflict-flood.md',
      ],
    ]),
  );
  expect(typed.length).toBeGreaterThan(15);
});

test('every address that curl is given is a route with that method', () => {
  const unknown = typed.flatMap(({ file, line }) => {
    const [, path] = /^curl .*?https?:\/\/[\w.:$]+(\/[^\s"|]*)/.exec(line) ?? [];
    if (path === undefined) return [];
    const method = line.includes('-X POST') ? 'post' : 'get';
    return shapes.has(`${method} ${shapeOf(path)}`) ? [] : [`${file}: ${line}`];
  });
  expect(unknown).toEqual([]);
});

test('every command, option, key and scope exists', () => {
  const options = new Set(Object.values({ ...serverOptions, ...workerOptions }).map(({ env }) => env));
  const keys = ehrLinkKeyRows.map(({ name }) => name);
  const wrong = typed.flatMap(({ file, line }) => {
    const [, word, next] = /\bbolt -- (\w+)(?: (\w+))?/.exec(line) ?? [];
    // A command of two words is known by both.
    const command = word === undefined || Object.hasOwn(commands, word) ? word : `${word}:${next}`;
    const named = [...line.matchAll(/\bBOLT_[A-Z_]+\b/g)].map(([name]) => name);
    const [, key] = /"\{ehr:\$ACCOUNT\}(:\w+)/.exec(line) ?? [];
    const [, script] = /^node (\S+\.ts)/.exec(line) ?? [];
    const [, task] = /^npm run (?:--silent )?([\w:]+)/.exec(line) ?? [];
    return [
      ...(task !== undefined && !Object.hasOwn(tasks, task) ? [`${file}: npm run ${task}`] : []),
      ...(command !== undefined && !Object.hasOwn(commands, command) ? [`${file}: bolt ${command}`] : []),
      ...named.filter((name) => !options.has(name)).map((name) => `${file}: ${name}`),
      ...(key !== undefined && !keys.some((name) => name.includes(key)) ? [`${file}: ${key}`] : []),
      ...(script !== undefined && globSync(script, { cwd: root }).length === 0 ? [`${file}: ${script}`] : []),
    ];
  });
  expect(wrong).toEqual([]);
  const scopes = pages.flatMap(({ text }) =>
    [...text.matchAll(/`((?:drift|write-back)\.\w+)`/g)].map(([, scope]) => scope),
  );
  expect(
    scopes.filter((scope) => !(routeActions as readonly (string | undefined)[]).includes(scope)),
  ).toEqual([]);
  expect(scopes.length).toBeGreaterThan(3);
});

/** The text of the command that a line starts, with what lies beside it: there its options are read. */
function sourceOf(line: string): string | null {
  const [, task] = /^npm run (?:--silent )?([\w:]+)/.exec(line) ?? [];
  const [, script = task === undefined ? undefined : tasks[task]?.replace(/^node /, '')] =
    /^(?:npx )?node (\S+\.ts)/.exec(line) ?? [];
  if (script === undefined) return null;
  const beside = globSync('**/*.ts', { cwd: join(root, dirname(script)) });
  return beside.map((file) => readFileSync(join(root, dirname(script), file), 'utf8')).join('\n');
}

test('every option of a command is one that its program reads', () => {
  const lines = typed.filter(({ line }) => sourceOf(line) !== null);
  expect(lines.length).toBeGreaterThan(5);
  const unknown = lines.flatMap(({ file, line }) => {
    const source = sourceOf(line) ?? '';
    const options = [...line.matchAll(/ --([a-z][a-z-]+)/g)].flatMap(([, name = '']) => name);
    const isRead = (name: string) =>
      new RegExp(`['"]?\\b${name}\\b['"]?: \\{|'${name}'|['"]--${name}\\b`).test(source);
    return options.filter((name) => name !== 'silent' && !isRead(name)).map((name) => `${file}: --${name}`);
  });
  expect(unknown).toEqual([]);
});
