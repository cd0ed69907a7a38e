// Goal: a member can't fill the disk. Revisions of an action a day, responses a minute and the length of the claims are bounded; what is
// beyond is told apart from what is refused for ever, holds up nobody else, and is welcome later.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertUnharmed, head, insist, start } from './lib/crowd.mjs';
import { assertAccepted, assertProblem, assertProblemObject, JOSE, keepAlive, NDJSON, post } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { examplePanel, good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { freshFolder, ready, run, succeed } from './lib/programs.mjs';

const DEFAULTS = { BURGERPANEL_MEMBER_RESPONSES: '120', BURGERPANEL_MEMBER_REVISIONS: '20' };

async function readyMembers(t, name, count, env, panel) {
  const collector = await ready(name, { codes: count, env, panel });
  const agent = keepAlive();
  t.after(async () => {
    agent.destroy();
    await collector.stop();
  });
  const members = [];
  for (const code of collector.codes.slice(0, count)) {
    const member = new Member('wau');
    assert.equal((await post(collector.url, '/v1/members', member.enrolment(code), JOSE, { agent })).status, 201);
    members.push(member);
  }
  const send = (text) => post(collector.url, '/v1/responses', text, JOSE, { agent });
  return { collector, members, send };
}

// A response whose claims are longer by so many blanks.
function padded(member, revision, blanks) {
  const claims = JSON.stringify(member.claims(ROUND, 'WA-1.01', good, { revision }));
  return member.response(ROUND, 'WA-1.01', good, {}, { payload: claims.slice(0, -1) + ' '.repeat(blanks) + '}' });
}

const sizeOf = (folder) => readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

test('the 21st revision of an action within a day is told to come back, other actions and members are not', async (t) => {
  const { members, send } = await readyMembers(t, 'quota-day', 2, DEFAULTS);
  const [member, other] = members;
  const first = member.response(ROUND, 'WA-1.01', good, { revision: 1 });
  assertAccepted(await send(first));
  for (let revision = 2; revision <= 21; revision++)
    assertAccepted(await send(member.response(ROUND, 'WA-1.01', good, { revision })));
  const late = member.response(ROUND, 'WA-1.01', good, { revision: 22 });
  const answer = await send(late);
  assertProblem(answer, 429, 'too-many');
  assert.ok(Number(answer.headers['retry-after']) > 86000, answer.headers['retry-after']);
  assert.equal(answer.json().retryAfter, Number(answer.headers['retry-after']));
  assertAccepted(await send(member.response(ROUND, 'WA-1.02', good)));
  assertAccepted(await send(other.response(ROUND, 'WA-1.01', good)));
  assertProblem(await send(member.response(ROUND, 'WA-1.01', good, { revision: 3 })), 409, 'stale-revision');
});

test('a member may send 120 responses a minute; a batch says which of its lines must wait, and the same again is answered', async (t) => {
  const { collector, members, send } = await readyMembers(t, 'quota-minute', 2, DEFAULTS);
  const [member, other] = members;
  const text = (i) => member.response(ROUND, `WA-1.0${1 + (i % 6)}`, good, { revision: 1 + Math.floor(i / 6) });
  const texts = Array.from({ length: 130 }, (_, i) => text(i));
  const foreign = other.response(ROUND, 'WA-1.01', good);
  const body = [...texts, foreign].map((one) => `${JSON.stringify(one)}\n`).join('');
  const answer = await post(collector.url, '/v1/response-batches', body, NDJSON);
  assert.equal(answer.status, 200, answer.text);
  const lines = answer.text.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(lines.filter((line) => line.status === 201).length, 121);
  for (const line of lines.slice(120, 130)) {
    assertProblemObject(line, 429, 'too-many');
    assert.ok(line.retryAfter >= 1 && line.retryAfter <= 60);
  }
  assert.equal(lines[130].status, 201, 'the other member');
  const current = texts.slice(114, 120);
  for (const one of current) assertAccepted(await send(one), 200);
  assertProblem(await send(texts[120]), 429, 'too-many');
});

test('claims that hold more than the longest answers can be are too large', async (t) => {
  const panel = examplePanel();
  for (const questionnaire of panel.questionnaires)
    questionnaire.questions = questionnaire.questions.filter(({ type }) => type !== 'text');
  const { members, send } = await readyMembers(t, 'quota-length', 1, DEFAULTS, panel);
  const [member] = members;
  assertAccepted(await send(padded(member, 1, 0)));
  assertAccepted(await send(padded(member, 2, 2000)));
  assertProblem(await send(padded(member, 3, 20000)), 413, 'too-large');
  const pretty = JSON.stringify(member.claims(ROUND, 'WA-1.01', good, { revision: 3 }), null, 8);
  assertAccepted(await send(member.response(ROUND, 'WA-1.01', good, {}, { payload: pretty })));
});

test('500 revisions padded with blanks grow the store by less than a MiB', async (t) => {
  const { collector, members, send } = await readyMembers(t, 'quota-disk', 1, DEFAULTS);
  const [member] = members;
  const before = sizeOf(collector.folder);
  const counts = {};
  for (let i = 0; i < 500; i++) {
    const { status } = await send(padded(member, i + 1, 2000));
    counts[status] = (counts[status] ?? 0) + 1;
  }
  assert.deepEqual(counts, { 201: 21, 429: 479 });
  assert.ok(sizeOf(collector.folder) - before < 1024 * 1024);
});

test('a member who sends on and on beyond the quota keeps nobody waiting', async (t) => {
  const all = await start(t, 'quotas', DEFAULTS);
  const member = new Member('wau');
  assertAccepted(await post(all.collector.url, '/v1/members', member.enrolment(all.collector.codes[1]), JOSE));
  const before = sizeOf(all.collector.folder);
  const bodies = Array.from({ length: 200 }, (_, i) => member.response(ROUND, 'WA-1.01', good, { revision: i + 1 }));
  const texts = bodies.map((body) => head('/v1/responses', JOSE, `Content-Length: ${body.length}\r\n`) + body);
  const many = insist(all.collector, 16, texts);
  await poll('each to be sent several times', 30, () => many.sum() > 5 * texts.length);
  await assertUnharmed(all);
  await many.end();
  assert.ok(many.counts[201] >= 1 && many.counts[201] <= 21, `${many.counts[201]} revisions were taken`);
  assert.ok(many.counts[429] > 100, JSON.stringify(many.given()));
  assert.ok(sizeOf(all.collector.folder) - before < 1024 * 1024);
});

test('the member\'s program keeps what is told to come back later, and says so', async (t) => {
  const collector = await ready('quota-client', { codes: 1, env: { ...DEFAULTS, BURGERPANEL_MEMBER_REVISIONS: '1' } });
  t.after(() => collector.stop());
  const home = join(freshFolder('quota-client-home'), 'home');
  const client = (...args) => succeed('burgerpanel', [...args, '--home', home]);
  await client('enrol', collector.url, collector.codes[0]);
  const answers = ['importance=4', 'noticed=no'];
  await client('respond', 'WA-1.01', ...answers);
  await client('respond', 'WA-1.01', ...answers);
  const third = await run('burgerpanel', ['respond', 'WA-1.01', ...answers, '--home', home]);
  assert.match(third.stdout + third.stderr, /waiting|later|wait/i);
  assert.equal(readdirSync(join(home, 'spool')).filter((file) => file.endsWith('.jws')).length, 1, third.stdout + third.stderr);
  assert.ok(!readdirSync(home).includes('refused') || readdirSync(join(home, 'refused')).length === 0);
});
