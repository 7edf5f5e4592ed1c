/**
 * The service worker: the app's own files from the phone, everything else from the network.
 *
 * The build puts in the list of files and a version made from it. A new version is fetched
 * whole before the old one goes, and takes over at once; what waits in the outbox lies in
 * the database and is not touched.
 */
export {}; // a module of its own, so that `self` may be told what it is

declare const self: ServiceWorkerGlobalScope;
declare const __VERSION__: string;
declare const __FILES__: readonly string[];

const CACHE = `quanke-field-${__VERSION__}`;
const PAGE = '/field';

self.addEventListener('install', (event) => {
  const fetched = caches
    .open(CACHE)
    .then((cache) => cache.addAll(__FILES__.map((file) => new Request(file, { cache: 'reload' }))));
  event.waitUntil(fetched.then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const old = (name: string): boolean => name.startsWith('quanke-field-') && name !== CACHE;
  const cleared = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
  event.waitUntil(cleared.then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  const file = request.mode === 'navigate' && url.pathname === PAGE ? PAGE : url.pathname;
  if (!__FILES__.includes(file)) return;
  event.respondWith(
    caches
      .match(file, { cacheName: CACHE })
      .then((found) => found ?? fetch(request)),
  );
});
