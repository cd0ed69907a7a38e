// Goal: a member with very many entries is shown all of them, whole and in order, and nobody waits for that; when too many ask at once some are
// told to ask later, and may then ask the very same.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { assertAccepted, assertProblem, JOSE, keepAlive, post } from './lib/http.mjs';
import { good, ROUND } from './lib/panel.mjs';
import { ready } from './lib/programs.mjs';
import { Connection } from './lib/raw.mjs';
import { enrolAll, sendAll } from './lib/reading.mjs';
import { exampleRows } from './lib/tables.mjs';

const REVISIONS = 50;
const ACTIONS = [...new Set(exampleRows().map(({ action }) => action))];
let collector, one, sent;

before(async () => {
  collector = await ready('access', { codes: 1, env: { BURGERPANEL_THREADS: '1' } });
  const agent = keepAlive();
  [one] = await enrolAll(collector, agent);
  sent = ACTIONS.flatMap((action) =>
    Array.from({ length: REVISIONS }, (_, i) =>
      one.response(ROUND, action, { ...good, comment: `${action} ${i} `.padEnd(1000, 'x') }, { revision: i + 1 })));
  await sendAll(collector, sent, agent);
  agent.destroy();
});
after(() => collector?.stop());

const ask = (jws) => post(collector.url, '/v1/access', jws, JOSE);

function assertWhole(answer) {
  const { entries, erased } = answer.json();
  assert.deepEqual(entries.map(({ index }) => index), entries.map((_, i) => entries[0].index + i));
  assert.deepEqual(entries.slice(1).map(({ jws }) => jws), sent);
  assert.deepEqual(erased, []);
}

test('all entries are shown, in the order of the log', async () => {
  assert.ok(sent.length > 1000);
  const answer = await ask(one.access());
  assert.equal(answer.status, 200, answer.text.slice(0, 200));
  assertWhole(answer);
});

// How many answers another has on the one HTTP thread before the first byte of what is kept of the member.
async function answersMeanwhile() {
  const [large, small] = [new Connection(collector.url), new Connection(collector.url)];
  for (const connection of [large, small]) await connection.get('/log/key');
  large.got = '';
  const jws = one.access();
  large.socket.write(`POST /v1/access HTTP/1.1\r\nHost: a\r\nContent-Type: ${JOSE}\r\nContent-Length: ${jws.length}\r\n\r\n${jws}`);
  let count = 0;
  for (; large.got === '' && count < 100; count++) {
    small.socket.write('GET /log/key HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(small.socket, 'data');
  }
  large.socket.destroy();
  small.socket.destroy();
  return count;
}

test('others are answered while it is made', async () => {
  let most = 0;
  for (let i = 0; i < 5 && most < 3; i++) most = Math.max(most, await answersMeanwhile());
  assert.ok(most >= 3, `${most} answers`);
});

test('of many at once each is whole, or told to ask later, and then it may be the very same', async () => {
  const asked = Array.from({ length: 20 }, () => one.access());
  let waiting = asked;
  for (let turn = 0; waiting.length > 0; turn++) {
    assert.ok(turn < asked.length, 'in each turn some are answered');
    const answers = await Promise.all(waiting.map(ask));
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      assertProblem(answer, 503, 'unavailable');
      assert.ok(answer.headers['retry-after']);
    }
    answers.filter(({ status }) => status === 200).forEach(assertWhole);
    waiting = waiting.filter((_, i) => answers[i].status !== 200);
  }
  assertProblem(await ask(asked[0]), 409, 'replayed');
});

test('what was erased is told by the number of its last revision, until it is given again', async () => {
  const [action] = ACTIONS;
  assertAccepted(await post(collector.url, '/v1/erasures', one.erasure({ round: ROUND, action }), JOSE));
  const { entries, erased } = (await ask(one.access())).json();
  assert.deepEqual(erased, [{ round: ROUND, action, revision: REVISIONS }]);
  assert.equal(entries.filter((entry) => entry.action === action).length, 0);
  assertAccepted(await post(collector.url, '/v1/responses', one.response(ROUND, action, good, { revision: REVISIONS + 1 }), JOSE));
  assert.deepEqual((await ask(one.access())).json().erased, []);
});
