// Goal: the member's program does what CLI.md says: enrol, actions, respond, spool without a connection, sync, status, and a
// batch that was killed and started again without a loss or a double.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { newCode } from './lib/member.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { freePort } from './lib/ports.mjs';
import { Collector, fixtures, freshFolder, ready, run, start, succeed } from './lib/programs.mjs';
import { assertTables } from './lib/tables.mjs';

let collector;
let folder;
let codes;
before(async () => {
  folder = freshFolder('client-homes');
  collector = await ready('client', { codes: 14 });
  codes = [...collector.codes];
});
after(() => collector?.stop());

let homes = 0;
const newHome = () => join(folder, `home-${++homes}`);
const member = (home, ...args) => run('burgerpanel', [...args, '--home', home]);
const ok = (home, ...args) => succeed('burgerpanel', [...args, '--home', home]);
async function enrolled() {
  const home = newHome();
  await ok(home, 'enrol', collector.url, codes.pop());
  return home;
}
const status = async (home) => JSON.parse((await ok(home, 'status', '--json')).stdout);
async function summaryOf(action) {
  const out = await collector.export(ROUND, 'exact', '--exact');
  return parseTable(readFileSync(join(out, 'summary.csv'), 'utf8')).find((row) => row.action === action);
}

test('enrol makes a key for the owner alone, and does it once', async () => {
  const home = newHome();
  const code = codes.pop();
  await ok(home, 'enrol', collector.url, code.toLowerCase());
  assert.equal(statSync(home).mode & 0o077, 0);
  for (const name of readdirSync(home)) {
    const { mode } = statSync(join(home, name));
    assert.equal(mode & 0o077, 0, name);
  }
  assert.equal(statSync(join(home, 'key')).mode & 0o777, 0o600);
  const list = async () => (await collector.succeed('members', 'list')).stdout.trimEnd().split('\n').length;
  const members = await list();
  await member(home, 'enrol', collector.url, code);
  assert.equal(await list(), members);
});

test('enrol asks for the code when it is not given', async () => {
  const done = await succeed('burgerpanel', ['enrol', collector.url, '--home', newHome()], { input: `${codes.pop()}\n` });
  assert.equal(done.code, 0);
});

test('enrol tells a refused code, a mistyped one, and a collector that is not there', async () => {
  const refused = await member(newHome(), 'enrol', collector.url, newCode());
  assert.equal(refused.code, 1);
  assert.notEqual(refused.stderr, '');
  const mistyped = await member(newHome(), 'enrol', collector.url, 'ABC');
  assert.ok([1, 2].includes(mistyped.code));
  const away = await member(newHome(), 'enrol', `http://127.0.0.1:${await freePort()}`, codes.at(-1));
  assert.equal(away.code, 1);
});

test('respond signs and sends; again replaces; actions and status tell so', async () => {
  const home = await enrolled();
  await ok(home, 'respond', 'WA-1.01', 'importance=5', 'noticed=no');
  assert.equal((await summaryOf('WA-1.01')).importance_mean, '5.0000');
  await ok(home, 'respond', 'WA-1.01', 'importance=2', 'noticed=yes', 'satisfaction=3', 'channels=app,website', 'comment=Goed=beter');
  const row = await summaryOf('WA-1.01');
  assert.equal(row.respondents, '1');
  assert.equal(row.importance_mean, '2.0000');
  assert.equal(row.channels_app, '1.0000');
  assert.equal(row.channels_phone, '0.0000');
  assert.equal(row.comment_n, '1');
  const { stdout } = await ok(home, 'actions');
  assert.ok(stdout.includes('WA-1.01') && stdout.includes('WA-6.04'), stdout);
  const told = await status(home);
  assert.equal(told.spooled, 0);
  assert.equal(told.refused, 0);
  assert.ok(told.sent >= 1);
});

test('respond names every answer that does not fit, and signs nothing', async () => {
  const home = await enrolled();
  const done = await member(home, 'respond', 'WA-1.02', 'importance=9', 'noticed=maybe', 'nothing=1');
  assert.equal(done.code, 1, done.stderr);
  for (const word of ['importance', 'noticed', 'nothing']) assert.match(done.stderr, new RegExp(word));
  const unknown = await member(home, 'respond', 'WA-99', 'importance=1', 'noticed=no');
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /WA-99/);
  const told = await status(home);
  assert.deepEqual([told.sent, told.spooled, told.refused], [0, 0, 0]);
});

test('respond asks each question when none is answered on the command line', async () => {
  const home = await enrolled();
  const done = await succeed('burgerpanel', ['respond', 'WA-1.05', '--home', home], { input: '4\nno\napp,phone\nZo is het.\n' });
  assert.equal(done.code, 0);
  const row = await summaryOf('WA-1.05');
  assert.equal(row.importance_mean, '4.0000');
  assert.equal(row.channels_phone, '1.0000');
});

test('a member who has not enrolled is told so', async () => {
  const home = newHome();
  for (const args of [['actions'], ['respond', 'WA-1.01', 'importance=1', 'noticed=no'], ['sync']]) {
    const done = await member(home, ...args);
    assert.equal(done.code, 1, args.join(' '));
    assert.match(done.stderr, /enrol/);
  }
});

test('Dutch follows the locale', async () => {
  const done = await run('burgerpanel', ['actions', '--home', newHome()], { env: { LC_ALL: 'nl_NL.UTF-8' } });
  assert.equal(done.code, 1);
  assert.match(done.stderr, /aangemeld|aan/);
});

test('without a connection responses wait in the spool, exit 0, and sync sends them later', async () => {
  const own = new Collector(freshFolder('client-offline'));
  await own.importPanel();
  await own.importActions();
  const [code] = await own.invitations(1);
  await own.start();
  const listen = new URL(own.url).host;
  const home = newHome();
  await ok(home, 'enrol', own.url, code);
  await ok(home, 'actions');
  await own.stop();

  for (const args of [
    ['WA-1.01', 'importance=1', 'noticed=no'],
    ['WA-1.02', 'importance=2', 'noticed=no'],
    ['WA-1.01', 'importance=5', 'noticed=no'],
  ]) {
    const done = await member(home, 'respond', ...args);
    assert.equal(done.code, 0, done.stderr);
    assert.notEqual(done.stderr, '', 'it says that it is kept');
  }
  const waiting = (await status(home)).spooled;
  assert.ok(waiting === 2 || waiting === 3, String(waiting));
  const still = await member(home, 'sync');
  assert.equal((await status(home)).spooled, waiting, still.stderr);

  await own.start(listen);
  await ok(home, 'sync');
  const told = await status(home);
  assert.equal(told.spooled, 0);
  assert.equal(told.refused, 0);
  const out = await own.export(ROUND, 'exact', '--exact');
  const summary = parseTable(readFileSync(join(out, 'summary.csv'), 'utf8'));
  assert.equal(summary[0].importance_mean, '5.0000');
  assert.equal(summary[0].respondents, '1');
  assert.equal(summary[1].respondents, '1');
  await ok(home, 'sync');
  await own.stop();
});

test('two programs at once in one home do no harm', async () => {
  const home = await enrolled();
  const both = await Promise.all([
    member(home, 'respond', 'WA-2.01', 'importance=1', 'noticed=no'),
    member(home, 'respond', 'WA-2.01', 'importance=2', 'noticed=no'),
  ]);
  assert.ok(both.some((d) => d.code === 0), both.map((d) => d.stderr).join());
  for (const d of both.filter((d) => d.code !== 0)) assert.match(d.stderr, /home/);
  const row = await summaryOf('WA-2.01');
  assert.equal(row.respondents, '1');
});

function batchArguments(url, work, invitations) {
  const file = join(work, 'invitations.csv');
  writeFileSync(file, `member,code\n${invitations.map((code, i) => `${i + 1},${code}\n`).join('')}`);
  const responses = join(fixtures, 'responses.csv');
  return ['batch', url, '--invitations', file, '--responses', responses, '--homes', join(work, 'homes')];
}

test('a batch killed at several moments and started again loses and doubles nothing', async () => {
  const own = await ready('client-batch', { codes: 60 });
  const work = freshFolder('client-batch-work');
  const args = batchArguments(own.url, work, own.codes);
  const done = () => (existsSync(join(work, 'homes')) ? readdirSync(join(work, 'homes')).length : 0);
  for (const many of [1, 20, 45]) {
    const running = start('burgerpanel', args);
    await poll(`${many} homes`, 30, () => running.code !== undefined || done() >= many);
    running.child.kill('SIGKILL');
    await running.ended;
  }
  await succeed('burgerpanel', args);
  await own.release(ROUND);
  assertTables(await own.export(ROUND, 'release'), 'release');
  assertTables(await own.export(ROUND, 'exact', '--exact'), 'exact');
  const entries = (await own.succeed('members', 'list')).stdout.trimEnd().split('\n').filter((l) => /[\w-]{43}/.test(l));
  assert.equal(entries.length, 60);
  await succeed('burgerpanel', args); // and once more, with nothing left to do
  assertTables(await own.export(ROUND, 'exact', '--exact'), 'exact');
  await own.stop();
});

test('a batch whose collector is killed meanwhile goes on when started again', async () => {
  const own = await ready('client-batch-kill', { codes: 60 });
  const work = freshFolder('client-batch-kill-work');
  const listen = new URL(own.url).host;
  const args = batchArguments(own.url, work, own.codes);
  const running = start('burgerpanel', args);
  await poll('some homes', 30, () => running.code !== undefined || (existsSync(join(work, 'homes')) && readdirSync(join(work, 'homes')).length >= 10));
  own.process.child.kill('SIGKILL');
  await own.process.ended;
  const first = await Promise.race([running.ended, poll('the batch to give up or wait', 1, () => false).catch(() => null)]);
  await own.start(listen);
  if (first === null) await running.ended;
  await succeed('burgerpanel', args);
  assertTables(await own.export(ROUND, 'exact', '--exact'), 'exact');
  await own.stop();
});

test('a broken row in a batch file is named with its line, and nothing is sent', async () => {
  const work = freshFolder('client-batch-broken');
  const responses = join(work, 'responses.csv');
  writeFileSync(responses, 'member,action,importance,noticed\n1,WA-3.01,4,no\n1,WA-3.02,9,no\n1,nope,4,no\n');
  const file = join(work, 'invitations.csv');
  writeFileSync(file, `member,code\n1,${codes.pop()}\n`);
  const done = await run('burgerpanel', ['batch', collector.url, '--invitations', file, '--responses', responses, '--homes', join(work, 'h')]);
  assert.equal(done.code, 1, done.stderr);
  assert.match(done.stderr, /3/);
  assert.match(done.stderr, /4/);
  assert.equal((await summaryOf('WA-3.01')).respondents, '0');
});

test('what shows nothing is no answer, on paper and typed; a hyphen says none of these', async () => {
  const work = freshFolder('client-blank');
  writeFileSync(join(work, 'responses.csv'), 'member,action,importance,noticed,channels,comment\n1,WA-3.03,2,no, ,\u00a0\n1,WA-3.04,2,no,-,-\n');
  writeFileSync(join(work, 'invitations.csv'), `member,code\n1,${codes.pop()}\n`);
  const files = ['--invitations', join(work, 'invitations.csv'), '--responses', join(work, 'responses.csv')];
  await succeed('burgerpanel', ['batch', collector.url, ...files, '--homes', join(work, 'h')]);
  const typing = await enrolled();
  await ok(typing, 'respond', 'WA-3.03', 'importance=2', 'noticed=no', 'channels= ', 'comment=\u200b ');
  await ok(typing, 'respond', 'WA-3.04', 'importance=2', 'noticed=no', 'channels=-', 'comment=-');
  const signed = async (home) => JSON.parse((await ok(home, 'answers', 'show', '--json')).stdout).map(({ answers }) => answers);
  const given = { importance: 2, noticed: 'no' };
  assert.deepEqual(await signed(join(work, 'h', '1')), [given, { ...given, channels: [] }]);
  assert.deepEqual(await signed(typing), [{ ...given, channels: [] }, { ...given, channels: [] }]);
  assert.equal((await summaryOf('WA-3.03')).channels_n, '1');
  assert.equal((await summaryOf('WA-3.04')).channels_n, '2');
  assert.equal((await summaryOf('WA-3.04')).comment_n, '0');
});
