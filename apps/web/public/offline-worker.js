/*
 * For when no server answers, where the clinic has decided to keep boards on its devices: hands out the page, and holds
 * the server's half of the key, in memory only, across a reload. It keeps nothing of the API, ever.
 */
const shell = 'bolt-shell';
let held = null;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const { kind, held: given } = event.data ?? {};
  if (kind === 'hold') held = given;
  if (kind === 'forget') held = null;
  event.ports[0]?.postMessage(held);
});

const kept = (address) => caches.open(shell).then((cache) => cache.match(address, { ignoreVary: true }));

/* The server's own page whenever there is one; the kept one when nobody answers, or only a proxy that finds nobody. */
async function page(request) {
  try {
    const answer = await fetch(request);
    if (answer.status < 500) return answer;
    return (await kept('/')) ?? answer;
  } catch (error) {
    const answer = await kept('/');
    if (answer) return answer;
    throw error;
  }
}

/* Files whose names carry their hash never change. */
const file = async (request) => (await kept(request.url)) ?? fetch(request);

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || pathname.startsWith('/api/')) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (pathname.startsWith('/assets/')) event.respondWith(file(request));
});
