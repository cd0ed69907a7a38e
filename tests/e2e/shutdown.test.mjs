// Goal: SIGTERM under load: what was begun is answered, what was answered 201 is there when started again, exit 0, no half answers.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { assertAccepted, JOSE, keepAlive, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';

const MEMBERS = 16;

// A collector that is gone when the test ends, however it does.
async function begin(t, name, codes) {
  const collector = await ready(name, { codes });
  t.after(() => collector.process?.child.kill('SIGKILL'));
  return collector;
}

test('SIGTERM under load loses nothing that was answered', async (t) => {
  const collector = await begin(t, 'shutdown', MEMBERS);
  const agent = keepAlive();
  const members = [];
  for (const code of collector.codes) {
    const member = new Member('wau');
    assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE, { agent }));
    members.push(member);
  }
  agent.destroy();

  const answered = []; // {member, text, index, revision} in the order of the answers
  let stopping = false;
  let broken = 0;
  // Each member sends one revision after the other, on a connection of its own, until the collector has gone.
  const load = members.map(async (member) => {
    const own = keepAlive();
    for (let revision = 1; ; revision++) {
      const text = member.response(ROUND, 'WA-1.01', { importance: 1 + (revision % 5), noticed: 'no' }, { revision });
      try {
        const answer = await post(collector.url, '/v1/responses', text, JOSE, { agent: own });
        if (answer.status === 503) break;
        assert.equal(answer.status, 201, answer.text);
        answered.push({ member, text, revision, index: answer.json().index });
      } catch (error) {
        if (error.code === 'ERR_ASSERTION') throw error;
        assert.ok(stopping, `${error.message} before the stop`);
        assert.notEqual(error.message, 'the answer broke off');
        broken++;
        break;
      }
    }
    own.destroy();
  });
  await poll('some load', 20, () => answered.length > 200);
  stopping = true;
  const stopped = await collector.stop();
  await Promise.all(load);
  assert.ok(broken <= MEMBERS);
  assert.doesNotMatch(stopped.stderr, /error/i);

  await collector.start();
  const last = new Map();
  for (const a of answered) last.set(a.member, a);
  for (const { text, index, member } of last.values()) {
    const answer = await post(collector.url, '/v1/responses', text, JOSE);
    // The very last of a member may have been overtaken by one that was kept but whose answer no longer came through.
    if (answer.status === 409) {
      assert.equal(answer.json().currentRevision, last.get(member).revision + 1, answer.text);
      continue;
    }
    assert.equal(assertAccepted(answer, 200).index, index);
  }
  assert.equal(new Set(answered.map((a) => a.index)).size, answered.length, 'no index twice');
  await collector.stop();
});

test('a request that is half there when SIGTERM comes does not keep the collector from stopping', async (t) => {
  const collector = await begin(t, 'shutdown-half', 1);
  const { hostname, port } = new URL(collector.url);
  const socket = net.connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write('POST /v1/responses HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\nContent-Length: 1000\r\n\r\nabc');
  const idle = net.connect(Number(port), hostname);
  idle.on('error', () => {});
  await new Promise((resolve) => idle.on('connect', resolve));
  assert.equal((await request(collector.url, '/healthz')).status, 200);
  await collector.stop();
  socket.destroy();
  idle.destroy();
});

test('SIGINT is as SIGTERM, and a second start on the same store knows members, responses and invitations', async (t) => {
  const collector = await begin(t, 'shutdown-again', 2);
  const member = new Member('wau');
  const enrolment = member.enrolment(collector.codes[0]);
  const enrolled = assertAccepted(await post(collector.url, '/v1/members', enrolment, JOSE));
  const text = member.response(ROUND, 'WA-1.01', { importance: 3, noticed: 'no' });
  const sent = assertAccepted(await post(collector.url, '/v1/responses', text, JOSE));
  const { process } = collector;
  process.child.kill('SIGINT');
  await poll('the collector to stop', 20, () => process.code !== undefined);
  assert.equal(process.code, 0, process.stderr);

  await collector.start();
  assert.equal(assertAccepted(await post(collector.url, '/v1/members', enrolment, JOSE), 200).index, enrolled.index);
  assert.equal(assertAccepted(await post(collector.url, '/v1/responses', text, JOSE), 200).index, sent.index);
  const stranger = new Member('wau');
  const used = await post(collector.url, '/v1/members', stranger.enrolment(collector.codes[0]), JOSE);
  assert.equal(used.status, 403);
  assertAccepted(await post(collector.url, '/v1/members', stranger.enrolment(collector.codes[1]), JOSE));
  await collector.stop();
});

test('SIGKILL at any moment leaves a store that starts again and knows what was answered', async (t) => {
  const collector = await begin(t, 'shutdown-kill', 4);
  const members = [];
  for (const code of collector.codes) {
    const member = new Member('wau');
    assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE));
    members.push(member);
  }
  for (let round = 0; round < 3; round++) {
    const last = new Map();
    const revisions = 1 + round * 100_000;
    const load = members.map(async (member) => {
      const own = keepAlive();
      try {
        for (let revision = revisions; ; revision++) {
          const text = member.response(ROUND, 'WA-1.01', { importance: 3, noticed: 'no' }, { revision });
          const answer = await post(collector.url, '/v1/responses', text, JOSE, { agent: own });
          assert.equal(answer.status, 201, answer.text);
          last.set(member, { text, revision, index: answer.json().index });
        }
      } catch (error) {
        if (error.code === 'ERR_ASSERTION') throw error;
      } finally {
        own.destroy();
      }
    });
    await poll('every member to be answered', 20, () => last.size === members.length);
    const { process } = collector;
    process.child.kill('SIGKILL');
    await process.ended;
    await Promise.all(load);
    await collector.start();
    for (const { text, revision, index } of last.values()) {
      const answer = await post(collector.url, '/v1/responses', text, JOSE);
      if (answer.status === 409) assert.equal(answer.json().currentRevision, revision + 1);
      else assert.equal(assertAccepted(answer, 200).index, index);
    }
  }
  await collector.stop();
});
