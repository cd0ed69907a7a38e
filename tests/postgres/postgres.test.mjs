// Goal: one collector on a PostgreSQL: whom it refuses, that a second one waits its turn, and that a collector whose
// connections are cut over and over loses nothing and doubles nothing.
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Collector, freshFolder, ready, run } from '../e2e/lib/programs.mjs';
import { enrolled, Load } from './lib/load.mjs';
import { Server } from './lib/servers.mjs';

const CUTS = 8;
const WRITERS = 4;
let server; // of this file alone: others would not want to be cut off

before(async () => {
  server = await new Server().init();
  await server.start();
  process.env.KIT_STORE = server.dsn;
});

const cut = () =>
  server.sql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'burgerpanel'`);

test('a second collector is refused while one serves, and serves when that one has ended', async () => {
  const collector = await ready('postgres-second', { codes: 1 });
  const folder = freshFolder('postgres-spare');
  for (const name of readdirSync(collector.folder).filter((file) => /key/.test(file)))
    copyFileSync(join(collector.folder, name), join(folder, name));
  const keys = ['--log-key', join(folder, 'store.db.log-key'), '--operator-key', join(folder, 'store.db.operator-key')];
  const refused = await run('burgerpanel-collector', ['serve', '--listen', '127.0.0.1:0', '--store', collector.store, ...keys]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /another collector (is serving this store|on this machine signs)/);
  await collector.stop();
  await collector.start();
  await collector.stop();
});

test('a server that may lose what it has acknowledged is refused', async () => {
  for (const setting of ['fsync', 'full_page_writes']) {
    const careless = await new Server().init();
    await careless.start({ [setting]: 'off' });
    const refused = await new Collector(freshFolder('postgres-careless'), undefined, careless.dsn).run('panel', 'import', 'fixtures/panel.json');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /fsync and full_page_writes must be on/);
    careless.remove();
  }
});

test(`a collector whose connections are cut ${CUTS} times under load goes on by itself; nothing is lost or doubled`, async () => {
  const collector = await ready('postgres-cut', { codes: WRITERS });
  const load = new Load(collector, await enrolled(collector, WRITERS));
  load.begin();
  for (let i = 0; i < CUTS; i++) {
    assert.ok(Number(await cut()) > 0, 'there was something to cut');
    await load.more(2 * WRITERS);
  }
  await load.end();
  const log = await collector.stop();
  assert.match(log.stderr, /opened again/);
  assert.doesNotMatch(log.stderr, /system call number/);
  await load.assertKept();
});
