// Enrolling and answering on a device in memory: what is kept when an answer of the collector is lost, and what is made of one that is another's.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { freshDevice, memory, problem } from './device.mjs';
import { Unreachable, clock } from '../../../web/js/collector.js';
import * as member from '../../../web/js/member.js';
import * as signed from '../../../web/js/signed.js';
import * as store from '../../../web/js/store.js';

const [CODE, OTHER, WRONG] = ['AAAAAAA-AAAAAAA-AAAAAAA-AAAA8', 'BBBBBBB-BBBBBBB-BBBBBBB-BBBB8', 'AAAAAAA-AAAAAAA-AAAAAAA-AAAB0'];

let collector;
beforeEach(async () => {
  collector = await freshDevice();
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

// An enrolment that the collector has, and this device does not know of.
async function joinedUnheard() {
  collector.invite(CODE);
  collector.change = (path, work) => (path === '/v1/members' ? lose(work) : undefined);
  await assert.rejects(signed.enrol(CODE), Unreachable);
  collector.change = undefined;
  return (await store.fact('pending')).key.kid;
}

test('after a lost answer a slip in the code that is typed again does not take the key that the invitation is bound to', async () => {
  const kid = await joinedUnheard();
  for (const code of [WRONG, collector.invite(OTHER)]) {
    assert.equal((await signed.enrol(code)).type, 'invitation-refused');
    assert.equal(await signed.hasBegun(), true);
  }
  await member.reload();
  assert.equal(member.state.hasRecovery, true);
  assert.equal(await signed.enrol(CODE), undefined);
  assert.equal(member.state.member.key.kid, kid);
  assert.equal(member.state.member.enrolment.jws, sent('/v1/members')[0], 'the text that the receipt is of');
  assert.equal(await signed.hasBegun(), false);
});

test('a word of a proxy between a lost answer and a slip is no refusal', async () => {
  const kid = await joinedUnheard();
  collector.change = (path) => (path === '/v1/members' ? { status: 404, type: 'text/html', body: 'not here' } : undefined);
  await assert.rejects(signed.enrol(CODE), Unreachable);
  collector.change = undefined;
  assert.equal((await signed.enrol(WRONG)).type, 'invitation-refused');
  assert.equal(await signed.enrol(CODE), undefined);
  assert.equal(member.state.member.key.kid, kid);
});

test('an enrolment that an earlier version of the page began goes on with its key and text', async () => {
  const kid = await joinedUnheard();
  const { panel, key, tries: [{ invitation, jws }] } = await store.fact('pending');
  await store.setFact('pending', { panel, key, invitation, jws });
  assert.equal((await signed.enrol(WRONG)).type, 'invitation-refused');
  assert.equal(await signed.enrol(CODE), undefined);
  assert.deepEqual([member.state.member.key.kid, member.state.member.enrolment.jws], [kid, jws]);
});

// What a consent page does that was left open while another tab enrolled: the letter's code again, and one of somebody else at home.
for (const [name, code] of [['the code that was used', CODE], ['another code', OTHER]])
  test(`on a device that knows a member by now an enrolment by ${name} touches nothing and sends nothing`, async () => {
    await joined();
    const facts = () => Promise.all(['member', 'recovery', 'head', 'pending', 'passkey'].map(store.fact));
    const before = await facts();
    const secret = new Uint8Array(16).fill(7);
    member.state.member = undefined; // as a tab has it that was not told
    assert.deepEqual(await signed.enrol(collector.invite(code), secret), { type: 'is-member' });
    assert.deepEqual(await facts(), before);
    assert.deepEqual([sent('/v1/members').length, member.state.member.key.kid, secret], [1, before[0].key.kid, new Uint8Array(16)]);
  });

test('two enrolments at a time make one member', async () => {
  const [first, second] = await Promise.all([CODE, OTHER].map((code) => signed.enrol(collector.invite(code))));
  assert.deepEqual([first, second], [undefined, { type: 'is-member' }]);
  assert.equal(sent('/v1/members').length, 1);
  assert.equal(member.state.hasRecovery, true);
});

// What was drawn while work() ran, of which a secret has 16 bytes.
async function drawnWhile(work) {
  const drawn = [];
  const { getRandomValues } = crypto;
  crypto.getRandomValues = (bytes) => {
    drawn.push(bytes);
    return getRandomValues.call(crypto, bytes);
  };
  await work().finally(() => delete crypto.getRandomValues);
  return drawn.filter(({ length }) => length === 16);
}

for (const isFull of [false, true])
  test(`a secret that is drawn is wiped once its key is made${isFull ? ', also where the store takes nothing' : ''}`, async () => {
    collector.invite(CODE);
    memory.full = isFull ? ['facts'] : [];
    const [secret] = await drawnWhile(async () => (isFull ? assert.rejects(signed.enrol(CODE)) : signed.enrol(CODE)));
    assert.deepEqual(secret, new Uint8Array(16));
  });

test('a key goes with its code when each of its enrolments has been refused', async () => {
  for (const isLost of [false, true]) {
    if (isLost) {
      collector.change = (path, work) => (path === '/v1/members' ? lose(work) : undefined);
      await assert.rejects(signed.enrol(WRONG), Unreachable);
      collector.change = undefined;
    }
    assert.equal((await signed.enrol(WRONG)).type, 'invitation-refused');
    assert.deepEqual([await signed.hasBegun(), await store.fact('recovery')], [false, undefined]);
  }
});

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

test('a failure of this device while it checks a receipt is no doubt: the answer waits, and counts the next time', async () => {
  await joined();
  await answered();
  collector.change = (path) => void (path.startsWith('/log/tile/') && (memory.full = ['facts']));
  assert.equal(await signed.send(), false);
  assert.deepEqual((await store.responses()).map(({ state }) => state), ['waiting']);
  memory.full = [];
  collector.change = undefined;
  assert.equal(await signed.send(), true);
  const [one] = await store.responses();
  assert.deepEqual([one.state, one.index, sent('/v1/responses').length], ['sent', 1, 2]);
});

test('where the tiles of the log can not be had an answer counts by its receipt', async () => {
  await joined();
  await answered();
  collector.change = (path) => (path.startsWith('/log/tile/') ? problem(503, 'unavailable') : undefined);
  assert.equal(await signed.send(), true);
  assert.equal((await store.responses())[0].state, 'sent');
});

// Whatever a collector shows as a receipt: it is its word, and stays.
const LIES = {
  'an empty receipt': (told) => ({ ...told, receipt: '' }),
  'a hash that is no base64': (told) => ({ ...told, receipt: told.receipt.replace(/(\nindex 1\n)./, '$1!') }),
  'a signature that is no base64': (told) => ({ ...told, receipt: told.receipt.replace(/.\n$/, '!\n') }),
  'the index of another': (told) => ({ ...told, index: 0 }),
};

// The collector takes it, and `lie` is what is shown for it.
const tell = (what, lie) => {
  collector.change = (path, work) => {
    if (path !== what) return undefined;
    const answer = work();
    return { ...answer, body: JSON.stringify(lie(JSON.parse(answer.body))) };
  };
};

for (const [name, lie] of Object.entries(LIES))
  test(`an answer that is taken with ${name} is in doubt`, async () => {
    await joined();
    await answered();
    tell('/v1/responses', lie);
    assert.equal(await signed.send(), true);
    const [one] = await store.responses();
    assert.deepEqual([one.state, one.reason.type], ['doubt', 'doubt']);
    assert.ok(one.reason.why !== '');
  });

// Of someone in between, such as a portal that says {"login": true} to all.
const NO_WORDS = {
  nothing: () => null,
  'something else': () => ({ login: true }),
  'no receipt': ({ index }) => ({ index }),
  'a receipt that is no text': (told) => ({ ...told, receipt: { toString: 1 } }),
  'no place': ({ receipt }) => ({ receipt }),
  'a place that is no number': (told) => ({ ...told, index: '1' }),
};

for (const [name, lie] of Object.entries(NO_WORDS))
  test(`${name} in the place of what was taken is not the collector’s word, and the same goes again`, async () => {
    collector.invite(CODE);
    tell('/v1/members', lie);
    await assert.rejects(signed.enrol(CODE), Unreachable);
    collector.change = undefined;
    assert.equal(await signed.enrol(CODE), undefined);
    await answered();
    tell('/v1/responses', lie);
    assert.equal(await signed.send(), false);
    assert.deepEqual((await store.responses()).map(({ state, reason }) => [state, reason]), [['waiting', undefined]]);
    collector.change = undefined;
    assert.equal(await signed.send(), true);
    const [first, again] = sent('/v1/responses');
    assert.equal(again, first);
    assert.equal((await store.responses())[0].state, 'sent');
  });

test('an enrolment is noted with the text that was sent, whatever text the collector answers', async () => {
  collector.invite(CODE);
  collector.change = (path, work) => {
    if (path !== '/v1/members') return undefined;
    const answer = work();
    return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), jws: 'x' }) };
  };
  assert.equal(await signed.enrol(CODE), undefined);
  assert.equal(member.state.member.enrolment.jws, sent('/v1/members')[0]);
});

const login = { status: 200, type: 'text/html; charset=utf-8', body: '<h1>Log in to the wifi</h1>' };

for (const [name, word] of Object.entries({ 'is not there': problem(503, 'unavailable'), 'is asked for too often': problem(429, 'too-many'), 'is a page of the network': login }))
  test(`an enrolment whose log key ${name} goes on from there`, async () => {
    collector.invite(CODE);
    collector.change = (path) => (path === '/log/key' ? word : undefined);
    await assert.rejects(signed.enrol(CODE), Unreachable);
    collector.change = undefined;
    assert.equal(await signed.enrol(CODE), undefined);
    assert.equal(sent('/v1/members').length, 2);
  });

test('a page of the network in the place of a tile says nothing of the log', async () => {
  await joined();
  await answered();
  collector.change = (path) => (path.startsWith('/log/tile/') ? login : undefined);
  assert.equal(await signed.send(), true);
  assert.equal((await store.responses())[0].state, 'sent');
});

const accepted = (path, work) => work();
const tooOften = (path, work) => (work(), { ...problem(429, 'too-many') });
const replacedElsewhere = () => problem(409, 'stale-revision', { currentRevision: 7 });
const refusedForGood = () => problem(400, 'invalid-response', { errors: [{ pointer: '/answers', detail: 'x' }] });
const ofTheClock = () => problem(400, 'invalid-response', { errors: [{ pointer: '/iat', detail: 'x' }] });

// Taken off the device while an answer is on its way; `next`: and somebody else takes part there before it comes back.
for (const [name, comesBack] of Object.entries({ accepted, tooOften, replacedElsewhere, refusedForGood, ofTheClock }))
  for (const next of [false, true])
    test(`what comes back (${name}) for who is gone from the device is not kept there${next ? ', and is not the next one’s' : ''}`, async () => {
      await joined();
      await answered();
      collector.change = async (path, work) => {
        if (path !== '/v1/responses') return undefined;
        collector.change = undefined;
        await store.wipe(); // by another tab
        if (next) {
          await member.refresh();
          await member.reload();
          assert.equal(await signed.enrol(collector.invite(OTHER)), undefined);
        }
        return comesBack(path, work);
      };
      await signed.send();
      assert.deepEqual(await store.responses(), []);
      const facts = await Promise.all(['floors', 'head', 'recovery', 'member'].map(store.fact));
      assert.deepEqual(facts.map((fact) => fact !== undefined), [false, next, next, next]);
      assert.equal(sent('/v1/responses').length, 1, 'and nothing is signed anew');
    });
