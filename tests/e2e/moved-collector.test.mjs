// Goal: a collector that gets another URL, with the same store and log, takes its members along: `enrol NEWURL` and `batch NEWURL`
// go there when panel, key and log are shown to be the same, and every answer is counted once. Anything else is refused and told, and
// what was signed is kept. A permanent redirect is told, and not followed.
import assert from 'node:assert/strict';
import http from 'node:http';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { examplePanel, ROUND } from './lib/panel.mjs';
import { freshFolder, ready, run, succeed } from './lib/programs.mjs';
import { copyOf } from './lib/store.mjs';

let folder;
let collector;
let codes;
before(async () => {
  folder = freshFolder('moved-collector-homes');
  collector = await ready('moved-collector', { codes: 12 });
  codes = [...collector.codes];
});
after(() => collector?.stop());

let homes = 0;
const newHome = () => join(folder, `home-${++homes}`);
const member = (home, ...args) => run('burgerpanel', [...args, '--home', home]);
const ok = (home, ...args) => succeed('burgerpanel', [...args, '--home', home]);
const answer = (home, action) => ok(home, 'respond', action, 'importance=4', 'noticed=no');
const status = async (home) => JSON.parse((await ok(home, 'status', '--json')).stdout);
const kept = (home) => (existsSync(join(home, 'evidence')) ? readdirSync(join(home, 'evidence')) : []);
async function enrolled(code = codes.pop()) {
  const home = newHome();
  await ok(home, 'enrol', collector.url, code);
  return home;
}
const members = async () => (await collector.succeed('members', 'list')).stdout.trimEnd().split('\n').length;
async function respondents(action) {
  const out = await collector.export(ROUND, `exact-${++homes}`, '--exact');
  return Number(parseTable(readFileSync(join(out, 'summary.csv'), 'utf8')).find((row) => row.action === action).respondents);
}

// The collector stops, and comes back on another port.
async function moveAway() {
  await collector.stop();
  return () => collector.start();
}

// Exit 1; nothing has changed but evidence.
async function assertStays(home, url, pattern, evidence) {
  const before = readFileSync(join(home, 'member.json'), 'utf8');
  const done = await member(home, 'enrol', url);
  assert.equal(done.code, 1, done.stdout + done.stderr);
  assert.match(done.stderr, pattern);
  assert.equal(readFileSync(join(home, 'member.json'), 'utf8'), before);
  assert.deepEqual(kept(home).map((name) => name.split('-')[0]).sort(), evidence);
}

test('a member goes along, and every answer is counted once', async () => {
  const home = await enrolled();
  await answer(home, 'WA-1.01');
  const count = await members();
  const comeBack = await moveAway();
  await answer(home, 'WA-1.02');
  await comeBack();
  assert.equal((await status(home)).spooled, 1);
  const { kid } = await status(home);
  assert.equal((await ok(home, 'enrol', collector.url)).stdout.trim(), kid);
  assert.equal((await status(home)).url, collector.url);
  await ok(home, 'sync');
  await ok(home, 'receipts', 'verify');
  await ok(home, 'enrol', collector.url);
  const told = await status(home);
  assert.deepEqual([told.sent, told.spooled, told.refused], [2, 0, 0]);
  assert.equal(await members(), count);
  assert.deepEqual([await respondents('WA-1.01'), await respondents('WA-1.02')], [1, 1]);
  assert.deepEqual(kept(home), []);
});

test('where the collector is away just now, the member stays with what is known', async () => {
  const home = await enrolled();
  const { url } = collector;
  const comeBack = await moveAway();
  await assertStays(home, 'http://127.0.0.1:9', /no connection/, []);
  assert.equal((await status(home)).url, url);
  await comeBack();
});

test('a batch goes along, and doubles nothing', async () => {
  const files = { invitations: join(folder, 'i.csv'), responses: join(folder, 'r.csv') };
  writeFileSync(files.invitations, `member,code\nm1,${codes.pop()}\nm2,${codes.pop()}\n`);
  writeFileSync(files.responses, 'member,action,importance,noticed\nm1,WA-2.01,4,no\nm2,WA-2.01,5,no\n');
  const batch = () =>
    succeed('burgerpanel', [
      ...['batch', collector.url, '--invitations', files.invitations, '--responses', files.responses],
      ...['--homes', join(folder, 'desk'), '--json'],
    ]);
  await batch();
  const count = await members();
  await (await moveAway())();
  writeFileSync(files.responses, 'member,action,importance,noticed\nm1,WA-2.01,4,no\nm2,WA-2.01,5,no\nm2,WA-2.02,5,no\n');
  const done = await batch();
  const { rows, sent, alreadySent, refused, spooled } = JSON.parse(done.stdout);
  assert.deepEqual([rows, sent, alreadySent, refused, spooled], [3, 1, 2, 0, 0]);
  assert.equal((await status(join(folder, 'desk', 'm2'))).url, collector.url);
  assert.equal(await members(), count);
  assert.deepEqual([await respondents('WA-2.01'), await respondents('WA-2.02')], [2, 1]);
});

test('a collector with another log key is refused, told, and what it showed is kept', async (t) => {
  const home = await enrolled();
  const other = await ready('moved-collector-other');
  t.after(() => other.stop());
  await assertStays(home, other.url, /another key/, ['checkpoint', 'checkpoint', 'key', 'key']);
  await answer(home, 'WA-1.03');
});

test('so is one with an older copy of the log', async (t) => {
  await collector.stop();
  const old = copyOf(collector, 'moved-collector-old');
  await collector.start();
  t.after(() => old.stop());
  const home = await enrolled();
  await collector.stop(); // two that sign with one key can't run side by side
  await old.start();
  await assertStays(home, old.url, /smaller log than before/, ['checkpoint', 'checkpoint']);
  await old.stop();
  await collector.start();
});

test('and one with another panel', async (t) => {
  const home = await enrolled();
  const other = await ready('moved-collector-panel', { panel: { ...examplePanel(), id: 'elsewhere' } });
  t.after(() => other.stop());
  await assertStays(home, other.url, /panel wau/, []);
});

test('a permanent redirect is told with the URL to go to, and not followed', async (t) => {
  const { port } = new URL(collector.url);
  const home = await enrolled();
  await (await moveAway())();
  const sign = http.createServer((req, res) => {
    req.resume();
    res.writeHead(308, { Location: `${collector.url}${req.url}` }).end();
  });
  await new Promise((done) => sign.listen(port, '127.0.0.1', done));
  t.after(() => sign.close());
  const done = await member(home, 'respond', 'WA-3.01', 'importance=2', 'noticed=no');
  assert.equal(done.code, 1);
  const [, url] = done.stderr.match(/the collector has moved to (\S+);/);
  assert.equal(url, collector.url);
  assert.deepEqual([(await status(home)).sent, (await status(home)).spooled], [0, 1]);
  assert.match((await ok(home, 'actions')).stderr, /has moved to/);
  await ok(home, 'enrol', url);
  await ok(home, 'sync');
  assert.equal(await respondents('WA-3.01'), 1);
});
