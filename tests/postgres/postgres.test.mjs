// Goal: one collector on a PostgreSQL: whom it refuses, what it may do there, and that a
// collector whose connections are cut over and over loses nothing and doubles nothing. Of several: many.test.mjs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, test } from 'node:test';
import { poll } from '../e2e/lib/poll.mjs';
import { Collector, freshFolder, ready, start } from '../e2e/lib/programs.mjs';
import { enrolled, Load, respond, send } from './lib/load.mjs';
import { Server } from './lib/servers.mjs';

const CUTS = 8;
const WRITERS = 4;
const COLUMNS = { event: 'kind', document: 'bytes', release: 'root', release_file: 'bytes', erased: 'event', erasure: 'member', panel: 'json', round: 'id', access_log: 'what' };
let server; // of this file alone: others would not want to be cut off

before(async () => {
  server = await new Server().init();
  await server.start();
  process.env.KIT_STORE = server.dsn;
});

const cut = () =>
  server.sql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'burgerpanel'`);

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

test('each start warns of a role that may do all, and of a disk that is alone', async () => {
  const collector = new Collector(freshFolder('postgres-warned'));
  await collector.importPanel();
  await collector.importActions();
  for (let i = 0; i < 2; i++) {
    await collector.start();
    const { stderr } = await collector.stop();
    assert.match(stderr, / warning store: no synchronous standby is named/);
    assert.doesNotMatch(stderr, /superuser/);
  }
  const child = start('burgerpanel-collector', collector.words('serve', '--listen', '127.0.0.1:0'));
  await poll('it to listen', 20, () => child.stdout.includes('listening on'));
  child.child.kill('SIGTERM');
  assert.match((await child.ended).stderr, / warning store: the collector's role is a superuser/);
});

test('the role that serves can append to the log, and empty an entry that is erased, but not change, remove or make anything', async () => {
  const collector = await ready('postgres-rights', { codes: 1 });
  const [member] = await enrolled(collector, 1);
  const { index } = (await send(collector, respond(member, 1))).json();
  await collector.stop();
  const serving = server.dsn.replace('user=postgres', 'user=serving');
  const attempt = (...statements) => spawnSync('psql', [serving, '-qXAt'], { input: [`SET search_path = ${collector.schema}`, ...statements, ''].join(';\n'), encoding: 'utf8' });
  const tables = (await server.sql(`SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = '${collector.schema}'::regnamespace`)).split('\n');
  assert.ok(tables.length > 15);
  const refused = [
    ...['entry', 'event', 'document', 'release', 'release_file', 'erased', 'erasure', 'member', 'panel', 'round', 'head', 'lane'].map((table) => `DELETE FROM ${table}`),
    ...Object.keys(COLUMNS).map((table) => `UPDATE ${table} SET ${COLUMNS[table]} = ${COLUMNS[table]}`),
    `UPDATE entry SET idx = idx + 1000`,
    `UPDATE entry SET jws = 'another' WHERE idx = ${index}`,
    `UPDATE head SET version = 2`,
    `INSERT INTO token SELECT * FROM token`,
    ...tables.flatMap((table) => [`TRUNCATE ${table}`, `DROP TABLE ${table}`, `ALTER TABLE ${table} DISABLE TRIGGER ALL`]),
    'CREATE TABLE another (x int)',
  ];
  const errors = attempt(...refused).stderr.split('\n').filter((line) => line.includes('ERROR: '));
  for (const [i, text] of refused.entries()) assert.match(errors[i] ?? '', /permission denied|must be owner|can be emptied/, text);
  assert.equal(errors.length, refused.length);
  const before = await server.sql(`SELECT count(*), sum(length(jws)) FROM ${collector.schema}.entry`);
  assert.equal(attempt('BEGIN', `UPDATE entry SET jws = '' WHERE idx = ${index}`, 'ROLLBACK').stderr, '');
  assert.equal(await server.sql(`SELECT count(*), sum(length(jws)) FROM ${collector.schema}.entry`), before);
  assert.equal((await collector.run('audit')).code, 0);
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
