/** The house rules of Lua, checked on the text of every function (docs/spec/board-log.md, BL-ABI). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildLibrary, readFunctionFiles } from './build/build-library.ts';
import { parseHeader } from './build/parse-header.ts';

/**
 * SHA-256 of each released library. A changed function under a used ABI would answer old callers with new code:
 * raise `abi` in abi.json and add a line here instead of changing one.
 */
const pinned: Record<number, string> = {
  1: '5df90b8c6f39db5d46a16552bb1c4b34ff485c9dc056e16c715496ab4fa7d695',
  // Adds the events of the record and its sealing, the sessions, and the breaker and gate of the EHR.
  2: 'e50888f132707e5d5010e1269bcf4f4a098f58724f78749052a6ef1a68ffaa15',
  // Adds the outbox of write-back and its lease.
  3: 'dbd48a87b9dc45a8c3e9aa306cc9b9c23fce25dfe1210463d6c9e828f8aa2cb3',
  // A commit may carry guards.
  4: '15a59db6995cca7f99f3acf350b74ce8e534ddcfa7851f3aeddac0ebdef301ad',
};

const writes = /redis\.p?call\('(HSET|HDEL|XADD|XTRIM|XDEL|DEL|ZADD|ZREM|PEXPIRE|SET)'/;
const helpers = new Set(['keep_outcome', 'drop_absent', 'ring_doorbell', 'turn_breaker']);
const codeOf = (source: string): string => source.slice(source.indexOf('\nlocal function'));

test('[BL-ABI] the code of this ABI is the code that was pinned', () => {
  const { abi, sha256 } = buildLibrary();
  expect({ abi, sha256 }).toEqual({ abi, sha256: pinned[abi] });
});

test.each(readFunctionFiles().map((file) => [file.header.name, file] as const))(
  '%s reads and refuses before it writes',
  (_name, { header, source }) => {
    const code = codeOf(source);
    const [before = '', after] = code.split('-- First write.');
    expect(before).not.toMatch(writes);
    for (const helper of helpers) expect(before).not.toContain(`${helper}(`);
    if (header.flags.includes('no-writes')) return expect(after).toBeUndefined();
    for (const { status } of header.refuses) expect(after).not.toContain(`'${status}'`);
    for (const order of [
      ['-- Parse.', '-- Load.'],
      ['-- Load.', '-- Refuse.'],
      ['-- Refuse.', '-- First write.'],
    ]) {
      const [first, second] = order.map((mark) => code.indexOf(mark));
      if (first !== undefined && second !== undefined && first >= 0 && second >= 0)
        expect(first).toBeLessThan(second);
    }
  },
);

test.each(readFunctionFiles().map((file) => [file.header.name, file] as const))(
  '%s answers with the statuses of its header, and only those',
  (_name, { header, source }) => {
    const includes = header.includes.map((name) =>
      readFileSync(join(import.meta.dirname, 'includes', `${name}.lua`), 'utf8'),
    );
    const text = [codeOf(source), ...includes].join('\n');
    const answered = [...text.matchAll(/'status', '(\w+)'/g)].map((match) => match[1]);
    const declared = [...header.returns, ...header.refuses].map((outcome) => outcome.status);
    expect([...new Set(answered)].sort()).toEqual([...declared].sort());
  },
);

test.each(readFunctionFiles().map((file) => [file.header.name, file] as const))(
  '%s uses only its declared keys and local names, and lists every include it calls',
  (_name, { header, source }) => {
    const code = codeOf(source);
    const numbers = [...code.matchAll(/keys\[(\d+)\]/g)].map((match) => Number(match[1]));
    expect(Math.max(...numbers)).toBeLessThanOrEqual(header.keys.length);
    expect(code).not.toMatch(/^\s*(?!local\b)[a-z_]+ = function/m);
    const known = readFunctionFiles().flatMap((file) => file.header.includes);
    for (const name of new Set(known)) {
      const isCalled = new RegExp(`\\b${name}\\(`).test(code);
      if (isCalled) expect(header.includes).toContain(name);
    }
  },
);

const whole = `--- Says so.
---
--- rules: BL-ONE
--- KEYS:
---   meta: hash; position
--- ARGV:
---   none
--- RETURNS:
---   ok: seq:int id; it is so
--- REFUSES:
---   none
--- FLAGS: no-writes
--- EVENTS: none
--- COST: O(1)
local function says_so() end
`;

test('a header is read whole', () => {
  expect(parseHeader('says_so', whole)).toEqual({
    name: 'says_so',
    summary: 'Says so.',
    rules: ['BL-ONE'],
    keys: [{ name: 'meta', type: 'text', about: 'hash; position' }],
    argv: [],
    returns: [
      {
        status: 'ok',
        fields: [
          { name: 'seq', type: 'int' },
          { name: 'id', type: 'text' },
        ],
        about: 'it is so',
      },
    ],
    refuses: [],
    flags: ['no-writes'],
    events: 'none',
    cost: 'O(1)',
    includes: [],
  });
});

test.each([
  ['a missing section', whole.replace('--- COST: O(1)\n', ''), /COST is missing/],
  [
    'sections in another order',
    whole.replace('--- EVENTS: none\n--- COST: O(1)', '--- COST: O(1)\n--- EVENTS: none'),
    /COST is out of order/,
  ],
  ['no summary', whole.replace('--- Says so.', '---'), /summary is missing/],
  ['an unknown type', whole.replace('seq:int', 'seq:float'), /unknown type float/],
  ['a flag that writes need not have', whole.replace('no-writes', 'allow-oom'), /only the flag no-writes/],
  ['a field without a sentence', whole.replace('; position', ''), /write "name: type; sentence"/],
])('a header with %s fails the build, naming the file', (_what, source, message) => {
  expect(() => parseHeader('says_so', source)).toThrow(message);
  expect(() => parseHeader('says_so', source)).toThrow(/functions\/says_so\.lua/);
});
