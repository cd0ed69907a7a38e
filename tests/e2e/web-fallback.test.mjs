// Goal: a browser without Ed25519 takes part like any other: the library is fetched when it is needed and not before, the key lies sealed, and another verifier
// takes what it signs; a browser without locks or channels between tabs does too, and one that asks the person before it keeps anything for good.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { People, siteOf, t, WITHOUT_ED25519 } from './lib/citizen.mjs';
import { request } from './lib/http.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { Proxy, withText } from './lib/proxy.mjs';

let collector;
const people = new People('fallback');
before(async () => {
  collector = await ready('web-fallback', { codes: 4 });
});
after(async () => {
  await people.end();
  await collector?.stop();
});

test('a browser without Ed25519 enrols, answers, corrects, checks, works offline and is restored', async (context) => {
  const one = await people.meet(context, collector.url, { apart: true });
  const fetched = () => one.run(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('nacl-fast.min.js')));
  await one.page(t.welcomeTitle);
  await one.before(WITHOUT_ED25519);
  await one.visit();
  await one.page(t.welcomeTitle);
  assert.equal(await fetched(), false, 'not before it is needed');
  const code = await one.joined(collector.codes[0]);
  assert.equal(await fetched(), true);
  assert.equal((await one.kept()).member.isSealed, true);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  await one.toAction();
  await one.choose('importance');
  await one.sendAnswer();
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.check);
  await one.find('.told', t.checkGood(3));
  await one.isKept();
  await one.offline(true);
  await one.visit('#/acties');
  await one.page(t.listTitle);
  await one.toAction('WA-1.02');
  await one.fillIn();
  await one.sendAnswer(t.waitTitle);
  await one.offline(false);
  await one.settled('sent', 'WA-1.02');
  const before = await one.kept();
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.forget);
  await one.push(t.forgetSure);
  await one.page(t.welcomeTitle);
  await one.restore(code);
  await one.page(t.mine);
  const after = await one.kept();
  assert.deepEqual(after.member, before.member);
  assert.equal(after.responses.length, 2);
  await one.assertQuiet(/ERR_INTERNET_DISCONNECTED/);
});

// By one of the files that the worker wants all of.
const cutOff = (path) => {
  if (path === '/web/js/qr.js') throw new Error('cut off');
};
const cutOffAll = () => {
  throw new Error('cut off');
};

async function answerWithout(one, outcome) {
  await one.visit('#/acties');
  await one.page(t.listTitle);
  await one.toAction();
  await one.fillIn();
  await one.click('form button[type=submit]');
  return one.find('main', outcome);
}

test('who enrolled before the worker kept anything signs without a connection once it does; before that the page says what is lacking', async (context) => {
  const proxy = new Proxy(collector);
  await proxy.start();
  context.after(() => proxy.stop());
  const one = await people.meet(context, collector.url, { apart: true });
  await one.before(WITHOUT_ED25519);
  one.site = siteOf(proxy.url); // where this browser never was
  const hasLibrary = () => one.run(async () => (await caches.match('/web/nacl-fast.min.js')) !== undefined);
  proxy.change = cutOff;
  await one.joined(collector.codes[3]);
  proxy.change = undefined;
  await one.visit('#/acties');
  await one.isKept();
  assert.equal(await hasLibrary(), false, 'a worker that has Ed25519 needs none');
  proxy.change = cutOffAll;
  await answerWithout(one, t.answerNotSigned);
  const { headers, ...worker } = await request(collector.url, '/sw.js');
  const lacking = withText({ ...worker, headers: { ...headers, etag: '"lacking"' } }, `${WITHOUT_ED25519}\n${worker.text}`);
  proxy.change = (path) => (path === '/sw.js' ? lacking : undefined);
  await one.run(async () => void (await (await navigator.serviceWorker.getRegistration()).update()));
  await poll('the worker to keep the library', 20, hasLibrary);
  proxy.change = cutOffAll;
  await answerWithout(one, t.waitTitle);
  proxy.change = undefined;
  await one.visit('#/acties');
  await one.settled('sent');
});

// Firefox's question, which nobody answers.
const ASKS = 'StorageManager.prototype.persist = () => new Promise(() => {});';

test('a browser that asks whether it may keep what the page stores holds nobody up who does not answer', async (context) => {
  const one = await people.meet(context, collector.url, { apart: true });
  await one.before(ASKS);
  const code = await one.joined(collector.codes[1]);
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.forget);
  await one.push(t.forgetSure);
  await one.page(t.welcomeTitle);
  await one.restore(code);
  await one.page(t.mine);
});
