// Goal: a stranger can tell whether the pages that a collector serves are those of its log and of the sources; a file that was changed, in whatever way, is named.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { request } from './lib/http.mjs';
import { poll } from './lib/poll.mjs';
import { build, ready, run, succeed } from './lib/programs.mjs';
import { bearer, makeToken } from './lib/reading.mjs';

let collector, proxy, url;
let change = (path, text) => text;
before(async () => {
  collector = await ready('web-verify', { env: { BURGERPANEL_WEB_ORGANISATION: 'Werk & <Rust>', BURGERPANEL_WEB_PHONE: '0800 1351', BURGERPANEL_WEB_PRIVACY_URL: 'https://example.org/p?a=1&b=2' } });
  proxy = http.createServer(async (asked, answer) => {
    const { authorization } = asked.headers;
    const found = await request(collector.url, asked.url, { headers: authorization ? { Authorization: authorization } : {} });
    const text = change(asked.url, found.text);
    answer.writeHead(text === undefined ? 404 : found.status, { 'Content-Type': found.headers['content-type'] }).end(text === found.text ? found.bytes : text);
  });
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
  proxy.unref();
  url = `http://127.0.0.1:${proxy.address().port}`;
});
after(async () => {
  await new Promise((done) => proxy.close(done));
  await collector?.stop();
});

const verify = (...more) => run('burgerpanel', ['page', 'verify', url, ...more]);
const release = async () => (await request(collector.url, '/v1/service')).json().release;

test('pages as the log and the sources name them are told to be so', async () => {
  const own = join(collector.folder, 'manifest');
  const { stdout: manifest } = await succeed('burgerpanel-collector', ['web', 'manifest']);
  const fallback = manifest.includes(' nacl-fast.min.js\n') ? join(build.replace(/\/(asan|tsan|cov)$/, ''), 'web', 'nacl-fast.min.js') : '';
  writeFileSync(own, execFileSync('packaging/web-manifest.sh', [fallback]));
  const done = await verify('--manifest', own);
  assert.equal(done.code, 0, done.stderr);
  assert.equal(done.stdout.trim(), await release());
  assert.match(done.stderr, /^\d+ files are as the manifest names them, and entry \d+ of the log names that manifest/);
  writeFileSync(own, manifest.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')));
  assert.match((await verify('--manifest', own)).stderr, /is not that of/);
});

test('a file that was changed, left out, or filled in with something else is named', async () => {
  const changes = [
    ['/web/page.css', (text) => `${text} `, 'page.css'],
    ['/', (text) => text.replace('</body>', '<script src="/web/js/key.js"></script></body>'), 'index.html'],
    ['/', (text) => text.replace(/sha256-(.)/, (all, c) => `sha256-${c === 'A' ? 'B' : 'A'}`), 'index.html'],
    ['/uitleg', (text) => text.replace('tel:08001351', 'tel:09001234'), 'uitleg.html'],
    ['/privacy', (text) => text.replace('Werk &amp; &lt;Rust&gt;', 'Werk'), 'privacy.html'],
    ['/sw.js', (text) => text.replace(/'burgerpanel (.)/, (all, c) => `'burgerpanel ${c === 'A' ? 'B' : 'A'}`), 'sw.js'],
    ['/web/js/key.js', () => undefined, 'js/key.js'],
  ];
  for (const [path, make, name] of changes) {
    change = (asked, text) => (asked === path ? make(text) : text);
    const { code, stderr } = await verify();
    assert.equal(code, 1, `${name}: ${stderr}`);
    assert.match(stderr, new RegExp(`^${name.replace('.', '\\.')}: `, 'm'));
    assert.match(stderr, /1 file is not as the manifest names it$/m);
  }
  change = (path, text) => text;
});

test('a manifest that the log does not name, or a service that names another, does not hold', async () => {
  change = (path, text) => (path.startsWith('/v1/events') ? '' : text);
  assert.match((await verify()).stderr, /the log's newest page-released names another manifest/);
  change = (path, text) => (path === '/v1/service' ? text.replace(/"release":"(.)/, (all, c) => `"release":"${c === 'A' ? 'B' : 'A'}`) : text);
  assert.match((await verify()).stderr, /names another release than \/web\/manifest/);
  change = (path, text) => (path === '/web/manifest' ? text.split('\n').reverse().join('\n') : text);
  assert.match((await verify()).stderr, /the pages do not hold: \/web\/manifest/);
  change = (path, text) => (path.startsWith('/v1/receipts/') ? text.replace(/^index (\d+)$/m, 'index 1$1') : text);
  assert.match((await verify()).stderr, /the pages do not hold: entry \d+: /);
  change = (path, text) => text;
});

test('a collector without pages is told as one', async () => {
  const off = await ready('web-verify-off', { env: { BURGERPANEL_WEB: 'off' } });
  const done = await run('burgerpanel', ['page', 'verify', off.url]);
  await off.stop();
  assert.equal(done.code, 1);
  assert.match(done.stderr, /\/web\/manifest is not served/);
});

test('the audit over HTTP looks at the pages as well', async () => {
  const token = await makeToken(collector, 'auditor', 'auditor');
  await poll('the token to be known', 5, async () => (await request(collector.url, '/v1/token', { headers: bearer(token) })).status === 200);
  const audit = () => run('burgerpanel-collector', ['audit', '--url', url], { env: { BURGERPANEL_TOKEN: token } });
  const good = await audit();
  assert.equal(good.code, 0, good.stdout + good.stderr);
  change = (path, text) => (path === '/uitleg' ? text.replace('</h1>', '!</h1>') : text);
  const changed = await audit();
  assert.equal(changed.code, 1);
  assert.match(changed.stdout + changed.stderr, /pages: uitleg\.html is not served as the manifest names it/);
  change = (path, text) => (path === '/web/manifest' ? text.split('\n').slice(1).join('\n') : text);
  assert.match((await audit()).stdout, /pages: the release that is served, \S+, is not the newest that the log names/);
  change = (path, text) => (path === '/web/manifest' ? undefined : text);
  const none = await audit();
  assert.equal(none.code, 0, none.stdout + none.stderr);
  assert.match(none.stdout + none.stderr, /the log names pages, and none are served now/);
  change = (path, text) => text;
});
