// Goal: what a disk does wrong loses nothing that was acknowledged: a sync that fails, writes that fail, no room, a file as large as may be,
// and then a power cut, after which only what was really synced is there (lib/faults.c keeps that). It is answered 503 meanwhile, /healthz
// does not say otherwise now and then, and all goes on when the disk does.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { Scene } from './lib/faulty-disk.mjs';
import { JOSE, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { build, Collector, freshFolder, start } from './lib/programs.mjs';

const EIO = 5;
const ENOSPC = 28;
test('a power cut alone loses nothing', async (t) => {
  const scene = await Scene.begin(t, 'power');
  await scene.sendMany(100);
  await scene.assertKeptAfterPowerCut();
});

for (const count of [1, 3])
  test(`${count} failed syncs of the log of changes, then a power cut`, async (t) => {
    const scene = await Scene.begin(t, `sync-${count}`);
    await scene.sendMany(20);
    scene.fail('fsync', EIO, count, '-wal');
    await poll('a response turned away', 20, async () => (await scene.send()).includes(503));
    await scene.untilHealthy();
    await scene.sendMany(20);
    assert.match(readFileSync(scene.control, 'utf8'), / 0 -wal/, 'so many have failed');
    await scene.assertKeptAfterPowerCut();
  });

test('a failed sync, and a power cut right after what was then acknowledged again', async (t) => {
  const scene = await Scene.begin(t, 'again');
  await scene.sendMany(20);
  scene.fail('fsync', EIO, 1, '-wal');
  await poll('a response turned away', 20, async () => (await scene.send()).includes(503));
  await poll('the same taken', 30, async () => (await scene.send()).every((status) => status < 300));
  await scene.assertKeptAfterPowerCut();
});

for (const [name, number] of [['errors', EIO], ['no room', ENOSPC]])
  test(`writes of the log of changes that fail with ${name}`, async (t) => {
    const scene = await Scene.begin(t, `write-${number}`);
    await scene.sendMany(20);
    scene.fail('pwrite', number, 1000000, '-wal');
    await poll('a response turned away', 20, async () => (await scene.send()).includes(503));
    await poll('/healthz 503', 20, async () => (await scene.health()) === 503);
    const end = Date.now() + 2500;
    while (Date.now() < end) assert.equal(await scene.health(), 503, 'not now and then');
    scene.forget();
    await scene.untilHealthy();
    await scene.sendMany(20);
    await scene.assertKeptAfterPowerCut();
  });

test('a sync of the store itself that fails when the log of changes is brought in', async (t) => {
  const scene = await Scene.begin(t, 'checkpoint');
  scene.fail('fsync', EIO, 2, 'store.db');
  for (let i = 0; i < 900 && !/ 0 store/.test(readFileSync(scene.control, 'utf8')); i++) await scene.send();
  assert.match(readFileSync(scene.control, 'utf8'), / 0 store/, 'both have failed');
  await scene.untilHealthy();
  await scene.sendMany(10);
  await scene.assertKeptAfterPowerCut();
});

test('less room than the reserve: 503 and one line, until there is more', async (t) => {
  const { bavail, bsize } = statfsSync('.');
  const more = Math.floor((bavail * bsize) / 1024 / 1024) + 4096;
  const collector = new Collector(freshFolder('disk-reserve'));
  await collector.importPanel();
  await collector.importActions();
  await collector.start(undefined, { env: { BURGERPANEL_DISK_RESERVE_MIB: String(more) } });
  t.after(() => collector.stop());
  const health = async () => (await request(collector.url, '/healthz')).status;
  await poll('/healthz 503', 20, async () => (await health()) === 503);
  // What is left goes on changing, as it does while others write.
  const end = Date.now() + 3000;
  for (let i = 0; Date.now() < end; i++) {
    if (i < 20) appendFileSync(join(collector.folder, 'of-another'), Buffer.alloc(2 * 1024 * 1024));
    assert.equal(await health(), 503);
    if (i < 20) await new Promise((done) => setTimeout(done, 100));
  }
  assert.equal(collector.process.stderr.match(/nearly full/g).length, 1, collector.process.stderr);
  assert.equal((await request(collector.url, '/log/checkpoint')).status, 200, 'it can be read');
});

test('a file as large as may be is an error, and no end', async (t) => {
  const collector = new Collector(freshFolder('disk-limit'));
  await collector.importPanel();
  await collector.importActions();
  const [code] = await collector.invitations(1);
  const limited = join(collector.folder, 'limited.sh');
  const words = [join(build, 'burgerpanel-collector'), 'serve', '--listen', '127.0.0.1:0', '--store', collector.store];
  writeFileSync(limited, `#!/bin/bash\nulimit -f 200\nexec ${words.map((word) => `'${word}'`).join(' ')}\n`, { mode: 0o755 });
  collector.process = start(relative(build, limited), [], { env: { BURGERPANEL_MEMBER_REVISIONS: '0', BURGERPANEL_MEMBER_RESPONSES: '0', BURGERPANEL_DISK_RESERVE_MIB: '0' } });
  t.after(() => collector.process.child.kill('SIGKILL'));
  await poll('the collector to listen', 20, () => /listening on/.test(collector.process.stdout));
  collector.url = collector.process.stdout.match(/listening on (\S+)/)[1];
  const member = new Member('wau');
  assert.equal((await post(collector.url, '/v1/members', member.enrolment(code), JOSE)).status, 201);
  let status = 201;
  for (let revision = 1; status === 201 && revision < 400; revision++)
    ({ status } = await post(collector.url, '/v1/responses', member.response(ROUND, 'WA-1.01', good, { revision }), JOSE));
  assert.equal(status, 503);
  await poll('/healthz 503', 20, async () => (await request(collector.url, '/healthz')).status === 503);
  // No reserve of the disk says that it is full: it is tried, so that it is not well now and then.
  const end = Date.now() + 3000;
  while (Date.now() < end) {
    assert.equal((await request(collector.url, '/healthz')).status, 503, collector.process.stderr);
    await new Promise((done) => setTimeout(done, 20));
  }
  assert.match(collector.process.stderr, /nothing can be written beside the store: File too large/);
  assert.equal(collector.process.code, undefined, 'it is still there');
});
