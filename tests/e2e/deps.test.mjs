// Goal: on a machine that has only git and make, each target installs all it needs by one call of apt-get, whatever
// runs beside it; and who may not install is told everything that is missing, once.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { Machine } from './lib/machine.mjs';
import { poll } from './lib/poll.mjs';

const libraries = ['c6', 'cjson', 'curl4-openssl', 'gnutls28', 'inih', 'pq', 'seccomp', 'sodium', 'sqlite3'];
const build = ['gcc', 'pkg-config', ...libraries.map((name) => `lib${name}-dev`), 'nettle-dev', 'zlib1g-dev'];
const units = [...build, 'curl', 'libcriterion-dev', 'nodejs', 'sqlite3', 'valgrind'];
const clang = ['clang', 'libclang-rt-14-dev'];
const excel = [...units, 'libreoffice-calc-nogui'];
const web = ['chromium', 'chromium-driver', 'fonts-liberation'];
const everything = [...excel, ...clang, ...web, 'postgresql-15'];
const packages = [...build, 'build-essential', 'debhelper', 'dpkg-dev', 'node-tweetnacl'];
const install = (packages) => `install ${[...packages].sort().join(' ')}`;

// What each target needs, and what it runs in the end.
const targets = {
  all: [build],
  install: [build],
  demo: [build, 'fixtures/demo.sh'],
  bench: [[...build, 'nodejs'], 'tests/bench/run.sh'],
  quick: [units, 'tests/run.sh quick'],
  test: [everything, 'tests/run.sh unit clang e2e postgres web memcheck tsan torture-short excel'],
  memcheck: [units, 'tests/run.sh memcheck'],
  tsan: [units, 'tests/run.sh tsan'],
  'check-postgres': [[...units, 'postgresql-15'], 'tests/run.sh postgres'],
  'check-patroni': [[...units, 'etcd-server', 'patroni', 'postgresql-15'], 'tests/run.sh patroni'],
  'check-haproxy': [[...units, 'haproxy', 'postgresql-15'], 'tests/run.sh haproxy'],
  'check-excel': [excel, 'tests/run.sh excel'],
  fuzz: [[...units, ...clang], 'tests/fuzz/run.sh'],
  'check-web': [[...units, ...web], 'tests/run.sh web'],
  coverage: [[...units, 'gcovr'], 'tests/run.sh coverage'],
  'fresh-test': [['debootstrap'], 'tests/fresh/run.sh'],
  deb: [packages, 'packaging/deb.sh build/deb'],
  'deb-test': [[...packages, 'buildah', 'debootstrap', 'lintian', 'podman', 'runc'], 'packaging/deb.sh build/deb', 'tests/deb/run.sh'],
  lint: [[...units, ...clang, ...web, 'clang-format', 'clang-tidy', 'mandoc', 'npm', 'reuse', 'shellcheck', 'systemd', 'zsh'], 'tests/lint/run.sh'],
};

for (const [target, [packages, ...script]] of Object.entries(targets))
  test(`make ${target} installs all it needs by one call, before anything else`, async () => {
    const machine = new Machine(target);
    const words = [target, `DESTDIR=${machine.path('installed')}`];
    await machine.succeed(...words);
    assert.deepEqual(machine.calls(), ['update', install(packages), ...script]);
    await machine.succeed(...words);
    assert.deepEqual(machine.calls().slice(2 + script.length), script, 'nothing was missing the second time');
  });

test('where PostgreSQL is installed it is told to make no server of its own, unless that is said already', async () => {
  const machine = new Machine('no-server');
  await machine.succeed('check-postgres');
  const said = machine.path('root/etc/postgresql-common/createcluster.conf');
  assert.equal(readFileSync(said, 'utf8'), 'create_main_cluster = false\n');
  const other = new Machine('own-server');
  mkdirSync(other.path('root/etc/postgresql-common'), { recursive: true });
  writeFileSync(other.path('root/etc/postgresql-common/createcluster.conf'), 'data_directory = /srv\n');
  await other.succeed('demo', 'STORE=postgres');
  assert.equal(readFileSync(other.path('root/etc/postgresql-common/createcluster.conf'), 'utf8'), 'data_directory = /srv\n');
  assert.ok(other.calls().some((call) => /^install .*postgresql-15/.test(call)));
});

test('make deps installs what every target needs', async () => {
  const machine = new Machine('deps');
  await machine.succeed('deps');
  for (const target of Object.keys(targets)) await machine.succeed(target, `DESTDIR=${machine.path('installed')}`);
  assert.equal(machine.calls().filter((call) => /^(update|install)/.test(call)).length, 2);
});

test('several targets of one make are installed for by one call', async () => {
  const machine = new Machine('several');
  await machine.succeed('demo', 'check-excel');
  assert.deepEqual(machine.calls().slice(0, 2), ['update', install(excel)]);
  assert.deepEqual(machine.calls().slice(2).sort(), ['fixtures/demo.sh', 'tests/run.sh excel']);
});

// Both have found something missing before the first has installed anything.
async function makeTwo(machine, first, second) {
  machine.hold('hold');
  const one = machine.succeed(first);
  await poll('the first to install', 20, () => machine.calls().length > 0);
  const two = machine.succeed(second);
  await poll('the second to wait', 20, () => machine.lines('locks').length > 1 || machine.calls().length > 1);
  machine.release('hold');
  await Promise.all([one, two]);
  return machine.calls().filter((call) => !/^(tests|fixtures)/.test(call));
}

test('of two makes at once the second waits, and finds nothing missing', async () => {
  assert.deepEqual(await makeTwo(new Machine('two'), 'test', 'test'), ['update', install(everything)]);
});

test('of two makes at once the second installs what only it needs', async () => {
  const calls = await makeTwo(new Machine('two-unlike'), 'demo', 'test');
  assert.deepEqual(calls, ['update', install(build), 'update', install(everything.filter((name) => !build.includes(name)))]);
});

test('what is being compiled or linked is never seen half by another make', async () => {
  const machine = new Machine('half');
  await machine.succeed('deps');
  machine.hold('hold-compiler');
  const making = machine.succeed('programs');
  const isHalf = ([, text]) => text === 'half\n';
  await poll('two files to be half there', 60, () => machine.built().filter(isHalf).length > 3);
  for (const [path] of machine.built()) assert.doesNotMatch(path, /\.[od]$/);
  machine.release('hold-compiler');
  await making;
  assert.ok(machine.built().some(([path]) => path.endsWith('.d')));
  assert.deepEqual(machine.built().filter((file) => isHalf(file) || /\.\d+$/.test(file[0])), []);
});

test('a lock of another program is waited for', async () => {
  const machine = new Machine('locked');
  machine.holdLists(3);
  const output = await machine.succeed('quick');
  assert.deepEqual(machine.calls(), ['update', 'update', 'update', 'update', install(units), 'tests/run.sh quick']);
  assert.equal(output.match(/waiting for another program/g).length, 1, output);
  const apt = machine.lines('calls').filter((line) => line.startsWith('apt-get'));
  for (const line of apt) assert.match(line, / -o DPkg::Lock::Timeout=[1-9]/);
});

test('a lock that is never given up is not waited for without end', async () => {
  const machine = new Machine('stuck');
  machine.holdLists(10_000);
  const { code, output } = await machine.make('quick');
  assert.notEqual(code, 0, output);
  assert.match(output, /E: Could not get lock/);
  assert.match(output, /apt-get could not install: curl gcc /);
  assert.ok(machine.calls().every((call) => call === 'update'));
});

for (const [who, options] of [['a plain user', { uid: 1000 }], ['root without apt', { apt: false }]])
  test(`${who} is told all that is missing at once`, async () => {
    for (const [target, packages] of [['test', everything], ['lint', targets.lint[0]]]) {
      const machine = new Machine('told', options);
      const { code, output } = await machine.make(target);
      const names = [...packages].sort().join(' ');
      assert.notEqual(code, 0, output);
      assert.deepEqual(
        output.split('\n').filter((line) => line.includes('gcc')),
        [
          `Not installed yet: ${names}`,
          `On Debian 12, run as root:  apt-get update && apt-get install --no-install-recommends ${names}`,
        ],
      );
      assert.deepEqual(machine.calls(), []);
    }
  });
