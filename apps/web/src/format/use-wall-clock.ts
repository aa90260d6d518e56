import { useEffect, useState } from 'react';

/** The device's time, looked at every `stepMs` and at once when the page is seen again. Epoch ms. */
export function useWallClock(stepMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const look = () => setNow(Date.now());
    const timer = setInterval(look, stepMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [stepMs]);
  return now;
}
