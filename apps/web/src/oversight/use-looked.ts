import { useCallback, useEffect, useRef, useState } from 'react';
import { useProof } from '../session/proof-context.ts';

export type Looked<T> = {
  /** Null until the first answer; never that of another question. */
  value: T | null;
  /** When the value was got, by the device's clock (epoch ms). */
  at: number | null;
  /** Why the last look gave nothing: then what is shown is as old as `at` says. */
  failure: string | null;
  look: () => Promise<void>;
};

type Seen<T> = { load: () => Promise<T>; value: T | null; at: number | null; failure: string | null };
const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/**
 * Looks once, again when asked, and anew when the question changes; an answer that a later look has overtaken is
 * dropped. `load` must be stable.
 */
export function useLooked<T>(load: () => Promise<T>): Looked<T> {
  const prove = useProof();
  const [seen, setSeen] = useState<Seen<T>>({ load, value: null, at: null, failure: null });
  const newest = useRef(0);
  const look = useCallback(async () => {
    newest.current += 1;
    const turn = newest.current;
    const told = await prove(load).then(
      (value) => ({ load, value, at: Date.now(), failure: null }),
      (cause: unknown) => messageOf(cause),
    );
    if (turn !== newest.current) return;
    if (typeof told !== 'string') return setSeen(told);
    setSeen((former) => ({
      ...(former.load === load ? former : { load, value: null, at: null }),
      failure: told,
    }));
  }, [prove, load]);
  useEffect(() => void look(), [look]);
  const { value, at, failure } = seen.load === load ? seen : { value: null, at: null, failure: null };
  return { value, at, failure, look };
}
