import { expect, test } from 'vitest';
import { answerCookies } from './answer-cookies.ts';

const session = '__Host-bolt_s=new; Path=/; Secure';
const workstation = '__Host-bolt_ws=key; Path=/; Secure';

test('[session] a token that was renewed while the request was let in goes out beside the answer’s own cookie', () => {
  expect(answerCookies(session, [workstation])).toEqual([session, workstation]);
  expect(answerCookies([session], [workstation])).toEqual([session, workstation]);
});

test('[session] of one name the answer’s own counts: a session that ended gets no token', () => {
  const ended = '__Host-bolt_s=; Path=/; Max-Age=0';
  expect(answerCookies(session, [ended])).toEqual([ended]);
  expect(answerCookies([session, workstation], [ended])).toEqual([workstation, ended]);
});

test('[session] an answer without cookies leaves what was set', () => {
  expect(answerCookies(session, [])).toEqual([]);
  expect(answerCookies(undefined, [workstation])).toEqual([workstation]);
});
