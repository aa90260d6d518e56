import type { BoardKey, Printable, PrintMark } from '@workflow-bolt/contracts';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { useApi } from '../app/api-context.ts';
import { useAction } from '../app/use-action.ts';
import { plural } from '../format/duration.ts';
import { moment } from '../format/moment.ts';

/** A browser that never says that it has printed loses its permission after this. */
const printMsMax = 300_000;

/** What stands on every sheet. */
export const markText = ({ printedBy, at, patients, reference }: PrintMark): string =>
  `Printed by ${printedBy}, ${moment(at)} · ${plural(patients, 'patient')} · ${reference}`;

/** The keys of the browser print by the record as well; its menu gives one sentence (print-mark.css). */
function usePrintKeys(print: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'p') return;
      event.preventDefault();
      print();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [print]);
}

/** Prints once the mark stands on the page, and takes both away afterwards. */
function useMarkedPrint(mark: PrintMark | null, done: () => void): void {
  useEffect(() => {
    if (!mark) return;
    const page = document.documentElement;
    const end = () => {
      delete page.dataset.print;
      done();
    };
    page.dataset.print = 'marked';
    window.addEventListener('afterprint', end, { once: true });
    const timer = setTimeout(end, printMsMax);
    window.print();
    return () => {
      clearTimeout(timer);
      window.removeEventListener('afterprint', end);
      // The page that was put on record has gone: the next one was not.
      delete page.dataset.print;
    };
  }, [mark, done]);
}

export type Printing = { print: () => void; failure: string | null; isBusy: boolean; mark: ReactNode };

/** The one way to print a page that shows patients of a board; `mark` must stand somewhere on the page. */
export function usePrint({ clinic, date }: BoardKey, what: Printable): Printing {
  const api = useApi();
  const { run, failure, isBusy } = useAction();
  const [mark, setMark] = useState<PrintMark | null>(null);
  const print = useCallback(
    () => void run(async () => setMark(await api.print({ clinic, date }, what))),
    [api, run, clinic, date, what],
  );
  usePrintKeys(print);
  useMarkedPrint(
    mark,
    useCallback(() => setMark(null), []),
  );
  const text = mark && markText(mark);
  const node = mark && (
    <div className="print-mark" data-who={`${mark.printedBy} · ${moment(mark.at)}`}>
      {text}
    </div>
  );
  return { print, failure, isBusy, mark: node && createPortal(node, document.body) };
}
