import { OversightApi } from '@workflow-bolt/client';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { useEvery } from '../ehr-link/use-every.ts';

/** The gravest alert asks for a person within four hours; a minute of it is nothing. */
const lookEveryMs = 60_000;

/**
 * How many alerts wait for a person, for the menu of whoever may see them; asking keeps no session awake. Null while it is
 * not known: a count that could not be read again is not shown.
 */
export function useOpenAlerts(isAllowed: boolean): number | null {
  const { transport } = useApi();
  const api = useMemo(() => new OversightApi(transport), [transport]);
  const [count, setCount] = useState<number | null>(null);
  const look = useCallback(async () => {
    if (!isAllowed) return;
    setCount(
      await api
        .alerts('open')
        .then(({ alerts }) => alerts.length)
        .catch(() => null),
    );
  }, [api, isAllowed]);
  useEffect(() => void look(), [look]);
  useEvery(lookEveryMs, look);
  return count;
}
