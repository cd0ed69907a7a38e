// Erasing when answers are lost, on a device in memory: what was asked and nothing else, however often it is tried, and what is left of who is gone.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { freshDevice, memory } from './device.mjs';
import { Unreachable, clock } from '../../../web/js/collector.js';
import * as member from '../../../web/js/member.js';
import * as own from '../../../web/js/own.js';
import * as signed from '../../../web/js/signed.js';
import * as store from '../../../web/js/store.js';

const [CODE, OTHER] = ['AAAAAAA-AAAAAAA-AAAAAAA-AAAA8', 'BBBBBBB-BBBBBBB-BBBBBBB-BBBB8'];
const FIRST = { round: 'r', action: 'A-1' };

let collector;
beforeEach(async () => {
  collector = await freshDevice();
  await member.refresh();
  assert.equal(await signed.enrol(collector.invite(CODE)), undefined);
});

const answered = async (action, importance = 4) => {
  await signed.answer('r', action, { importance });
  await signed.send();
};
const kept = async () => (await store.responses()).map(({ action, revision, state }) => `${action}/${revision} ${state}`);
const requests = () => collector.sent.filter(({ path }) => path === '/v1/erasures').map(({ body }) => body);
const whatIs = (scope) => collector.entries.filter(({ claims }) => JSON.stringify(claims.scope) === JSON.stringify(scope)).length;

// A request that does not arrive, or whose answer does not.
async function askInVain(scope, isCarriedOut) {
  collector.change = (path, work) => {
    if (path !== '/v1/erasures') return undefined;
    if (isCarriedOut) work();
    throw new Error('cut off');
  };
  await assert.rejects(own.erase(scope), Unreachable);
  collector.change = undefined;
}

test('to erase one answer does not carry out an earlier "everything" that never arrived', async () => {
  await answered('A-1');
  await answered('A-2');
  await askInVain('everything', false);
  assert.equal(await own.erase(FIRST), undefined);
  assert.deepEqual([whatIs('everything'), whatIs(FIRST)], [0, 1]);
  assert.deepEqual(await kept(), ['A-2/1 sent']);
  assert.notEqual(member.state.member, undefined);
  assert.equal(await store.fact('erasing'), undefined);
});

test('where an earlier "everything" was carried out, its proof is fetched and nobody is known any more', async () => {
  await answered('A-1');
  await askInVain('everything', true);
  const [jws] = requests();
  assert.equal(await own.erase(FIRST), undefined);
  assert.deepEqual(requests(), [jws, jws]);
  assert.equal(member.state.member, undefined);
  assert.deepEqual((await store.fact('erasures')).map((one) => [one.jws, one.scope]), [[jws, 'everything']]);
});

test('while nobody can tell whether an earlier request was carried out nothing is erased', async () => {
  await answered('A-1');
  await askInVain('everything', false);
  const words = [{ status: 503, type: 'text/plain', body: '' }, { status: 200, type: 'application/json', body: '{"login":true}' }, { status: 200, type: 'application/json', body: 'null' }];
  for (const word of words) {
    collector.change = (path) => path === '/v1/access' && word;
    await assert.rejects(own.erase(FIRST), Unreachable);
  }
  assert.deepEqual([requests().length, (await store.fact('erasing')).scope], [1, 'everything']);
});

test('to erase everything after one answer whose request was carried out has the proof of both', async () => {
  await answered('A-1');
  await answered('A-2');
  await askInVain(FIRST, true);
  assert.equal(await own.erase('everything'), undefined);
  assert.deepEqual((await store.fact('erasures')).map(({ scope }) => scope), [FIRST, 'everything']);
});

// Time goes on by so many seconds, for the device and for the collector.
async function later(seconds, work) {
  const { now } = Date;
  Date.now = () => now() + seconds * 1000;
  await work().finally(() => (Date.now = now));
}

for (const scope of [FIRST, 'everything'])
  test(`a request of ${JSON.stringify(scope)} that did not arrive and is too old by now is signed anew when it is tried again`, async () => {
    await answered('A-1');
    await askInVain(scope, false);
    await later(301, async () => assert.equal(await own.erase(scope), undefined));
    assert.deepEqual([new Set(requests()).size, requests().length, whatIs(scope)], [2, 3, 1]);
    assert.deepEqual(await kept(), []);
  });

test('a request that the device’s wrong clock dates is signed anew by the collector’s', async () => {
  await answered('A-1');
  clock.ahead = 4000;
  assert.equal(await own.erase(FIRST), undefined);
  assert.equal(requests().length, 2);
});

test('a request that is refused each time for its claims is signed anew once a time', async () => {
  await answered('A-1');
  collector.change = (path) => path === '/v1/erasures' && { status: 400, type: 'application/problem+json', body: '{"type":"urn:burgerpanel:problem:invalid-claims"}' };
  assert.equal((await own.erase(FIRST)).type, 'invalid-claims');
  assert.deepEqual([requests().length, await kept()], [2, ['A-1/1 sent']]);
});

test('an answer that was given after a request that got no answer is erased too when that is asked again', async () => {
  await answered('A-1');
  await askInVain(FIRST, true);
  await answered('A-1', 5);
  await answered('A-1', 2);
  assert.deepEqual(collector.entries.filter(({ claims }) => claims.answers).map(({ claims }) => claims.revision), [2, 3]);
  assert.equal(await own.erase(FIRST), undefined);
  assert.deepEqual(collector.entries.filter(({ claims }) => claims.answers), []);
  assert.deepEqual([await kept(), (await store.fact('erasures')).length], [[], 2]);
});

test('after "everything" there is nothing here of who it was but the proof', async () => {
  await answered('A-1');
  await store.keepDraft('r', 'A-2', { importance: 2 }, member.state.member.key.kid);
  await signed.raiseFloor({ round: 'r', action: 'A-3', revision: 7 }, member.state.member.key.kid);
  await store.setFact('passkey', true);
  await store.setFact('language', 'en');
  assert.equal(await own.erase('everything'), undefined);
  const facts = [...memory.stores.get('facts').values.keys()].map((name) => JSON.parse(name)).sort();
  assert.deepEqual(facts, ['actions', 'clock', 'erasures', 'followUps', 'language', 'panel']);
  assert.deepEqual([await store.responses(), await store.draft('r', 'A-2')], [[], undefined]);
  assert.deepEqual(await own.remains(), { hasBegun: false, isErased: true });
  await own.forget();
  assert.deepEqual(await own.remains(), { hasBegun: false, isErased: false });
  await member.refresh();
  assert.equal(await signed.enrol(collector.invite(OTHER)), undefined);
  assert.equal((await signed.answer('r', 'A-3', { importance: 1 })).revision, 1);
});
