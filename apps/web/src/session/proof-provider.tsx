import { AccountApi, ApiError, type Session } from '@workflow-bolt/client';
import { type StepUpPurpose, stepUpPurposeSchema } from '@workflow-bolt/contracts';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { type AskForProof, ProofContext, ProofDeclined, type Prove } from './proof-context.ts';
import { ProofDialog } from './proof-dialog.tsx';

type Asked = { purpose: StepUpPurpose; settle: (isProved: boolean) => void };

/** The purpose that the server wants proved; null for every other failure. */
function purposeOf(cause: unknown): StepUpPurpose | null {
  if (!(cause instanceof ApiError) || cause.code !== 'step_up_required') return null;
  const parsed = stepUpPurposeSchema.safeParse(cause.problem?.purpose);
  return parsed.success ? parsed.data : null;
}

const proving =
  (ask: AskForProof): Prove =>
  async (work) => {
    try {
      return await work();
    } catch (cause) {
      const purpose = purposeOf(cause);
      if (purpose === null) throw cause;
      await ask(purpose);
      return work();
    }
  };

/** Lets everything inside ask for a fresh proof. */
export function ProofProvider({ session, children }: { session: Session; children: ReactNode }) {
  const api = useApi();
  const accountApi = useMemo(() => new AccountApi(api.transport), [api]);
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = useCallback<AskForProof>(
    (purpose) =>
      new Promise((resolve, reject) => {
        const settle = (isProved: boolean) => {
          setAsked(null);
          if (isProved) resolve();
          else reject(new ProofDeclined());
        };
        setAsked({ purpose, settle });
      }),
    [],
  );
  const prove = useMemo(() => proving(ask), [ask]);
  return (
    <ProofContext value={prove}>
      {children}
      {asked && (
        <ProofDialog
          api={accountApi}
          purpose={asked.purpose}
          isDevelopment={session.isDevelopment}
          onProved={() => asked.settle(true)}
          onClose={() => asked.settle(false)}
        />
      )}
    </ProofContext>
  );
}
