// Checking, coming back and erasing on a device in memory.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Collector, freshDevice, locks, memory, problem } from './device.mjs';
import { Unreachable } from '../../../web/js/collector.js';
import { Untrue } from '../../../web/js/log.js';
import * as envelope from '../../../web/js/envelope.js';
import * as member from '../../../web/js/member.js';
import * as own from '../../../web/js/own.js';
import * as signed from '../../../web/js/signed.js';
import * as store from '../../../web/js/store.js';

const CODE = 'AAAAAAA-AAAAAAA-AAAAAAA-AAAA8';

let collector;
beforeEach(async () => {
  collector = await freshDevice();
  await member.refresh();
  assert.equal(await signed.enrol(collector.invite(CODE)), undefined);
});

async function answered(action, importance = 4) {
  await signed.answer('r', action, { importance });
  await signed.send();
}
const kept = async () => (await store.responses()).map(({ action }) => action);
const signErasure = (scope) => envelope.sign(member.state.member.key, envelope.ERASURE, envelope.erasure('unit', Math.floor(Date.now() / 1000), member.state.member.key, scope));
const states = async () => (await store.responses()).map(({ state }) => state);

const promised = () => {
  let keep;
  return Object.assign(new Promise((done) => (keep = done)), { keep });
};

// Resolves once somebody waits until they are alone.
const waitedFor = () =>
  new Promise((done) => {
    const { request } = locks;
    locks.request = (...asked) => {
      locks.request = request;
      done();
      return request(...asked);
    };
  });

// As a failure of before left them: the answers are in doubt, and the log holds what was shown for them.
async function doubted() {
  for (const { receipt, index, ...one } of await store.responses())
    await store.keepResponse({ ...one, index, state: 'doubt', reason: { type: 'doubt', why: 'no network' }, evidence: { index, receipt } });
  await member.reload();
}

test('a check clears a doubt whose evidence holds, and leaves the one whose evidence does not', async () => {
  await answered('A-1');
  await answered('A-2');
  await doubted();
  const [, second] = await store.responses();
  await store.keepResponse({ ...second, evidence: { ...second.evidence, index: 1 } });
  await member.reload();
  const { held, bad } = await own.checkAll();
  assert.deepEqual([held, bad.map(({ one }) => one.action)], [2, ['A-2']]);
  assert.deepEqual(await states(), ['sent', 'doubt']);
  const [first] = member.state.responses;
  assert.deepEqual([first.index, first.reason, first.evidence], [1, undefined, undefined]);
  assert.equal((await own.checkAll()).held, 2, 'the receipt has its place again');
});

test('a log that is another than it was clears no doubt', async () => {
  await answered('A-1');
  await doubted();
  const early = collector.log.checkpoint();
  await answered('A-2');
  collector.change = (path) => (path === '/log/checkpoint' ? { status: 200, type: 'text/plain', body: early } : undefined);
  assert.match((await own.checkAll()).why, /smaller/);
  assert.deepEqual(await states(), ['doubt', 'sent']);
});

test('a log that is another than it was is told until a check finds it to hold, and goes with what is taken along', async () => {
  await answered('A-1');
  const early = collector.log.checkpoint();
  await answered('A-2');
  collector.change = (path) => (path === '/log/checkpoint' ? { status: 200, type: 'text/plain', body: early } : undefined);
  const { why } = await own.checkAll();
  await member.reload();
  assert.equal(member.state.isRewritten, true);
  const { device } = JSON.parse(await own.ownData());
  assert.deepEqual([device.rewritten.why, device.rewritten.checkpoint], [why, early]);
  collector.change = (path) => (path === '/log/checkpoint' ? problem(503, 'unavailable') : undefined);
  await assert.rejects(own.checkAll(), Unreachable);
  assert.equal(member.state.isRewritten, true);
  collector.change = undefined;
  assert.equal((await own.checkAll()).why, undefined);
  assert.equal(member.state.isRewritten, false);
});

test('an answer that is taken while the collector is asked what it has is not a missing one', async () => {
  await answered('A-1');
  await signed.answer('r', 'A-2', { importance: 4 });
  let sending;
  collector.change = async (path, work) => {
    if (path !== '/v1/access') return undefined;
    const answer = work();
    const isAlone = locks.isHeld('burgerpanel send');
    sending ??= signed.send();
    if (!isAlone) await sending;
    return answer;
  };
  assert.deepEqual(await own.compare(), { strange: [], missing: [] });
  await sending;
  assert.deepEqual(await states(), ['sent', 'sent']);
});

test('a failure of this device says nothing of the log', async () => {
  await answered('A-1');
  await answered('A-2');
  memory.full = ['facts'];
  await assert.rejects(own.checkAll(), Unreachable);
});

// The member on a device that knows nothing yet.
async function onAnother() {
  const code = await own.recoveryCode();
  await own.forget();
  return code;
}

test('coming back while the store takes nothing, or the log’s key is not to be had, passes; a proof that does not hold does not', async () => {
  const code = await onAnother();
  memory.full = ['facts'];
  await assert.rejects(own.restore(code), Unreachable);
  memory.full = [];
  collector.change = (path) => (path === '/log/key' ? { status: 503, type: 'text/plain', body: '' } : undefined);
  await assert.rejects(own.restore(code), Unreachable);
  collector.change = (path, work) => (path.startsWith('/v1/receipts/') ? { ...work(), body: 'x' } : undefined);
  await assert.rejects(own.restore(code), Untrue);
  assert.equal(member.state.member, undefined);
  collector.change = undefined;
  assert.equal(await own.restore(code), undefined);
});

const NOT_OF_THE_COLLECTOR = {
  'a proxy’s 404': { status: 404, type: 'text/html', body: 'not here' },
  'a proxy’s 403': { status: 403, type: 'text/html', body: 'no' },
  'a problem without a type': { status: 404, type: 'application/problem+json', body: '{"type":"about:blank"}' },
  'a collector that knows no such path': problem(404, 'not-found'),
  'a word without a receipt': { status: 200, type: 'application/json', body: '{"index":1}' },
};

for (const [name, word] of Object.entries(NOT_OF_THE_COLLECTOR))
  test(`${name} is no answer to a request to erase, which goes again as it was`, async () => {
    await answered('A-1');
    const scope = { round: 'r', action: 'A-1' };
    collector.change = (path, work) => path === '/v1/erasures' && (work(), word);
    await assert.rejects(own.erase(scope), Unreachable);
    const { jws } = await store.fact('erasing');
    collector.change = undefined;
    assert.equal(await own.erase(scope), undefined);
    const requests = collector.sent.filter(({ path }) => path === '/v1/erasures').map(({ body }) => body);
    assert.deepEqual(requests, [jws, jws]);
    assert.equal(await store.fact('erasing'), undefined);
    assert.deepEqual((await store.fact('erasures')).map((one) => one.jws), [jws], 'the proof of it');
    assert.deepEqual(await states(), []);
  });

test('a request to erase that the collector refuses is forgotten', async () => {
  assert.equal((await own.erase({ round: 'r', action: 'A-1' })).type, 'nothing-to-erase');
  assert.equal(await store.fact('erasing'), undefined);
});

for (const [name, isCarriedOut] of [['', undefined], [', after a request that had not arrived,', false], [', after a request that had been carried out,', true]])
  test(`an answer that is on its way while it is erased${name} does not come back`, async () => {
    await answered('A-1');
    await answered('A-2');
    const scope = { round: 'r', action: 'A-2' };
    const jws = await signErasure(scope);
    if (isCarriedOut !== undefined) await store.setFact('erasing', { scope, jws });
    if (isCarriedOut) collector.erase(jws);
    await signed.answer('r', 'A-1', { importance: 5 });
    const [isOnItsWay, goesOn] = [promised(), promised()];
    collector.change = async (path, work) => {
      if (path !== '/v1/responses') return undefined;
      const answer = work();
      isOnItsWay.keep();
      await goesOn;
      return answer;
    };
    const sending = signed.send();
    await isOnItsWay;
    const waits = waitedFor();
    const erasing = own.erase({ round: 'r', action: 'A-1' });
    await Promise.race([waits, erasing]);
    goesOn.keep();
    assert.deepEqual(await Promise.all([sending, erasing]), [true, undefined]);
    assert.deepEqual(await kept(), isCarriedOut ? [] : ['A-2']);
    assert.equal((await signed.answer('r', 'A-1', { importance: 1 })).revision, 3, 'above all that the collector had');
  });

// Another device of this member has answered, and the collector has that.
async function answeredElsewhere(action, revision, importance) {
  const { panel, key } = member.state.member;
  const claims = envelope.response(panel, Math.floor(Date.now() / 1000), { round: 'r', action, revision, answers: { importance } });
  collector.take(await envelope.sign(key, envelope.RESPONSE, claims));
}
const given = async () => (await store.responses()).map(({ revision, state, answers }) => [revision, state, answers.importance]);
const taken = async () => own.takeOver((await own.compare()).strange[0]);

for (const [name, revision] of [['the same number', 1], ['a higher number', 2]])
  test(`an answer of another device, of ${name}, leaves the one that waits here until the person chooses`, async () => {
    await answeredElsewhere('A-1', revision, 1);
    await signed.answer('r', 'A-1', { importance: 5 });
    assert.equal(await taken(), false);
    assert.deepEqual(await given(), [[1, 'waiting', 5]]);
    await signed.send();
    assert.equal(await taken(), false);
    assert.deepEqual(await given(), [[1, 'stale', 5]]);
    const [stale] = await store.responses();
    await own.yieldTo(await own.otherAnswer(stale), stale);
    assert.deepEqual(await given(), [[revision, 'sent', 1]]);
  });

test('an answer that was refused for good keeps its text beside that of another device', async () => {
  await answeredElsewhere('A-1', 1, 1);
  await signed.answer('r', 'A-1', { importance: 5 });
  const [one] = await store.responses();
  await store.keepResponse({ ...one, state: 'refused', reason: { type: 'invalid-response' } });
  await member.reload();
  assert.equal(await taken(), false);
  assert.deepEqual(await given(), [[1, 'refused', 5]]);
});

test('an answer of another device is taken over where there is none here, or one that was sent', async () => {
  await answeredElsewhere('A-1', 1, 1);
  assert.equal(await taken(), true);
  await answeredElsewhere('A-1', 2, 2);
  assert.equal(await taken(), true);
  assert.deepEqual(await given(), [[1, 'sent', 1], [2, 'sent', 2]]);
});

test('coming back over a connection that breaks keeps what came, says that it is not all, and asks for no receipt twice', async () => {
  const actions = ['A-1', 'A-2', 'A-3'];
  for (const action of [...actions, 'A-4']) await answered(action);
  await own.erase({ round: 'r', action: 'A-4' });
  const code = await onAnother();
  const receipts = (from) => collector.sent.slice(from).map(({ path }) => path).filter((path) => path.startsWith('/v1/receipts/'));
  const start = collector.sent.length;
  collector.change = (path) => {
    if (path.startsWith('/v1/receipts/') && receipts(start).length > 2) throw new TypeError('cut off');
  };
  assert.equal(await own.restore(code), undefined);
  assert.deepEqual([await kept(), member.state.isPartial], [['A-1'], true]);
  collector.change = undefined;
  const again = collector.sent.length;
  await own.adoptRest();
  assert.deepEqual([await kept(), member.state.isPartial], [actions, false]);
  assert.equal((await store.fact('erasures')).length, 1);
  assert.equal(receipts(again).length, 3, 'of two answers and of the request to erase');
  await own.restore(code);
  assert.equal(receipts(again).length, 3);
});

test('coming back on a device that knows the member leaves what waits there', async () => {
  const code = await own.recoveryCode();
  await answeredElsewhere('A-1', 1, 1);
  await answeredElsewhere('A-2', 1, 2);
  await signed.answer('r', 'A-1', { importance: 5 });
  assert.equal(await own.restore(code), undefined);
  assert.deepEqual(await given(), [[1, 'waiting', 5], [1, 'sent', 2]]);
});

test('a code that is typed on a device that knows the member does not have another log take the place of the one that it knows', async () => {
  const code = await own.recoveryCode();
  await answered('A-1');
  const known = await Promise.all(['member', 'head'].map(store.fact));
  const other = new Collector();
  for (const { jws } of collector.entries) other.append(jws);
  await own.restore(code);
  assert.deepEqual(await Promise.all(['member', 'head'].map(store.fact)), known);
  assert.notEqual((await own.checkAll()).why, undefined);
});
