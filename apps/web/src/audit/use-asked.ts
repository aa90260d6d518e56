import { useCallback, useEffect, useState } from 'react';
import { type Action, useAction } from '../app/use-action.ts';

/** Loads behind a fresh proof: once, and again when what is asked for changes. `load` must be stable. */
export function useAsked<T>(
  load: () => Promise<T>,
): Action & { value: T | null; reload: () => Promise<void> } {
  const action = useAction();
  const { run } = action;
  const [value, setValue] = useState<T | null>(null);
  const reload = useCallback(async () => {
    await run(async () => setValue(await load()));
  }, [run, load]);
  useEffect(() => void reload(), [reload]);
  return { ...action, value, reload };
}
