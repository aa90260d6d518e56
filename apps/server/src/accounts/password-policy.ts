import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '@workflow-bolt/contracts';
import { passwordProblems } from '@workflow-bolt/domain';
import { ProblemError } from '../http/problem-answer.ts';

const product = ['workflow', 'bolt', 'clinic', 'password', 'welcome'];

/** The rules for new passwords with the list of known ones and the words of this installation. */
export class PasswordPolicy {
  readonly #common: ReadonlySet<string>;
  readonly #words: readonly string[];

  /** `words`: names of the clinics. */
  constructor(words: readonly string[], common: ReadonlySet<string> = readCommonPasswords()) {
    this.#common = common;
    this.#words = [...product, ...words];
  }

  /** Throws `password_refused` with `reasons`; never with the password. */
  assertUsable(
    password: string,
    { account, hasSecondFactor }: { account: Pick<Account, 'login' | 'name'>; hasSecondFactor: boolean },
  ): void {
    const reasons = passwordProblems(password, {
      hasSecondFactor,
      isCommon: (folded) => this.#common.has(folded),
      contextWords: [...this.#words, account.name, account.login ?? ''],
    });
    if (reasons.length > 0) throw new ProblemError('password_refused', { reasons });
  }
}

/** About eighteen thousand, folded; see common-passwords.license.txt. */
export function readCommonPasswords(): ReadonlySet<string> {
  const text = readFileSync(join(import.meta.dirname, 'common-passwords.txt'), 'utf8');
  return new Set(text.split('\n').filter((line) => line !== ''));
}
