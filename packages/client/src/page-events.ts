/** The moments at which a page should look at its connection at once; nothing outside a browser. */
export type PageEvents = { onWake: () => void; onHide: () => void };

export function watchPage({ onWake, onHide }: PageEvents): () => void {
  if (typeof document === 'undefined' || typeof window === 'undefined') return () => {};
  const onVisibility = () => {
    if (document.visibilityState === 'visible') onWake();
  };
  const watched: [EventTarget, string, () => void][] = [
    [document, 'visibilitychange', onVisibility],
    [document, 'resume', onWake],
    [window, 'pageshow', onWake],
    [window, 'online', onWake],
    [window, 'pagehide', onHide],
  ];
  for (const [target, name, listener] of watched) target.addEventListener(name, listener);
  return () => {
    for (const [target, name, listener] of watched) target.removeEventListener(name, listener);
  };
}

export const isPageVisible = (): boolean =>
  typeof document === 'undefined' || document.visibilityState === 'visible';
