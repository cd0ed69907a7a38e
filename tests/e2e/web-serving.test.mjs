// Goal: what browsers get is what lies in web/, byte for byte but for the marks; anybody can work out the same list of hashes; each page says what it may do;
// and nothing else is there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { assertHeaders, assertProblem, request } from './lib/http.mjs';
import { poll } from './lib/poll.mjs';
import { bearer, makeToken } from './lib/reading.mjs';
import { assertFailed, build, Collector, freshFolder, ready, run, succeed } from './lib/programs.mjs';

const FALLBACK = 'nacl-fast.min.js';
const owner = {
  BURGERPANEL_WEB_ORGANISATION: 'Ministerie van "Werk" & <Rust>',
  BURGERPANEL_WEB_PHONE: '0800 1351',
  BURGERPANEL_WEB_MAIL: 'panel@example.org',
  BURGERPANEL_WEB_PRIVACY_URL: 'https://example.org/privacy?a=1&b=2',
};

const running = [];
let collector;
before(async () => {
  collector = await serve('plain', owner);
});
after(() => Promise.all(running.map((each) => each.stop())));

async function serve(name, env) {
  const started = await ready(`web-serving-${name}`, { env });
  running.push(started);
  return started;
}

const get = (path, headers = {}) => request(collector.url, path, { headers });
const sha256 = (bytes, form = 'base64url') => createHash('sha256').update(bytes).digest(form);
const files = readdirSync('web', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== 'package.json') // which tells Node, and no browser
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice('web/'.length));
const isPage = (path) => /^[^/]+\.html$/.test(path);
const urlOf = (path) => (path === 'index.html' ? '/' : isPage(path) ? `/${path.slice(0, -'.html'.length)}` : path === 'sw.js' ? '/sw.js' : `/web/${path}`);
const manifestOf = async () => (await get('/web/manifest')).text;

test('the manifest is the same from the collector, from its verb and from the sources, and names every file', async () => {
  const served = await get('/web/manifest');
  assert.equal(served.headers['content-type'], 'text/plain; charset=utf-8');
  const { stdout } = await succeed('burgerpanel-collector', ['web', 'manifest']);
  assert.equal(stdout, served.text);
  const named = served.text.trimEnd().split('\n').map((line) => line.split(' ')[1]);
  const fallback = named.includes(FALLBACK) ? join(build.replace(/\/(asan|tsan|cov)$/, ''), 'web', FALLBACK) : '';
  assert.equal(execFileSync('packaging/web-manifest.sh', [fallback], { encoding: 'utf8' }), served.text);
  assert.deepEqual(named.filter((path) => path !== FALLBACK), [...files].sort());
});

test('every file comes as it lies in git, and pages and the worker but for their marks', async () => {
  const manifest = new Map((await manifestOf()).trimEnd().split('\n').map((line) => line.split(' ').reverse()));
  for (const [path, hash] of manifest) {
    const answer = await get(urlOf(path));
    assert.equal(answer.status, 200, path);
    assertHeaders(answer);
    if (!isPage(path) && path !== 'sw.js') assert.equal(sha256(answer.bytes), hash, path);
    else assert.doesNotMatch(answer.text, /@[A-Z]{3,}[ @]/, path);
  }
});

test('a page names the hash of all that it loads, and its policy that of its import map', async () => {
  for (const [page, other] of [['/', 'dashboard'], ['/dashboard', 'citizen']]) await assertNamesItsFiles(page, other);
});

// `other`: the folder of modules that are another page's.
async function assertNamesItsFiles(page, other) {
  const answer = await get(page);
  const manifest = await manifestOf();
  for (const [, path, hash] of answer.text.matchAll(/<link rel="stylesheet" href="\/web\/([\w.]+)" integrity="sha256-([^"]+)">/g))
    assert.equal(Buffer.from(hash, 'base64').toString('base64url'), manifest.match(new RegExp(`^(\\S+) ${path}$`, 'm'))[1]);
  const [, map] = answer.text.match(/<script type="importmap">([^<]*)<\/script>/);
  for (const [url, source] of Object.entries(JSON.parse(map).integrity)) {
    const { bytes } = await get(url);
    assert.equal(source, `sha256-${sha256(bytes, 'base64')}`);
  }
  const modules = files.filter((path) => path.endsWith('.js') && path !== 'sw.js' && !path.startsWith(`js/${other}/`)).map(urlOf);
  for (const url of modules) assert.ok(url in JSON.parse(map).integrity, url);
  assert.ok(!map.includes(`/web/js/${other}/`), 'what another page runs');
  assert.match(answer.headers['content-security-policy'], new RegExp(`script-src 'self' 'sha256-${sha256(map, 'base64').replace(/[+/]/g, '\\$&')}';`));
}

test('each path says what a page there may do', async () => {
  const common = /base-uri 'none'; form-action 'none'; frame-ancestors 'none'/;
  for (const path of files.filter(isPage)) {
    const { headers, text } = await get(urlOf(path));
    const policy = headers['content-security-policy'];
    assert.match(policy, /^default-src 'none'; style-src 'self'; img-src 'self'; /, path);
    assert.match(policy, common, path);
    assert.doesNotMatch(policy, /unsafe|font-src/, path);
    if (text.includes('importmap')) assert.match(policy, /require-trusted-types-for 'script'; trusted-types worker$/);
    else assert.doesNotMatch(policy, /script-src|connect-src|worker-src/, path);
  }
  const worker = await get('/sw.js');
  assert.equal(worker.headers['content-security-policy'], "default-src 'none'; connect-src 'self'; frame-ancestors 'none'");
  for (const url of ['/', '/uitleg', '/sw.js', '/web/page.css', '/web/manifest']) {
    const { headers } = await get(url);
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin', url);
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin', url);
    assert.match(headers['permissions-policy'], /camera=\(\).*publickey-credentials-get=\(self\)/, url);
    assert.equal(headers['set-cookie'], undefined, url);
    assert.equal(headers['access-control-allow-origin'], undefined, url);
    assert.equal(headers['cache-control'], 'no-cache', url);
  }
  assert.equal((await get('/v1/panel')).headers['permissions-policy'], undefined);
});

test('types, compression, HEAD and conditions are as for any other resource', async () => {
  const types = { '/': 'text/html; charset=utf-8', '/web/page.css': 'text/css; charset=utf-8', '/sw.js': 'text/javascript; charset=utf-8' };
  Object.assign(types, { '/web/icon.svg': 'image/svg+xml', '/web/app.webmanifest': 'application/manifest+json' });
  for (const [url, type] of Object.entries(types)) {
    const plain = await get(url);
    assert.equal(plain.headers['content-type'], type);
    assert.equal(plain.headers.vary, 'Accept-Encoding');
    const packed = await get(url, { 'Accept-Encoding': 'gzip' });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(packed.bytes), plain.bytes);
    assert.notEqual(packed.headers.etag, plain.headers.etag);
    const again = await get(url, { 'Accept-Encoding': 'gzip', 'If-None-Match': packed.headers.etag });
    assert.equal(again.status, 304);
    assert.equal(again.bytes.length, 0);
    assert.equal(again.headers['content-security-policy'], plain.headers['content-security-policy']);
    assert.equal((await get(url, { 'If-None-Match': packed.headers.etag })).status, 200);
    const head = await request(collector.url, url, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.bytes.length, 0);
    assert.equal(head.headers['content-length'], String(plain.bytes.length));
  }
});

test('panel and actions come compressed, with a tag for each form', async () => {
  for (const path of ['/v1/panel', '/v1/actions']) {
    const plain = await get(path);
    const packed = await get(path, { 'Accept-Encoding': 'gzip' });
    assert.deepEqual(gunzipSync(packed.bytes), plain.bytes);
    assert.ok(packed.bytes.length < plain.bytes.length / 2, `${packed.bytes.length} of ${plain.bytes.length}`);
    assert.notEqual(packed.headers.etag, plain.headers.etag);
    assert.equal((await get(path, { 'Accept-Encoding': 'gzip', 'If-None-Match': packed.headers.etag })).status, 304);
    assert.equal((await get(path, { 'If-None-Match': plain.headers.etag })).status, 304);
  }
});

test('what is not there, or not to be done there, is said as everywhere', async () => {
  for (const path of ['/index.html', '/web/', '/web/index.html', '/web/sw.js', '/web/none.js', '/web/../Makefile', '/uitleg/', '/web/js', '/page.css'])
    assertProblem(await get(path), 404, 'not-found');
  assertProblem(await get('/?x=1'), 400, 'bad-request');
  for (const path of ['/', '/sw.js', '/web/page.css']) {
    const answer = await request(collector.url, path, { method: 'POST', body: '' });
    assertProblem(answer, 405, 'method-not-allowed');
    assert.equal(answer.headers.allow, 'GET, HEAD');
  }
});

test('what the operator says of itself stands on the pages as text', async () => {
  const { text } = await get('/privacy');
  assert.match(text, /<span class="organisation">Ministerie van &quot;Werk&quot; &amp; &lt;Rust&gt;<\/span>/);
  assert.match(text, /<a class="phone" href="tel:08001351">0800 1351<\/a>/);
  assert.match(text, /<a class="mail" href="mailto:panel@example.org">/);
  assert.match(text, /<a class="privacy-statement" href="https:\/\/example.org\/privacy\?a=1&amp;b=2">/);
  assert.match((await get('/toegankelijkheid')).text, /<span class="accessibility-statement"><\/span>/);
});

test('the service tells whom to ask, which log this is and which pages are served, and null where it has nothing to tell', async () => {
  const release = sha256(await manifestOf());
  const told = { organisation: owner.BURGERPANEL_WEB_ORGANISATION, phone: '0800 1351', mail: 'panel@example.org', privacyUrl: owner.BURGERPANEL_WEB_PRIVACY_URL };
  const answer = await get('/v1/service');
  assert.deepEqual(answer.json(), { ...told, accessibilityUrl: null, logOrigin: 'burgerpanel/wau', release });
  assert.equal((await get('/v1/service', { 'If-None-Match': answer.headers.etag })).status, 304);
  assert.match((await get('/sw.js')).text, new RegExp(`'burgerpanel ${release}'`));
});

test('a token is told what it may do, and nobody else', async () => {
  const none = { exact: false, publish: false, expiresAt: null };
  const team = await makeToken(collector, 'programme', 'team', '--exact', '--publish', '--expires', '1');
  const auditor = await makeToken(collector, 'checks', 'auditor');
  const told = await poll('the tokens to be known', 5, async () => {
    const answer = await get('/v1/token', bearer(auditor));
    return answer.status === 200 && answer.json();
  });
  assert.deepEqual(told, { ...none, name: 'checks', role: 'auditor' });
  const { expiresAt, ...rest } = (await get('/v1/token', bearer(team))).json();
  assert.deepEqual(rest, { name: 'programme', role: 'team', exact: true, publish: true });
  assert.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 86_400_000) < 60_000, expiresAt);
  assert.equal((await get('/v1/token', bearer(team))).headers['cache-control'], 'no-store');
  assertProblem(await get('/v1/token'), 401, 'unauthorized');
  assertProblem(await get('/v1/token', bearer(`${team.slice(0, -1)}x`)), 401, 'unauthorized');
});

test('a theme takes the place of theme.css, in the manifest too, and only what a theme may hold', async () => {
  const theme = resolve(freshFolder('web-serving-theme-file'), 'theme.css');
  writeFileSync(theme, '@font-face { font-family: "R"; src: url(/fonts/r.woff2) }\n:root { --utrecht-link-color: #000 }\n');
  const themed = await serve('theme', { BURGERPANEL_WEB_THEME: theme });
  const answer = await request(themed.url, '/web/theme.css');
  assert.equal(answer.text, readFileSync(theme, 'utf8'));
  assert.match((await request(themed.url, '/')).headers['content-security-policy'], /font-src 'self'/);
  const { stdout } = await succeed('burgerpanel-collector', ['web', 'manifest'], { env: { BURGERPANEL_WEB_THEME: theme } });
  assert.match(stdout, new RegExp(`^${sha256(answer.bytes)} theme.css$`, 'm'));
  assert.equal((await request(themed.url, '/web/manifest')).text, stdout);
  writeFileSync(theme, 'body { color: red }\n');
  assertFailed(await themed.run('serve', '--check', '--config', configOf(themed, theme)), /theme\.css: line 1/);
  assertFailed(await run('burgerpanel-collector', ['web', 'manifest'], { env: { BURGERPANEL_WEB_THEME: theme } }), /line 1/);
});

function configOf(each, theme) {
  const path = join(each.folder, 'theme.ini');
  writeFileSync(path, `[collector]\nweb_theme = ${theme}\n`);
  return path;
}

test('pages can be off, and then nothing of them is there', async () => {
  const off = await serve('off', { BURGERPANEL_WEB: 'off' });
  for (const path of ['/', '/uitleg', '/sw.js', '/web/page.css', '/web/manifest']) assertProblem(await request(off.url, path), 404, 'not-found');
  assert.equal((await request(off.url, '/v1/service')).json().release, null);
});

const eventsOf = async (each) => (await request(each.url, '/v1/events')).text.trimEnd().split('\n').map((line) => JSON.parse(line));
const claimsOf = ({ jws }) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url'));
const pagesOf = async (each) => (await eventsOf(each)).map(claimsOf).filter(({ event }) => event === 'page-released');

test('a collector that starts with other pages than the log names says so there, once', async () => {
  const each = new Collector(freshFolder('web-serving-named'));
  await each.importPanel();
  await each.importActions();
  const theme = join(each.folder, 'theme.css');
  writeFileSync(theme, ':root { --a: 1 }\n');
  const named = async (env) => {
    await each.start(undefined, { env });
    const found = await pagesOf(each);
    const manifest = (await request(each.url, '/web/manifest')).bytes;
    await each.stop();
    return { found, manifest };
  };
  assert.equal((await each.run('serve', '--check', '--listen', '127.0.0.1:0')).code, 0);
  assert.equal((await named({ BURGERPANEL_WEB: 'off' })).found.length, 0, 'neither --check nor a collector without pages says anything');
  const first = await named();
  assert.equal(first.found.length, 1);
  assert.equal(first.found[0].manifest, sha256(first.manifest));
  assert.equal(first.found[0].bytes, first.manifest.length);
  assert.match(first.found[0].version, /^\d/);
  assert.equal((await named()).found.length, 1, 'the same pages once more are nothing new');
  const second = await named({ BURGERPANEL_WEB_THEME: theme });
  assert.deepEqual(second.found.map(({ manifest }) => manifest), [sha256(first.manifest), sha256(second.manifest)]);
  assert.equal((await named()).found.length, 3, 'going back is something new');
  await each.succeed('audit');
  await each.start();
  assert.deepEqual((await request(each.url, `/v1/documents/${sha256(second.manifest)}`)).bytes, second.manifest);
  await each.stop();
});

test('settings that make no page are refused', async () => {
  const bad = { WEB: 'yes', WEB_PHONE: 'call me', WEB_MAIL: 'a b@example.org', WEB_PRIVACY_URL: 'http://example.org', WEB_ACCESSIBILITY_URL: 'javascript:1' };
  for (const [name, value] of Object.entries(bad))
    assertFailed(await run('burgerpanel-collector', ['web', 'manifest'], { env: { [`BURGERPANEL_${name}`]: value } }), new RegExp(name.toLowerCase()));
});
