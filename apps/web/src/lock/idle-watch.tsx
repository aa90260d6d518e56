import { ApiError, type Session, SessionApi } from '@workflow-bolt/client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import type { SessionExits } from '../session/use-session.ts';
import { StillThere, warnMs } from './still-there.tsx';

/** Before the server ends the session: parking it needs one that is alive. */
const leaveMs = 4_000;
/** Other tabs may have gone on: asked again while the question stands. */
const askEveryMs = 10_000;
/** The longest that a browser's timer counts without losing track over sleep. */
const lookEveryMs = 30_000;

type Props = { session: Session; exits: SessionExits };

/** The end by the device's own clock; the server's may differ. */
const endOf = ({ idleEndsAt, now }: Session): number => Date.now() + (idleEndsAt - now);

/** When this session ends for want of a person. Looks at the server before it says so; looking extends nothing. */
function useIdleEnd({ session, exits }: Props) {
  const api = useApi();
  const sessionApi = useMemo(() => new SessionApi(api), [api]);
  const [endsAt, setEndsAt] = useState(() => endOf(session));
  const [leftMs, setLeftMs] = useState<number | null>(null);
  const lookedAt = useRef(Date.now());
  const isLeaving = useRef(false);
  const look = useCallback(async () => {
    lookedAt.current = Date.now();
    await api.session().then(
      (present) => setEndsAt(endOf(present)),
      (cause: unknown) => {
        if (cause instanceof ApiError && cause.code === 'not_authenticated') void exits.lock('idle');
      },
    );
  }, [api, exits]);
  const goOn = useCallback(async () => {
    await sessionApi.goOn().then(
      (present) => setEndsAt(endOf(present)),
      () => look(),
    );
    setLeftMs(null);
  }, [sessionApi, look]);
  useEffect(() => {
    const tick = () => {
      const left = endsAt - Date.now();
      if (left > warnMs) return setLeftMs(null);
      if (left <= leaveMs && !isLeaving.current) {
        isLeaving.current = true;
        void exits.lock('idle');
      }
      // The first look comes before the first word: a step taken a minute ago has extended the session.
      if (Date.now() - lookedAt.current > askEveryMs) return void look();
      setLeftMs(Math.max(0, left));
    };
    const untilWarning = endsAt - Date.now() - warnMs;
    const pause = untilWarning > 0 ? Math.min(untilWarning, lookEveryMs) : 1_000;
    const timer = setInterval(tick, pause);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [endsAt, exits, look]);
  return { leftMs, goOn };
}

/** Asks whether anybody is still there, and leaves when nobody answers. */
export function IdleWatch(props: Props) {
  const { leftMs, goOn } = useIdleEnd(props);
  if (leftMs === null) return null;
  const onStay = () => void goOn();
  return <StillThere {...{ leftMs, onStay }} onLock={() => void props.exits.lock('person')} />;
}
