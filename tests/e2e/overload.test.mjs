// Goal: more than the collector can take is turned away at once and in words, costs what was taken nothing, and is forgotten when it ends.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { after, test } from 'node:test';
import { assertUnharmed, crowd, head, insist, start as startBeside } from './lib/crowd.mjs';
import { assertAccepted, assertProblem, JOSE, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { Connection } from './lib/raw.mjs';
import { holdWrites } from './lib/store.mjs';

const QUEUE = 4;
const CONNECTIONS = 16; // the fewest that can be configured
const RESERVE = 256; // beside them, for requests that come whole and at once

const running = [];
after(() => Promise.all(running.map((collector) => collector.stop())));

async function start(name, env, codes) {
  const collector = await ready(name, { codes, env });
  running.push(collector);
  return collector;
}

const turnedAway = (answer) => {
  assertProblem(answer, 503, 'unavailable');
  assert.match(answer.headers['retry-after'], /^\d+$/);
};

// There is no memory for more than a head.
const turnedAwayAtDoor = (answer) => {
  assert.equal(answer.status, 503);
  assert.equal(answer.bytes.length, 0);
  assert.equal(answer.headers['retry-after'], '1');
};

test('a full queue turns responses away at once, and those that wait are kept', async () => {
  const collector = await start('overload-queue', { BURGERPANEL_QUEUE: String(QUEUE) }, 1);
  const member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(collector.codes[0]), JOSE));
  const texts = Array.from({ length: 18 }, (_, i) =>
    member.response(ROUND, `WA-${1 + Math.floor(i / 6)}.0${1 + (i % 6)}`, { importance: 3, noticed: 'no' }),
  );
  const letGo = await holdWrites(collector.path);
  const early = []; // what was answered while nothing could be committed
  let held = true;
  const all = texts.map(async (text) => {
    const answer = await post(collector.url, '/v1/responses', text, JOSE);
    if (held) early.push(answer);
    return answer;
  });
  // A batch that the writer holds, and as many as may wait behind it: the others have their answer.
  await poll('the queue to be full', 4, () => early.length >= texts.length - 2 * QUEUE);
  held = false;
  await letGo();
  const answers = await Promise.all(all);
  early.forEach(turnedAway);
  assert.ok(early.length <= texts.length - QUEUE, `only ${texts.length - early.length} waited`);
  // One that came to the full queue only now was turned away as well; the others waited, and were kept.
  const kept = answers.filter((answer) => answer.status === 201);
  assert.ok(kept.length >= QUEUE, `only ${kept.length} were kept`);
  answers.filter((answer) => answer.status !== 201).forEach(turnedAway);

  for (const [i, text] of texts.entries()) {
    const again = await post(collector.url, '/v1/responses', text, JOSE);
    assert.equal(again.status, answers[i].status === 201 ? 200 : 201);
    if (answers[i].status === 201) assert.equal(again.json().index, answers[i].json().index);
  }
  assert.equal((await request(collector.url, '/healthz')).status, 200);
});

test('where one waits for longer than wait_max, others are told at once, and those that wait are kept', async () => {
  const collector = await start('overload-wait', { BURGERPANEL_WAIT_MAX: '1' }, 1);
  const member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(collector.codes[0]), JOSE));
  const letGo = await holdWrites(collector.path);
  const send = (i) => post(collector.url, '/v1/responses', member.response(ROUND, `WA-${1 + Math.floor(i / 6)}.0${1 + (i % 6)}`, good), JOSE);
  const waiting = [send(0)]; // the writer has this one
  await poll('one to be turned away', 20, async () => {
    const answer = send(waiting.length);
    waiting.push(answer);
    const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 100))]);
    return first?.status === 503;
  });
  turnedAway(await waiting.pop());
  await letGo();
  const answers = await Promise.all(waiting);
  assert.equal(answers[0].status, 201);
  answers.filter((answer) => answer.status !== 201).forEach(turnedAway);
});

test('beyond all connections there is a reserve, where a request that comes at once is answered and its connection closed', async () => {
  const collector = await start('overload-connections', { BURGERPANEL_CONNECTIONS: String(CONNECTIONS) }, 0);
  const open = Array.from({ length: CONNECTIONS }, () => new Connection(collector.url));
  for (const connection of open) assert.match(await connection.get('/healthz'), /^HTTP\/1\.1 200/);
  for (let i = 0; i < 3; i++) {
    const answer = await request(collector.url, '/v1/panel');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.connection, 'close');
    const over = new Connection(collector.url);
    assert.match(await over.get('/healthz'), /^HTTP\/1\.1 200/);
    await poll('the connection to be closed', 10, () => over.closed);
  }
  for (const connection of open) assert.match(await connection.get('/log/checkpoint'), /^HTTP\/1\.1 200/);
  open.pop().socket.destroy();
  await poll('a place to be free', 10, async () => {
    const connection = new Connection(collector.url);
    const got = await connection.get('/healthz');
    connection.socket.destroy();
    return /^HTTP\/1\.1 200 /.test(got) && !/^Connection: close\r$/m.test(got);
  });
  for (const connection of open) connection.socket.destroy();
});

test('where the reserve is full too, each is answered or told 503 at once, and closed', async () => {
  const collector = await start('overload-silent', { BURGERPANEL_CONNECTIONS: String(CONNECTIONS) }, 0);
  const open = Array.from({ length: CONNECTIONS }, () => new Connection(collector.url));
  for (const connection of open) assert.match(await connection.get('/healthz'), /^HTTP\/1\.1 200/);
  const silent = Array.from({ length: 3 * RESERVE }, () => new Connection(collector.url));
  const asked = Array.from({ length: 20 }, () => request(collector.url, '/v1/panel'));
  for (const answer of await Promise.all(asked)) {
    assert.ok([200, 503].includes(answer.status));
    assert.equal(answer.headers.connection, 'close');
  }
  // Those who say nothing have to go before those who are served.
  await poll('a newcomer to be served', 10, async () => (await request(collector.url, '/healthz')).status === 200);
  await poll('the silent ones to be gone', 20, () => silent.every((connection) => connection.closed));
  for (const connection of open) assert.match(await connection.get('/log/checkpoint'), /^HTTP\/1\.1 200/);
  for (const connection of [...open, ...silent]) connection.socket.destroy();
});

test('without a descriptor to spare a newcomer is told so, and all goes on when there are some', async () => {
  const collector = await start('overload-descriptors', {}, 0);
  const client = new Connection(collector.url);
  assert.match(await client.get('/healthz'), /^HTTP\/1\.1 200/);
  const limit = (most) => execFileSync('prlimit', ['--pid', String(collector.process.child.pid), `--nofile=${most}:`]);
  const descriptors = () => readdirSync(`/proc/${collector.process.child.pid}/fd`).length;
  const before = descriptors();
  limit(before + 20);
  const silent = Array.from({ length: 40 }, () => new Connection(collector.url));
  await poll('some to be turned away', 10, () => silent.some((connection) => /^HTTP\/1\.1 503 /.test(connection.got)));
  // What it sends while it is told so may undo the answer on its way; then it asks again, as any client does.
  turnedAwayAtDoor(await poll('an answer', 10, () => request(collector.url, '/healthz').catch(() => undefined)));
  assert.match(await client.get('/healthz'), /^HTTP\/1\.1 200/, 'who was there is served');
  for (const connection of silent) connection.socket.destroy();
  await poll('their descriptors to be free', 10, () => descriptors() <= before);
  assert.equal((await request(collector.url, '/healthz')).status, 200, 'the first who comes then is served');
  assert.match(collector.process.stderr, /http: connections are turned away/);
  client.socket.destroy();
});

test('beside many who send more than the queue takes, each answer or an honest 503 comes at once', async (t) => {
  const all = await startBeside(t, 'overload', { BURGERPANEL_QUEUE: '1' });
  const member = new Member('wau');
  assertAccepted(await post(all.collector.url, '/v1/members', member.enrolment(all.collector.codes[1]), JOSE));
  const texts = Array.from({ length: 2000 }, (_, i) => {
    const body = member.response(ROUND, 'WA-1.02', good, { revision: i + 1 });
    return head('/v1/responses', JOSE, `Content-Length: ${body.length}\r\n`) + body;
  });
  const many = insist(all.collector, 32, texts);
  await poll('some to be taken and some turned away', 30, () => many.counts[201] > 10 && many.counts[503] > 500);
  await assertUnharmed(all, true);
  await many.end();
  const { 200: again, 201: taken, 409: stale, 503: away, ...others } = many.given();
  assert.deepEqual(others, {}, JSON.stringify({ again, taken, stale, away }));
});

test('beside three times as many silent connections as there is room for, who is known is answered as ever', async (t) => {
  const all = await startBeside(t, 'silent-reserve', { BURGERPANEL_CONNECTIONS: String(CONNECTIONS) });
  crowd(all.collector, 3 * RESERVE);
  await assertUnharmed(all);
});
