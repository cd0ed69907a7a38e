// Goal: what a person left open in another tab takes nothing from who is a member on this device by now.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { ready } from './lib/programs.mjs';

let collector;
const people = new People('tabs');
before(async () => {
  collector = await ready('web-tabs', { codes: 2 });
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
