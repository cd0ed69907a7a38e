// Goal: what the collector turns away for a reason that may pass is not lost: it waits with that reason, `sync` and `batch` offer
// it again, and once the reason is gone every answer is counted once. A wrong clock, a round that is closed and extended, a member
// who is revoked and restored, and homes of earlier versions, which filed all this as refused.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { asListed, Key, Member, now } from './lib/member.mjs';
import { examplePanel, good, iso, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { freshFolder, ready, run, succeed } from './lib/programs.mjs';
import { Proxy } from './lib/proxy.mjs';

const DAY = 86400;
let folder;
let collector;
let codes;
before(async () => {
  folder = freshFolder('passing-refusals-homes');
  collector = await ready('passing-refusals', { codes: 12 });
  codes = [...collector.codes];
});
after(() => collector?.stop());

let homes = 0;
const member = (home, ...args) => run('burgerpanel', [...args, '--home', home]);
const ok = (home, ...args) => succeed('burgerpanel', [...args, '--home', home]);
const status = async (home) => JSON.parse((await ok(home, 'status', '--json')).stdout);
const namesIn = (home, where) => readdirSync(join(home, where)).filter((name) => /\.(jws|json)$/.test(name));
async function enrolled() {
  const home = join(folder, `home-${++homes}`);
  await ok(home, 'enrol', collector.url, codes.pop());
  return home;
}

// The member of a home, to sign as its program would have done with another clock.
const signer = (home) => new Member('wau', new Key(Buffer.from(readFileSync(join(home, 'key'), 'utf8').trim(), 'base64url')));
const spoolName = (action, revision = 1) => `${ROUND}~${action}~${String(revision).padStart(16, '0')}`;
function spool(home, action, iat) {
  const text = signer(home).response(ROUND, action, good, { iat });
  writeFileSync(join(home, 'spool', `${spoolName(action)}.jws`), text);
  return text;
}

// Closes round-1, or extends it, as the office does: by importing the panel anew.
async function setRoundEnd(closes) {
  const panel = examplePanel();
  panel.rounds.find((round) => round.id === ROUND).closesAt = iso(closes);
  await collector.importPanel(panel);
}

// The round is closed while the collector is away, so that the member's program can't know.
async function whileAway(act) {
  const { port } = new URL(collector.url);
  await collector.stop();
  await act();
  await collector.start(`127.0.0.1:${port}`);
}

async function respondents(action) {
  const out = await collector.export(ROUND, `exact-${++homes}`, '--exact');
  return Number(parseTable(readFileSync(join(out, 'summary.csv'), 'utf8')).find((row) => row.action === action).respondents);
}

// Exit 1, and status tells why each of `actions` waits; the rest is as counted.
async function assertHeld(home, problem, actions, sent = 0) {
  const done = await member(home, 'sync');
  assert.equal(done.code, 1, done.stderr);
  for (const action of actions) assert.match(done.stderr, new RegExp(`^${action.replace('.', '\\.')}: `, 'm'));
  const told = await status(home);
  assert.deepEqual([told.sent, told.spooled, told.refused], [sent, actions.length, 0]);
  assert.deepEqual(told.waiting.map((one) => [one.action, one.problem]), actions.map((action) => [action, problem]));
  const { stdout } = await ok(home, 'status');
  for (const action of actions) assert.match(stdout, new RegExp(`^  ${ROUND} ${action.replace('.', '\\.')} \\(1\\): \\S`, 'm'));
  return done;
}

async function assertAllSent(home, count) {
  await ok(home, 'sync');
  const told = await status(home);
  assert.deepEqual([told.sent, told.spooled, told.refused, told.waiting], [count, 0, 0, []]);
  assert.deepEqual(namesIn(home, 'spool'), []);
  await ok(home, 'receipts', 'verify');
}

test('a response signed while the clock was fast waits, and is signed anew once the clock is right', async () => {
  const home = await enrolled();
  const signed = spool(home, 'WA-1.01', now() + DAY);
  await ok(home, 'respond', 'WA-1.02', 'importance=3', 'noticed=no');
  const held = await status(home);
  assert.equal(held.sent, 1, 'what is held keeps no other from going');
  assert.deepEqual(held.waiting.map((one) => [one.action, one.problem]), [['WA-1.01', 'invalid-response']]);
  assert.match((await ok(home, 'status')).stdout, /WA-1\.01 \(1\): the time /);
  await assertAllSent(home, 2);
  const record = JSON.parse(readFileSync(join(home, 'sent', `${spoolName('WA-1.01')}.json`), 'utf8'));
  assert.notEqual(record.jws, signed);
  const [first, then] = [signed, record.jws].map((text) => JSON.parse(Buffer.from(text.split('.')[1], 'base64url')));
  assert.ok(Math.abs(then.iat - now()) < 300);
  assert.notEqual(then.jti, first.jti);
  assert.deepEqual([then.revision, then.answers], [1, first.answers]);
  assert.equal(await respondents('WA-1.01'), 1);
});

test('how far a clock is off is told before anything is signed', async (t) => {
  const home = await enrolled();
  const proxy = new Proxy(collector);
  t.after(() => proxy.stop());
  await ok(home, 'enrol', await proxy.start());
  const said = async (...args) => (await ok(home, ...args)).stderr;
  assert.doesNotMatch(await said('actions'), /clock/);
  for (const [off, word] of [[-3600, 'fast'], [3600, 'slow']]) {
    const date = new Date((now() + off) * 1000).toUTCString();
    proxy.change = (path, answer) => ({ ...answer, headers: { ...answer.headers, date } });
    assert.match(await said('actions'), new RegExp(`This computer's clock is 3\\d{3} seconds ${word}`));
    assert.match(await said('respond', 'WA-1.04', 'importance=4', 'noticed=no'), new RegExp(word));
  }
});

test('so does one signed before the round opened', async () => {
  const home = await enrolled();
  spool(home, 'WA-1.03', 1000);
  await assertHeld(home, 'invalid-response', ['WA-1.03']);
  await assertAllSent(home, 1);
  assert.equal(await respondents('WA-1.03'), 1);
});

test('what the answers make unfit stays refused, whatever its time', async () => {
  const home = await enrolled();
  writeFileSync(
    join(home, 'spool', `${spoolName('WA-1.01')}.jws`),
    signer(home).response(ROUND, 'WA-1.01', { importance: 99 }, { iat: now() + DAY }),
  );
  for (let i = 0; i < 2; i++) await member(home, 'sync');
  const told = await status(home);
  assert.deepEqual([told.spooled, told.refused, told.refusals[0].problem], [0, 1, 'invalid-response']);
});

test('a response for a round that is closed waits for the round to be extended', async () => {
  const home = await enrolled();
  await whileAway(async () => {
    await ok(home, 'respond', 'WA-2.01', 'importance=5', 'noticed=no');
    await setRoundEnd(now() - 60);
  });
  const signed = readFileSync(join(home, 'spool', `${spoolName('WA-2.01')}.jws`), 'utf8');
  await assertHeld(home, 'round-not-open', ['WA-2.01']);
  await assertHeld(home, 'round-not-open', ['WA-2.01']);
  await setRoundEnd(now() + DAY);
  await assertAllSent(home, 1);
  const record = JSON.parse(readFileSync(join(home, 'sent', `${spoolName('WA-2.01')}.json`), 'utf8'));
  assert.equal(record.jws, signed, 'the text that was signed in time');
  assert.equal(await respondents('WA-2.01'), 1);
});

test('a response of a member who is revoked waits for the member to be restored', async () => {
  const home = await enrolled();
  const { kid } = await status(home);
  await whileAway(async () => {
    await ok(home, 'respond', 'WA-2.02', 'importance=1', 'noticed=no');
    await collector.succeed('members', 'revoke', asListed(kid), '--reason', 'request');
  });
  await assertHeld(home, 'not-verified', ['WA-2.02']);
  await collector.succeed('members', 'restore', asListed(kid));
  await poll('the collector to notice', 10, async () => (await member(home, 'sync')).code === 0);
  await assertAllSent(home, 1);
  assert.equal(await respondents('WA-2.02'), 1);
});

test('what an earlier version filed as refused is taken up again', async () => {
  const home = await enrolled();
  const jws = spool(home, 'WA-2.03', now());
  const answer = { type: 'urn:burgerpanel:problem:round-not-open', title: 'The round is not open', status: 409, detail: 'd' };
  rmSync(join(home, 'spool', `${spoolName('WA-2.03')}.jws`));
  writeFileSync(join(home, 'refused', `${spoolName('WA-2.03')}.json`), JSON.stringify({ jws, answer }));
  await assertAllSent(home, 1);
  assert.deepEqual(namesIn(home, 'refused'), []);
  assert.equal(await respondents('WA-2.03'), 1);
});

test('a batch takes up again what was turned away, signs anew what its clock spoilt, and tells what waits', async () => {
  const desk = join(folder, 'desk');
  const files = { invitations: join(folder, 'i.csv'), responses: join(folder, 'r.csv') };
  const actions = ['WA-3.01', 'WA-3.02', 'WA-3.03'];
  writeFileSync(files.invitations, `member,code\nm1,${codes.pop()}\n`);
  writeFileSync(files.responses, `member,action,importance,noticed\n${actions.map((a) => `m1,${a},4,no\n`).join('')}`);
  const batch = () =>
    run('burgerpanel', ['batch', collector.url, '--invitations', files.invitations, '--responses', files.responses, '--homes', desk, '--json']);
  const home = join(desk, 'm1');
  await ok(home, 'enrol', collector.url, readFileSync(files.invitations, 'utf8').trim().split(',').at(-1));
  // Signed a day ahead; refused by an earlier version; and not seen yet.
  spool(home, actions[0], now() + DAY);
  const late = spool(home, actions[1], now());
  renameSync(join(home, 'spool', `${spoolName(actions[1])}.jws`), join(home, 'refused', 'x'));
  rmSync(join(home, 'refused', 'x'));
  writeFileSync(
    join(home, 'refused', `${spoolName(actions[1])}.json`),
    JSON.stringify({ jws: late, answer: { type: 'urn:burgerpanel:problem:not-verified', status: 401 } }),
  );
  const countsOf = ({ stdout }) => (({ rows, sent, alreadySent, refused, spooled }) => [rows, sent, alreadySent, refused, spooled])(JSON.parse(stdout));
  const first = await batch();
  assert.equal(first.code, 1, first.stderr);
  assert.match(first.stderr, /r\.csv:2: member m1, WA-3\.01, revision 1: not taken now: the time /);
  assert.deepEqual(countsOf(first), [3, 2, 0, 0, 1]);
  const second = await batch();
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(countsOf(second), [3, 1, 2, 0, 0]);
  for (const action of actions) assert.equal(await respondents(action), 1);
});
