// Goal: what a person left open in another tab takes nothing from who is a member on this device by now, and shows them nothing; and whatever a person leaves
// behind can be taken off the device, also where it knows them no more.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { ready } from './lib/programs.mjs';
import { Proxy } from './lib/proxy.mjs';

let collector;
const people = new People('tabs');
before(async () => {
  collector = await ready('web-tabs', { codes: 4 });
});
after(async () => {
  await people.end();
  await collector?.stop();
});

// A page in a new tab, and back to the one before; gives the new one's handle.
async function leftOpen(one, open) {
  const first = await one.tab();
  const second = await one.newTab();
  await open();
  await one.switchTo(first);
  return second;
}

test('a page of consent that is left open in another tab goes to the list once the device knows a member, and the code stays', async (context) => {
  const one = await people.meet(context, collector.url, { apart: true });
  const [code] = collector.codes;
  const other = await leftOpen(one, async () => {
    await one.visit(`#uitnodiging=${code}`);
    await one.push(t.join);
    await one.page(t.consentTitle);
  });
  const recovery = await one.enrol(code);
  await one.switchTo(other);
  await one.page(t.listTitle);
  const { member, recovery: isKept } = await one.kept();
  assert.deepEqual([member.index > 0, isKept], [true, true]);
  await one.visit('#/toestemming');
  await one.page(t.listTitle);
  await one.visit('#/bewaren');
  await one.page(t.keepTitle);
  assert.equal(await one.recoveryCode(), recovery);
  await one.assertQuiet();
});

const takeOff = async (one, button = 'button') => {
  await one.click(button, t.forget);
  await one.push(t.forgetSure);
  await one.find('.notice', t.forgotten);
};
const facts = (one) =>
  one.run(async () => {
    const store = await import('/web/js/store.js');
    return Promise.all(['member', 'pending', 'erasures', 'floors'].map(async (name) => Boolean(await store.fact(name))));
  });

test('a form of who was taken off the device in another tab is not the next one’s to see', async (context) => {
  const one = await people.meet(context, collector.url, { apart: true });
  await one.joined(collector.codes[1]);
  const other = await leftOpen(one, async () => {
    await one.visit();
    await one.page(t.listTitle);
    await one.toAction();
    await one.fillIn();
  });
  await one.visit('#/mijn');
  await one.page(t.mine);
  await takeOff(one);
  await one.switchTo(other);
  await one.page(t.unknownTitle);
  assert.equal(await one.run(() => document.querySelectorAll('form').length), 0);
  await one.assertQuiet();
});

test('who erased all on one device is told so on the other, and takes the rest off both', async (context) => {
  const [one, other] = [await people.meet(context, collector.url), await people.meet(context, collector.url)];
  const code = await one.joined(collector.codes[2]);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  await other.restore(code);
  await other.page(t.mine);
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.eraseAll);
  await one.push(t.eraseSure);
  await one.page(t.erasedTitle);
  await takeOff(one);
  await other.click('summary', t.yourAnswer);
  await other.push(t.eraseOne);
  await other.push(t.eraseSureOne);
  await other.find('.notice', t.reasons['not-verified']);
  await other.picture('tabs-erased-elsewhere');
  await other.push(t.eraseAll);
  await other.push(t.eraseSure);
  await other.find('.danger + .told .notice', t.reasons['not-verified']);
  await takeOff(other, '.told .notice button');
  for (const each of [one, other]) assert.deepEqual(await facts(each), [false, false, false, false]);
  await one.assertQuiet();
});

test('an enrolment that has begun can be taken off the device', async (context) => {
  const proxy = new Proxy(collector);
  await proxy.start();
  context.after(() => proxy.stop());
  const one = await people.meet(context, proxy.url);
  proxy.change = (path) => {
    if (path === '/v1/members') throw new Error('cut off');
  };
  await one.visit(`#uitnodiging=${collector.codes[3]}`);
  await one.push(t.join);
  await one.page(t.consentTitle);
  await one.push(t.agree);
  await one.find('.notice', t.joinLater);
  assert.deepEqual(await facts(one), [false, true, false, false]);
  await one.visit('#/herstel');
  await one.page(t.recoverTitle);
  await takeOff(one);
  assert.deepEqual(await facts(one), [false, false, false, false]);
  await one.visit('#/herstel');
  await one.page(t.recoverTitle);
  assert.equal(await one.run((words) => document.querySelector('main').textContent.includes(words), t.forgetTitle), false);
});
