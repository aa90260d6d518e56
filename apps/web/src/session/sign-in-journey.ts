import { ApiError, type EnrolmentAnswer, type SignInApi } from '@workflow-bolt/client';
import type { SignInResponse } from '@workflow-bolt/contracts';
import { useCallback, useMemo, useState } from 'react';
import { makePasskey, signWithPasskey } from './browser-passkeys.ts';
import type { OwnerNames } from './new-password-form.tsx';

type SecondFactor = Extract<SignInResponse, { methods: unknown }>;
export type SecondFactorMethod = SecondFactor['methods'][number];

/**
 * Where somebody is on the way in.
 *
 * ```
 * start ── password, provider ──> second-factor ──────────────┐
 *   │ passkey ────────────────────────────────────────────────┤
 *   │ code ──> choose-password ──> enrol ──> recovery-codes ───┴──> signed in
 *   └ reset (a number to read to a manager, who answers with a code)
 * ```
 */
export type JourneyStep =
  | { kind: 'start' }
  | { kind: 'code' }
  | { kind: 'reset' }
  | { kind: 'choose-password'; code: string; enrolment: EnrolmentAnswer }
  | {
      kind: 'second-factor';
      transaction: string;
      methods: readonly SecondFactorMethod[];
      method: SecondFactorMethod;
    }
  | { kind: 'enrol'; transaction: string }
  | { kind: 'recovery-codes'; codes: readonly string[] };

export type Journey = {
  step: JourneyStep;
  failure: string | null;
  isBusy: boolean;
  go: (step: JourneyStep) => void;
  /** Does one thing that may fail; its failure is shown where the person is. */
  attempt: (work: () => Promise<void>) => Promise<void>;
  password: (login: string, password: string) => Promise<void>;
  passkey: () => Promise<void>;
  leaveFor: (provider: string) => Promise<void>;
  comeBack: (query: string) => Promise<void>;
  openCode: (code: string) => Promise<void>;
  choosePassword: (password: string, names: OwnerNames | null) => Promise<void>;
  totp: (code: string) => Promise<void>;
  recoveryCode: (code: string) => Promise<void>;
  enrolTotp: (code: string) => Promise<void>;
  enrolPasskey: (label: string) => Promise<void>;
};

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const transactionOf = (step: JourneyStep): string => ('transaction' in step ? step.transaction : '');

/** What follows an answer; null when the session is open and nothing is left to show. */
function stepAfter(answer: SignInResponse): JourneyStep | null {
  if (answer.next === 'enrol') return { kind: 'enrol', transaction: answer.transaction };
  if (answer.next !== 'done') {
    const { transaction, methods, next } = answer;
    return { kind: 'second-factor', transaction, methods, method: next };
  }
  const codes = answer.recoveryCodes ?? [];
  return codes.length > 0 ? { kind: 'recovery-codes', codes } : null;
}

function useAttempts(onFailure: (cause: unknown) => void) {
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const attempt = useCallback(
    async (work: () => Promise<void>) => {
      setIsBusy(true);
      setFailure(null);
      await work().catch((cause: unknown) => {
        setFailure(messageOf(cause));
        onFailure(cause);
      });
      setIsBusy(false);
    },
    [onFailure],
  );
  return { failure, setFailure, isBusy, attempt };
}

/** A sign-in that has ended cannot go on: it begins again, and says why. */
const hasEnded = (cause: unknown): boolean =>
  cause instanceof ApiError && (cause.code === 'sign_in_ended' || cause.code === 'sign_in_failed');

type JourneyOptions = { onSignedIn: () => void; first?: JourneyStep | undefined };

/** The way in, as a state machine over the API. `onSignedIn` is called once a session is open. */
export function useSignInJourney(api: SignInApi, { onSignedIn, first }: JourneyOptions): Journey {
  const [step, setStep] = useState<JourneyStep>(first ?? { kind: 'start' });
  const restart = useCallback((cause: unknown) => {
    if (hasEnded(cause)) setStep({ kind: 'start' });
  }, []);
  const { failure, setFailure, isBusy, attempt } = useAttempts(restart);
  const go = useCallback(
    (next: JourneyStep) => {
      setFailure(null);
      setStep(next);
    },
    [setFailure],
  );
  return useMemo(() => {
    const follow = (answer: SignInResponse) => {
      const next = stepAfter(answer);
      if (next) setStep(next);
      else onSignedIn();
    };
    const asking = (ask: () => Promise<SignInResponse>) => attempt(async () => follow(await ask()));
    const transaction = transactionOf(step);
    return {
      ...{ step, failure, isBusy, go, attempt },
      password: (login, password) => asking(() => api.password(login, password)),
      passkey: () => asking(() => signInByPasskey(api, step.kind === 'second-factor' ? transaction : null)),
      leaveFor: (provider) => attempt(async () => location.assign((await api.leaveFor(provider)).location)),
      comeBack: (query) => asking(() => api.comeBack(query)),
      openCode: (code) =>
        attempt(async () => setStep({ kind: 'choose-password', code, enrolment: await api.enrolment(code) })),
      choosePassword: (password, names) =>
        asking(() =>
          api.choosePassword({ code: step.kind === 'choose-password' ? step.code : '', password, ...names }),
        ),
      totp: (code) => asking(() => api.totp(transaction, code)),
      recoveryCode: (code) => asking(() => api.recoveryCode(transaction, code)),
      enrolTotp: (code) => asking(() => api.enrolTotp(transaction, code)),
      enrolPasskey: (label) => asking(() => enrolByPasskey(api, transaction, label)),
    };
  }, [api, step, failure, isBusy, go, attempt, onSignedIn]);
}

async function signInByPasskey(api: SignInApi, transaction: string | null): Promise<SignInResponse> {
  const begun = await api.beginPasskey(transaction);
  return api.passkey(begun.transaction, await signWithPasskey(begun.options));
}

async function enrolByPasskey(api: SignInApi, transaction: string, label: string): Promise<SignInResponse> {
  const { options } = await api.beginPasskeyEnrolment(transaction);
  return api.enrolPasskey(transaction, label, await makePasskey(options));
}
