import { useCallback, useEffect, useState } from 'react';

export type Resource<T> = { value: T | null; failure: string | null; reload: () => Promise<void> };

/** Loads once, and again when asked; what was there stays until the new is. `load` must be stable. */
export function useResource<T>(load: () => Promise<T>): Resource<T> {
  const [value, setValue] = useState<T | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const reload = useCallback(async () => {
    try {
      setValue(await load());
      setFailure(null);
    } catch (cause) {
      setFailure(cause instanceof Error ? cause.message : String(cause));
    }
  }, [load]);
  useEffect(() => void reload(), [reload]);
  return { value, failure, reload };
}
