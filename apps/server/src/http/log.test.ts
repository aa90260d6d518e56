import { expect, test } from 'vitest';
import { Log } from './log.ts';

test('[H-05] [I8] [privacy] a line carries the fields of its event and nothing else', () => {
  const lines: string[] = [];
  const log = new Log('info', { write: (line: string) => void lines.push(line) });
  const given = {
    requestId: 'r1',
    route: 'getBoard',
    status: 500,
    code: 'internal',
    body: 'Ana Ruiz',
    name: 'Ana',
  };
  log.write('error', 'request.failed', given);
  const { time, ...line } = JSON.parse(lines[0] ?? '{}');
  expect(time).toBeTypeOf('number');
  expect(line).toEqual({
    level: 50,
    event: 'request.failed',
    requestId: 'r1',
    route: 'getBoard',
    status: 500,
    code: 'internal',
  });
});

test('a line below the level is not written', () => {
  const lines: string[] = [];
  new Log('warn', { write: (line: string) => void lines.push(line) }).write('info', 'server.stopped', {
    ms: 1,
  });
  expect(lines).toEqual([]);
});
