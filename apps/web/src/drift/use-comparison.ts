import type { EhrLinkApi } from '@workflow-bolt/client';
import type { BoardKey, DriftResponse } from '@workflow-bolt/contracts';
import { useCallback, useEffect, useState } from 'react';
import { type Action, useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';

const askAgainMs = 2_000;
/** A comparison takes seconds, and a minute when the EHR is slow; after this nobody waits for it any more. */
const patienceMs = 120_000;

export type Comparison = {
  value: DriftResponse | null;
  failure: string | null;
  /** A comparison was asked for, and neither its report nor its failure is there yet. */
  isAwaited: boolean;
  /** It was waited for in vain: no worker has answered. */
  isUnanswered: boolean;
  compare: () => Promise<void>;
  isBusy: Action['isBusy'];
};

const momentOf = (value: DriftResponse | null): string => `${value?.report?.at} ${value?.failure?.at}`;

/**
 * The last comparison of a day. Reading it is on the record each time, so it is read once, and again only while a new one
 * is awaited.
 */
export function useComparison(api: EhrLinkApi, { clinic, date }: BoardKey): Comparison {
  const load = useCallback(() => api.drift({ clinic, date }), [api, clinic, date]);
  const { value, failure, reload } = useResource(load);
  const action = useAction();
  const [asked, setAsked] = useState<{ before: string; until: number; isGivenUp: boolean } | null>(null);
  const isOpen = asked !== null && asked.before === momentOf(value);
  const isUnanswered = isOpen && asked.isGivenUp;
  const isAwaited = isOpen && !asked.isGivenUp;
  useEffect(() => {
    if (!isAwaited || asked === null) return;
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const again = async () => {
      if (Date.now() >= asked.until) return setAsked({ ...asked, isGivenUp: true });
      await reload();
      if (!isOver) timer = setTimeout(() => void again(), askAgainMs);
    };
    timer = setTimeout(() => void again(), askAgainMs);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isAwaited, asked, reload]);
  const compare = async () => {
    const before = momentOf(value);
    if (await action.run(() => api.compare({ clinic, date }).then(() => undefined)))
      setAsked({ before, until: Date.now() + patienceMs, isGivenUp: false });
  };
  const { isBusy } = action;
  return { value, failure: failure ?? action.failure, isAwaited, isUnanswered, compare, isBusy };
}
