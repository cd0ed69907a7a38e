// The worker for a start without a connection: the pages and files of one release, all or none, never the API. No skipWaiting: a
// new release takes over at the next start, so that no page runs with files of two.
const CACHE = 'burgerpanel @RELEASE@';
const MANIFEST = `@MANIFEST@`;

const PAGES = { 'index.html': '/', 'uitleg.html': '/uitleg', 'privacy.html': '/privacy', 'toegankelijkheid.html': '/toegankelijkheid' };
const LIBRARY = 'nacl-fast.min.js'; // for browsers without Ed25519, which are few
const isKept = ([, path]) => path !== 'sw.js' && (path in PAGES || !path.endsWith('.html')) && !path.includes('dashboard');

const all = MANIFEST.trimEnd().split('\n').map((line) => line.split(' '));
const files = all.filter(isKept);
const urlOf = (path) => PAGES[path] ?? `/web/${path}`;

const toBase64url = (base64) => base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const sha256 = async (bytes) => toBase64url(btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))));

// A page has its marks filled in, so it is of this release when every module and style sheet that it names has the manifest's hash. One that
// names none is a stranger's, of a proxy or a network that asks for a login, whatever its status.
function isOfRelease(text) {
  const named = [...text.matchAll(/sha256-([A-Za-z0-9+/]{43}=)/g)].map(([, hash]) => toBase64url(hash));
  return named.length > 0 && named.every((hash) => all.some(([known]) => known === hash));
}

async function fetchFile([hash, path]) {
  const answer = await fetch(urlOf(path), { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  const isRight = path in PAGES ? isOfRelease(new TextDecoder().decode(bytes)) : (await sha256(bytes)) === hash;
  if (!isRight) throw new Error(`${path} is not what the manifest says`);
  return [urlOf(path), new Response(bytes, { headers: answer.headers })];
}

const keep = async ([url, answer]) => (await caches.open(CACHE)).put(url, answer);

async function keepAll() {
  const hasEd25519 = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']).then(() => true, () => false);
  const kept = await Promise.all(files.filter(([, path]) => path !== LIBRARY || !hasEd25519).map(fetchFile));
  await Promise.all(kept.map(keep));
}

// The page of a first visit is taken on too: what it has not loaded yet, it then finds here.
async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}

// Pages hold what settings say, whom to call for instance, which no release tells: they are fetched anew once they have been shown.
const renew = (file) => fetchFile(file).then(keep, () => {});

async function answerFor(file, event) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(urlOf(file[1]));
  if (kept && file[1] in PAGES) event.waitUntil(renew(file));
  if (kept) return kept;
  const fetched = await fetchFile(file);
  await keep([fetched[0], fetched[1].clone()]);
  return fetched[1];
}

// A page that is not kept comes of the newest release, and its policy lets it run no module of another: so it gets its files as they come.
async function isOfAnother(clientId) {
  const client = clientId && (await clients.get(clientId));
  return client && !files.some(([, path]) => path in PAGES && urlOf(path) === new URL(client.url).pathname);
}

addEventListener('install', (event) => event.waitUntil(keepAll()));
addEventListener('activate', (event) => event.waitUntil(takeOver()));
addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const file = url.origin === location.origin && event.request.method === 'GET' && files.find(([, path]) => urlOf(path) === url.pathname);
  if (file) event.respondWith(isOfAnother(event.clientId).then((isOther) => (isOther ? fetch(event.request) : answerFor(file, event))));
});
