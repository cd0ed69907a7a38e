// The worker for a start without a connection: the pages and files of one release, all or none, never the API. No skipWaiting: a
// new release takes over at the next start, so that no page runs with files of two.
const CACHE = 'burgerpanel @RELEASE@';
const MANIFEST = `@MANIFEST@`;

const PAGES = { 'index.html': '/', 'uitleg.html': '/uitleg', 'privacy.html': '/privacy', 'toegankelijkheid.html': '/toegankelijkheid' };
const LEFT_OUT = ['sw.js', 'nacl-fast.min.js'];

const files = MANIFEST.trimEnd().split('\n').map((line) => line.split(' ')).filter(([, path]) => !LEFT_OUT.includes(path) && (path in PAGES || !path.endsWith('.html')));
const urlOf = (path) => PAGES[path] ?? `/web/${path}`;

const sha256 = async (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

// A page has its marks filled in, so what it is made of is held against the manifest by its own import map.
async function fetchFile([hash, path]) {
  const answer = await fetch(urlOf(path), { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  if (!(path in PAGES) && (await sha256(bytes)) !== hash) throw new Error(`${path} is not what the manifest says`);
  return [urlOf(path), new Response(bytes, { headers: answer.headers })];
}

async function keepAll() {
  const kept = await Promise.all(files.map(fetchFile));
  const cache = await caches.open(CACHE);
  await Promise.all(kept.map(([url, answer]) => cache.put(url, answer)));
}

async function dropOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}

async function answerFor(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}

addEventListener('install', (event) => event.waitUntil(keepAll()));
addEventListener('activate', (event) => event.waitUntil(dropOthers()));
addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const isOurs = url.origin === location.origin && files.some(([, path]) => urlOf(path) === url.pathname);
  if (event.request.method === 'GET' && isOurs) event.respondWith(answerFor(event.request));
});
