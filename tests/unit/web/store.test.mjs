// What store.js makes of a browser that keeps less than it was asked to: no room, and a database that is closed under the page.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { memory } from './device.mjs';
import * as store from '../../../web/js/store.js';

beforeEach(async () => {
  Object.assign(memory, { full: [], isShut: false });
  await store.wipe();
});

const keep = (importance) => store.keepDraft('r', 'A-1', { importance });

test('a draft for which there is no room is told, and the next one is kept', async () => {
  memory.full = ['drafts'];
  await assert.rejects(keep(1), { name: 'QuotaExceededError' });
  await assert.rejects(keep(2), { name: 'QuotaExceededError' });
  memory.full = [];
  await keep(3);
  assert.deepEqual(await store.draft('r', 'A-1'), { importance: 3 });
});

test('a draft that comes while another one fails is kept, and no fault is told', async () => {
  memory.full = ['drafts'];
  const first = keep(1);
  const second = keep(2);
  memory.open.transaction = function (...how) {
    delete this.transaction;
    const failing = this.transaction(...how);
    memory.full = [];
    return failing;
  };
  await Promise.all([first, second]);
  assert.deepEqual(await store.draft('r', 'A-1'), { importance: 2 });
});

test('a database that the browser has closed is opened again, told or not', async () => {
  await store.setFact('clock', 7);
  for (const isTold of [true, false]) {
    const before = memory.open;
    before.close();
    if (isTold) before.onclose();
    assert.equal(await store.fact('clock'), 7);
    assert.notEqual(memory.open, before);
    await store.setFact('clock', 7);
  }
});

test('a page lets go of the database that another one takes away', async () => {
  const before = memory.open;
  before.onversionchange();
  assert.equal(before.isClosed, true);
  await store.setFact('clock', 8);
  assert.notEqual(memory.open, before);
});

test('a database that can not be opened now can be later', async () => {
  memory.open.onversionchange();
  memory.isShut = true;
  await assert.rejects(store.fact('clock'));
  memory.isShut = false;
  assert.equal(await store.fact('clock'), undefined);
});

test('a change for a member is made while the device knows them, and no other', async () => {
  const one = { round: 'r', action: 'A-1', revision: 1, state: 'sent' };
  const changes = [
    (whose) => store.setFact('head', 'x', whose),
    (whose) => store.keepResponse(one, whose),
    (whose) => store.dropResponse(one, whose),
    (whose) => store.keepDraft('r', 'A-1', {}, whose),
    (whose) => store.dropDraft('r', 'A-1', whose),
    (whose) => store.wipe([], whose),
  ];
  const all = async () => [await store.fact('head'), await store.responses(), await store.draft('r', 'A-1')];
  await store.wipe();
  const empty = await all();
  for (const known of [undefined, { key: { kid: 'another' } }])
    for (const change of changes.slice(0, -1)) {
      await store.setFact('member', known);
      await assert.rejects(change('this one'), store.Left);
      assert.deepEqual(await all(), empty);
    }
  await assert.rejects(store.wipe([], 'this one'), store.Left);
  assert.notEqual(await store.fact('member'), undefined);
  await store.setFact('member', { key: { kid: 'this one' } });
  for (const change of changes) await change('this one');
  assert.deepEqual([await store.fact('member'), await all()], [undefined, empty]);
});

test('all is taken away but the facts that are spared', async () => {
  for (const name of ['language', 'head']) await store.setFact(name, name);
  await store.wipe(['language', 'clock']);
  assert.deepEqual(await Promise.all(['language', 'head', 'clock'].map(store.fact)), ['language', undefined, undefined]);
});
