// Goal: what the office erases, for a ruling or when its time is over, goes as what members erase does, with its reason in the log; a dry run
// shows it first; who answered is told, and asked anew.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { assertAccepted, assertProblem, JOSE, keepAlive, post, request } from './lib/http.mjs';
import { Member, now } from './lib/member.mjs';
import { ACTION, examplePanel, good, iso, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { freshFolder, ready, run, start } from './lib/programs.mjs';
import { sendAll } from './lib/reading.mjs';
import { holds, sql } from './lib/store.mjs';

const OTHER = 'WA-1.02';

async function scene(t, name, count, options = {}) {
  const collector = await ready(`operator-${name}`, { codes: count, ...options });
  t.after(() => collector.stop());
  const members = [];
  for (const code of collector.codes) {
    const member = new Member('wau');
    const jws = member.enrolment(code);
    member.enrolled = { jws, ...assertAccepted(await post(collector.url, '/v1/members', jws, JOSE)) };
    member.send = async (round, action, answers, revision = 1) => {
      const signed = member.response(round, action, answers, { revision });
      return { jws: signed, ...assertAccepted(await post(collector.url, '/v1/responses', signed, JOSE)) };
    };
    members.push(member);
  }
  return { collector, members };
}

const state = async (collector, index) => (await request(collector.url, `/v1/entries/${index}/state`)).json();
const events = async (collector) => JSON.parse((await collector.succeed('log', 'events', '--json')).stdout);
const signatureOf = (jws) => jws.split('.')[2].slice(0, 43);

test('erase: shown first, then the response goes with all revisions, beside the running collector', async (t) => {
  const { collector, members } = await scene(t, 'erase', 2);
  const [one, two] = members;
  const first = await one.send(ROUND, ACTION, good);
  const second = await one.send(ROUND, ACTION, { ...good, comment: 'names a neighbour' }, 2);
  const theirs = await two.send(ROUND, ACTION, good);
  assert.equal((await collector.run('erase', first.index)).code, 2, 'without a reason');
  const dry = await collector.succeed('erase', first.index, second.index, first.index, '--reason', 'unlawful-content');
  assert.deepEqual(parseTable(dry.stdout).map(({ entry }) => Number(entry)), [first.index, second.index]);
  assert.match(dry.stderr, /This goes: entries 2, of responses \(all revisions\) 1, of members 0\./);
  assert.match(dry.stderr, /Nothing was erased; --yes does it/);
  assert.deepEqual(await state(collector, second.index), { state: 'kept' });
  const done = await collector.succeed('erase', second.index, '--reason', 'unlawful-content', '--reference', 'ruling 2026/12', '--yes');
  const event = Number(done.stderr.match(/entry (\d+)/)[1]);
  for (const { index } of [first, second]) assert.deepEqual(await state(collector, index), { state: 'erased', erasedBy: event });
  assert.deepEqual(await state(collector, theirs.index), { state: 'kept' });
  const claims = (await events(collector)).find(({ index }) => index === event).claims ?? (await events(collector)).find(({ index }) => index === event);
  assert.equal(claims.by, 'operator');
  assert.equal(claims.reason, 'unlawful-content');
  assert.match(claims.reference, /^[A-Za-z0-9_-]{43}$/);
  await poll('the files to be rid of it', 10, async () => !(await holds(collector, signatureOf(second.jws))));
  assertProblem(await post(collector.url, '/v1/responses', second.jws, JOSE), 409, 'stale-revision');
  await one.send(ROUND, ACTION, good, 3);
  assert.equal((await collector.run('erase', second.index, '--reason', 'order')).code, 1, 'erased already');
  assert.equal((await collector.run('erase', event, '--reason', 'order')).code, 1, 'an event');
  assert.equal((await collector.run('erase', 'x', '--reason', 'order')).code, 2);
  await collector.succeed('audit');
});

test('an enrolment takes the member whole, also where no collector runs', async (t) => {
  const { collector, members } = await scene(t, 'member', 2);
  const [one, two] = members;
  const answer = await one.send(ROUND, ACTION, good);
  await one.send(ROUND, OTHER, good);
  await two.send(ROUND, ACTION, good);
  await collector.stop();
  const done = await collector.succeed('erase', answer.index, one.enrolled.index, one.enrolled.index, '--reason', 'request', '--yes');
  assert.match(done.stderr, /This goes: entries 3, of responses \(all revisions\) 2, of members 1\./);
  assert.equal(await holds(collector, signatureOf(one.enrolled.jws)), false);
  const log = `${collector.path}-wal`;
  assert.ok(!existsSync(log) || !readFileSync(log).includes(signatureOf(one.enrolled.jws)));
  await collector.start();
  assertProblem(await post(collector.url, '/v1/responses', one.response(ROUND, 'WA-1.03', good), JOSE), 401, 'not-verified');
  await two.send(ROUND, OTHER, good);
  await collector.succeed('audit');
});

test('status tells the author, who is asked for it anew', async (t) => {
  const { collector } = await scene(t, 'status', 0);
  const [code] = await collector.invitations(1);
  const home = join(freshFolder('operator-home'), 'home');
  const client = (...words) => run('burgerpanel', [...words, '--home', home]);
  await poll('the invitation to be known', 5, async () => (await client('enrol', collector.url, code)).code === 0);
  await client('respond', ACTION, 'importance=4', 'noticed=no');
  await client('respond', OTHER, 'importance=4', 'noticed=no');
  const { entries } = { entries: JSON.parse((await client('receipts', 'list', '--json')).stdout) };
  const { index } = entries.find(({ action }) => action === ACTION);
  assert.deepEqual(JSON.parse((await client('status', '--json')).stdout).erased, []);
  const done = await collector.succeed('erase', index, '--reason', 'order', '--yes');
  const event = Number(done.stderr.match(/entry (\d+)/)[1]);
  assert.deepEqual(JSON.parse((await client('status', '--json')).stdout).erased, [{ round: ROUND, action: ACTION, revision: 1, erasedBy: event, askedFor: false }]);
  assert.match((await client('status')).stdout, /erased by the panel office \(please answer anew/);
  const mine = await client('export-my-data', '--out', join(home, '..', 'mine.json'));
  assert.equal(mine.code, 0, mine.stderr);
  assert.match(mine.stderr, new RegExp(`entry ${index}, ${ACTION}: erased by the panel office, as entry ${event} says`));
  assert.match((await client('receipts', 'verify')).stderr, /3 receipts hold\./);
  assert.equal((await client('respond', ACTION, 'importance=2', 'noticed=no')).code, 0);
  assert.deepEqual(JSON.parse((await client('status', '--json')).stdout).erased, []);
});

const DAY = 86400;

test('retention run: nothing before its time nor before the final release, then responses, members, invitations and the log of reads', async (t) => {
  const panel = examplePanel();
  const moment = now();
  panel.rounds = [
    { ...panel.rounds[0], id: 'old', opensAt: iso(moment - 90 * DAY), closesAt: iso(moment + 3600) },
    { ...panel.rounds[0], opensAt: iso(moment - DAY), closesAt: iso(moment + DAY) },
  ];
  panel.purpose = { nl: 'W', en: 'W' };
  panel.privacy = { nl: 'P', en: 'P' };
  panel.retention = { responsesDays: 30, membersDays: 40, invitationsDays: 1, accessLogDays: 1 };
  const { collector, members } = await scene(t, 'retention', 3, { panel });
  const [one, two, three] = members;
  const old = await one.send('old', ACTION, good);
  const older = await two.send('old', ACTION, good);
  const fresh = await two.send(ROUND, ACTION, good);
  const dry = (await collector.succeed('retention', 'run', '--dry-run')).stderr;
  assert.match(dry, /would go: responses 0, members 0, whose an invitation was 0, who read what 0/);
  // As if it had all been long ago: the round closed, the members enrolled, somebody read.
  panel.rounds[0].closesAt = iso(moment - 35 * DAY);
  await collector.importPanel(panel);
  await collector.stop();
  await sql(collector, `UPDATE member SET enrolled_at = enrolled_at - ${50 * DAY} WHERE number <> 2;
    INSERT INTO access_log (at, rows, token, what) VALUES (${moment - 3 * DAY}, 1, 'a', 'entries'), (${moment}, 1, 'a', 'entries')`);
  await collector.start();
  const early = (await collector.succeed('retention', 'run')).stderr;
  assert.match(early, /round old is over for long enough, but has no final release yet/);
  assert.match(early, /gone: responses 0, members 1, whose an invitation was 2, who read what 1/);
  assert.deepEqual((await state(collector, three.enrolled.index)).state, 'erased', 'who never answered');
  assert.deepEqual(await state(collector, old.index), { state: 'kept' });
  assert.equal(await sql(collector, 'SELECT count(*) FROM access_log'), '1');
  assert.equal(await sql(collector, 'SELECT count(*) FROM invitation WHERE number > 0 AND member > 0'), '1');
  await collector.succeed('release', 'create', 'old', '--final');
  const done = (await collector.succeed('retention', 'run')).stderr;
  assert.match(done, /gone: responses 2, members 0, whose an invitation was 0, who read what 0/);
  for (const { index } of [old, older]) assert.equal((await state(collector, index)).state, 'erased');
  assert.deepEqual(await state(collector, fresh.index), { state: 'kept' });
  const last = (await events(collector)).at(-1);
  assert.equal((last.claims ?? last).reason, 'retention');
  await collector.succeed('audit');
});

// So many revisions that no event names all of a member's entries, nor all of a few responses'.
test('of very many entries, `erase` and `retention run` take all, an act after the other; what was cut off is finished by the next', async (t) => {
  const panel = examplePanel();
  const moment = now();
  panel.rounds[0] = { ...panel.rounds[0], opensAt: iso(moment - 90 * DAY), closesAt: iso(moment + 3600) };
  panel.retention = { responsesDays: 30 };
  panel.purpose = panel.privacy = { nl: 'X', en: 'X' };
  const { collector, members } = await scene(t, 'many', 2, { panel });
  const actions = Array.from({ length: 5 }, (_, i) => `WA-1.0${i + 1}`);
  const agent = keepAlive();
  for (const member of members)
    await sendAll(collector, actions.flatMap((action) => Array.from({ length: 500 }, (_, i) => member.response(ROUND, action, good, { revision: i + 1 }))), agent);
  agent.destroy();
  const [one, two] = members;
  const cut = start('burgerpanel-collector', ['erase', one.enrolled.index, '--reason', 'request', '--yes', ...collector.where]);
  await poll('the first act', 20, () => /^entry \d+$/m.test(cut.stderr) || cut.code !== undefined);
  cut.child.kill('SIGKILL');
  await cut.ended;
  assert.match(cut.stderr, /This goes: entries 2501, of responses \(all revisions\) 5, of members 1\.\nThis is more than 1,000 entries: it goes in several acts/);
  await collector.succeed('audit');
  if ((await state(collector, one.enrolled.index)).state === 'kept') {
    const rest = await collector.succeed('erase', one.enrolled.index, '--reason', 'request', '--yes');
    assert.match(rest.stderr, /^erased$/m);
  }
  const erased = async () => (await events(collector)).filter(({ event }) => event === 'entries-erased').flatMap(({ entries }) => entries.length);
  assert.equal((await erased()).reduce((sum, count) => sum + count, 0), 2501);
  assert.equal((await state(collector, one.enrolled.index)).state, 'erased');
  panel.rounds[0].closesAt = iso(moment - 35 * DAY);
  await collector.importPanel(panel);
  await collector.succeed('release', 'create', ROUND, '--final');
  const done = await collector.succeed('retention', 'run');
  assert.match(done.stderr, /gone: responses 5, members 0/);
  assert.ok((await erased()).every((count) => count <= 1000));
  assert.equal((await erased()).reduce((sum, count) => sum + count, 0), 5001);
  assert.equal((await state(collector, two.enrolled.index)).state, 'kept');
  await collector.succeed('audit');
});
