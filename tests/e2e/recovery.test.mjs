// Goal: a member whose computer is gone writes down 28 characters, and they bring back the key, the place in the panel and the answers; what was mistyped is
// told as that, and the code is nowhere but where it was shown.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { request } from './lib/http.mjs';
import { ACTION } from './lib/panel.mjs';
import { freshFolder, ready, run, succeed } from './lib/programs.mjs';
import { Proxy, withText } from './lib/proxy.mjs';

const SHOWN = /\n {4}((?:[0-9A-HJKMNP-TV-Z]{7}-){3}[0-9A-HJKMNP-TV-Z]{7})\n/;
const PANEL = 'wau';
let collector;
before(async () => {
  collector = await ready('recovery', { codes: 8 });
});
after(() => collector?.stop());

const kidOf = (stdout) => stdout.trim();
const member = (home, ...words) => run('burgerpanel', [...words, '--home', home]);

// The key as PROTOCOL 4f has it, from the code that was shown; worked out here once more.
function keyOf(code) {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const bits = [...code.replaceAll('-', '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.slice(0, 128).match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const text = Buffer.concat([Buffer.from('burgerpanel member key v1\n'), secret, Buffer.from(PANEL)]);
  return createHash('sha512').update(text).digest().subarray(0, 32).toString('base64url');
}

async function enrolled(name) {
  const home = freshFolder(`recovery-${name}`);
  const { stdout, stderr } = await succeed('burgerpanel', ['enrol', collector.url, collector.codes.shift(), '--home', home]);
  return { home, kid: kidOf(stdout), code: stderr.match(SHOWN)[1] };
}

test('enrolling shows the code of the key once, and keeps it nowhere', async () => {
  const { home, kid, code } = await enrolled('shown');
  assert.equal(readFileSync(join(home, 'key'), 'utf8').trim(), keyOf(code));
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) assert.ok(!readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'latin1').includes(code.slice(0, 7)), entry.name);
  assert.equal(JSON.parse((await member(home, 'status', '--json')).stdout).recoverable, true);
  const again = await member(home, 'enrol', collector.url);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(kidOf(again.stdout), kid);
  assert.doesNotMatch(again.stderr, SHOWN);
});

test('a folder whose key came without a code says that only a copy brings it back', async () => {
  const home = freshFolder('recovery-older');
  const key = createHash('sha256').update('some key').digest('base64url');
  writeFileSync(join(home, 'key'), `${key}\n`, { mode: 0o600 });
  const { stderr } = await succeed('burgerpanel', ['enrol', collector.url, collector.codes.shift(), '--home', home]);
  assert.doesNotMatch(stderr, SHOWN);
  assert.equal(JSON.parse((await member(home, 'status', '--json')).stdout).recoverable, false);
  assert.match((await member(home, 'status')).stdout, /^recovery {3}by a copy of this folder alone$/m);
});

const asJson = async (home, ...words) => JSON.parse((await succeed('burgerpanel', [...words, '--json', '--home', home])).stdout);

test('the code brings key, enrolment, answers and receipts back into an empty folder, and answering goes on from there', async () => {
  const { home, kid, code } = await enrolled('lost');
  const answers = ['importance=4', 'noticed=no'];
  await succeed('burgerpanel', ['respond', ACTION, ...answers, '--home', home]);
  await succeed('burgerpanel', ['respond', ACTION, 'importance=2', 'noticed=no', '--home', home]);
  const back = freshFolder('recovery-back');
  const typed = code.toLowerCase().replaceAll('-', ' ').split(' ');
  const { stdout, stderr } = await succeed('burgerpanel', ['recover', collector.url, ...typed, '--home', back]);
  assert.equal(kidOf(stdout), kid);
  assert.equal(stderr, 'Back in panel wau, with 2 answers.\n');
  for (const words of [['answers', 'show'], ['receipts', 'list']]) assert.deepEqual(await asJson(back, ...words), await asJson(home, ...words));
  const [mine, its] = [await asJson(back, 'status'), await asJson(home, 'status')];
  assert.deepEqual({ ...mine, home: '' }, { ...its, home: '' });
  assert.equal((await member(back, 'receipts', 'verify')).code, 0);
  await succeed('burgerpanel', ['respond', ACTION, 'importance=5', 'noticed=no', '--home', back]);
  assert.equal((await asJson(back, 'answers', 'show'))[0].revision, 3);
});

test('what was erased comes back as erased: its request and receipt, and the number above which it is answered again', async () => {
  const { home, code } = await enrolled('erased');
  for (const [action, importance] of [[ACTION, 4], [ACTION, 2], ['WA-1.02', 1], ['WA-1.03', 5]])
    await succeed('burgerpanel', ['respond', action, `importance=${importance}`, 'noticed=no', '--home', home]);
  for (const action of [ACTION, 'WA-1.02']) await succeed('burgerpanel', ['erase', action, '--yes', '--home', home]);
  await succeed('burgerpanel', ['respond', 'WA-1.02', 'importance=3', 'noticed=no', '--home', home]);
  const back = freshFolder('recovery-erased-back');
  const { stderr } = await succeed('burgerpanel', ['recover', collector.url, code, '--home', back]);
  assert.equal(stderr, 'Back in panel wau, with 2 answers.\n');
  assert.deepEqual(readdirSync(join(back, 'erased')), readdirSync(join(home, 'erased')).filter((name) => name.includes(ACTION)));
  assert.equal((await member(back, 'receipts', 'verify')).code, 0);
  await succeed('burgerpanel', ['respond', ACTION, 'importance=5', 'noticed=no', '--home', back]);
  assert.equal((await asJson(back, 'answers', 'show', ACTION))[0].revision, 3);
  assert.deepEqual(readdirSync(join(back, 'refused')), [], 'nothing was refused on the way');
});

test('the code is asked for where it is not given, and what was mistyped is told without it', async () => {
  const { kid, code } = await enrolled('typed');
  const back = freshFolder('recovery-typed-back');
  const wrong = code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');
  const slip = await run('burgerpanel', ['recover', collector.url, '--home', back], { input: `${wrong}\n` });
  assert.equal(slip.code, 1);
  assert.match(slip.stderr, /no recovery code: one of its characters is not as it was shown/);
  assert.doesNotMatch(slip.stderr, new RegExp(code.slice(0, 7)));
  assert.equal((await member(back, 'recover', collector.url, wrong)).code, 2);
  assert.match((await member(back, 'recover', collector.url, '10AB0CD-EFGH1JK-MNPQRST-VWXY0')).stderr, /26 letters and digits, and a code has 28/);
  assert.ok(!existsSync(join(back, 'key')));
  const { stdout } = await succeed('burgerpanel', ['recover', collector.url, '--home', back], { input: `${code}\n` });
  assert.equal(kidOf(stdout), kid);
});

test('a code of nobody here, and a folder that has a key already, change nothing', async () => {
  const { home, code } = await enrolled('full');
  const nobody = freshFolder('recovery-nobody');
  const refused = await member(nobody, 'recover', collector.url, 'ET9C7B9-N82XR0F-021CXEW-SPDH2QM');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /this code is of no member of this panel/);
  assert.ok(!existsSync(join(nobody, 'key')));
  const before = readFileSync(join(home, 'key'), 'utf8');
  assert.match((await member(home, 'recover', collector.url, code)).stderr, /is enrolled already, in panel wau/);
  const other = freshFolder('recovery-other');
  writeFileSync(join(other, 'key'), `${createHash('sha256').update('other').digest('base64url')}\n`, { mode: 0o600 });
  assert.match((await member(other, 'recover', collector.url, code)).stderr, /holds another key/);
  assert.equal(readFileSync(join(home, 'key'), 'utf8'), before);
});

test('a code is of nobody only where the collector says so', async () => {
  const { kid, code } = await enrolled('passing');
  const back = freshFolder('recovery-passing-back');
  const proxy = new Proxy(collector);
  const url = await proxy.start();
  const claims = { type: 'urn:burgerpanel:problem:invalid-claims', title: 'no', status: 400, detail: 'iat' };
  for (const [status, text] of [[400, JSON.stringify(claims)], [403, '<h1>Log in to the network</h1>']]) {
    proxy.change = (path, answer) => (path === '/v1/access' ? { ...withText(answer, text), status, headers: { 'content-type': 'application/problem+json' } } : undefined);
    const done = await member(back, 'recover', url, code);
    assert.equal(done.code, 1, done.stderr);
    assert.match(done.stderr, /nothing was brought back; keep the code, and try again/);
    assert.doesNotMatch(done.stderr, /of no member/);
  }
  proxy.change = undefined;
  assert.equal(kidOf((await member(back, 'recover', url, code)).stdout), kid);
  await proxy.stop();
});

test('what was broken off in the middle goes on, and a receipt that does not hold brings nothing back', async () => {
  const { home, kid, code } = await enrolled('halfway');
  for (const action of [ACTION, 'WA-1.02']) await succeed('burgerpanel', ['respond', action, 'importance=4', 'noticed=no', '--home', home]);
  const back = freshFolder('recovery-halfway-back');
  const asked = [];
  let lie = (path, text) => text;
  const proxy = http.createServer(async (request_, answer) => {
    const parts = [];
    for await (const part of request_) parts.push(part);
    const { 'content-type': type } = request_.headers;
    const body = parts.length > 0 ? Buffer.concat(parts) : undefined;
    const found = await request(collector.url, request_.url, { method: request_.method, body, headers: type ? { 'Content-Type': type } : {} });
    asked.push(request_.url);
    const text = lie(request_.url, found.text);
    if (text === undefined) return request_.socket.destroy();
    const { 'content-length': length, ...headers } = found.headers;
    return answer.writeHead(found.status, headers).end(text);
  });
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
  proxy.unref();
  const url = `http://127.0.0.1:${proxy.address().port}`;
  const recover = () => member(back, 'recover', url, code);

  const [enrolment, ...responses] = (await asJson(home, 'receipts', 'list')).map(({ index }) => index);
  lie = (path, text) => (path === `/v1/receipts/${enrolment}` ? text.replace(/^(index )\d+$/m, '$19999') : text);
  const refused = await recover();
  assert.equal(refused.code, 1, refused.stderr);
  assert.match(refused.stderr, /what the collector shows does not hold/);
  assert.ok(readdirSync(join(back, 'evidence')).length > 0);
  assert.equal((await asJson(back, 'status')).panel, null);

  lie = (path, text) => (path === '/v1/access' ? text.replace(/("action":"[^"]*",.*?"jws":")(.)/, (all, a, b) => a + (b === 'e' ? 'f' : 'e')) : text);
  assert.match((await recover()).stderr, /was not signed by this key/);

  const damaged = join(back, 'sent', readdirSync(join(back, 'sent')).find((name) => name.includes('WA-1.02')));
  writeFileSync(damaged, readFileSync(damaged, 'utf8').replace(/\\nindex \d+\\n/, '\\nindex 9999\\n'));
  lie = (path, text) => text;
  const done = await recover();
  assert.equal(done.code, 0, done.stderr);
  assert.equal(kidOf(done.stdout), kid);
  assert.match(done.stderr, /with 2 answers/);
  assert.equal((await asJson(back, 'answers', 'show')).length, 2);
  assert.equal((await member(back, 'receipts', 'verify')).code, 0);
  const times = (index) => asked.filter((path) => path === `/v1/receipts/${index}`).length;
  assert.deepEqual(responses.map(times), [1, 2], 'what was kept and holds is not asked for again');
  assert.ok(asked.includes('/v1/access'));
  await new Promise((closed) => proxy.close(closed));
});
