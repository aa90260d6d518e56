import { dayReportSchema } from '@workflow-bolt/contracts';
import { expect, it } from 'vitest';
import { BoardPlayer } from './board-player.ts';
import { csvCell, dayReport, reportCsv, reportText } from './day-report.ts';

function playedDay() {
  const player = new BoardPlayer();
  player.book('v2', '09:20');
  player.book('v1', '09:00');
  player.move('front-desk', 'v1', 'arrived', '09:02');
  player.move('front-desk', 'v1', 'left', '09:50', { reason: 'Zzsecret words' });
  player.move('front-desk', 'v2', 'no-show', '10:00');
  return dayReport(player.visits(), player.get('day', ''), player.now);
}

it('[scenario 28] lists every visit by its time, with what is known and nothing invented', () => {
  const report = playedDay();
  expect(dayReportSchema.safeParse(report).error).toBeUndefined();
  expect(report.visits.map(({ visit, status, arrived, ended }) => [visit, status, arrived, ended])).toEqual([
    ['v1', 'left', '09:02', '09:50'],
    ['v2', 'no-show', null, '10:00'],
  ]);
  expect(report.numbers).toMatchObject({ total: 2, arrived: 1, leftWithoutBeingSeen: 1, noShowPercent: 50 });
});

it('[scenario 28] [privacy] holds no name and no typed word in any of its forms', () => {
  const report = playedDay();
  for (const text of [JSON.stringify(report), reportCsv(report), reportText(report)]) {
    expect(text).not.toMatch(/Patient|Zzsecret/);
    expect(text).toContain('v1');
  }
});

it('[scenario 28] is a table for spreadsheets, one line for each visit', () => {
  const lines = reportCsv(playedDay()).split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe(
    'visit,kind,status,provider,type,booked,arrived,roomed,withDoctor,seen,ended,lobbyMin,totalMin',
  );
  expect(lines[1]).toBe('v1,booked,left,Dr. A,Office visit,09:00,09:02,,,,09:50,,');
});

it('[injection] [abuse] a cell that a spreadsheet would carry out is text', () => {
  const attacks = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '|cmd', '%0A'];
  expect(attacks.map(csvCell)).toEqual(attacks.map((each) => `'${each}`));
  expect(csvCell('=HYPERLINK("x","y")')).toBe('"\'=HYPERLINK(""x"",""y"")"');
  expect([csvCell(-5), csvCell('a,b'), csvCell(null), csvCell('plain')]).toEqual([
    '-5',
    '"a,b"',
    '',
    'plain',
  ]);
});
