// Goal: packaging/haproxy.cfg is taken by Debian's HAProxy as it stands, and with it two collectors on one PostgreSQL are one panel: who enrols by way of
// the one answers by way of the other, senders are told apart, and one that is killed or can't commit takes nothing with it and is sent nothing more.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccepted, assertProblem, JOSE, NDJSON, post, request, TRUST } from '../e2e/lib/http.mjs';
import { Member, newCode } from '../e2e/lib/member.mjs';
import { metricsOf, valueOf } from '../e2e/lib/openmetrics.mjs';
import { good, ROUND } from '../e2e/lib/panel.mjs';
import { poll } from '../e2e/lib/poll.mjs';
import { freePort } from '../e2e/lib/ports.mjs';
import { Collector, freshFolder, pair, ready, succeed } from '../e2e/lib/programs.mjs';
import { enrolled, Load } from '../postgres/lib/load.mjs';

const MIB = 1024 * 1024;
const ENROLMENTS = 3; // that one address may have refused, at each of the two
const MEMBERS = 4; // who answer while one is killed
const SOME = 40; // responses
const ENV = { BURGERPANEL_TRUSTED_PROXIES: '127.0.0.1', BURGERPANEL_BEHIND_PROXY: 'on', BURGERPANEL_ADDRESS_ENROLMENTS: String(ENROLMENTS), BURGERPANEL_METRICS_LISTEN: '0' };
let a, b, proxy, ended, url;

// The example with other addresses and the test's certificate, and without what only root's own has.
function configure(folder, port) {
  const certificate = join(folder, 'pair.pem');
  copyFileSync(pair(folder).BURGERPANEL_TLS_CERTIFICATE, certificate);
  const text = readFileSync('packaging/haproxy.cfg', 'utf8')
    .replace(/^ +(chroot|user|group) .*\n/gm, '')
    .replace('bind :443', `bind 127.0.0.1:${port}`)
    .replace('/etc/haproxy/panel.example.nl.pem', certificate)
    .replace('server a 192.0.2.21:8080', `server a ${new URL(a.url).host}`)
    .replace('server b 192.0.2.22:8080', `server b ${new URL(b.url).host}`);
  assert.doesNotMatch(text.replace(/^ *#.*$/gm, ''), /192\.0\.2|panel\.example/);
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, text);
  execFileSync('/usr/sbin/haproxy', ['-c', '-f', file], { stdio: 'pipe' });
  return file;
}

before(async () => {
  a = await ready('haproxy-a', { codes: MEMBERS + 4, env: ENV });
  b = new Collector(freshFolder('haproxy-b'));
  for (const file of readdirSync(a.folder).filter((each) => /-key(\.checkpoint)?$/.test(each))) copyFileSync(join(a.folder, file), join(b.folder, file));
  [b.schema, b.store, b.where[1]] = [a.schema, a.store, a.store];
  await b.start(undefined, { env: ENV });
  const folder = join(a.folder, 'haproxy');
  mkdirSync(folder);
  const port = await freePort();
  proxy = spawn('/usr/sbin/haproxy', ['-db', '-f', configure(folder, port)], { stdio: ['ignore', 'inherit', 'pipe'] });
  ended = once(proxy, 'exit');
  proxy.said = '';
  proxy.stderr.on('data', (part) => (proxy.said += part));
  url = `https://127.0.0.1:${port}`;
  await poll('HAProxy to find a collector', 20, () => request(url, '/healthz').then(({ status }) => status === 200, () => false));
});
after(async () => {
  proxy?.kill('SIGTERM');
  await ended;
  await a?.stop();
  await b?.stop();
});

// By another address of this machine, so that the proxy has another sender.
function enrolFrom(localAddress, code, headers = {}) {
  const agent = new https.Agent({ ...TRUST, localAddress });
  return post(url, '/v1/members', new Member('wau').enrolment(code), JOSE, { agent, headers }).finally(() => agent.destroy());
}

test('the example as it stands is one that HAProxy reads, but for the certificate', () => {
  const text = readFileSync('packaging/haproxy.cfg', 'utf8').replace(' ssl crt /etc/haproxy/panel.example.nl.pem alpn http/1.1', '');
  const file = join(a.folder, 'as-it-stands.cfg');
  writeFileSync(file, text);
  execFileSync('/usr/sbin/haproxy', ['-c', '-f', file], { stdio: 'pipe' });
});

test('who enrols by way of the one answers by way of the other, and both have done their part', async () => {
  const home = join(a.folder, 'home');
  const options = { env: { BURGERPANEL_CA_FILE: 'fixtures/tls/ca.pem' } };
  await succeed('burgerpanel', ['enrol', url, a.codes.pop(), '--home', home, '--yes'], options);
  for (const importance of [1, 2, 3, 4]) await succeed('burgerpanel', ['respond', 'WA-1.01', `importance=${importance}`, 'noticed=no', '--home', home], options);
  const taken = [];
  for (const each of [a, b]) taken.push(valueOf(await metricsOf(each), 'burgerpanel_accepted', { kind: 'response' }));
  assert.equal(taken[0] + taken[1], 4);
  assert.ok(taken.every((count) => count > 0), `${taken}`);
});

test('who tries codes is bounded by their address, whatever they write of themselves, and nobody else is', async () => {
  const statuses = [];
  for (let i = 0; i < 2 * ENROLMENTS; i++) statuses.push((await enrolFrom('127.0.0.2', newCode())).status);
  assert.ok(statuses.every((status) => status === 403), `${statuses}`);
  assertProblem(await enrolFrom('127.0.0.2', newCode()), 429, 'too-many');
  assertProblem(await enrolFrom('127.0.0.2', newCode(), { 'X-Forwarded-For': '203.0.113.9' }), 429, 'too-many');
  assertProblem(await enrolFrom('127.0.0.3', newCode()), 403, 'invitation-refused');
  assert.equal((await enrolFrom('127.0.0.4', a.codes.pop())).status, 201);
});

test('bodies of 16 MiB come through, answers are as they were, with one Strict-Transport-Security, and metrics are not to be had', async () => {
  const member = new Member('wau');
  assertAccepted(await post(url, '/v1/members', member.enrolment(a.codes.pop()), JOSE));
  const line = `${JSON.stringify(member.response(ROUND, 'WA-1.02', good))}\n`;
  const filling = `${JSON.stringify('x'.repeat(8188))}\n`;
  const body = line + filling.repeat(Math.floor((16 * MIB - line.length) / filling.length));
  const answer = await post(url, '/v1/response-batches', body + ' '.repeat(16 * MIB - body.length), NDJSON);
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  assert.equal(JSON.parse(answer.text.split('\n')[0]).status, 201);
  for (const path of ['/v1/panel', '/']) {
    const [plain, through] = [await request(a.url, path), await request(url, path)];
    assert.deepEqual(through.bytes, plain.bytes, path);
    assert.equal(through.headers.etag, plain.headers.etag, path);
    assert.equal(through.headers['strict-transport-security'], 'max-age=31536000');
  }
  assertProblem(await request(url, '/metrics'), 404, 'not-found');
});

test('one is killed under load: what was acknowledged is there once, and the other takes the rest; back, it is sent to again', async () => {
  const members = await enrolled({ url, codes: a.codes }, MEMBERS);
  const load = new Load({ url }, members);
  load.begin();
  await load.more(SOME);
  b.process.child.kill('SIGKILL');
  await b.process.ended;
  await load.more(SOME);
  await b.start(new URL(b.url).host, { env: ENV });
  await poll('it to be sent to again', 60, async () => valueOf(await metricsOf(b), 'burgerpanel_accepted', { kind: 'response' }) > 0);
  await load.end();
  for (const each of [a, b]) assert.doesNotMatch((await each.stop()).stderr, /trusted_proxies/, 'the proxy is named');
  await poll('the proxy to have nobody', 60, async () => (await request(url, '/healthz')).status === 503); // as of a collector that is away
  load.collector = b;
  await load.assertKept();
  assert.doesNotMatch(proxy.said.replace(/^.*(?:is (?:UP|DOWN)|has no server available).*$/gm, ''), /\[(WARNING|ALERT)\]/);
});
