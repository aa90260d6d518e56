import { describe, expect, test } from 'vitest';
import { foldPassword, normalPassword, passwordProblems } from './password-rules.ts';

const common = new Set(['password', 'correcthorsebattery', 'iloveyou1234567', 'qwertyuiopasdfgh']);
const judge = (password: string, more: { hasSecondFactor?: boolean; contextWords?: string[] } = {}) =>
  passwordProblems(password, {
    hasSecondFactor: false,
    isCommon: (folded) => common.has(folded),
    contextWords: ['Main Street Clinic', 'workflow', 'bolt', 'June Park', 'june.park'],
    ...more,
  });

describe('[AC-PASSWORD] [H-17] new passwords', () => {
  test('15 characters alone, 8 beside a second factor, both sides', () => {
    expect(judge('fourteen chars')).toEqual(['too_short']);
    expect(judge('fifteen chars!!')).toEqual([]);
    expect(judge('seven77', { hasSecondFactor: true })).toEqual(['too_short']);
    expect(judge('eight 88', { hasSecondFactor: true })).toEqual([]);
  });

  test('up to 128 characters, counted as a person counts: an emoji is one', () => {
    expect(judge(`${'ab1c'.repeat(31)}wxyz`)).toEqual([]);
    expect(judge(`${'ab1c'.repeat(31)}wxyz!`)).toEqual(['too_long']);
    expect(judge('🐝🦊🌊🪵🪁🧵🎈🛶🌵🪨🐚🍋🎲🧭🪶')).toEqual([]);
    expect(judge('🐝🦊🌊🪵🪁🧵🎈')).toEqual(['too_short']);
  });

  test('any kind of character will do, spaces and all; none is asked for', () => {
    expect(judge('only lower case words')).toEqual([]);
    expect(judge('всё хорошо что хорошо')).toEqual([]);
    expect(judge('九月の雨が静かに降っていた朝の駅')).toEqual([]);
  });

  test.each([
    'correcthorsebattery',
    'CorrectHorseBattery',
    'ｃｏｒｒｅｃｔｈｏｒｓｅｂａｔｔｅｒｙ',
    'correcthorsebattery2026',
    'correcthorsebattery!!',
  ])('%s is known, with or without what people add', (password) => {
    expect(judge(password)).toContain('common');
  });

  test.each([
    'aaaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    'abcdefghijklmnop',
    '9876543210987654'.slice(0, 10),
    '1212121212121212',
  ])('%s is a pattern', (password) => {
    expect(judge(password)).toContain('pattern');
  });

  test.each(['workflow-bolt-2026', 'JunePark-JunePark', 'main street clinic 1', 'bolt.june.park.26'])(
    '%s is what everybody knows',
    (password) => {
      expect(judge(password)).toContain('context');
    },
  );

  test('a name inside a longer password is no harm', () => {
    expect(judge('june drinks cold black tea')).toEqual([]);
  });

  test('what is hashed is NFC and otherwise untouched; what is looked up is folded', () => {
    expect(normalPassword('Zoe\u0308  X ')).toBe('Zoë  X ');
    expect(foldPassword('ＺＯË')).toBe('zoë');
  });
});
