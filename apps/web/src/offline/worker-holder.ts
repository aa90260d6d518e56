/** The offline worker as the page sees it: it holds half of a key across a reload, and the page for when nobody answers. */
import type { HeldShare, ShareHolder } from '@workflow-bolt/client';
import { offlineWorkerPath } from '../app/trusted-types.ts';

const shell = 'bolt-shell';
/** A worker that does not answer by then holds nothing for us. */
const answerMsMax = 5_000;

const container = (): ServiceWorkerContainer | null =>
  typeof navigator === 'undefined' ? null : (navigator.serviceWorker ?? null);

/** The worker that is at work for this site; null where none ever was. */
async function worker(): Promise<ServiceWorker | null> {
  return (
    (
      await container()
        ?.getRegistration('/')
        .catch(() => undefined)
    )?.active ?? null
  );
}

function told(to: ServiceWorker, message: unknown): Promise<HeldShare | null> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), answerMsMax);
    port1.onmessage = ({ data }) => {
      clearTimeout(timer);
      port1.close();
      resolve(data as HeldShare | null);
    };
    to.postMessage(message, [port2]);
  });
}

/** What this page is made of: itself, and the files of ours that it has loaded. None of it is anybody's. */
function shellAddresses(): string[] {
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
  const named = [...document.querySelectorAll<HTMLLinkElement>('link[href]')].map(
    ({ href }) => new URL(href),
  );
  const files = [...loaded, ...named].filter(
    ({ origin, pathname }) => origin === location.origin && pathname.startsWith('/assets/'),
  );
  return ['/', ...new Set(files.map(({ pathname }) => pathname))];
}

async function keepShell(): Promise<void> {
  await caches.delete(shell);
  const cache = await caches.open(shell);
  await cache.addAll(shellAddresses());
}

export const workerHolder: ShareHolder = {
  async prepare() {
    const workers = container();
    if (!workers) throw new Error('this browser has no workers');
    await workers.register(offlineWorkerPath, { scope: '/' });
    await workers.ready;
    await keepShell();
  },
  hold(held) {
    void worker().then((active) => active && told(active, { kind: 'hold', held }));
  },
  async ask() {
    const active = await worker();
    return active ? told(active, { kind: 'ask' }) : null;
  },
  async forget() {
    const active = await worker();
    if (active) await told(active, { kind: 'forget' });
    if (typeof caches !== 'undefined') await caches.delete(shell).catch(() => false);
    await (
      await container()
        ?.getRegistration('/')
        .catch(() => undefined)
    )
      ?.unregister()
      .catch(() => false);
  },
};
