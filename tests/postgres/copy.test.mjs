// Goal: a store is moved from PostgreSQL to a file and back, with all that is in it, and goes on there as the same log.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertAccepted, JOSE, post } from '../e2e/lib/http.mjs';
import { Member } from '../e2e/lib/member.mjs';
import { fullStore, rowsOf } from '../e2e/lib/moved-store.mjs';
import { good, ROUND } from '../e2e/lib/panel.mjs';
import { Collector, freshFolder, run } from '../e2e/lib/programs.mjs';

const copy = (from, to) => run('burgerpanel-collector', ['store', 'copy', from, to]);

test('there and back again: the same rows, an audit that finds nothing, and a log that goes on', async (t) => {
  const collector = await fullStore('postgres-copy');
  const keys = ['--log-key', `${collector.path}.log-key`, '--operator-key', `${collector.path}.operator-key`];
  const [out, back] = ['out.db', 'back.db'].map((name) => join(collector.folder, name));
  const second = new Collector(freshFolder('postgres-copy-second'));
  for (const name of ['.log-key', '.log-key.checkpoint', '.operator-key']) copyFileSync(collector.path + name, second.path + name);
  for (const [from, to] of [[collector.store, `sqlite:${out}`], [`sqlite:${out}`, second.store], [second.store, `sqlite:${back}`]]) {
    const done = await copy(from, to);
    assert.equal(done.code, 0, done.stderr);
    const audit = await run('burgerpanel-collector', ['audit', '--store', to, ...keys]);
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  }
  const [before, after] = [await rowsOf(out), await rowsOf(back)];
  for (const [table, rows] of Object.entries(before)) {
    assert.ok(rows.length > 0 || table === 'pending', `${table} has a row`);
    assert.deepEqual(after[table], rows, table);
  }
  const refused = await copy(`sqlite:${out}`, second.store);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /is not empty/);
  await second.start();
  t.after(() => second.stop());
  const member = new Member('wau');
  assertAccepted(await post(second.url, '/v1/members', member.enrolment(collector.codes[4]), JOSE));
  assertAccepted(await post(second.url, '/v1/responses', member.response(ROUND, 'WA-1.01', good), JOSE));
  assert.equal((await second.run('audit')).code, 0);
});
