// Goal: whoever holds receipts finds out when the log is not what it was: a receipt that does not hold, an old copy put back, two
// histories, another key; and an auditor with no more than a URL and a token works the same out as one who has the store.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { request } from './lib/http.mjs';
import { poll } from './lib/poll.mjs';
import { Proxy, withText } from './lib/proxy.mjs';
import { fixtures, freshFolder, ready, run, succeed } from './lib/programs.mjs';
import { copyOf, putBack } from './lib/store.mjs';
import { assertTables } from './lib/tables.mjs';

let folder;
let collector;
let codes;
before(async () => {
  folder = freshFolder('receipts-homes');
  collector = await ready('receipts', { codes: 8 });
  codes = [...collector.codes];
});
after(() => collector?.stop());

// Whatever a test leaves running, so that one that fails does not hold up the rest.
async function own(t, name, options) {
  const it = await ready(name, options);
  t.after(() => it.stop());
  return it;
}

async function between(t, what) {
  const proxy = new Proxy(what);
  t.after(() => proxy.stop());
  await proxy.start();
  return proxy;
}

let homes = 0;
const newHome = () => join(folder, `home-${++homes}`);
const member = (home, ...args) => run('burgerpanel', [...args, '--home', home]);
const ok = (home, ...args) => succeed('burgerpanel', [...args, '--home', home]);
const answer = (home, action, importance = 4) => ok(home, 'respond', action, `importance=${importance}`, 'noticed=no');
const status = async (home) => JSON.parse((await ok(home, 'status', '--json')).stdout);
const list = async (home) => JSON.parse((await ok(home, 'receipts', 'list', '--json')).stdout);
const evidence = (home, start = '') =>
  existsSync(join(home, 'evidence')) ? readdirSync(join(home, 'evidence')).filter((name) => name.startsWith(start)) : [];
const pinned = (home) => Number(JSON.parse(readFileSync(join(home, 'log.json'), 'utf8')).checkpoint.split('\n')[1]);

async function enrolled(url = collector.url, code = codes.pop()) {
  const home = newHome();
  await ok(home, 'enrol', url, code);
  return home;
}

// Exit 1, and each checkpoint that is named lies there as it was signed.
async function assertFound(home, pattern, checkpoints = 2) {
  const before = pinned(home);
  const done = await member(home, 'receipts', 'verify');
  assert.equal(done.code, 1, done.stderr);
  assert.match(done.stderr, pattern);
  assert.equal(evidence(home, 'checkpoint-').length, checkpoints, evidence(home).join());
  for (const name of evidence(home, 'checkpoint-'))
    assert.match(readFileSync(join(home, 'evidence', name), 'utf8'), /^burgerpanel\/wau\n\d+\n[\w+/=]{44}\n\n— burgerpanel\/wau /);
  assert.equal(done.stderr.match(/evidence\/checkpoint-/g).length, 2, done.stderr);
  assert.equal(pinned(home), before, 'what does not fit is not pinned');
  return done;
}

test('the log is pinned at enrolment, every receipt holds, and the newest checkpoint is pinned', async () => {
  const home = await enrolled();
  const first = pinned(home);
  await answer(home, 'WA-1.01');
  await answer(home, 'WA-1.02');
  await answer(home, 'WA-1.01', 2);
  const rows = await list(home);
  assert.deepEqual(
    rows.map((r) => [r.round, r.action, r.revision]),
    [
      [null, null, null],
      ['round-1', 'WA-1.01', 1],
      ['round-1', 'WA-1.02', 1],
      ['round-1', 'WA-1.01', 2],
    ],
  );
  for (const row of rows) assert.ok(row.receipt && Number.isSafeInteger(row.index) && !Number.isNaN(Date.parse(row.signedAt)));
  assert.deepEqual(rows.map((r) => r.index), [...rows.map((r) => r.index)].sort((a, b) => a - b));
  const done = await ok(home, 'receipts', 'verify');
  assert.match(done.stderr, /4 receipts hold/);
  assert.equal(pinned(home), first + 4);
  assert.deepEqual(evidence(home), []);
});

test('a receipt that was changed afterwards is named', async () => {
  const home = await enrolled();
  await answer(home, 'WA-1.03');
  const [name] = readdirSync(join(home, 'sent'));
  const path = join(home, 'sent', name);
  const record = JSON.parse(readFileSync(path, 'utf8'));
  record.answer.index += 1;
  writeFileSync(path, JSON.stringify(record));
  const done = await member(home, 'receipts', 'verify');
  assert.equal(done.code, 1);
  assert.match(done.stderr, /WA-1\.03.*does not hold/);
  assert.match(done.stderr, /1 of 2 receipts/);
});

test('without a connection receipts are checked by themselves, and that is said', async (t) => {
  const away = await own(t, 'receipts-away', { codes: 1 });
  const home = await enrolled(away.url, away.codes[0]);
  await answer(home, 'WA-1.01');
  const before = pinned(home);
  await away.stop();
  const done = await ok(home, 'receipts', 'verify');
  assert.match(done.stderr, /own checkpoints alone/);
  assert.match(done.stderr, /2 receipts hold/);
  assert.equal(pinned(home), before);
  const dutch = await succeed('burgerpanel', ['receipts', 'verify', '--home', home], { env: { LC_ALL: 'nl_NL.UTF-8' } });
  assert.match(dutch.stderr, /2 ontvangstbewijzen kloppen/);
});

test('an old copy of the database put back with its checkpoint is found, also when it has grown again', async (t) => {
  const old = await own(t, 'receipts-old', { codes: 3 });
  const listen = new URL(old.url).host;
  const home = await enrolled(old.url, old.codes[0]);
  const other = await enrolled(old.url, old.codes[1]);
  await answer(home, 'WA-1.01');
  await old.stop();
  const aside = copyOf(old, 'receipts-aside');
  await old.start(listen);
  await answer(home, 'WA-1.02');
  await answer(home, 'WA-1.03');
  await ok(home, 'receipts', 'verify');
  await old.stop();

  putBack(aside, old);
  copyFileSync(`${aside.path}.log-key.checkpoint`, `${old.path}.log-key.checkpoint`);
  await old.start(listen); // its own last checkpoint is as old, so that it does not know
  await assertFound(home, /smaller log.*7 entries.*9/);
  await answer(other, 'WA-2.01');
  await answer(other, 'WA-2.02');
  await assertFound(home, /two histories/, 3);
  await answer(other, 'WA-2.03');
  await assertFound(home, /two histories/, 4);
  const done = await member(other, 'receipts', 'verify'); // who has seen nothing of the other one
  assert.equal(done.code, 0, done.stderr);
});

test('another key is named, and both are kept', async (t) => {
  const first = await own(t, 'receipts-key', { codes: 1 });
  const listen = new URL(first.url).host;
  const home = await enrolled(first.url, first.codes[0]);
  await answer(home, 'WA-1.01');
  await first.stop();
  const next = await own(t, 'receipts-key-next');
  await next.stop();
  await next.start(listen);
  await assertFound(home, /another key/);
  assert.equal(evidence(home, 'key-').length, 2);
});

// The receipt with one character of its proof or checkpoint changed.
function spoil(text) {
  const body = JSON.parse(text);
  if (typeof body.receipt !== 'string') return text;
  const at = body.receipt.lastIndexOf('\n— ') - 10;
  body.receipt = body.receipt.slice(0, at) + (body.receipt[at] === 'A' ? 'B' : 'A') + body.receipt.slice(at + 1);
  return JSON.stringify(body);
}

test('a response whose receipt does not hold is told at once, kept apart, and not counted as sent', async (t) => {
  const proxy = await between(t, collector);
  const home = await enrolled(proxy.url);
  proxy.change = (path, a) => (path === '/v1/responses' ? withText(a, spoil(a.bytes.toString())) : a);
  const done = await member(home, 'respond', 'WA-1.04', 'importance=4', 'noticed=no');
  assert.equal(done.code, 1, done.stderr);
  assert.match(done.stderr, /receipt does not hold/);
  assert.deepEqual([(await status(home)).sent, (await status(home)).spooled], [0, 1]);
  assert.equal(evidence(home, 'round-1~WA-1.04~').length, 1);
  assert.equal((await member(home, 'sync')).code, 1);
  delete proxy.change;
  await ok(home, 'sync');
  assert.deepEqual([(await status(home)).sent, (await status(home)).spooled], [1, 0]);
  await ok(home, 'receipts', 'verify');
});

test('an enrolment whose receipt does not hold is none', async (t) => {
  const proxy = await between(t, collector);
  const { url } = proxy;
  const home = newHome();
  const code = codes.pop();
  proxy.change = (path, a) => (path === '/v1/members' ? withText(a, spoil(a.bytes.toString())) : a);
  const done = await member(home, 'enrol', url, code);
  assert.equal(done.code, 1, done.stderr);
  assert.match(done.stderr, /receipt does not hold/);
  assert.equal(evidence(home, 'enrolment-').length, 1);
  assert.equal(existsSync(join(home, 'member.json')), false);
  delete proxy.change;
  await ok(home, 'enrol', url, code);
});

test('a batch leaves in the spool what has no receipt that holds, and sends it when it gets one', async (t) => {
  const office = await own(t, 'receipts-batch', { codes: 60 });
  const proxy = await between(t, office);
  const { url } = proxy;
  const work = freshFolder('receipts-batch-work');
  const invitations = join(work, 'invitations.csv');
  writeFileSync(invitations, `member,code\n${office.codes.map((code, i) => `${i + 1},${code}\n`).join('')}`);
  const responses = join(fixtures, 'responses.csv');
  const args = ['batch', url, '--invitations', invitations, '--responses', responses, '--homes', join(work, 'homes'), '--json'];
  let spoiled = 0;
  proxy.change = (path, a) => {
    if (path !== '/v1/response-batches') return a;
    const lines = a.bytes.toString().trimEnd().split('\n');
    return withText(a, lines.map((line, i) => (i % 100 === 7 && ++spoiled ? spoil(line) : line)).join('\n') + '\n');
  };
  const done = await run('burgerpanel', args);
  assert.equal(done.code, 1, done.stderr);
  assert.match(done.stderr, /receipts do not hold/);
  const told = JSON.parse(done.stdout);
  assert.ok(spoiled > 0 && told.spooled >= spoiled, done.stdout);
  delete proxy.change;
  const again = JSON.parse((await succeed('burgerpanel', args)).stdout);
  assert.deepEqual([again.rows, again.sent + again.alreadySent, again.spooled], [926, 926, 0]);
  assertTables(await office.export('round-1', 'exact', '--exact'), 'exact');
  for (const name of ['1', '30', '60']) await succeed('burgerpanel', ['receipts', 'verify', '--home', join(work, 'homes', name)]);
});

// The audit from outside.

async function audited(t, name) {
  const it = await own(t, name, { codes: 60 });
  const work = join(it.folder, 'work');
  mkdirSync(work);
  const invitations = join(work, 'invitations.csv');
  writeFileSync(invitations, `member,code\n${it.codes.map((code, i) => `${i + 1},${code}\n`).join('')}`);
  const responses = join(fixtures, 'responses.csv');
  await succeed('burgerpanel', ['batch', it.url, '--invitations', invitations, '--responses', responses, '--homes', join(work, 'homes')]);
  it.token = (await it.succeed('tokens', 'create', 'auditor', '--role', 'auditor')).stdout.trim();
  await poll('the collector to know the token', 10, async () => {
    const headers = { Authorization: `Bearer ${it.token}` };
    return (await request(it.url, '/v1/entries?limit=1', { headers })).status === 200;
  });
  it.tokenFile = join(work, 'token');
  writeFileSync(it.tokenFile, `${it.token}\n`);
  return it;
}

test('audit --url works the same out as over the store, and finds what was changed', async (t) => {
  const it = await audited(t, 'receipts-audit');
  const audit = (url, ...args) => run('burgerpanel-collector', ['audit', '--url', url, '--token-file', it.tokenFile, ...args]);
  const out = join(it.folder, 'tables');
  const [here, there] = [await it.run('audit'), await audit(it.url, '--out', out)];
  assert.equal(here.code, 0, here.stderr + here.stdout);
  assert.equal(there.code, 0, there.stderr + there.stdout);
  assert.equal(there.stdout, here.stdout);
  assert.equal(there.stderr.trimEnd().split('\n').at(-1), here.stderr.trimEnd().split('\n').at(-1));
  assertTables(join(out, 'round-1', 'exact'), 'exact');

  const proxy = await between(t, it);
  const { url } = proxy;
  const changed = async (pattern, change) => {
    proxy.change = (path, a) => (path.startsWith('/v1/entries') ? withText(a, change(a.bytes.toString().trim().split('\n').filter(Boolean)).map((l) => `${l}\n`).join('')) : a);
    const done = await audit(url);
    assert.equal(done.code, 1, done.stdout + done.stderr);
    assert.match(done.stdout + done.stderr, pattern);
  };
  const flip = (line) => {
    const at = line.length - 20; // in the signature
    return line.slice(0, at) + (line[at] === 'A' ? 'B' : 'A') + line.slice(at + 1);
  };
  await changed(/entry 500: its signature does not count/, (lines) => lines.map((l) => (l.startsWith('{"index":500,') ? flip(l) : l)));
  await changed(/entry 500: its text is missing, and no event says that it was erased/, (lines) => lines.map((l) => (l.startsWith('{"index":500,') ? '{"index":500,"jws":null}' : l)));
  await changed(/entry 989: it is missing/, (lines) => lines.slice(0, -1));
  await changed(/entry 501/, (lines) => [...lines.slice(0, 501), ...lines.slice(502)]);
  await changed(/entry 0: /, () => ['<html>']);

  proxy.change = (path, a) => (path === '/log/checkpoint' ? withText(a, a.bytes.toString().replace('\n990\n', '\n989\n')) : a);
  const done = await audit(url);
  assert.equal(done.code, 1);
  assert.match(done.stderr, /checkpoint/);

  delete proxy.change;
  proxy.paths.length = 0;
  assert.equal((await audit(url)).code, 0);
  for (const { path, headers } of proxy.paths)
    assert.equal(headers.authorization, path.startsWith('/v1/entries') ? `Bearer ${it.token}` : undefined, path);

  const env = { BURGERPANEL_TOKEN: it.token };
  await succeed('burgerpanel-collector', ['audit', '--url', it.url], { env });
  assert.equal((await run('burgerpanel-collector', ['audit', '--url', it.url], { env: { BURGERPANEL_TOKEN: '' } })).code, 2);
  const wrong = await run('burgerpanel-collector', ['audit', '--url', it.url], { env: { BURGERPANEL_TOKEN: `bp_${'x'.repeat(43)}` } });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /401/);
  assert.ok(!wrong.stderr.includes('xxxx'));
});
