// Goal: what OPERATING says of nginx in front of the collector is so, with Debian's nginx and the very block that stands there: senders are told apart by
// what the proxy says of them, connections to the collector are kept, bodies of 16 MiB and those without a length come through, answers go back unchanged.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccepted, assertProblem, JOSE, NDJSON, post, request, TRUST } from '../e2e/lib/http.mjs';
import { Member, newCode } from '../e2e/lib/member.mjs';
import { good, ROUND } from '../e2e/lib/panel.mjs';
import { poll } from '../e2e/lib/poll.mjs';
import { freePort } from '../e2e/lib/ports.mjs';
import { pair, ready, succeed } from '../e2e/lib/programs.mjs';

const MIB = 1024 * 1024;
const ENROLMENTS = 3;
let collector, nginx, ended, url;

// The block of OPERATING, with other addresses and files, and what a whole configuration has around it.
function writeConfiguration(folder, port) {
  const text = readFileSync('docs/OPERATING.md', 'utf8');
  const block = text.match(/For nginx:\n\n((?: {4}.*\n|\n)+)/)[1];
  const certificate = pair(folder).BURGERPANEL_TLS_CERTIFICATE;
  const site = block
    .replace('127.0.0.1:8080', new URL(collector.url).host)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
    .replace(/ +listen \[::\]:443 ssl;\n/, '')
    .replace(/\/etc\/ssl\/panel\.example\.nl\.(pem|key)/g, certificate);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
  const around = `daemon off; master_process off; pid ${folder}/pid; error_log stderr;\nevents {}\nhttp {\n${places.join('\n')}\n${site}}\n`;
  assert.match(around, /proxy_add_x_forwarded_for/);
  writeFileSync(join(folder, 'nginx.conf'), around);
}

before(async () => {
  const env = { BURGERPANEL_TRUSTED_PROXIES: '127.0.0.1', BURGERPANEL_BEHIND_PROXY: 'on', BURGERPANEL_ADDRESS_ENROLMENTS: String(ENROLMENTS), BURGERPANEL_METRICS_LISTEN: '0' };
  collector = await ready('nginx', { codes: 4, env });
  const port = await freePort();
  const folder = join(collector.folder, 'nginx');
  mkdirSync(folder);
  writeConfiguration(folder, port);
  nginx = spawn('/usr/sbin/nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], { stdio: ['ignore', 'inherit', 'pipe'] });
  ended = once(nginx, 'exit');
  nginx.said = '';
  nginx.stderr.on('data', (part) => (nginx.said += part));
  url = `https://127.0.0.1:${port}`;
  await poll('nginx to listen', 20, () => request(url, '/healthz').then(({ status }) => status === 200, () => false));
});
after(async () => {
  nginx?.kill('SIGQUIT');
  await ended;
  await collector?.stop();
});

// By another address of this machine, so that the proxy has another sender.
function enrolFrom(localAddress, code, headers = {}) {
  const agent = new https.Agent({ ...TRUST, localAddress });
  return post(url, '/v1/members', new Member('wau').enrolment(code), JOSE, { agent, headers }).finally(() => agent.destroy());
}

test('the member\'s program enrols, answers and has receipts through it', async () => {
  const home = join(collector.folder, 'home');
  const options = { env: { BURGERPANEL_CA_FILE: 'fixtures/tls/ca.pem' } };
  await succeed('burgerpanel', ['enrol', url, collector.codes[0], '--home', home, '--yes'], options);
  await succeed('burgerpanel', ['respond', 'WA-1.01', 'importance=4', 'noticed=no', '--home', home], options);
  const { stdout } = await succeed('burgerpanel', ['status', '--home', home], options);
  assert.match(stdout, /1/);
});

test('who tries codes is bounded by the address that nginx saw, whatever it writes of itself, and nobody else is', async () => {
  for (let i = 0; i < ENROLMENTS; i++) assertProblem(await enrolFrom('127.0.0.2', newCode()), 403, 'invitation-refused');
  assertProblem(await enrolFrom('127.0.0.2', newCode()), 429, 'too-many');
  assertProblem(await enrolFrom('127.0.0.2', newCode(), { 'X-Forwarded-For': '203.0.113.9' }), 429, 'too-many');
  assertProblem(await enrolFrom('127.0.0.3', newCode()), 403, 'invitation-refused');
  assert.equal((await enrolFrom('127.0.0.4', collector.codes[1])).status, 201);
});

// Sockets of the collector that are connected.
const connected = () => {
  const port = new URL(collector.url).port;
  return execFileSync('ss', ['-Htn', 'state', 'established', `sport = :${port}`], { encoding: 'utf8' }).trim().split('\n').filter(Boolean).length;
};

test('hundreds of requests of as many connections to it take a few to the collector, which are kept', async () => {
  const before = connected();
  for (let i = 0; i < 50; i++) {
    const answers = await Promise.all([1, 2, 3, 4].map(() => request(url, '/v1/panel')));
    for (const answer of answers) assert.equal(answer.status, 200);
  }
  assert.ok(connected() >= 1, 'they are kept');
  assert.ok(connected() <= before + 8, `${connected()} connections`);
});

test('a batch of 16 MiB comes through, one of a byte more is the collector\'s to refuse, and one without a length is given one', async () => {
  const member = new Member('wau');
  assertAccepted(await post(url, '/v1/members', member.enrolment(collector.codes[2]), JOSE));
  const line = `${JSON.stringify(member.response(ROUND, 'WA-1.02', good))}\n`;
  const filling = `${JSON.stringify('x'.repeat(8188))}\n`;
  const lines = Math.floor((16 * MIB - line.length) / filling.length);
  const body = line + filling.repeat(lines);
  const whole = body + ' '.repeat(16 * MIB - body.length);
  const answer = await post(url, '/v1/response-batches', whole, NDJSON);
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  assert.equal(JSON.parse(answer.text.split('\n')[0]).status, 201);
  assertProblem(await post(url, '/v1/response-batches', `${whole} `, NDJSON), 413, 'too-large');
  const chunked = await post(url, '/v1/response-batches', line, NDJSON, { headers: { 'Transfer-Encoding': 'chunked' } });
  assert.equal(JSON.parse(chunked.text).status, 200, 'the same again');
});

test('answers go back as they are: tags, what is compressed, pages to the byte, and one Strict-Transport-Security', async () => {
  for (const path of ['/v1/panel', '/v1/actions', '/web/manifest', '/']) {
    const plain = await request(collector.url, path);
    const through = await request(url, path);
    assert.equal(through.status, plain.status, path);
    assert.deepEqual(through.bytes, plain.bytes, path);
    assert.equal(through.headers.etag, plain.headers.etag, path);
    assert.equal(through.headers['strict-transport-security'], 'max-age=31536000');
    const packed = await request(url, path, { headers: { 'Accept-Encoding': 'gzip' } });
    const digest = ({ bytes }) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(packed), digest(await request(collector.url, path, { headers: { 'Accept-Encoding': 'gzip' } })), path);
    if (plain.headers.etag) assert.equal((await request(url, path, { headers: { 'If-None-Match': plain.headers.etag } })).status, 304, path);
  }
  const refused = await request(url, '/v1/entries');
  assertProblem(refused, 401, 'unauthorized');
});

test('the proxy is named, so that the collector warns of nothing; nginx has nothing to say either', () => {
  assert.doesNotMatch(collector.process.stderr, /trusted_proxies/);
  assert.doesNotMatch(nginx.said, /\[(warn|error|crit|alert|emerg)\]/);
});
