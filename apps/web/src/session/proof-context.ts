import type { StepUpPurpose } from '@workflow-bolt/contracts';
import { createContext, useContext } from 'react';

/** The person was asked to prove again who they are, and did not. */
export class ProofDeclined extends Error {
  override readonly name = 'ProofDeclined';
  constructor() {
    super('Nothing was done: you did not confirm that it is you.');
  }
}

/**
 * Does something that may need a fresh proof. When the server asks for one, so does a dialog; then it is done again.
 * Rejects with `ProofDeclined` when the person turns back.
 */
export type Prove = <T>(work: () => Promise<T>) => Promise<T>;
export type AskForProof = (purpose: StepUpPurpose) => Promise<void>;

export const ProofContext = createContext<Prove | null>(null);

/** Throws outside a session. */
export function useProof(): Prove {
  const prove = useContext(ProofContext);
  if (!prove) throw new Error('useProof needs a session around it');
  return prove;
}
