import { useEffect, useRef, useState } from 'react';
import hidden from '../app/sr-only.module.css';
import classes from './column-tabs.module.css';

export type ColumnTab = { id: string; title: string; count: number; hasAlarm: boolean };

/** Space before the first column, in CSS pixels. */
const columnInset = 10;

/** Which column of a side-scrolling board is at the left edge, kept while people swipe. */
function useColumnInView(scroller: React.RefObject<HTMLElement | null>, first: string): string {
  const [inView, setInView] = useState(first);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const read = () => {
      const columns = [...element.querySelectorAll<HTMLElement>('[data-column]')];
      const nearest = columns.find((each) => each.offsetLeft >= element.scrollLeft - 40);
      if (nearest?.dataset.column) setInView(nearest.dataset.column);
    };
    element.addEventListener('scroll', read, { passive: true });
    return () => element.removeEventListener('scroll', read);
  }, [scroller]);
  return inView;
}

type Props = { tabs: readonly ColumnTab[]; scroller: React.RefObject<HTMLElement | null> };

/** On narrow screens: names of the columns, and a tap that brings one into view. */
export function ColumnTabs({ tabs, scroller }: Props) {
  const current = useColumnInView(scroller, tabs[0]?.id ?? '');
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const button = bar.current?.querySelector<HTMLElement>(`[data-tab="${current}"]`);
    if (button && bar.current) bar.current.scrollLeft = button.offsetLeft - 40;
  }, [current]);
  // Not `scrollIntoView`: it would also push the page itself sideways.
  const show = (id: string) => {
    const column = scroller.current?.querySelector<HTMLElement>(`[data-column="${id}"]`);
    if (column && scroller.current) scroller.current.scrollLeft = column.offsetLeft - columnInset;
  };
  return (
    <nav className={classes.bar} aria-label="Columns" ref={bar}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          className={classes.tab}
          data-tab={tab.id}
          aria-current={tab.id === current || undefined}
          onClick={() => show(tab.id)}
        >
          {tab.title}
          <span className={classes.count} data-alarm={tab.hasAlarm || undefined}>
            {tab.count}
            {tab.hasAlarm && <span className={hidden.srOnly}>, someone waits too long</span>}
          </span>
        </button>
      ))}
    </nav>
  );
}
