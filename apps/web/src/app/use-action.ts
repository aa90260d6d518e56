import { useCallback, useState } from 'react';
import { useProof } from '../session/proof-context.ts';

export type Action = {
  failure: string | null;
  isBusy: boolean;
  /** Does it, with a fresh proof when one is asked for; true when it was done. */
  run: (work: () => Promise<void>) => Promise<boolean>;
  clear: () => void;
};

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** One thing at a time that may fail, and what to say when it did. */
export function useAction(): Action {
  const prove = useProof();
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const run = useCallback(
    async (work: () => Promise<void>) => {
      setIsBusy(true);
      setFailure(null);
      const problem = await prove(work).then(() => null, messageOf);
      setFailure(problem);
      setIsBusy(false);
      return problem === null;
    },
    [prove],
  );
  return { failure, isBusy, run, clear: useCallback(() => setFailure(null), []) };
}
