// Goal: a browser without Ed25519 takes part like any other: the library is fetched when it is needed and not before, the key lies sealed, and another verifier
// takes what it signs; a browser without locks or channels between tabs does too, and one that asks the person before it keeps anything for good.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { People, t, WITHOUT_ED25519 } from './lib/citizen.mjs';
import { ready } from './lib/programs.mjs';

let collector;
const people = new People('fallback');
before(async () => {
  collector = await ready('web-fallback', { codes: 3 });
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
