import type { OpenGlass } from '@workflow-bolt/client';
import { BreakGlassApi } from '@workflow-bolt/client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useApi } from '../app/api-context.ts';

/** Looked at again while the page is open: another tab may have opened or ended one. */
const lookEveryMs = 60_000;
const changed = 'workflow-bolt:glass';

/** Tells the banner that an emergency access was opened or ended on this page. */
export const noteGlassChanged = (): void => void window.dispatchEvent(new Event(changed));

export type OwnGlasses = {
  glasses: readonly OpenGlass[];
  nowMs: number;
  end: (glass: OpenGlass) => Promise<void>;
};

/** The person's emergency accesses that are open now, by the server's clock. */
export function useOwnGlasses(): OwnGlasses {
  const api = useApi();
  const glassApi = useMemo(() => new BreakGlassApi(api.transport), [api]);
  const [glasses, setGlasses] = useState<readonly OpenGlass[]>([]);
  const [nowMs, setNowMs] = useState(() => Date.now());
  const aheadMs = useRef(0);
  const look = useCallback(async () => {
    const own = await glassApi.own().catch(() => null);
    if (!own) return;
    aheadMs.current = own.now - Date.now();
    setGlasses(own.open);
  }, [glassApi]);
  useEffect(() => {
    void look();
    const listen = () => void look();
    window.addEventListener(changed, listen);
    const looking = setInterval(listen, lookEveryMs);
    return () => {
      window.removeEventListener(changed, listen);
      clearInterval(looking);
    };
  }, [look]);
  const hasAny = glasses.length > 0;
  useEffect(() => {
    if (!hasAny) return;
    const ticking = setInterval(() => setNowMs(Date.now() + aheadMs.current), 1_000);
    return () => clearInterval(ticking);
  }, [hasAny]);
  const end = async (glass: OpenGlass) => {
    await glassApi.end(glass).catch(() => {});
    await look();
  };
  return { glasses: glasses.filter(({ expiresAt }) => expiresAt > nowMs), nowMs, end };
}
