// Goal: a backup that is taken during load lacks nothing that was acknowledged before it began, and is put back only where nothing signed is
// lost by it. A file that is not whole is no backup, wherever it was changed; a disk that is full or a kill leaves nothing half.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccepted, JOSE, keepAlive, NDJSON, post } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { assertFailed, build, Collector, freshFolder, ready, start } from './lib/programs.mjs';
import { copyOf, sql } from './lib/store.mjs';
import { dice } from './lib/tables.mjs';

const SENDERS = 3; // of which the last sends batches
const BATCH = 12;
const seed = Number(process.env.BURGERPANEL_SEED ?? Date.now() % 2 ** 32);
const roll = dice(seed);

let collector; // stopped after the first test, and only copied from then on
let backup; // of that, whole

// A folder for a store that is not there yet, with the keys of `from`.
function place(name, from = collector) {
  const it = new Collector(freshFolder(`backup-${name}`));
  for (const key of ['.log-key', '.operator-key']) copyFileSync(from.path + key, it.path + key);
  return it;
}

const restore = (to, file = backup) => to.run('restore', file);
async function restored(to, file = backup) {
  const done = await restore(to, file);
  assert.equal(done.code, 0, done.stderr);
  const audit = await to.run('audit');
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  return done;
}
const nothingThere = (to) => assert.deepEqual(readdirSync(to.folder).filter((name) => /^store\.db($|-|\.part)/.test(name)), []);

// A member who goes on answering, one at a time or in batches; `kept` has what was acknowledged.
async function send(member, code, batches, kept, state) {
  const agent = keepAlive();
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE, { agent }));
  for (let revision = 1; !state.over; ) {
    const texts = Array.from({ length: batches ? BATCH : 1 }, () => member.response(ROUND, 'WA-1.01', good, { revision: revision++ }));
    if (!batches) {
      const answer = await post(collector.url, '/v1/responses', texts[0], JOSE, { agent });
      kept.set(assertAccepted(answer).index, texts[0]);
      continue;
    }
    const body = texts.map((text) => `${JSON.stringify(text)}\n`).join('');
    const answer = await post(collector.url, '/v1/response-batches', body, NDJSON, { agent });
    answer.text.trimEnd().split('\n').map((line) => JSON.parse(line)).forEach((line, i) => kept.set(line.index, texts[i]));
  }
  agent.destroy();
}

before(async () => {
  collector = await ready('backup', { codes: SENDERS });
  backup = join(freshFolder('backup-files'), 'whole.backup');
});
after(() => collector?.stop());

test('taken under load, it restores to a store that passes and lacks nothing acknowledged before it began', async () => {
  const kept = new Map();
  const state = { over: false };
  const load = Promise.all(collector.codes.map((code, i) => send(new Member('wau'), code, i === SENDERS - 1, kept, state)));
  load.catch(() => {});
  await poll('a load', 30, () => kept.size > 100);
  const acknowledged = new Map(kept);
  const done = await collector.succeed('backup', backup);
  const atEnd = kept.size;
  await poll('the load to go on', 30, () => kept.size > atEnd + 20);
  state.over = true;
  await load;
  assert.match(done.stderr, /a log of \d+ entries/);
  assert.equal(statSync(backup).mode & 0o777, 0o600);
  assert.ok(!existsSync(`${backup}.part`));

  const to = place('loaded');
  const said = await restored(to);
  assert.match(said.stderr, /no checkpoint lay beside the log's key/);
  for (const name of ['store.db', 'store.db.log-key.checkpoint']) assert.equal(statSync(join(to.folder, name)).mode & 0o777, 0o600);
  const rows = JSON.parse(await sql(to, '.mode json\nSELECT idx, jws FROM entry'));
  const stored = new Map(rows.map(({ idx, jws }) => [idx, jws]));
  const missing = [...acknowledged].filter(([index, text]) => stored.get(index) !== text);
  assert.ok(acknowledged.size > 100);
  assert.deepEqual(missing, []);
  await collector.stop();
  await to.start();
  await to.stop();
});

test('it holds no key, and says by which it goes on', () => {
  const bytes = readFileSync(backup, 'latin1');
  for (const key of ['.log-key', '.operator-key']) assert.ok(!bytes.includes(readFileSync(collector.path + key, 'latin1').trim()), key);
  assert.match(bytes.slice(-4096), /^burgerpanel-backup 1\nprogram [^\n]+\ntaken 20\S+Z\nbytes \d+\nsize \d+\nroot \S+\nlog burgerpanel\/wau\S+\noperator \S+\n/);
});

test('one byte changed anywhere, cut off, or longer: refused, and nothing is made', async () => {
  const whole = readFileSync(backup);
  const bad = join(backup, '..', 'bad.backup');
  const page = whole.length - 4096;
  const places = [0, 27, 100, page - 1, page, page + 20, whole.length - 73, whole.length - 72, whole.length - 2, whole.length - 1];
  while (places.length < 18) places.push(roll(whole.length));
  const refuse = async (what) => {
    const to = place('damaged');
    assertFailed(await restore(to, bad), /backup|checksum/);
    nothingThere(to);
    assert.ok(!existsSync(`${to.path}.log-key.checkpoint`), what);
  };
  for (const at of places) {
    const changed = Buffer.from(whole);
    changed[at] ^= 1 + roll(255);
    writeFileSync(bad, changed);
    await refuse(`byte ${at} (BURGERPANEL_SEED=${seed})`);
  }
  for (const length of [0, 1, 4096, page, whole.length - 4096, whole.length - 1]) {
    writeFileSync(bad, whole);
    truncateSync(bad, length);
    await refuse(`cut to ${length}`);
  }
  writeFileSync(bad, Buffer.concat([whole, Buffer.from('\n')]));
  await refuse('a byte more');
  copyFileSync(collector.path, bad);
  await refuse('a store');
});

test('it overwrites nothing, and a store that is behind its checkpoint is not worth one', async () => {
  const { mtimeMs } = statSync(backup);
  assertFailed(await collector.run('backup', backup), /is there already/);
  assert.equal(statSync(backup).mtimeMs, mtimeMs);
  const behind = place('behind');
  await restored(behind);
  copyFileSync(`${collector.path}.log-key.checkpoint`, `${behind.path}.log-key.checkpoint`);
  const file = join(behind.folder, 'it.backup');
  assertFailed(await behind.run('backup', file), /old copy/);
  const other = new Collector(freshFolder('backup-other'));
  await other.importPanel();
  await other.importActions();
  copyFileSync(`${other.path}.log-key.checkpoint`, `${behind.path}.log-key.checkpoint`);
  assertFailed(await behind.run('backup', file), /checkpoint/);
  rmSync(`${behind.path}.log-key.checkpoint`);
  assertFailed(await behind.run('backup', file), /no checkpoint/);
  assert.deepEqual(readdirSync(behind.folder).filter((name) => /backup/.test(name)), []);
});

test('behind the checkpoint beside the key it is refused: by how many entries, and what to do', async () => {
  const to = place('rolled-back');
  copyFileSync(`${collector.path}.log-key.checkpoint`, `${to.path}.log-key.checkpoint`);
  const size = Number(await sql(collector, 'SELECT count(*) FROM entry'));
  const kept = Number(readFileSync(backup, 'latin1').match(/\nsize (\d+)\n/)[1]);
  assert.ok(size > kept);
  assertFailed(await restore(to), new RegExp(`of ${size - kept} entries more .*An older copy is put back`));
  nothingThere(to);
  rmSync(`${to.path}.log-key.checkpoint`);
  await restored(to);
});

test('beside a running collector it is refused', async () => {
  const to = copyOf(collector, 'backup-served');
  await to.start();
  try {
    assertFailed(await restore(to), /a collector is serving/);
  } finally {
    await to.stop();
  }
  assert.equal((await to.run('audit')).code, 0);
});

test('a store that is there is replaced where it is the same log and no newer, and kept otherwise', async () => {
  const newer = copyOf(collector, 'backup-newer');
  assertFailed(await restore(newer), /entries more than the backup; it is kept/);
  assert.equal((await newer.run('audit')).code, 0, 'it was left alone');

  const other = new Collector(freshFolder('backup-another'));
  await other.importPanel();
  const before = readFileSync(other.path);
  assertFailed(await restore(other), /another log/);
  assert.deepEqual(readFileSync(other.path), before);

  const damaged = place('unreadable');
  writeFileSync(damaged.path, 'no store at all\n'.repeat(1000));
  assertFailed(await restore(damaged), /can't be looked at.*move it away/);
  assert.match(readFileSync(damaged.path, 'utf8'), /^no store at all/);

  // An older one, its last changes still in -wal, as a kill leaves it.
  const older = place('older');
  await restored(older);
  await older.start();
  await older.importPanel();
  const later = join(older.folder, 'later.backup');
  await older.succeed('tokens', 'create', 'audits', '--role', 'auditor');
  const [code] = await older.invitations(1);
  assertAccepted(await post(older.url, '/v1/members', new Member('wau').enrolment(code), JOSE));
  await older.succeed('backup', later);
  await older.stop();
  const first = place('older-first');
  await restored(first);
  await first.start();
  first.process.child.kill('SIGKILL');
  await first.process.ended;
  first.process = undefined;
  const said = await restored(first, later);
  assert.match(said.stderr, /over an older store of the same log/);
  assert.ok(!existsSync(`${first.path}-wal`));
  assert.equal(await sql(first, 'SELECT count(*) FROM entry'), await sql(older, 'SELECT count(*) FROM entry'));
});

test('a backup that lies where the store is to come stays a backup', async () => {
  const to = place('itself');
  const before = readFileSync(backup);
  copyFileSync(backup, to.path);
  assertFailed(await restore(to, to.path), /store\.db lies where the store is to come, .*copy it, and name the copy/);
  assert.ok(readFileSync(to.path).equals(before));
});

test('another key is refused, and a key that is missing is told', async () => {
  const foreign = place('foreign');
  const other = new Collector(freshFolder('backup-foreign-other'));
  await other.importPanel();
  copyFileSync(`${other.path}.log-key`, `${foreign.path}.log-key`);
  assertFailed(await restore(foreign), /key of another log/);
  nothingThere(foreign);
  const none = new Collector(freshFolder('backup-no-keys'));
  const said = await restored(none);
  assert.match(said.stderr, /the log's key is not here/);
  assert.match(said.stderr, /the operator key is not here/);
});

// Runs with files of at most so many blocks of 512 bytes, as on a disk without room. In a build that counts lines the counts have none either: they go nowhere, which it says.
const UNCOUNTED = { GCOV_PREFIX: '/dev/null' };
const UNCOUNTED_SAID = /^profiling:.*\n/gm;

async function runWithin(blocks, to, ...args) {
  const words = [join(build, 'burgerpanel-collector'), ...args, '--store', to.store].map((word) => `'${word}'`).join(' ');
  const child = spawn('sh', ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec ${words}`], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...UNCOUNTED, LC_ALL: 'C.UTF-8' } });
  const done = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => (done.stdout += text));
  child.stderr.on('data', (text) => (done.stderr += text));
  done.code = await new Promise((end) => child.on('close', end));
  done.stderr = done.stderr.replaceAll(UNCOUNTED_SAID, '');
  return done;
}

test('without room nothing half is left, of a backup nor of a restore', async () => {
  const blocks = statSync(backup).size / 512;
  for (const room of [100, Math.floor(blocks / 2), blocks - 8, blocks - 1]) {
    const file = join(backup, '..', `room-${room}.backup`);
    const from = place(`room-from-${room}`);
    await restored(from);
    assertFailed(await runWithin(room, from, 'backup', file), /room-\d+\.backup/);
    assert.deepEqual(readdirSync(join(backup, '..')).filter((name) => name.startsWith('room-')), []);
  }
  for (const room of [1, Math.floor(blocks / 2), blocks - 9]) {
    const to = place(`room-to-${room}`);
    assertFailed(await runWithin(room, to, 'restore', backup), /store\.db/);
    nothingThere(to);
    await restored(to);
  }
});

// Kills a verb that writes `file` by way of `file`.part, while it does so; false where it was quicker.
async function killWriting(words, file) {
  const run = start('burgerpanel-collector', words);
  while (run.code === undefined) {
    run.child.kill('SIGSTOP');
    const writes = existsSync(`${file}.part`);
    run.child.kill(writes ? 'SIGKILL' : 'SIGCONT');
    if (writes) await run.ended;
    else await new Promise((done) => setImmediate(done));
  }
  return existsSync(`${file}.part`);
}

// Kills it at any moment of the time that it takes here and now, or a little later.
async function killAnywhen(words, time) {
  const run = start('burgerpanel-collector', words);
  await new Promise((done) => setTimeout(done, roll(Math.ceil(1.5 * time))));
  run.child.kill('SIGKILL');
  await run.ended;
}

async function timeOf(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

test('a backup that is killed at any moment leaves nothing half, and the next one does it', async (t) => {
  t.diagnostic(`BURGERPANEL_SEED=${seed}`);
  const from = place('killed-from');
  await restored(from);
  const folder = freshFolder('backup-killed');
  let files = 0;
  const next = () => join(folder, `${files++}.backup`);
  const time = await timeOf(() => from.succeed('backup', next()));
  const assertDone = async (file) => {
    if (!existsSync(file)) await from.succeed('backup', file);
    await restored(place('killed-check'), file);
  };
  const half = await poll('a backup to be killed while it writes', 60, async () => {
    const file = next();
    return (await killWriting(['backup', file, '--store', from.store], file)) && file;
  });
  await assertDone(half);
  for (let i = 0; i < 4; i++) {
    const file = next();
    await killAnywhen(['backup', file, '--store', from.store], time);
    await assertDone(file);
  }
  assert.deepEqual(readdirSync(folder).filter((name) => !/^\d+\.backup$/.test(name)), []);
});

test('a restore that is killed at any moment leaves no half store, and the next one does it', async (t) => {
  t.diagnostic(`BURGERPANEL_SEED=${seed}`);
  const time = await timeOf(() => restore(place('killed-timed')));
  const words = (to) => ['restore', backup, '--store', to.store];
  const assertDone = async (to) => {
    if (existsSync(to.path)) assert.equal((await to.run('audit')).code, 0);
    await restored(to);
    assert.ok(!existsSync(`${to.path}.part`));
  };
  await assertDone(await poll('one to be killed while it writes', 60, async () => {
    const to = place('killed-to');
    return (await killWriting(words(to), to.path)) && to;
  }));
  for (let i = 0; i < 4; i++) {
    const to = place('killed-to');
    await killAnywhen(words(to), time);
    await assertDone(to);
  }
});

test('two at once on one file: one is written', async () => {
  const from = place('two');
  await restored(from);
  mkdirSync(join(from.folder, 'files'));
  const file = join(from.folder, 'files', 'one.backup');
  const done = await Promise.all([1, 2, 3].map(() => from.run('backup', file)));
  assert.equal(done.filter(({ code }) => code === 0).length, 1, done.map(({ stderr }) => stderr).join(''));
  assert.deepEqual(readdirSync(join(from.folder, 'files')), ['one.backup']);
  await restored(place('two-check'), file);
});
