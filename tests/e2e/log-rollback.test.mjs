// Goal: a store that is behind, beside or without what its log's key has signed is refused by `serve` with one clear line, and harmed by
// nothing; two histories are never signed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccepted, assertProblem, JOSE, NDJSON, post, request } from './lib/http.mjs';
import { openCheckpoint } from './lib/log.mjs';
import { Member } from './lib/member.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { BEGUN, assertFailed, Collector, freshFolder, onServer, ready, run, start } from './lib/programs.mjs';
import { PublicLog } from './lib/public-log.mjs';
import { copyOf, putBack, sql, testOfFiles } from './lib/store.mjs';

const BEFORE = BEGUN + 6; // entries of the old copy
const MORE = 5; // entries that came after
let old;
let newest;
let member;
let code; // unused

const answers = { importance: 3, noticed: 'no' };
let revision = 0;
const next = () => member.response(ROUND, 'WA-1.01', answers, { revision: ++revision });
const send = async (collector, count) => {
  for (let i = 0; i < count; i++) assertAccepted(await post(collector.url, '/v1/responses', next(), JOSE));
};

const keyOf = (collector) => `${collector.path}.log-key`;
const checkpointOf = (collector) => `${collector.path}.log-key.checkpoint`;
const digest = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

// Runs `serve`, which should end by itself.
async function serveToTheEnd(collector, ...flags) {
  const run = start('burgerpanel-collector', collector.words('serve', '--listen', '127.0.0.1:0', ...flags));
  try {
    await poll('serve to end', 20, () => run.code !== undefined);
  } finally {
    run.child.kill('SIGKILL'); // when it did not
  }
  return run;
}

// `serve` ends by itself, with exit 1 and one line that says `pattern`; it listened to nobody and changed nothing.
async function refuses(collector, pattern, ...flags) {
  const files = [collector.path, keyOf(collector), checkpointOf(collector)].filter((f) => existsSync(f) && statSync(f).isFile());
  const digests = files.map(digest);
  assertFailed(await serveToTheEnd(collector, ...flags), pattern);
  assert.deepEqual(files.map(digest), digests, 'the store was changed');
}

async function serves(collector, ...flags) {
  await collector.start('127.0.0.1:0', ...flags);
  const log = new PublicLog(() => collector.url);
  try {
    return await log.head();
  } finally {
    log.close();
    await collector.stop();
  }
}

const passes = async (collector) => {
  const done = await collector.run('audit');
  assert.equal(done.code, 0, done.stdout + done.stderr);
};

before(async () => {
  newest = await ready('log-rollback', { codes: 2 });
  code = newest.codes[1];
  member = new Member('wau');
  assertAccepted(await post(newest.url, '/v1/members', member.enrolment(newest.codes[0]), JOSE));
  await send(newest, BEFORE - BEGUN - 1);
  await newest.stop();
  old = copyOf(newest, 'log-rollback-old');
  await newest.start();
  await send(newest, MORE);
  await newest.stop();
});
after(() => newest?.stop());

let copies = 0;
const copy = () => copyOf(newest, `log-rollback-${++copies}`);

test('an old copy put back under the newer checkpoint is refused, found by audit, and mended by the newest', async () => {
  const store = copy();
  putBack(old, store);
  await refuses(store, new RegExp(`\\b${BEFORE}\\b.*\\b${BEFORE + MORE}\\b.*old copy`));
  await refuses(store, /old copy/);
  const audit = await store.run('audit');
  assert.equal(audit.code, 1);
  assert.match(audit.stdout, new RegExp(`^checkpoint: .*\\b${BEFORE + MORE}\\b.*\\b${BEFORE}\\b`, 'm'));
  putBack(newest, store);
  assert.equal((await serves(store)).size, BEFORE + MORE);
  await passes(store);
});

test('an old copy that has grown past the checkpoint in another way is refused', async () => {
  const fork = copyOf(old, 'log-rollback-fork');
  await fork.start();
  try {
    await send(fork, MORE + 3);
  } finally {
    await fork.stop();
  }
  await passes(fork);
  const store = copy();
  putBack(fork, store);
  await refuses(store, /not the one whose checkpoint was signed/);
  assert.equal((await store.run('audit')).code, 1);
});

test('an old copy with its own old key and checkpoint is what it was: nobody can see more from here', async () => {
  assert.equal((await serves(copyOf(old, 'log-rollback-whole'))).size, BEFORE);
});

test('an older checkpoint beside a newer store is continued', async () => {
  const store = copy();
  writeFileSync(checkpointOf(store), readFileSync(checkpointOf(old)));
  assert.equal((await serves(store)).size, BEFORE + MORE);
  await passes(store);
});

test('a store that was emptied is refused', async () => {
  const store = copy();
  await sql(store, 'DELETE FROM entry; DELETE FROM tile; DELETE FROM member; DELETE FROM current; DELETE FROM counts');
  await refuses(store, /size 0\b.*old copy/);
});

test('a missing, foreign or damaged key is refused', async () => {
  const missing = copy();
  renameSync(keyOf(missing), `${keyOf(missing)}.away`);
  await refuses(missing, /log's key .*store\.db\.log-key .*--log-key/);
  assert.equal(existsSync(keyOf(missing)), false, 'none was made in its place');
  await refuses(missing, /nowhere/, '--log-key', join(missing.folder, 'nowhere'));

  const other = new Collector(freshFolder('log-rollback-other'));
  await other.importPanel();
  const foreign = copy();
  writeFileSync(keyOf(foreign), readFileSync(keyOf(other)));
  await refuses(foreign, /another log/);

  for (const damage of ['', 'x', '\n', 'A'.repeat(43), `${'A'.repeat(42)}B\n`, `${'A'.repeat(43)}\n\n`, 'A'.repeat(100000)]) {
    const damaged = copy();
    writeFileSync(keyOf(damaged), damage);
    await refuses(damaged, /no key of a log/);
  }
  const folder = copy();
  rmSync(keyOf(folder));
  mkdirSync(keyOf(folder));
  await refuses(folder, /can't be read/);
});

test('a missing, damaged or foreign checkpoint is refused once the log has entries', async () => {
  const missing = copy();
  rmSync(checkpointOf(missing));
  assertFailed(await serveToTheEnd(missing), /checkpoint .*missing/);
  assertFailed(await serveToTheEnd(missing), /checkpoint .*missing/);
  const good = readFileSync(checkpointOf(newest), 'utf8');
  const text = good.trimEnd();
  const foreign = new Collector(freshFolder('log-rollback-other'));
  await foreign.importPanel();
  await foreign.importActions();
  await serves(foreign);
  const damages = [
    'x', '\0'.repeat(512), text.slice(0, 40), text.slice(0, -1), `${text}\n\n\nx`, text.replace(`\n${BEFORE + MORE}\n`, `\n${BEFORE}\n`),
    text.replace('burgerpanel/wau', 'burgerpanel/wou'), readFileSync(checkpointOf(foreign)), '\n\n', 'x'.repeat(100000),
  ];
  for (const damage of damages) {
    const damaged = copy();
    writeFileSync(checkpointOf(damaged), damage);
    await refuses(damaged, /checkpoint .*(can't be read|missing)/);
  }
  const folder = copy();
  rmSync(checkpointOf(folder));
  mkdirSync(checkpointOf(folder));
  await refuses(folder, /checkpoint .*can't be read/);
  const empty = copy();
  writeFileSync(checkpointOf(empty), '');
  await refuses(empty, /checkpoint .*missing/);
  // Any checkpoint that was published mends it.
  writeFileSync(checkpointOf(missing), `${text}\n`);
  assert.equal((await serves(missing)).size, BEFORE + MORE);
});

test('key and checkpoint are for their owner alone', () => {
  for (const path of [keyOf(newest), checkpointOf(newest)]) assert.equal(statSync(path).mode & 0o777, 0o600);
});

testOfFiles('the key may lie elsewhere', async () => {
  const store = copy();
  const elsewhere = join(freshFolder('log-rollback-elsewhere'), 'key');
  renameSync(keyOf(store), elsewhere);
  renameSync(checkpointOf(store), `${elsewhere}.checkpoint`);
  await refuses(store, /log's key/);
  const done = await run('burgerpanel-collector', ['audit', '--store', store.store, '--log-key', elsewhere]);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  process.env.BURGERPANEL_LOG_KEY = elsewhere;
  try {
    assert.equal((await serves(store)).size, BEFORE + MORE);
  } finally {
    delete process.env.BURGERPANEL_LOG_KEY;
  }
});

test('a key that has signed for one store is not taken for another', async () => {
  const other = new Collector(freshFolder('log-rollback-taken'));
  for (const file of [keyOf, checkpointOf]) writeFileSync(file(other), readFileSync(file(newest)));
  assertFailed(await other.run('panel', 'import', 'fixtures/panel.json'), /another log/);
  assert.equal((await serveToTheEnd(other)).code, 1);
});

test('two stores never sign with one key at the same time', async () => {
  const one = copy();
  const two = copy();
  rmSync(checkpointOf(two));
  rmSync(keyOf(two));
  symlinkSync(keyOf(one), keyOf(two));
  symlinkSync(checkpointOf(one), checkpointOf(two));
  await one.start();
  try {
    await refuses(two, onServer ? /another collector signs with/ : /another collector on this machine signs with/);
    await send(one, 1);
  } finally {
    await one.stop();
  }
  await refuses(two, /old copy/);
});

test('an origin that a checkpoint has no room for is refused before there is a log', async () => {
  const other = new Collector(freshFolder('log-rollback-origin'));
  for (const origin of ['x'.repeat(173), 'two words', 'a+b']) {
    process.env.BURGERPANEL_ORIGIN = origin;
    try {
      assertFailed(await other.run('panel', 'import', 'fixtures/panel.json'), /origin/);
    } finally {
      delete process.env.BURGERPANEL_ORIGIN;
    }
  }
  process.env.BURGERPANEL_ORIGIN = 'x'.repeat(172);
  try {
    await other.importPanel();
  } finally {
    delete process.env.BURGERPANEL_ORIGIN;
  }
  await other.importActions();
  assert.equal((await serves(other)).origin, 'x'.repeat(172));
});

// Entries taken out of, or put into, a store whose collector is running must not lead to a second tree of a size that was signed.
for (const [what, text] of [
  ['the last entry removed', `DELETE FROM entry WHERE idx = ${BEFORE + MORE - 1}`],
  ['an entry added', `INSERT INTO entry SELECT ${BEFORE + MORE}, jws FROM entry WHERE idx = 3`],
])
  for (const count of [1, 2, 3])
    test(`${what} under a running collector: ${count} more, and no second history is signed`, async () => {
      const store = copy();
      await store.start();
      const log = new PublicLog(() => store.url);
      try {
        const before = await log.head();
        await sql(store, text);
        const body = Array.from({ length: count }, () => `${JSON.stringify(next())}\n`).join('');
        assertProblem(await post(store.url, '/v1/response-batches', body, NDJSON), 503, 'unavailable');
        // What it has shown, which it tells whether or not it can look now.
        const shown = await request(store.url, '/log/checkpoint', { headers: { Prefer: 'wait=0' } });
        assert.equal(shown.status, 200);
        const after = openCheckpoint(shown.text, log.verifier);
        assert.deepEqual([after.size, after.root], [before.size, before.root]);
        await poll('ill health', 5, async () => (await request(store.url, '/healthz')).status === 503);
        const signed = openCheckpoint(`${readFileSync(checkpointOf(store), 'utf8').trimEnd()}\n`, log.verifier);
        assert.deepEqual([signed.size, signed.root], [before.size, before.root]);
      } finally {
        log.close();
        await store.stop();
      }
      const audit = await store.run('audit');
      assert.equal(audit.code, 1);
    });

test('a store that was left alone through all this still passes, and takes another member', async () => {
  await passes(newest);
  await newest.start();
  assertAccepted(await post(newest.url, '/v1/members', new Member('wau').enrolment(code), JOSE));
  await newest.stop();
  await passes(newest);
});
