// Goal: a store that can't or must not be used, and a port in use, get one clear line and exit 1, and nothing is harmed.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertAccepted, JOSE, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { poll } from './lib/poll.mjs';
import { assertFailed, Collector, fixtures, freshFolder, ready, start } from './lib/programs.mjs';

const VERBS = [
  ['serve', '--listen', '127.0.0.1:0'],
  ['panel', 'import', join(fixtures, 'panel.json')],
  ['actions', 'import', join(fixtures, 'actions.csv')],
  ['invitations', 'create', '1'],
  ['members', 'list'],
  ['export', '--round', 'round-1', '--out', 'build/nowhere'],
];

// Each verb fails with one line that names the file, and its bytes stay as they are.
async function assertRefused(collector, pattern, verbs = VERBS) {
  const bytes = existsSync(collector.path) ? readFileSync(collector.path) : undefined;
  for (const verb of verbs) {
    const done = await collector.run(...verb);
    assertFailed(done, pattern);
    assert.equal(done.stdout, '', verb.join(' '));
    if (bytes) assert.ok(readFileSync(collector.path).equals(bytes), `${verb.join(' ')} changed the file`);
  }
}

// An SQLite file with one table, as another program would have made it.
function otherProgramsFile(applicationId) {
  const PAGE = 4096;
  const file = Buffer.alloc(2 * PAGE);
  file.write('SQLite format 3\0', 0, 'latin1');
  file.writeUInt16BE(PAGE, 16);
  file.set([1, 1, 0, 64, 32, 32], 18);
  file.writeUInt32BE(1, 24); // change counter
  file.writeUInt32BE(2, 28); // pages
  file.writeUInt32BE(1, 40); // schema cookie
  file.writeUInt32BE(4, 44); // schema format
  file.writeUInt32BE(1, 56); // UTF-8
  file.writeUInt32BE(7, 60); // user_version
  file.writeUInt32BE(applicationId, 68);
  file.writeUInt32BE(1, 92);
  file.writeUInt32BE(3040001, 96);
  const sql = 'CREATE TABLE notes(text)';
  const values = ['table', 'notes', 'notes'];
  const header = [0, ...values.map((v) => v.length * 2 + 13), 1, sql.length * 2 + 13];
  header[0] = header.length;
  const record = Buffer.concat([Buffer.from(header), Buffer.from(values.join('')), Buffer.from([2]), Buffer.from(sql)]);
  const cell = Buffer.concat([Buffer.from([record.length, 1]), record]);
  const at = PAGE - cell.length;
  cell.copy(file, at);
  file[100] = 0x0d;
  file.writeUInt16BE(1, 103);
  file.writeUInt16BE(at, 105);
  file.writeUInt16BE(at, 108);
  file[PAGE] = 0x0d;
  file.writeUInt16BE(PAGE, PAGE + 5);
  return file;
}

test("another program's store is refused, whether it names itself or not", async () => {
  for (const id of [0, 0x0f055112]) {
    const collector = new Collector(freshFolder(`stores-other-${id}`));
    writeFileSync(collector.path, otherProgramsFile(id));
    await assertRefused(collector, /store\.db/);
  }
});

test('a file that is no database is refused', async () => {
  for (const [i, text] of ['just a text\n', '\0'.repeat(5000), 'SQLite format 3\0 and then nonsense'.repeat(50)].entries()) {
    const collector = new Collector(freshFolder(`stores-text-${i}`));
    writeFileSync(collector.path, text);
    await assertRefused(collector, /store\.db/);
  }
});

test('a store of a newer version is refused, and works again when it is put back', async () => {
  const collector = new Collector(freshFolder('stores-newer'));
  await collector.importPanel();
  const bytes = readFileSync(collector.path);
  const version = bytes.readUInt32BE(60);
  assert.ok(version > 0, 'user_version holds the schema version');
  const newer = Buffer.from(bytes);
  newer.writeUInt32BE(version + 1, 60);
  writeFileSync(collector.path, newer);
  await assertRefused(collector, /newer|version/i);
  writeFileSync(collector.path, bytes);
  await collector.succeed('panel', 'show');
});

test('a damaged store is refused or told of, never made worse', async () => {
  const collector = new Collector(freshFolder('stores-damaged'));
  await collector.importPanel();
  await collector.importActions();
  const bytes = readFileSync(collector.path);
  writeFileSync(collector.path, bytes.subarray(0, Math.floor(bytes.length / 2 / 4096) * 4096));
  const done = await collector.run('serve', '--listen', '127.0.0.1:0');
  assertFailed(done);
});

test('a folder that is missing, is a file, or can not be written is told', async () => {
  const folder = freshFolder('stores-places');
  writeFileSync(join(folder, 'file'), 'x');
  mkdirSync(join(folder, 'folder'));
  const places = [
    join(folder, 'missing', 'store.db'),
    join(folder, 'file', 'store.db'),
    join(folder, 'folder'),
    '/proc/store.db',
    '',
  ];
  for (const place of places) {
    const collector = new Collector(folder, place);
    for (const verb of VERBS.slice(0, 3)) {
      const done = await collector.run(...verb);
      assert.ok([1, 2].includes(done.code), `${place}: ${done.code} ${done.stderr}`);
      assert.equal(done.stderr.trimEnd().split('\n').length, 1, done.stderr);
    }
  }
  assert.deepEqual(readdirSync(folder).sort(), ['file', 'folder']);
  assert.deepEqual(readdirSync(join(folder, 'folder')), []);
});

test('a DSN of another kind is told', async () => {
  const done = await start('burgerpanel-collector', ['members', 'list', '--store', 'oracle:x']).ended;
  assert.ok([1, 2].includes(done.code));
  assert.match(done.stderr, /oracle|sqlite/);
});

test('a port in use is told, and the one who has it is not disturbed', async () => {
  const server = net.createServer((socket) => socket.end('mine'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const collector = new Collector(freshFolder('stores-port'));
  await collector.importPanel();
  await collector.importActions();
  assertFailed(await collector.run('serve', '--listen', `127.0.0.1:${port}`), new RegExp(String(port)));
  const got = await new Promise((resolve) => {
    let text = '';
    net.connect(port, '127.0.0.1').on('data', (d) => (text += d)).on('close', () => resolve(text));
  });
  assert.equal(got, 'mine');
  server.close();
  await collector.start();
  await collector.stop();
});

test('a second daemon on one store is refused, and the first goes on', async () => {
  const collector = await ready('stores-two', { codes: 1 });
  const second = await collector.run('serve', '--listen', '127.0.0.1:0');
  assertFailed(second, /store\.db/);
  assert.equal((await request(collector.url, '/healthz')).status, 200);
  const member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(collector.codes[0]), JOSE));
  await collector.stop();
  await collector.start();
  await collector.stop();
});

test('serve without a panel says what to do', async () => {
  const collector = new Collector(freshFolder('stores-no-panel'));
  await collector.importPanel();
  const copy = new Collector(freshFolder('stores-no-actions'));
  copyFileSync(collector.path, copy.path);
  const running = start('burgerpanel-collector', ['serve', '--listen', '127.0.0.1:0', '--store', copy.store]);
  // Without actions it may serve an empty list or refuse; it must not crash.
  await poll('a decision', 20, () => running.code !== undefined || /listening on/.test(running.stdout));
  if (running.code === undefined) running.child.kill('SIGTERM');
  await running.ended;
  assert.equal(running.signal, null);
  assert.ok([0, 1].includes(running.code), running.stderr);
});
