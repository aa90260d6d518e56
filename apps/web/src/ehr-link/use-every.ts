import { useEffect, useRef } from 'react';

/** Does it again and again while the page is open and seen, `ms` after it was done the last time. */
export function useEvery(ms: number, work: () => Promise<void>): void {
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const again = async () => {
      if (!document.hidden) await latest.current();
      if (!isOver) timer = setTimeout(() => void again(), ms);
    };
    timer = setTimeout(() => void again(), ms);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [ms]);
}
