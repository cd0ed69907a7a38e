// Goal: a second device gets the recovery code by its camera; it is shown on demand, and for a minute at most.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { ready } from './lib/programs.mjs';
import { modules } from '../../web/js/qr.js';

let collector;
const people = new People('qr');
before(async () => {
  collector = await ready('web-qr', { codes: 2 });
});
after(async () => {
  await people.end();
  await collector?.stop();
});

// The dark places of the drawing, as [x, y].
const drawn = (one) => one.run(() =>
  [...document.querySelector('svg.qr path').getAttribute('d').matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => [Number(x), Number(y)]));
const isShown = (one) => one.run(() => document.querySelector('svg.qr') !== null);

test('the code is drawn when asked for, leads to where it brings the key back, and is hidden again', async (context) => {
  const one = await people.meet(context, collector.url);
  const code = await one.enrol(collector.codes[0]);
  assert.equal(await isShown(one), false);
  await one.push(t.keepQr);
  const picture = await one.find('svg.qr');
  assert.deepEqual([await picture.role(), await picture.name()], ['image', t.qrLabel]);
  const address = `${one.site}/#herstel=${code}`;
  const dark = modules(address).flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [[x, y]] : [])));
  assert.deepEqual(await drawn(one), dark);
  await one.picture('qr');
  await one.push(t.qrHide);
  assert.equal(await isShown(one), false);
  // The page's clock is let run out.
  await one.run(() => {
    const later = window.setTimeout;
    window.setTimeout = (work, ms) => (ms === 60_000 ? (window.runOut = work) : later(work, ms));
  });
  await one.push(t.keepQr);
  await one.find('svg.qr');
  await one.run(() => window.runOut());
  assert.equal(await isShown(one), false);
  await one.push(t.isKept);
  await one.page(t.listTitle);
  const other = await people.meet(context, collector.url);
  await other.visit(new URL(address).hash);
  await other.page(t.recoverTitle);
  await other.click('button[type=submit]', t.recover);
  await other.page(t.mine);
  assert.equal((await other.kept()).member.kid, (await one.kept()).member.kid);
  assert.ok(!(await other.url()).includes(code), 'nor does it stay in the address');
});
