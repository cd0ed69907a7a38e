// Goal: what goes wrong beside a person takes nothing away from them and is told as what it is: a device that keeps nothing more, a change that is not
// taken, a list that could not be fetched, an outcome that comes later.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';

let collector;
const people = new People('setbacks');
before(async () => {
  collector = await ready('web-setbacks', { codes: 6 });
});
after(async () => {
  await people.end();
  await collector?.stop();
});

const isChosen = async (one, id) => (await one.find(id)).property('checked');

// Until the page is loaded again; `isFull` false lets it keep again.
const fill = (one, isFull) =>
  one.run((full) => {
    globalThis.realPut ??= IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = full ? () => { throw new DOMException('made by a test', 'QuotaExceededError'); } : globalThis.realPut;
  }, isFull);

// What nobody catches, as of a check that runs in the background.
const goWrong = (one) =>
  one.run(() => void dispatchEvent(new PromiseRejectionEvent('unhandledrejection', { promise: Promise.resolve(), reason: new Error('made by a test') })));

test('a device without room: what is filled in stays and is told not to be kept, and is sent once there is room', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.joined(collector.codes[0]);
  await one.toAction();
  await one.choose('importance', 3);
  await one.find('form [role=status]', t.draftKept);
  await fill(one, true);
  await one.choose('noticed', 1);
  await one.find('form [role=status]', t.draftLost);
  await goWrong(one);
  await one.find('#wrong', t.wrongHere);
  await one.click('form button[type=submit]');
  await one.find('main .notice', t.answerNotKept);
  for (const id of ['#q-importance-3', '#q-noticed-1']) assert.equal(await isChosen(one, id), true, id);
  await one.picture('setbacks-no-room');
  await fill(one, false);
  await one.choose('importance', 2);
  await one.find('form [role=status]', t.draftKept);
  await one.sendAnswer();
  assert.deepEqual((await one.kept()).responses.map(({ revision, answers }) => [revision, answers.importance]), [[1, 3]]);
});

test('when the browser clears what the site keeps, the page that is open can keep anew', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.page(t.welcomeTitle);
  const keep = (n) => one.run(async (number) => {
    const store = await import('/web/js/store.js');
    await store.setFact('kept', number);
    return store.fact('kept');
  }, n);
  assert.equal(await keep(1), 1);
  await one.cdp('Storage.clearDataForOrigin', { origin: one.site, storageTypes: 'indexeddb' });
  await poll('the store to be another', 5, () => one.run(async () => (await (await import('/web/js/store.js')).fact('kept')) !== 1));
  assert.equal(await keep(2), 2);
});
