import { useEffect, useRef, useState } from 'react';

type Loaded<T> = { value: T | null; failure: string | null };

/** Loads once per `key`; what was loaded stays on screen until its successor is there. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Loaded<T>>({ value: null, failure: null });
  const latest = useRef(load);
  latest.current = load;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for everything `load` depends on.
  useEffect(() => {
    let isCurrent = true;
    latest.current().then(
      (value) => isCurrent && setState({ value, failure: null }),
      (cause: unknown) =>
        isCurrent &&
        setState((former) => ({
          ...former,
          failure: cause instanceof Error ? cause.message : String(cause),
        })),
    );
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return state;
}
