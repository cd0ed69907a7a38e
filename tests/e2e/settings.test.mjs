// Goal: the settings are what the manual says they are, and `serve --check` passes exactly what `serve` takes.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeShim } from './lib/faulty-disk.mjs';
import { assertFailed, Collector, freshFolder, ready, run } from './lib/programs.mjs';

const running = [];
after(() => Promise.all(running.map((collector) => collector.stop())));

async function imported(name) {
  const collector = new Collector(freshFolder(`settings-${name}`));
  await collector.importPanel();
  await collector.importActions();
  return collector;
}

const check = (collector, ...more) => collector.run('serve', '--check', '--listen', '127.0.0.1:0', ...more);

test('OPERATING names every setting with its default, and no other', async () => {
  const collector = await imported('manual');
  const { code, stdout, stderr } = await collector.run('serve', '--check');
  assert.equal(code, 0, stderr);
  const program = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.match(/^(\w+)\s+= (.*) \((default|flag)\)$/))
      .map(([, name, value, origin]) => [name, origin === 'default' ? value : undefined]),
  );
  const manual = readFileSync('docs/OPERATING.md', 'utf8').matchAll(/^\| `(\w+)` \| `(BURGERPANEL_\w+)` \| (?:`([^`]*)` )?\| /gm);
  const told = new Map();
  for (const [, name, variable, value = ''] of manual) {
    assert.equal(variable, `BURGERPANEL_${name.toUpperCase()}`);
    told.set(name, value);
  }
  assert.deepEqual([...told.keys()].sort(), [...program.keys()].sort());
  for (const [name, value] of program) if (value !== undefined) assert.equal(told.get(name), value, name);
});

test('the block of settings in OPERATING is one that can be used as it stands there', async () => {
  const collector = await imported('block');
  const [, block] = readFileSync('docs/OPERATING.md', 'utf8').match(/^```\n(\[collector\]\n[^]*?)^```$/m);
  const file = join(collector.folder, 'collector.ini');
  writeFileSync(file, block.replace(/^listen = .*$/m, 'listen = 127.0.0.1:0'));
  const done = await collector.run('serve', '--check', '--config', file);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /^listen +=(?= 127\.0\.0\.1:0 \(file\)$)/m);
});

test('a setting that is indented is refused, and not taken for more of the one above', async () => {
  const collector = await imported('indented');
  const file = join(collector.folder, 'collector.ini');
  for (const blank of [' ', '    ', '\t']) {
    writeFileSync(file, `[collector]\n; a comment\n${blank}; another\n\nthreads = 2\n${blank}listen = 127.0.0.1:0\n`);
    assertFailed(await collector.run('serve', '--check', '--config', file), /collector\.ini: line 6 begins with a blank/);
    assertFailed(await collector.run('members', 'list', '--config', file), /line 6/);
  }
  writeFileSync(file, `[collector]\n ; a comment\n   \nthreads = 2\nlisten = 127.0.0.1:0\n`);
  assert.equal((await collector.run('serve', '--check', '--config', file)).code, 0);
});

// What serve refuses, --check refuses with the same words.
async function assertBothRefuse(collector, pattern, ...more) {
  const checked = await check(collector, ...more);
  assertFailed(checked, pattern);
  assertFailed(await collector.run('serve', '--listen', '127.0.0.1:0', ...more), pattern);
}

test('--check refuses a store that is not there, and makes none', async () => {
  const collector = new Collector(freshFolder('settings-none'));
  await assertBothRefuse(collector, /store\.db/);
  await assertBothRefuse(collector, /store\.db/);
});

test('--check refuses a store without a panel', async () => {
  const folder = freshFolder('settings-no-panel');
  const collector = new Collector(folder, join(folder, 'empty.db'));
  writeFileSync(collector.path, '');
  await assertBothRefuse(collector, /empty\.db|panel/);
});

test('--check refuses a store that is no store', async () => {
  const collector = new Collector(freshFolder('settings-damaged'));
  writeFileSync(collector.path, 'this is no database at all, and was never meant to be one\n'.repeat(100));
  await assertBothRefuse(collector, /store\.db/);
});

test("--check refuses where the log's key is missing, or is another's", async () => {
  const collector = await imported('key');
  const key = `${collector.path}.log-key`;
  renameSync(key, `${key}.away`);
  await assertBothRefuse(collector, /log-key/);
  const other = await imported('other-key');
  writeFileSync(key, readFileSync(`${other.path}.log-key`), { mode: 0o600 });
  chmodSync(key, 0o600);
  await assertBothRefuse(collector, /log-key|key/);
});

test('--check refuses addresses that are none, not of this machine or in use', async () => {
  const collector = await imported('addresses');
  const taken = net.createServer();
  await new Promise((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const bad = ['nowhere:80', '192.0.2.1:0', `127.0.0.1:${taken.address().port}`];
  for (const listen of bad)
    for (const flags of [['--check'], []]) assertFailed(await collector.run('serve', '--listen', listen, ...flags), /can't listen on/);
  for (const listen of bad) {
    const env = { BURGERPANEL_METRICS_LISTEN: listen, BURGERPANEL_LISTEN: '127.0.0.1:0', BURGERPANEL_STORE: collector.store };
    for (const flags of [['--check'], []])
      assertFailed(await run('burgerpanel-collector', ['serve', ...flags], { env }), /can't listen on/);
  }
  taken.close();
});

test('--check refuses a store that another collector is serving, and harms neither', async () => {
  const collector = await ready('settings-served');
  running.push(collector);
  await assertBothRefuse(collector, /serving|another/);
  const answer = await fetch(`${collector.url}/healthz`);
  assert.equal(answer.status, 200);
});

test('a store in a file has no other collectors: peers and --join are refused', async () => {
  const store = ['--store', `sqlite:${join(freshFolder('settings-alone'), 'store.db')}`];
  const peers = { BURGERPANEL_PEERS: 'https://panel-b.example.nl' };
  for (const verb of [['serve'], ['serve', '--check'], ['panel', 'show']])
    assertFailed(await run('burgerpanel-collector', [...verb, ...store], { env: peers }), /peers \(environment\) are other collectors of a store in PostgreSQL/);
  const joining = await run('burgerpanel-collector', ['serve', ...store, '--join', 'https://panel-a.example.nl']);
  assert.equal(joining.code, 2, joining.stderr);
  assert.match(joining.stderr, /--join is for a store in PostgreSQL/);
});

test('name servers that do not answer are not waited for as long as they like, unless the environment says otherwise', async () => {
  const words = ['panel', 'show', '--store', 'postgresql://nobody@db.example.invalid:1/none'];
  const env = { LD_PRELOAD: makeShim('names'), ASAN_OPTIONS: 'verify_asan_link_order=0', NAMES_HOST: 'db.example.invalid', NAMES_ADDRESSES: '127.0.0.1', NAMES_TOLD: '1' };
  for (const [given, holds] of [[undefined, 'timeout:2 attempts:2'], ['timeout:1', 'timeout:1']]) {
    const done = await run('burgerpanel-collector', words, { env: { ...env, ...(given && { RES_OPTIONS: given }) } });
    assert.equal(done.code, 1, done.stderr);
    assert.ok(done.stderr.startsWith(`names: ${holds}\n`), done.stderr);
  }
});
