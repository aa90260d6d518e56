import { readdirSync, readFileSync } from 'node:fs';
import { visitStatuses } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { transitionTable } from './transition-table.ts';

const here = import.meta.dirname;
const spec = readFileSync(`${here}/../../../docs/spec/visit-flow.md`, 'utf8');
const tests = readdirSync(here)
  .filter((name) => name.endsWith('.test.ts') && name !== 'spec.test.ts')
  .map((name) => readFileSync(`${here}/${name}`, 'utf8'))
  .join('\n');

const idsIn = (text: string, pattern: RegExp) =>
  new Set([...text.matchAll(pattern)].map((match) => match[1]));

describe('docs/spec/visit-flow.md', () => {
  const stated = idsIn(spec, /^\| (V\d+) \|/gm);

  it('states only rules that a test cites', () => {
    const cited = idsIn(tests, /\[(V\d+)\]/g);
    expect([...stated].filter((id) => !cited.has(id))).toEqual([]);
    expect([...cited].filter((id) => !stated.has(id))).toEqual([]);
  });

  it('is what the code comments cite', () => {
    const code = readdirSync(here)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(`${here}/${name}`, 'utf8'))
      .join('\n');
    const cited = idsIn(code, /\((V\d+)\)/g);
    expect([...cited].filter((id) => !stated.has(id))).toEqual([]);
    expect(cited.size).toBeGreaterThan(15);
  });

  it('lists every move that someone may make, and no other', () => {
    const rows = spec.slice(spec.indexOf('| from | to |'), spec.indexOf('The same cells say'));
    const listed = rows.split('\n').flatMap((line) => {
      const [, from, to] = line.split('|').map((cell) => cell.trim());
      const sources = (from ?? '')
        .split(', ')
        .filter((each) => visitStatuses.some((status) => status === each));
      const targets = (to ?? '').split(' · ').flatMap((each) => /^([a-z-]+) [FMPGS]/.exec(each)?.[1] ?? []);
      return sources.flatMap((source) =>
        targets.map((target) => `${source} → ${target === 'removed' ? 'entered-in-error' : target}`),
      );
    });
    const possible = visitStatuses.flatMap((from) =>
      visitStatuses.flatMap((to) =>
        (transitionTable[from][to]?.who.length ?? 0) > 0 ? [`${from} → ${to}`] : [],
      ),
    );
    expect(listed.sort()).toEqual(possible.sort());
  });
});
