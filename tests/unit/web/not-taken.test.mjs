// A response that the collector does not take, on a device in memory: what still counts beside it, in which order things are sent, and leaving it out.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Collector, memory, problem } from './device.mjs';
import { clock } from '../../../web/js/collector.js';
import * as member from '../../../web/js/member.js';
import * as own from '../../../web/js/own.js';
import * as signed from '../../../web/js/signed.js';
import * as store from '../../../web/js/store.js';

const CODE = 'AAAAAAA-AAAAAAA-AAAAAAA-AAAA8';

let collector;
beforeEach(async () => {
  Object.assign(memory, { full: [], isShut: false });
  collector = new Collector();
  clock.ahead = 0;
  await store.wipe();
  await member.reload();
  await member.refresh();
  assert.equal(await signed.enrol(collector.invite(CODE)), undefined);
});

const refusal = problem(409, 'round-not-open');
const refuse = (what) => (collector.change = (path) => (path === '/v1/responses' ? what : undefined));
const answer = async (action, importance) => {
  await signed.answer('r', action, { importance });
  return signed.send();
};
const kept = async () => (await store.responses()).map(({ action, revision, state }) => `${action}/${revision} ${state}`);

// One that counts, and a change of it that is not taken.
async function changedInVain(what = refusal, action = 'A-1') {
  collector.change = undefined;
  await answer(action, 4);
  refuse(what);
  await answer(action, 5);
  return member.current('r', action);
}

test('while a change waits or is not taken, the answer before it counts; one that was sent counts itself', async () => {
  const cases = { 'A-1': [refusal, true], 'A-2': [problem(400, 'invalid-claims'), true], 'A-3': [problem(429, 'too-many'), false], 'A-4': [problem(503, 'later'), false] };
  for (const [action, [what, isNotTaken]] of Object.entries(cases)) {
    const change = await changedInVain(what, action);
    assert.equal(member.isNotTaken(change), isNotTaken, action);
    const counts = member.counting(change);
    assert.deepEqual([counts.state, counts.answers, member.counting(counts)], ['sent', { importance: 4 }, counts]);
  }
});

test('of a change that is turned away since the collector knows the key no more, the answer before it is not said to count, and can be erased', async () => {
  const change = await changedInVain(problem(401, 'not-verified'));
  assert.deepEqual([member.isNotTaken(change), member.counting(change)], [true, undefined]);
  assert.deepEqual([member.lastTaken(change).state, member.lastTaken(change).revision], ['sent', 1]);
  collector.change = undefined;
  await signed.send();
  assert.equal(member.counting(member.current('r', 'A-1')).revision, 2, 'who takes part again');
});

test('an answer that was never sent, or is one of two, has none that is known to count', async () => {
  refuse(refusal);
  await answer('A-1', 4);
  assert.equal(member.counting(member.current('r', 'A-1')), undefined);
  collector.change = undefined;
  await answer('A-1', 4);
  refuse(problem(409, 'stale-revision', { currentRevision: 7 }));
  await answer('A-1', 5);
  assert.equal(member.current('r', 'A-1').state, 'stale');
  assert.equal(member.counting(member.current('r', 'A-1')), undefined);
});

test('what was not taken goes after all else, and not at all once a later one has taken its place', async () => {
  refuse(refusal);
  await answer('A-1', 4);
  collector.change = undefined;
  const [{ jws: first }] = await store.responses();
  await answer('A-2', 3);
  assert.equal(collector.sent.filter(({ path }) => path === '/v1/responses').at(-1).body, first);
  assert.deepEqual(await kept(), ['A-1/1 sent', 'A-2/1 sent']);
  refuse(refusal);
  await answer('A-1', 2);
  await answer('A-1', 1);
  assert.deepEqual(await kept(), ['A-1/1 sent', 'A-1/3 waiting', 'A-2/1 sent'], 'the second has been overtaken');
});

test('a change is left out: the answer before it stands, and the next is above both', async () => {
  await own.leaveOut(await changedInVain());
  assert.deepEqual(await kept(), ['A-1/1 sent']);
  assert.equal(member.current('r', 'A-1').revision, 1);
  collector.change = undefined;
  await answer('A-1', 3);
  assert.deepEqual(await kept(), ['A-1/1 sent', 'A-1/3 sent']);
});

test('a change that has been taken by now is not left out', async () => {
  const change = await changedInVain();
  collector.change = undefined;
  await signed.send();
  await own.leaveOut(change);
  assert.deepEqual(await kept(), ['A-1/1 sent', 'A-1/2 sent']);
});
