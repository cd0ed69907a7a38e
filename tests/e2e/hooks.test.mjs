// Goal: receivers elsewhere are told of a release, a follow-up, a round that opens and closes: signed, once where all goes well, again under
// the same id where it does not, over restarts; and nothing is sent where a name should not lead.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ACTION, examplePanel, iso, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { build, freshFolder, ready, run, start, succeed } from './lib/programs.mjs';

const shim = join(build, 'e2e', 'names.so');

let collector, folder, key, panel, receiver, home;
const heard = []; // all that came, also what was answered otherwise than 200
const answers = []; // statuses of the next answers; then 200
const bodies = []; // of the next answers; then none

function listen(server = createServer()) {
  server.on('request', (req, res) => {
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      const status = answers.shift() ?? 200;
      heard.push({ headers: req.headers, method: req.method, url: req.url, body: Buffer.concat(chunks).toString(), status });
      res.writeHead(status, status === 302 ? { Location: `${receiver}elsewhere` } : {}).end(bodies.shift());
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

let server;
before(async () => {
  panel = examplePanel();
  panel.disclosure = { releaseInterval: 0 };
  collector = await ready('hooks', { panel });
  server = await listen();
  receiver = `http://127.0.0.1:${server.address().port}/in/secret?x=1`;
  folder = freshFolder('hooks-sender');
  home = join(folder, 'home');
  key = (await succeed('burgerpanel-collector', ['hooks', 'key', home])).stdout.trim();
});
after(async () => {
  server?.close();
  await collector?.stop();
});

const once = (to = receiver, ...flags) => run('burgerpanel-collector', ['hooks', 'run', collector.url, '--to', to, '--folder', home, '--once', ...flags]);

// As a receiver does it, by Standard Webhooks.
function checked(message) {
  const { headers, body } = message;
  assert.equal(message.method, 'POST');
  assert.equal(message.url, '/in/secret?x=1');
  assert.equal(headers['content-type'], 'application/json');
  const raw = Buffer.from(key.replace(/^whpk_/, ''), 'base64');
  assert.equal(raw.length, 32);
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  const [version, signature] = headers['webhook-signature'].split(',');
  assert.equal(version, 'v1a');
  const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`);
  assert.ok(verify(null, signed, publicKey, Buffer.from(signature, 'base64')), 'the signature holds');
  assert.ok(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000) < 60);
  assert.ok(body.length < 1024);
  return JSON.parse(body);
}

async function publish() {
  const path = join(folder, 'text.txt');
  writeFileSync(path, `Gedaan ${heard.length} ${Math.random()}\n`);
  const { stderr } = await collector.succeed('follow-ups', 'publish', ACTION, '--status', 'done', '--text', path, '--round', ROUND);
  return Number(stderr.match(/entry (\d+)/)[1]);
}

test('who begins is told what happens from then on, and of nothing before', async () => {
  await publish();
  assert.equal((await once()).code, 0);
  assert.equal(heard.length, 0);
  assert.equal(statSync(join(home, 'key')).mode & 0o777, 0o600);
});

test('a follow-up and a release are told, signed, once', async () => {
  const index = await publish();
  await collector.release(ROUND);
  const done = await once();
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, new RegExp(`info hooks: told 127\\.0\\.0\\.1:\\d+ of wau-${index}\\n`));
  assert.doesNotMatch(done.stderr, /secret/, 'a path may be a secret');
  const [followUp, release] = heard.map(checked);
  assert.deepEqual([followUp.type, followUp.data], ['follow-up.published', { panel: 'wau', index, action: ACTION, round: ROUND, replaces: null }]);
  assert.deepEqual([release.type, release.data], ['release.created', { panel: 'wau', index: index + 1, round: ROUND, number: 1, final: false }]);
  assert.match(release.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(heard[0].headers['webhook-id'], `wau-${index}`);
  assert.equal((await once()).code, 0);
  assert.equal(heard.length, 2);
});

test('a round that opens and closes is told', async () => {
  heard.length = 0;
  const now = Math.floor(Date.now() / 1000);
  panel.rounds.push({ ...panel.rounds[0], id: 'short', opensAt: iso(now + 1), closesAt: iso(now + 2) });
  await collector.importPanel(panel);
  await poll('both to be told', 30, async () => (await once()).code === 0 && heard.length >= 2);
  const told = heard.map(checked);
  assert.deepEqual(told.map(({ type, data }) => [type, data.round]).sort(), [['round.closed', 'short'], ['round.opened', 'short']]);
  assert.equal(told.find(({ type }) => type === 'round.opened').timestamp, iso(now + 1));
});

test('of two rounds that open at one moment, only the one that was refused is sent again', async () => {
  heard.length = 0;
  const opensAt = iso(Math.floor(Date.now() / 1000) + 1);
  panel.rounds.push({ ...panel.rounds[0], id: 'twin-1', opensAt }, { ...panel.rounds[0], id: 'twin-2', opensAt });
  await collector.importPanel(panel);
  answers.push(200, 500);
  await poll('both to be told', 30, async () => (await once()).code === 0 && heard.length >= 3);
  assert.deepEqual(heard.map((message) => [checked(message).data.round, message.status]), [['twin-1', 200], ['twin-2', 500], ['twin-2', 200]]);
});

test('what is refused is sent again later under the same id, what follows waits for it, and no redirect is followed', async () => {
  heard.length = 0;
  answers.push(302);
  const first = await publish();
  const second = await publish();
  const failed = await once();
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /warning hooks: 127\.0\.0\.1:\d+ was not told of wau-\d+, once more in 2 s: HTTP 302/);
  await poll('the second try', 20, async () => (await once()).code === 0);
  assert.deepEqual(heard.map(({ headers, status }) => [headers['webhook-id'], status]), [[`wau-${first}`, 302], [`wau-${first}`, 200], [`wau-${second}`, 200]]);
  heard.map(checked);
});

test('who keeps running has the folder for itself, and over its end nothing is told twice', async () => {
  heard.length = 0;
  const index = await publish();
  const [cursor] = readdirSync(home).filter((name) => name.endsWith('.cursor'));
  const sender = start('burgerpanel-collector', ['hooks', 'run', collector.url, '--to', receiver, '--folder', home]);
  try {
    await poll('it to be told and noted', 20, () => JSON.parse(readFileSync(join(home, cursor), 'utf8')).next > index);
    const other = await once();
    assert.equal(other.code, 1);
    assert.match(other.stderr, /another process sends by /);
  } finally {
    sender.child.kill('SIGTERM');
    await sender.ended;
  }
  assert.equal((await once()).code, 0);
  assert.deepEqual(heard.map(({ headers }) => headers['webhook-id']), [`wau-${index}`]);
});

test('without the collector it says so, and goes on later', async () => {
  heard.length = 0;
  await publish();
  const url = collector.url;
  await collector.stop();
  const done = await once();
  assert.equal(done.code, 1);
  assert.match(done.stderr, /warning hooks: the collector can't be asked: /);
  await collector.start(new URL(url).host);
  assert.equal((await once()).code, 0);
  assert.equal(heard.length, 1);
});

test('whatever a receiver answers with, it was told', async () => {
  await once();
  heard.length = 0;
  bodies.push('x'.repeat(300_000));
  const index = await publish();
  assert.equal((await once()).code, 0);
  assert.deepEqual(heard.map(({ body }) => JSON.parse(body).data.index), [index]);
});

// A receiver of a name somewhere outside, which is here all the same: its name has these addresses, of which OUTSIDE is this machine.
const OUTSIDE = '8.8.4.4';
const HOST = 'elsewhere.example'; // of which there is a certificate

test('of a name with several addresses each that is out of reach is passed over; with none left nothing is told', async (t) => {
  execFileSync('cc', ['-std=c17', '-D_GNU_SOURCE', '-shared', '-fPIC', '-Wall', '-Wextra', '-Werror', '-o', shim, 'tests/e2e/lib/names.c']);
  const pem = readFileSync('fixtures/tls/elsewhere.pem');
  const outside = await listen(createSecureServer({ key: pem, cert: pem }));
  t.after(() => outside.close());
  const words = ['hooks', 'run', collector.url, '--to', `https://${HOST}:${outside.address().port}/in`, '--folder', home, '--once'];
  const tell = (...addresses) => run('burgerpanel-collector', words, { env: { LD_PRELOAD: shim, ASAN_OPTIONS: 'verify_asan_link_order=0', BURGERPANEL_CA_FILE: 'fixtures/tls/ca.pem',
    NAMES_HOST: HOST, NAMES_ADDRESSES: addresses.join(' '), NAMES_HERE: OUTSIDE } });
  assert.equal((await tell(OUTSIDE)).code, 0, 'which begins');
  heard.length = 0;
  const index = await publish();
  const barred = await tell('10.0.0.1', '169.254.169.254');
  assert.equal(barred.code, 1);
  assert.match(barred.stderr, /its name leads to an address that is not told/);
  assert.equal(heard.length, 0);
  const told = await poll('it to be due again', 20, async () => {
    const done = await tell('10.0.0.1', OUTSIDE);
    return heard.length > 0 && done;
  });
  assert.equal(told.code, 0, told.stderr);
  assert.deepEqual(heard.map(({ body }) => JSON.parse(body).data.index), [index]);
});

test('only https and this machine are receivers, and no name leads into one’s own network', async () => {
  for (const to of ['http://example.nl/', 'ftp://127.0.0.1/', 'https://', 'https://user@example.nl/', 'http://127.0.0.1.example.nl/', 'https://a b/'])
    assert.match((await once(to)).stderr, /a receiver is https:\/\/HOST/, to);
  heard.length = 0;
  const barred = `https://127.0.0.2:${server.address().port}/`;
  for (const flags of [[], ['--private']]) {
    assert.equal((await once(barred, ...flags)).code, 0, 'which begins');
    await publish();
    const done = await once(barred, ...flags);
    assert.equal(done.code, 1);
    assert.match(done.stderr, /its name leads to an address that is not told/);
    for (const name of readdirSync(home).filter((one) => one.endsWith('.cursor'))) rmSync(join(home, name));
  }
  assert.equal(heard.length, 0);
});

test('no receiver at all is refused', async () => {
  for (const to of ['', ',']) {
    const done = await once(to);
    assert.equal(done.code, 1, to);
    assert.match(done.stderr, to === '' ? /--to names no receiver/ : /a receiver is https/);
  }
});

test('a receiver that is named twice is refused, and one at no port', async () => {
  const twice = await once(`${receiver},${receiver}`);
  assert.equal(twice.code, 1);
  assert.match(twice.stderr, /--to names a receiver at 127\.0\.0\.1:\d+ twice/);
  assert.ok(!twice.stderr.includes(receiver), 'the rest of its URL may be a secret');
  const nowhere = await once('https://127.0.0.1:99999/in');
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /a receiver is https/);
});

test('where the log is shorter than what was told of it, that is said, and what happens from then on is told', async () => {
  heard.length = 0;
  assert.equal((await once()).code, 0, 'which begins');
  const [cursor] = readdirSync(home).filter((one) => one.endsWith('.cursor'));
  const kept = JSON.parse(readFileSync(join(home, cursor), 'utf8'));
  writeFileSync(join(home, cursor), `${JSON.stringify({ ...kept, next: kept.next + 1000 })}\n`);
  const back = await once();
  assert.equal(back.code, 0, back.stderr);
  assert.match(back.stderr, new RegExp(`warning hooks: the log has ${kept.next} entries, and 127\\.0\\.0\\.1:\\d+ was told .* before entry ${kept.next + 1000}`));
  assert.equal(heard.length, 0);
  const index = await publish();
  assert.equal((await once()).code, 0);
  assert.deepEqual(heard.map(({ body }) => JSON.parse(body).data.index), [index]);
});

test('a damaged cursor is said, and so is a key that others may read', async () => {
  await once();
  const [cursor] = readdirSync(home).filter((one) => one.endsWith('.cursor'));
  writeFileSync(join(home, cursor), '{"next":-1}\n');
  const done = await once();
  assert.equal(done.code, 1);
  assert.match(done.stderr, /error hooks: .*\.cursor is damaged/);
  chmodSync(join(home, 'key'), 0o644);
  assert.match((await once()).stderr, /key may be read by others/);
});
