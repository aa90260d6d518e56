import { expect, test } from 'vitest';
import { postCspReport } from './csp-reports.ts';
import type { Call } from './handler.ts';
import { Log } from './log.ts';

function reporter() {
  const lines: string[] = [];
  const handler = postCspReport(new Log('warn', { write: (line: string) => void lines.push(line) }));
  return { lines, send: (text: string) => handler({ body: Buffer.from(text) } as unknown as Call) };
}

test('[abuse] a thousand reports are one line, which holds the directive and nothing that was typed', async () => {
  const { lines, send } = reporter();
  const report = {
    'csp-report': {
      'effective-directive': 'script-src-attr',
      'document-uri': 'https://x/?q=Zoe',
      'script-sample': 'Zoe',
    },
  };
  for (let i = 0; i < 1_000; i += 1) expect(await send(JSON.stringify(report))).toEqual({ status: 204 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'page.violation', directive: 'script-src-attr' });
  expect(lines.join()).not.toContain('Zoe');
});

test('[abuse] made-up directives neither fill the log nor the memory; nonsense is taken and dropped', async () => {
  const { lines, send } = reporter();
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  for (const a of letters) for (const b of letters) await send(`{"effectiveDirective":"x-${a}${b}"}`);
  expect(lines).toHaveLength(40);
  for (const text of ['', '{', 'null', `{"effectiveDirective":"a\\nb"}`, '\u0000'.repeat(100)])
    await send(text);
  expect(lines).toHaveLength(40);
});
