import type { AccountList, AccountsApi, AuditApi } from '@workflow-bolt/client';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useAction } from '../app/use-action.ts';
import type { Names } from './alert-words.ts';

export type Directory = {
  names: Names;
  /** Null for who may not see accounts, and until they are there. */
  accounts: AccountList | null;
  failure: string | null;
  reload: () => Promise<void>;
};

/** Who is who, for people who may see accounts; everybody else sees ids. */
export function useDirectory(api: AccountsApi, isAllowed: boolean): Directory {
  const [accounts, setAccounts] = useState<AccountList | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const reload = useCallback(async () => {
    if (!isAllowed) return;
    const told = await api
      .list()
      .catch((cause: unknown) => String(cause instanceof Error ? cause.message : cause));
    if (typeof told === 'string') return setFailure(told);
    setAccounts(told);
    setFailure(null);
  }, [api, isAllowed]);
  useEffect(() => void reload(), [reload]);
  const names = useMemo(
    () => new Map(accounts?.accounts.map(({ uid, name }) => [uid as string, name])),
    [accounts],
  );
  return { names, accounts, failure, reload };
}

/** Names for an auditor, who asks for them with a proof; the look is on record, and they are gone with the page. */
export function useAskedNames(api: AuditApi, clinics: readonly { id: string }[]) {
  const { run, failure, isBusy } = useAction();
  const [names, setNames] = useState<Names | null>(null);
  const ask = async () => {
    await run(async () => {
      const people = await Promise.all(clinics.map(({ id }) => api.people(id)));
      setNames(new Map(people.flat().map(({ uid, name }) => [uid, name])));
    });
  };
  return { names, ask, failure, isBusy };
}
