// Goal: nothing that was answered 201 is missing after kill -9, whatever is done to the files that it rests on while the collector runs: a
// file removed, cut, replaced, moved away and back, linked, written to by another program, or a second collector on the same. What can't be
// promised is answered 503, /healthz says so, and one line says what happened.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, existsSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync,
  truncateSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addFigures } from './lib/figures.mjs';
import { JOSE, keepAlive, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { Collector, freshFolder, ready } from './lib/programs.mjs';
import { sql } from './lib/store.mjs';

const SENDERS = 4;

// Members who go on answering, and what was acknowledged to them: index → { text, sent }, `sent` the moment when it was sent.
class Load {
  constructor(collector) {
    Object.assign(this, { collector, kept: new Map(), turnedAway: 0, going: true, errors: [] });
  }

  async begin(codes) {
    this.agent = keepAlive();
    this.running = codes.map((code) => this.#send(new Member('wau'), code));
    await this.atLeast(40);
  }

  async #send(member, code) {
    const enrolled = await post(this.collector.url, '/v1/members', member.enrolment(code), JOSE, { agent: this.agent });
    assert.equal(enrolled.status, 201, enrolled.text);
    for (let revision = 1; this.going; revision++) {
      const text = member.response(ROUND, 'WA-1.01', good, { revision });
      const sent = performance.now();
      let answer;
      try {
        answer = await post(this.collector.url, '/v1/responses', text, JOSE, { agent: this.agent });
      } catch (error) {
        if (!this.going || this.ending) return;
        throw error;
      }
      if (answer.status === 201) this.kept.set(answer.json().index, { text, sent });
      else if (answer.status === 503) this.turnedAway++;
      else assert.fail(`${answer.status} ${answer.text}`);
    }
  }

  atLeast(count) {
    const before = this.kept.size;
    return poll(`${count} answers`, 30, () => this.kept.size >= before + count);
  }

  async end() {
    this.going = false;
    await Promise.all(this.running);
    this.agent.destroy();
  }
}

const health = async (collector) => (await request(collector.url, '/healthz')).status;
const until = (collector, status) => poll(`/healthz ${status}`, 30, async () => (await health(collector)) === status);

async function begin(t, name) {
  rmSync(`${freshFolder(`lost-${name}`)}.away`, { recursive: true, force: true });
  const collector = await ready(`lost-${name}`, { codes: SENDERS });
  const load = new Load(collector);
  t.after(async () => {
    load.going = false;
    load.ending = true;
    collector.process?.child.kill('SIGKILL');
  });
  await load.begin(collector.codes);
  return { collector, load };
}

// Kills the collector, and finds each acknowledged response, of those sent since `since`, in the store at its place.
async function assertNothingLost({ collector, load }, since = 0) {
  load.ending = true;
  collector.process.child.kill('SIGKILL');
  await poll('the end', 20, () => collector.process.code !== undefined || collector.process.signal);
  await load.end();
  const rows = JSON.parse((await sql(collector, ".mode json\nSELECT idx, jws FROM entry ORDER BY idx")) || '[]');
  const stored = new Map(rows.map(({ idx, jws }) => [idx, jws]));
  const due = [...load.kept].filter(([, { sent }]) => sent >= since);
  const missing = due.filter(([index, { text }]) => stored.get(index) !== text);
  // Of what members sent: the same list imported twice within a second gives the same event twice, and may.
  const sent = new Set([...load.kept.values()].map(({ text }) => text));
  const found = rows.map(({ jws }) => jws).filter((jws) => sent.has(jws));
  const doubled = found.length - new Set(found).size;
  addFigures({ faults: 1, acknowledged: due.length, lost: missing.length, doubled });
  assert.equal(doubled, 0, 'an entry is doubled');
  assert.deepEqual(missing.map(([index]) => index), [], `of ${due.length} acknowledged responses some are missing`);
  return due.length;
}

const told = (collector, pattern) =>
  poll(`the line ${pattern}`, 20, () => pattern.test(collector.process.stderr)).catch((error) => {
    throw new Error(`${error.message}; it said\n${collector.process.stderr}`);
  });

// Gives each the other's name in one step, so that no look finds neither there: renameat2 with RENAME_EXCHANGE, by Debian's always present perl.
function exchange(one, other) {
  const call = { x64: 316, arm64: 276 }[process.arch];
  execFileSync('perl', ['-e', 'exit(syscall($ARGV[0] + 0, -100, $ARGV[1], -100, $ARGV[2], 2) != 0)', String(call), one, other]);
}

// What the collector gets over by itself, and what somebody has to mend; nothing acknowledged may be lost by either.
const HARMS = [
  {
    name: 'the log of changes removed',
    harm: ({ path }) => unlinkSync(`${path}-wal`),
    line: /store\.db-wal: the store's file was removed/,
  },
  {
    name: 'the index over it removed',
    harm: ({ path }) => unlinkSync(`${path}-shm`),
    line: /store\.db-shm: the store's file was removed/,
  },
  {
    name: 'both removed',
    harm: ({ path }) => ['-wal', '-shm'].forEach((ending) => unlinkSync(path + ending)),
    line: /store\.db-wal: the store's file was removed/,
  },
  {
    name: 'the lock removed',
    harm: ({ path }) => unlinkSync(`${path}.lock`),
    line: /store\.db\.lock: the store's file was removed/,
  },
  {
    name: 'the store moved away and back',
    harm: ({ path }) => renameSync(path, `${path}.away`),
    line: /store\.db: the store's file was removed or moved away/,
    mend: ({ path }) => renameSync(`${path}.away`, path),
  },
  {
    name: 'its folder moved away and back',
    harm: ({ folder }) => renameSync(folder, `${folder}.away`),
    line: /store\.db: the store's file was removed or moved away/,
    mend: ({ folder }) => {
      rmSync(folder, { recursive: true, force: true });
      renameSync(`${folder}.away`, folder);
    },
  },
  {
    name: 'another folder in its place, and the right one back',
    harm: ({ folder }) => {
      mkdirSync(`${folder}.away`);
      for (const file of readdirSync(folder).filter((file) => !file.startsWith('.')))
        copyFileSync(join(folder, file), join(`${folder}.away`, file));
      exchange(folder, `${folder}.away`);
    },
    line: /store\.db: the store's file was removed or replaced/,
    mend: ({ folder }) => {
      rmSync(folder, { recursive: true });
      renameSync(`${folder}.away`, folder);
    },
  },
  {
    name: 'a hard link to the store',
    harm: ({ path }) => linkSync(path, `${path}.twin`),
    line: /store\.db: the store's file has been given another name/,
    mend: ({ path }) => unlinkSync(`${path}.twin`),
  },
  {
    name: 'a hard link to the log of changes',
    harm: ({ path }) => linkSync(`${path}-wal`, `${path}-wal.twin`),
    line: /store\.db-wal: the store's file has been given another name/,
    mend: ({ path }) => unlinkSync(`${path}-wal.twin`),
  },
  {
    name: 'the last checkpoint moved away and back',
    harm: ({ path }) => renameSync(`${path}.log-key.checkpoint`, `${path}.log-key.checkpoint.away`),
    line: /the last checkpoint .*store\.db\.log-key\.checkpoint was removed/,
    mend: ({ path }) => renameSync(`${path}.log-key.checkpoint.away`, `${path}.log-key.checkpoint`),
  },
];

for (const { name, harm, line, mend } of HARMS)
  test(`${name}: 503, a line, and nothing acknowledged is lost`, async (t) => {
    const scene = await begin(t, name.replaceAll(/\W+/g, '-'));
    const { collector, load } = scene;
    harm(collector);
    await told(collector, line);
    await poll('a response turned away', 20, () => load.turnedAway > 0);
    if (mend) {
      await until(collector, 503);
      const before = load.kept.size;
      await poll('more turned away', 20, () => load.turnedAway > 50 || load.kept.size > before + 1);
      assert.ok(load.kept.size <= before, 'nothing is acknowledged meanwhile');
      mend(collector);
    }
    await until(collector, 200);
    await load.atLeast(20);
    assert.equal((await request(collector.url, '/log/tile/0/000.p/1')).status, 200, 'the log can be read again');
    assert.ok((await assertNothingLost(scene)) > 50);
    await collector.start();
    assert.equal((await collector.run('audit')).code, 0, 'the collector starts, and the log is whole');
    collector.process.child.kill('SIGKILL');
  });

function writeOver(path, bytes) {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
}

// Who reads what is now: until `kill` and `close` all that comes after it stays in the log of changes, also where nobody sends for a moment.
async function readOn({ path }) {
  const child = spawn('sqlite3', ['-batch', path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  child.stdin.write('BEGIN;\nSELECT count(*) FROM entry;\n');
  await once(child.stdout, 'data');
  return { stop: () => (child.kill('SIGKILL'), closed) };
}

// What destroys what was there; from then on nothing is acknowledged.
const DESTROYED = [
  ['the log of changes cut to nothing', ({ path }) => truncateSync(`${path}-wal`, 0), /store\.db-wal: the store's file was cut off/],
  [
    'the log of changes cut in the middle',
    ({ path }) => truncateSync(`${path}-wal`, Math.floor(statSync(`${path}-wal`).size / 2)),
    /store\.db-wal: the store's file was cut off/,
  ],
  [
    'the log of changes written over with nothing, in place',
    ({ path }) => writeOver(`${path}-wal`, Buffer.alloc(statSync(`${path}-wal`).size)),
    /store\.db-wal: the store's file was written to/,
  ],
  [
    'the log of changes written over with an older one, in place',
    ({ path, changes }) => writeOver(`${path}-wal`, changes),
    /store\.db-wal: the store's file was written to/,
  ],
  ['the store cut to nothing', ({ path }) => truncateSync(path, 0), /store\.db: the store's file was (cut off|written to)/],
  ['the store cut in the middle', ({ path }) => truncateSync(path, 8192), /store\.db: the store's file was (cut off|written to)/],
  ['the store written over by another program', ({ path, older }) => copyFileSync(older, path), /store\.db: the store's file was (cut off|written to)/],
  ['the store removed', ({ path }) => unlinkSync(path), /store\.db: the store's file was removed/],
  [
    'an older copy in its place',
    ({ path, older }) => {
      copyFileSync(older, `${path}.new`);
      ['-wal', '-shm'].forEach((ending) => unlinkSync(path + ending));
      renameSync(`${path}.new`, path);
    },
    /store\.db(-wal)?: the store's file was (removed or replaced|removed or moved away)/,
  ],
];

for (const [name, harm, line] of DESTROYED)
  test(`${name}: 503, a line, and nothing more is acknowledged`, async (t) => {
    const scene = await begin(t, name.replaceAll(/\W+/g, '-'));
    const { collector, load } = scene;
    collector.older = join(collector.folder, 'older');
    await sql(collector, `VACUUM INTO '${collector.older}'`);
    await load.atLeast(200); // some pages go into the store itself
    collector.changes = readFileSync(`${collector.path}-wal`);
    await poll('the log of changes to be begun anew', 60, () => {
      const now = readFileSync(`${collector.path}-wal`);
      return now.length >= collector.changes.length && now.readUInt32BE(16) !== collector.changes.readUInt32BE(16);
    });
    const reader = await readOn(collector);
    t.after(reader.stop);
    await load.atLeast(5);
    harm(collector);
    const since = performance.now();
    await told(collector, line);
    await until(collector, 503);
    const before = load.turnedAway;
    await poll('more turned away', 20, () => load.turnedAway > before + 50);
    assert.equal(await health(collector), 503);
    load.ending = true;
    collector.process.child.kill('SIGKILL');
    await load.end();
    const after = [...load.kept.values()].filter(({ sent }) => sent > since);
    assert.equal(after.length, 0, 'responses that were sent afterwards have been acknowledged');
  });

// In memory that is shared as a file. What is read by it in between is not committed, and it is made anew.
test('the index over the log of changes wiped in place, or an older one put there: nothing is lost', async (t) => {
  const scene = await begin(t, 'index');
  const { collector, load } = scene;
  const index = `${collector.path}-shm`;
  for (let i = 0; i < 6; i++) {
    const older = readFileSync(index);
    await load.atLeast(50 + i);
    writeOver(index, i % 2 === 0 ? Buffer.alloc(older.length) : older);
    await load.atLeast(20);
    await until(collector, 200);
  }
  await assertNothingLost(scene);
  await collector.start();
  assert.equal((await collector.run('audit')).code, 0);
  collector.process.child.kill('SIGKILL');
});

test('the index over the log of changes cut: the collector says so and ends, and the next start finds all', async (t) => {
  const scene = await begin(t, 'index-cut');
  const { collector } = scene;
  scene.load.ending = true;
  truncateSync(`${collector.path}-shm`, 0);
  await poll('the end', 20, () => collector.process.signal);
  assert.equal(collector.process.signal, 'SIGBUS');
  assert.match(collector.process.stderr, /^error store: -shm was cut off by another program, so the collector ends; start it again$/m);
  await assertNothingLost(scene);
  await collector.start();
  assert.equal((await collector.run('audit')).code, 0);
  collector.process.child.kill('SIGKILL');
});

// What the database has without its log of changes; undefined where that can't be told just now.
async function restingEntries({ path, folder }) {
  const copy = join(folder, 'alone.db');
  copyFileSync(path, copy);
  return sql(copy, 'PRAGMA quick_check; SELECT count(*) FROM entry').catch(() => undefined); // copied while it was written
}

test('the log of changes removed and the collector killed at once, while nobody sends: nothing is lost', async (t) => {
  const scene = await begin(t, 'at-rest');
  const { collector, load } = scene;
  await load.end();
  const entries = Number(await sql(collector.path, 'SELECT count(*) FROM entry'));
  await poll('the database to hold all by itself', 20, async () => (await restingEntries(collector)) === `ok\n${entries}`);
  unlinkSync(`${collector.path}-wal`);
  await assertNothingLost(scene);
  await collector.start();
  assert.equal((await collector.run('audit')).code, 0);
});

// What nobody can promise: in the first moment after an answer, or while somebody reads what was before, all since then is in -wal
// alone. It is never silent.
test('the log of changes removed and the collector killed before it looks: the next start is refused, and says why', async (t) => {
  const scene = await begin(t, 'unseen');
  const { collector, load } = scene;
  const reader = await readOn(collector);
  await load.atLeast(10);
  await load.end();
  unlinkSync(`${collector.path}-wal`);
  collector.process.child.kill('SIGKILL');
  await collector.process.ended;
  await reader.stop();
  const done = await collector.run('serve', '--listen', '127.0.0.1:0');
  assert.equal(done.code, 1, done.stdout);
  assert.match(done.stderr, /a log of size \d+, but one of size \d+ was signed: this is an old copy/);
});

test('the newest copy put back: responses are taken and the log is read again', async (t) => {
  const scene = await begin(t, 'put-back');
  const { collector, load } = scene;
  load.going = false;
  await Promise.all(load.running);
  const copy = join(collector.folder, 'copy');
  await sql(collector, `VACUUM INTO '${copy}'`);
  ['', '-wal', '-shm'].forEach((ending) => unlinkSync(collector.path + ending));
  await until(collector, 503);
  renameSync(copy, collector.path);
  await until(collector, 200);
  for (let i = 0; i < 20; i++) {
    assert.equal((await request(collector.url, '/log/tile/0/000.p/1')).status, 200);
    assert.equal((await request(collector.url, '/healthz')).status, 200);
  }
  await assertNothingLost(scene);
});

// Who else would serve the same.

async function assertOther(other, pattern) {
  const done = await other.run('serve', '--listen', '127.0.0.1:0');
  assert.equal(done.code, 1, done.stdout + done.stderr);
  assert.match(done.stderr, pattern);
}

test('no second collector serves the store under another name, or signs with a copy of its key', async (t) => {
  const scene = await begin(t, 'second');
  const { collector, load } = scene;
  const key = ['--log-key', `${collector.path}.log-key`];
  const named = (path) => {
    const other = new Collector(collector.folder, path);
    return { run: (...args) => other.run(...args, ...key) };
  };
  symlinkSync(collector.path, join(collector.folder, 'link.db'));
  symlinkSync(collector.folder, join(collector.folder, 'folder'));
  await assertOther(named(join(collector.folder, 'link.db')), /another collector/);
  await assertOther(named(join(collector.folder, 'folder', 'store.db')), /another collector/);
  await assertOther(new Collector(collector.folder, join(collector.folder, 'folder', 'store.db')), /another collector/);
  const copy = new Collector(freshFolder('lost-second-copy'));
  await sql(collector, `VACUUM INTO '${copy.path}'`);
  for (const key of ['.log-key', '.operator-key']) copyFileSync(collector.path + key, copy.path + key);
  await assertOther(copy, /another collector on this machine signs with this log's key/);
  assert.ok(!existsSync(join(collector.folder, 'link.db-wal')), 'nothing is made beside the link');
  assert.equal(await health(collector), 200);
  await load.atLeast(20);
  await assertNothingLost(scene);
});

test('a store with a second name is opened by nobody', async (t) => {
  const scene = await begin(t, 'twin');
  const { collector } = scene;
  collector.process.child.kill('SIGKILL');
  scene.load.ending = true;
  await scene.load.end();
  linkSync(collector.path, `${collector.path}.twin`);
  for (const path of [collector.path, `${collector.path}.twin`]) {
    const done = await new Collector(collector.folder, path).run('members', 'list');
    assert.equal(done.code, 1);
    assert.match(done.stderr, /another name/);
  }
  unlinkSync(`${collector.path}.twin`);
  await assertNothingLost(scene);
});

test('admin verbs beside the collector harm nothing, also under load', async (t) => {
  const scene = await begin(t, 'admin');
  const { collector, load } = scene;
  await collector.invitations(20000);
  await collector.importActions();
  writeFileSync(join(collector.folder, 'list.txt'), (await collector.succeed('members', 'list')).stdout);
  await load.atLeast(20);
  assert.equal(load.turnedAway, 0, collector.process.stderr);
  await assertNothingLost(scene);
});
