// Enrolling and answering on a device in memory: what is kept when an answer of the collector is lost, and what is made of one that is another's.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Collector, memory, problem } from './device.mjs';
import { clock } from '../../../web/js/collector.js';
import * as member from '../../../web/js/member.js';
import * as signed from '../../../web/js/signed.js';
import * as store from '../../../web/js/store.js';

const CODE = 'AAAAAAA-AAAAAAA-AAAAAAA-AAAA8';

let collector;
beforeEach(async () => {
  memory.isFull = false;
  collector = new Collector();
  clock.ahead = 0;
  await store.wipe();
  await member.reload();
  await member.refresh();
});

// The collector does what it is asked, and its answer is lost.
const lose = (work) => {
  work();
  throw new Error('cut off');
};
const sent = (path) => collector.sent.filter((one) => one.path === path).map(({ body }) => body);
const joined = async () => assert.equal(await signed.enrol(collector.invite(CODE)), undefined);
const answered = () => signed.answer('r', 'A-1', { importance: 4 });

// Signed before the collector's time was known.
const answeredAhead = async () => {
  clock.ahead = 4000;
  await answered();
};

test('what is signed anew for a wrong clock is kept before it is sent, so that it counts where its answer is lost', async () => {
  await joined();
  await answeredAhead();
  collector.change = (path, work) => (path === '/v1/responses' && sent(path).length === 2 ? lose(work) : undefined);
  assert.equal(await signed.send(), false);
  assert.equal(await signed.send(), true);
  const [, anew, last] = sent('/v1/responses');
  assert.equal(last, anew, 'the very same text goes again');
  const [one] = await store.responses();
  assert.deepEqual([one.state, one.revision, one.jws], ['sent', 1, anew]);
});

test('an answer that is refused for the clock is signed anew each time that it is sent', async () => {
  await joined();
  await answeredAhead();
  const refusal = problem(400, 'invalid-response', { errors: [{ pointer: '/iat', detail: 'x' }] });
  collector.change = (path) => (path === '/v1/responses' ? refusal : undefined);
  for (let times = 1; times <= 2; times++) {
    assert.equal(await signed.send(), true);
    const [one] = await store.responses();
    assert.deepEqual([one.state, one.reason.type, one.jws], ['waiting', 'clock', sent('/v1/responses').at(-1)]);
    assert.equal(sent('/v1/responses').length, 2 * times, 'once a time');
  }
  assert.equal(new Set(sent('/v1/responses')).size, 3, 'the first, and one for each time');
  collector.change = undefined;
  await signed.send();
  assert.equal((await store.responses())[0].state, 'sent');
});
