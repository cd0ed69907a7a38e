// Goal: what goes wrong beside a person takes nothing away from them and is told as what it is: a device that keeps nothing more, a change that is not
// taken, a list that could not be fetched, an outcome that comes later.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { request } from './lib/http.mjs';
import { ACTION, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { Proxy } from './lib/proxy.mjs';

let collector;
const people = new People('setbacks');
before(async () => {
  collector = await ready('web-setbacks', { codes: 8 });
});
after(async () => {
  await people.end();
  await collector?.stop();
});

// A person behind a proxy of their own.
async function behind(context, how) {
  const proxy = new Proxy(collector);
  await proxy.start();
  context.after(() => proxy.stop());
  return { proxy, one: await people.meet(context, proxy.url, how) };
}

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

test('where the chosen language can not be had just then the page is in Dutch; where nothing is kept it says so, with a button', async (context) => {
  const { one, proxy } = await behind(context, { apart: true });
  await one.page(t.welcomeTitle);
  await one.isKept();
  await one.push('English');
  await one.run(async () => {
    for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  });
  proxy.change = (path) => (path === '/web/js/texts.en.js' ? { status: 503, headers: { 'content-type': 'text/plain' }, bytes: Buffer.from('later') } : undefined);
  await one.visit();
  await one.page(t.welcomeTitle);
  proxy.change = undefined;
  await one.before(`IDBFactory.prototype.open = () => { throw new DOMException('made by a test', 'SecurityError'); };`);
  await one.visit();
  await one.page(t.noStoreTitle);
  await one.find('main button', t.again);
});

const API = { panel: '/v1/panel', actions: '/v1/actions' };
const failing = (wanted) => (path) => (path === wanted ? { status: 503, headers: { 'content-type': 'text/plain' }, bytes: Buffer.from('later') } : undefined);

// What the collector answers to `wanted` as of another time, so that the page has to ask for it anew.
async function asOf(wanted, change) {
  const { headers, text } = await request(collector.url, wanted);
  const answer = { status: 200, headers: { ...headers, etag: '"other"', document: 'o'.repeat(43) }, bytes: Buffer.from(JSON.stringify(change(JSON.parse(text)))) };
  return (path) => (path === wanted ? answer : undefined);
}
const closedUntil = (opensAt) => (panel) => ({ ...panel, rounds: panel.rounds.map((round) => ({ ...round, opensAt })) });

// As when the connection comes back.
const lookAgain = (one) => one.run(() => void dispatchEvent(new Event('online')));

test('a list that could not be fetched is told as that, and comes by its button', async (context) => {
  const { one, proxy } = await behind(context);
  proxy.change = failing(API.actions);
  await one.enrol(collector.codes[1]);
  await one.push(t.isKept);
  await one.page(t.listTitle);
  await one.find('.lead', t.listUnfetched);
  await one.push(t.tryAgain);
  await one.find('.told', t.noAnswerNow);
  await one.picture('setbacks-unfetched');
  proxy.change = undefined;
  await one.push(t.tryAgain);
  await one.find('.cards .card');
});

test('a round that has opened since the last visit is shown on the page that is open, and on that of an action', async (context) => {
  const { one, proxy } = await behind(context);
  const closed = await asOf(API.panel, closedUntil('2099-01-01T00:00:00Z'));
  proxy.change = closed;
  await one.joined(collector.codes[2]);
  await one.find('.lead', t.listClosed);
  proxy.change = undefined;
  await lookAgain(one);
  await one.find('.cards .card');
  proxy.change = closed;
  await lookAgain(one);
  await one.find('.lead', t.listClosed);
  await one.run((address) => void (location.hash = address), `#/actie/${ACTION}`);
  await one.find('main .notice', t.notOpenTitle);
  proxy.change = undefined;
  await lookAgain(one);
  await one.find('form .question');
});

test('while a person seeks in the list, news of it is drawn around what they type', async (context) => {
  const { one, proxy } = await behind(context);
  await one.joined(collector.codes[3]);
  await one.fill('#words', 'nieuwe naam');
  await one.find('.found', t.foundNone);
  await one.run(() => (document.getElementById('words').dataset.same = ''));
  proxy.change = await asOf(API.actions, ({ actions, ...rest }) => ({ ...rest, actions: actions.map((each) => (each.id === ACTION ? { ...each, title: 'Een nieuwe naam' } : each)) }));
  await lookAgain(one);
  await one.find('.found', t.found(1));
  assert.equal(await (await one.find('#words[data-same]')).property('value'), 'nieuwe naam');
});

test('an outcome that comes while the page is open is spoken, and its heading has the focus', async (context) => {
  const { one } = await behind(context);
  await one.joined(collector.codes[4]);
  await one.toAction();
  await one.fillIn();
  await one.offline(true);
  await one.sendAnswer(t.waitTitle);
  assert.equal(await (await one.active()).text(), t.waitTitle);
  await one.offline(false);
  await one.page(t.thanksTitle);
  const told = await one.run(() => [document.activeElement.tagName, document.activeElement.textContent, document.getElementById('status').textContent]);
  assert.deepEqual(told, ['H1', t.thanksTitle, t.thanksTitle]);
});

test('after the last answer before a round closes nothing is said of all actions', async (context) => {
  const { one, proxy } = await behind(context);
  await one.joined(collector.codes[6]);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  const isSaid = () => one.run((words) => document.querySelector('main').textContent.includes(words), t.allDone);
  proxy.change = await asOf(API.panel, closedUntil('2099-01-01T00:00:00Z'));
  await lookAgain(one);
  await one.visit('#/acties');
  await one.find('.lead', t.listClosed);
  await one.visit(`#/verstuurd/${ACTION}/${ROUND}`);
  await one.page(t.thanksTitle);
  assert.equal(await isSaid(), false);
});

// What every response is answered with.
const refusing = (status, type) => (path) =>
  path === '/v1/responses' ? { status, headers: { 'content-type': 'application/problem+json' }, bytes: Buffer.from(JSON.stringify({ type: `urn:burgerpanel:problem:${type}`, title: 'x', status, detail: 'x' })) } : undefined;

test('a change that is not taken leaves the answer that counts in sight and to be erased, and can be left out', async (context) => {
  const { one, proxy } = await behind(context);
  await one.joined(collector.codes[5]);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  proxy.change = refusing(409, 'round-not-open');
  await one.toAction();
  await one.choose('importance');
  await one.sendAnswer(t.changeRefusedTitle);
  await one.find('.lead', t.stillCounts);
  await one.picture('setbacks-change');
  await one.click('a', t.mine);
  await one.page(t.mine);
  await one.find('.card .badge', t.isChangeFailed);
  await one.find('.card .badge', t.isAnswered);
  await one.find('.card .about', t.version(1));
  await one.click('summary', t.yourAnswer);
  await one.find('.card button', t.eraseOne);
  await one.click('.card a', t.look);
  await one.page(t.changeRefusedTitle);
  await one.push(t.leaveChange);
  await one.picture('setbacks-leave');
  await one.push(t.leaveSure);
  await one.page(t.thanksTitle);
  assert.deepEqual((await one.kept()).responses.map(({ revision, state }) => [revision, state]), [[1, 'sent']]);
});
