// Goal: who may only read a store can audit it and export from it: its file, its folder or both are not theirs to write. Nothing is made
// beside the store, which its collector could then not open; what can't be read that way is told with what to do.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { oldCollector } from './lib/old-store.mjs';
import { ROUND } from './lib/panel.mjs';
import { build } from './lib/programs.mjs';
import { readyExample } from './lib/reading.mjs';
import { sql } from './lib/store.mjs';

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const root = process.getuid() === 0;
let collector;
let place; // a folder that nobody can pass through
let program;

before(async () => {
  collector = await readyExample('audit-reading');
  await collector.succeed('release', 'create', ROUND);
  place = mkdtempSync(join(tmpdir(), 'burgerpanel-reading-'));
  chmodSync(place, 0o755);
  program = join(place, 'burgerpanel-collector');
  copyFileSync(join(build, 'burgerpanel-collector'), program);
  chmodSync(program, 0o755);
});

after(async () => {
  await collector.stop();
  for (const name of readdirSync(place)) if (statSync(join(place, name)).isDirectory()) chmodSync(join(place, name), 0o755);
  rmSync(place, { recursive: true });
});

// As somebody who is not the owner; where the tests have no such right, as the owner, for whom modes count as well.
function asReader(...args) {
  const words = [...(root ? NOBODY : []), program, ...args];
  return new Promise((resolve) => {
    const child = spawn(words[0], words.slice(1), { env: { ...process.env, LC_ALL: 'C.UTF-8' }, cwd: place });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part));
    child.on('close', (code) => resolve({ code, text }));
  });
}

const FILES = ['store.db', 'store.db-wal', 'store.db-shm', 'store.db.log-key.checkpoint'];

// A copy of the running collector's store in a folder of its own: `files` of it, with those modes. `whole`: all that it holds is in the
// file itself, as after a stop.
async function copied(name, { whole, folderMode, fileMode }) {
  const folder = join(place, name);
  mkdirSync(folder);
  if (whole) await sql(collector, `VACUUM INTO '${join(folder, 'store.db')}'`);
  for (const file of FILES)
    if (!(whole && /^store\.db(-wal|-shm)?$/.test(file))) copyFileSync(join(collector.folder, file), join(folder, file));
  if (whole) await sql(join(folder, 'store.db'), 'PRAGMA journal_mode = WAL');
  for (const file of readdirSync(folder)) chmodSync(join(folder, file), fileMode);
  chmodSync(folder, folderMode);
  return folder;
}

async function assertReads(folder) {
  const files = readdirSync(folder);
  const store = ['--store', `sqlite:${join(folder, 'store.db')}`];
  const audit = await asReader('audit', ...store);
  assert.equal(audit.code, 0, audit.text);
  assert.match(audit.text, /all as the log says/);
  const out = join(place, `${Date.now()}-out`);
  mkdirSync(out);
  chmodSync(out, 0o777);
  for (const verb of [['log', 'events'], ['operator', 'show']]) {
    const shown = await asReader(...verb, ...store);
    assert.equal(shown.code, 0, shown.text);
  }
  for (const [name, ...kind] of [['tables'], ['exact', '--exact']]) {
    const exported = await asReader('export', '--round', ROUND, '--out', join(out, name), ...kind, ...store);
    assert.equal(exported.code, 0, exported.text);
  }
  assert.deepEqual(readdirSync(folder), files, 'nothing is made beside the store');
  return out;
}

test('a stopped store in a folder that may only be read', async () => {
  await assertReads(await copied('folder', { whole: true, folderMode: 0o555, fileMode: 0o444 }));
});

test('a stopped store whose file may only be read, in a folder that anyone may write to', async () => {
  await assertReads(await copied('file', { whole: true, folderMode: 0o777, fileMode: 0o444 }));
});

test('a store with a log of changes and its index, which may all only be read', async () => {
  await assertReads(await copied('shared', { folderMode: 0o555, fileMode: 0o444 }));
});

test('a store in use, by who may only read it', async () => {
  if (!root) return assertReads(await copied('use', { folderMode: 0o555, fileMode: 0o444 }));
  const folder = join(place, 'running');
  mkdirSync(folder);
  const { Collector } = await import('./lib/programs.mjs');
  const running = new Collector(folder);
  await running.importPanel();
  await running.importActions();
  await running.start();
  await running.succeed('release', 'create', ROUND);
  for (const file of readdirSync(folder)) if (!/-key$/.test(file)) chmodSync(join(folder, file), 0o644);
  await assertReads(folder);
  await running.stop();
});

test('a log of changes that can not be read without its index says what to do', async () => {
  const folder = await copied('killed', { folderMode: 0o755, fileMode: 0o444 });
  rmSync(join(folder, 'store.db-shm'));
  chmodSync(folder, 0o555);
  assert.ok(statSync(join(folder, 'store.db-wal')).size > 0);
  const done = await asReader('audit', '--store', `sqlite:${join(folder, 'store.db')}`);
  assert.equal(done.code, 1, done.text);
  assert.match(done.text, /copy both into a folder of your own/);
});

test('a store of an older version, which can not be brought up to date where nothing may be written, says what to do', async () => {
  const older = await oldCollector('audit-reading-older');
  const folder = join(place, 'older');
  mkdirSync(folder);
  copyFileSync(older.path, join(folder, 'store.db'));
  chmodSync(join(folder, 'store.db'), 0o444);
  chmodSync(folder, 0o555);
  const bytes = readFileSync(join(folder, 'store.db'));
  for (const verb of [['audit'], ['log', 'events'], ['operator', 'show']]) {
    const done = await asReader(...verb, '--store', `sqlite:${join(folder, 'store.db')}`);
    assert.equal(done.code, 1, done.text);
    assert.match(done.text, /made by an older version; open it once where it can be written to/);
  }
  assert.ok(readFileSync(join(folder, 'store.db')).equals(bytes));
});

test('what is exported is its owner\'s alone, whatever the umask', async () => {
  const out = await assertReads(await copied('modes', { whole: true, folderMode: 0o555, fileMode: 0o444 }));
  for (const folder of [join(out, 'tables'), join(out, 'exact')]) {
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const file of readdirSync(folder)) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
  }
  for (const file of readdirSync(collector.folder).filter((name) => name.startsWith('store.db')))
    assert.equal(statSync(join(collector.folder, file)).mode & 0o777, 0o600, file);
});
