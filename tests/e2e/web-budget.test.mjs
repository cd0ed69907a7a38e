// Goal: the citizen page stays small: what a first visit loads, in bytes and requests, what lies under web/, and that nothing moves once it is drawn. Times are
// told by the bench and are no gate.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { request } from './lib/http.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';

const FIRST_VISIT = { bytes: 30 * 1024, requests: 16 };
const ALL = 368 * 1024;
const SHIFT = 0.02;

const PHONE = { width: 360, height: 740 };

let collector;
const people = new People('budget');
before(async () => {
  collector = await ready('web-budget', { codes: 2 });
});
after(async () => {
  await people.end();
  await collector?.stop();
});

test('a first visit loads little, from here alone, and sets no cookie', async (context) => {
  const one = await people.meet(context, collector.url, PHONE);
  await one.page(t.welcomeTitle);
  const names = await poll('the page to have asked for its data', 20, () => one.run(() => {
    const all = performance.getEntriesByType('resource').map(({ name }) => name);
    return all.some((name) => name.endsWith('/v1/panel')) && all;
  }));
  const paths = ['/', ...new Set(names.map((name) => new URL(name).pathname))];
  for (const name of names) assert.equal(new URL(name).origin, one.site);
  const files = paths.filter((path) => !path.startsWith('/v1/') && path !== '/sw.js');
  let bytes = 0;
  for (const path of files) bytes += (await request(collector.url, path, { headers: { 'Accept-Encoding': 'gzip' } })).bytes.length;
  context.diagnostic(`${files.length} files, ${bytes} bytes compressed, ${paths.length} requests`);
  assert.ok(bytes <= FIRST_VISIT.bytes, `${bytes} bytes for ${files}`);
  assert.ok(paths.length <= FIRST_VISIT.requests, `${paths.length} requests: ${paths}`);
  assert.equal(await one.run(() => document.cookie), '');
});

test('all that lies under web/ is within its bound', () => {
  const sizes = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sizes(join(folder, entry.name)) : [statSync(join(folder, entry.name)).size]);
  const sum = sizes('web').reduce((all, size) => all + size, 0);
  assert.ok(sum <= ALL, `${sum} bytes`);
});

test('nothing moves once it is drawn: not at a first visit, not for a member who comes back', async (context) => {
  const one = await people.meet(context, collector.url, PHONE);
  const shift = () => one.run(() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ value, hadRecentInput }) => (sum += hadRecentInput ? 0 : value)))
      .observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done(sum), 300);
  }));
  await one.page(t.welcomeTitle);
  const first = await shift();
  assert.ok(first <= SHIFT, `a first visit: ${first}`);
  await one.joined(collector.codes[0]);
  await one.visit();
  await one.page(t.listTitle);
  const later = await shift();
  assert.ok(later <= SHIFT, `a later visit: ${later}`);
});
