// Goal: a store that is copied has every row of the one it was copied from, goes on with its keys, and is no store at all until it is whole.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assertAccepted, JOSE, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { fullStore, rowsOf } from './lib/moved-store.mjs';
import { good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { assertFailed, Collector, freshFolder, run, start } from './lib/programs.mjs';
import { copyOf, sql } from './lib/store.mjs';

let collector;

const copy = (from, to) => run('burgerpanel-collector', ['store', 'copy', from, to]);

// Where a copy goes, with the keys of what is copied.
function place(name) {
  const it = new Collector(freshFolder(`store-copy-${name}`));
  for (const key of ['.log-key', '.log-key.checkpoint', '.operator-key']) copyFileSync(collector.path + key, it.path + key);
  return it;
}

before(async () => (collector = await fullStore('store-copy')));

test('every row is there, for its owner alone, and the log goes on with the keys of before', async () => {
  await sql(collector.path, "INSERT INTO pending (asked_at, kind, claims, document, done_at, entry, outcome) VALUES (1, 'round-closed', '{}', x'01', 0, 0, '')");
  await sql(collector.path, "INSERT INTO panel (number, imported_at, json) VALUES (0, 5, '{\"of\":\"before\"}')");
  const from = copyOf(collector, 'store-copy-source');
  const to = place('whole');
  const done = await copy(from.store, to.store);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /store\.db: a log of \d+ entries, 4 members, \d+ current responses\n/);
  assert.match(done.stderr, /go on with log_key = .*store\.db\.log-key, and the same operator_key\n/);
  const [before, after] = [await rowsOf(from.path), await rowsOf(to.path)];
  for (const [table, rows] of Object.entries(before)) {
    assert.ok(rows.length > 0, `${table} has a row`);
    assert.deepEqual(after[table], rows, table);
  }
  assert.equal(statSync(to.path).mode & 0o777, 0o600);
  assert.equal(await sql(to.path, 'PRAGMA user_version'), await sql(from.path, 'PRAGMA user_version'));
});

test('it is served as the same log: who is a member stays one, and an audit finds nothing', async (t) => {
  const to = place('served');
  assert.equal((await copy(collector.store, to.store)).code, 0);
  await sql(to.path, 'DELETE FROM pending');
  const size = Number(await sql(to.path, 'SELECT max(idx) + 1 FROM entry'));
  await to.start();
  t.after(() => to.stop());
  const member = new Member('wau');
  assert.equal(assertAccepted(await post(to.url, '/v1/members', member.enrolment(collector.codes[4]), JOSE)).index, size);
  assertAccepted(await post(to.url, '/v1/responses', member.response(ROUND, 'WA-1.01', good), JOSE));
  assert.equal((await request(to.url, '/v1/entries/0/state')).json().state, 'kept');
  const audit = await to.run('audit');
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
});

test('what is not empty, served, or the same is left alone', async (t) => {
  const bytes = readFileSync(collector.path);
  const to = place('refused');
  assert.equal((await copy(collector.store, to.store)).code, 0);
  assertFailed(await copy(collector.store, to.store), /is not empty; name one that is not there yet/);
  assert.equal((await run('burgerpanel-collector', ['store', 'copy', to.store, to.store])).code, 2);
  const other = join(to.folder, 'other');
  symlinkSync(to.folder, other);
  assertFailed(await copy(to.store, `sqlite:${join(other, 'store.db')}`), /another collector is serving .*; or it is sqlite:.* by another name/);
  rmSync(other);
  await sql(to.path, 'DELETE FROM pending');
  await to.start();
  t.after(() => to.stop());
  assertFailed(await copy(to.store, place('of-served').store), /another collector is serving .*store\.db/);
  await to.stop();
  assertFailed(await copy('sqlite:/nowhere/store.db', to.store), /there is no store here/);
  assert.ok(readFileSync(collector.path).equals(bytes), 'the store that is copied is not written to');
});

// Whether a copy has been begun here and not ended, as far as it can be read at once.
const isUnfinished = async ({ path }) =>
  existsSync(path) && statSync(path).size > 0 && (await sql(path, '.timeout 100\nPRAGMA user_version').catch(() => '')) === '-4';

// Where a copy was killed in its midst; undefined where it was quicker.
async function copyKilled() {
  const to = place('killed');
  const process = start('burgerpanel-collector', ['store', 'copy', collector.store, to.store]);
  while (process.code === undefined) {
    process.child.kill('SIGSTOP');
    if (await isUnfinished(to)) {
      process.child.kill('SIGKILL');
      await process.ended;
      return (await isUnfinished(to)) && to;
    }
    process.child.kill('SIGCONT');
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}

test('a copy that is killed, or of a store that is not what it says, is one that nobody opens', async () => {
  const killed = await poll('one to be killed in its midst', 60, copyKilled);
  assertFailed(await killed.run('members', 'list'), /a copy into this store was broken off; remove it/);

  const spoilt = copyOf(collector, 'store-copy-spoilt');
  await sql(spoilt.path, "UPDATE entry SET jws = jws || 'x' WHERE idx = 6");
  const to = place('of-spoilt');
  assertFailed(await copy(spoilt.store, to.store), /the copy is not whole, and has to be thrown away: the entries of the copy are not/);
  for (const verb of [['members', 'list'], ['audit'], ['serve', '--listen', '127.0.0.1:0']]) assertFailed(await to.run(...verb), /a copy into this store was broken off; remove it/);
  assertFailed(await copy(collector.store, to.store), /a copy into this store was broken off/);

  const counted = copyOf(collector, 'store-copy-counted');
  await sql(counted.path, 'DELETE FROM current WHERE place = (SELECT max(place) FROM current WHERE idx >= 0)');
  assertFailed(await copy(counted.store, place('of-counted').store), /the counters of the copy are not/);
});
