// Goal: what was erased stays erased, and what was asked to be erased is done once: an operator who makes the store forget either, and lets
// the collector take the same again, has a store in which all agrees, and is found by the log. The operator here has store and keys.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccepted, JOSE, keepAlive, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ACTION, good, ROUND } from './lib/panel.mjs';
import { ready, run } from './lib/programs.mjs';
import { copyOf, sql } from './lib/store.mjs';

const scope = { round: ROUND, action: ACTION };
const agent = keepAlive();
const members = Array.from({ length: 4 }, () => new Member('wau'));
const [anna, bram, carla] = members;
let original; // stopped: Anna has had a response erased, Bram everything
let enrolment, answer, asked; // {text, index} of Bram's enrolment, Anna's first response and her request

const send = async (collector, path, text) => ({ ...assertAccepted(await post(collector.url, path, text, JOSE, { agent })), text });

before(async () => {
  original = await ready('dishonest-erasures', { codes: 6 });
  for (const [i, member] of members.entries()) {
    const sent = await send(original, '/v1/members', member.enrolment(original.codes[i]));
    if (member === bram) enrolment = sent;
  }
  for (const member of members) {
    const sent = await send(original, '/v1/responses', member.response(ROUND, ACTION, good));
    if (member === anna) answer = sent;
  }
  for (const revision of [2, 3, 4]) await send(original, '/v1/responses', carla.response(ROUND, ACTION, good, { revision }));
  asked = await send(original, '/v1/erasures', anna.erasure(scope));
  await send(original, '/v1/erasures', bram.erasure('everything'));
  await original.stop();
  const clean = await original.run('audit');
  assert.equal(clean.code, 0, clean.stdout + clean.stderr);
});
after(() => {
  agent.destroy();
  return original?.stop();
});

// Does that to a copy's store, has it serve while `act` sends something, and gives what both audits say: each must find `places`.
async function assertFound(name, statement, act, ...places) {
  const it = copyOf(original, `dishonest-erasures-${name}`);
  await sql(it, statement);
  const token = join(it.folder, 'token');
  writeFileSync(token, (await it.succeed('tokens', 'create', 'auditor', '--role', 'auditor')).stdout);
  await it.start();
  try {
    const sent = await act(it);
    const elsewhere = await run('burgerpanel-collector', ['audit', '--url', it.url, '--token-file', token]);
    for (const done of [await it.run('audit'), elsewhere]) {
      assert.equal(done.code, 1, done.stdout + done.stderr);
      for (const place of places) assert.ok(done.stdout.split('\n').includes(place(sent)), `${place(sent)}\n--\n${done.stdout}`);
    }
  } finally {
    await it.stop();
  }
}

test('a response that was erased and is taken once more is found, here and over HTTP', () =>
  assertFound('again', 'DELETE FROM current WHERE idx = -1', (it) => send(it, '/v1/responses', answer.text),
    ({ index }) => `entry ${index}: it is entry ${answer.index} once more, which was erased`));

test('a request carried out a second time, so that it takes what was answered since, is found', () =>
  assertFound('asked', `DELETE FROM erasure WHERE request = ${asked.index}`, async (it) => {
    await send(it, '/v1/responses', anna.response(ROUND, ACTION, good, { revision: 2 }));
    return send(it, '/v1/erasures', asked.text);
  }, ({ index }) => `entry ${index}: it is the request of entry ${asked.index} once more`,
    ({ erased: [index] }) => `entry ${index}: its text is missing, and no event says that it was erased`));

const otherHash = `UPDATE member SET kid_hash = x'${'5a'.repeat(32)}' WHERE kid_hash IS NOT NULL`;

test('the key of who erased everything, enrolled with another code, is found', () =>
  assertFound('key', otherHash, (it) => send(it, '/v1/members', bram.enrolment(original.codes[4])),
    ({ index }) => `entry ${index}: its key is that of a member who was erased`));

test('an enrolment that was erased and is taken once more, its invitation made usable again, is found', () =>
  assertFound('enrolment', `${otherHash}; UPDATE invitation SET state = 0, member = 0 WHERE member = 2`,
    (it) => send(it, '/v1/members', enrolment.text), ({ index }) => `entry ${index}: it is entry ${enrolment.index} once more, which was erased`));

const stateOf = async (it, index) => {
  const told = await request(it.url, `/v1/entries/${index}/state`, { agent });
  return told.status === 200 ? told.json() : told.status;
};

test('who asks by whom an entry was erased is not told otherwise than the log says without its being found', async () => {
  const event = asked.index + 1;
  const told = `entry ${answer.index}: erased by entry ${event}, and who asks for it is told otherwise`;
  await assertFound('told', `UPDATE erased SET event = 3 WHERE idx = ${answer.index}`, async (it) => {
    assert.deepEqual(await stateOf(it, answer.index), { state: 'erased', erasedBy: 3 });
  }, () => told);
  const untold = copyOf(original, 'dishonest-erasures-untold');
  await sql(untold, `DELETE FROM erased WHERE idx = ${answer.index}`);
  const done = await untold.run('audit');
  assert.ok(done.code === 1 && done.stdout.includes(told), done.stdout);
});

test('an entry that is there is told as kept, whatever stands beside it', async (t) => {
  const it = copyOf(original, 'dishonest-erasures-kept');
  await sql(it, `INSERT INTO erased (idx, event) VALUES (${answer.index + 2}, 3)`);
  await it.start();
  t.after(() => it.stop());
  assert.deepEqual(await stateOf(it, answer.index + 2), { state: 'kept' });
});

test('revisions that an erasure would not reach, or those of others that it would, are found before it', async () => {
  const cut = copyOf(original, 'dishonest-erasures-cut');
  await sql(cut, 'DELETE FROM revision');
  const line = (stored) => `which revisions others replaced: not as the log says (the store has ${stored}, the log tells of 2)`;
  assert.ok((await cut.run('audit')).stdout.split('\n').includes(line(0)));
  const turned = copyOf(original, 'dishonest-erasures-turned');
  await sql(turned, `UPDATE revision SET before = ${answer.index + 3}`);
  assert.ok((await turned.run('audit')).stdout.split('\n').includes(line(2)));
});
