// Goal: who gets hold of a running collector gets hold of little. Code inside it (lib/intruder.c) can open no file but those of the store
// and the keys, run nothing, reach nobody, make no memory executable; each refused call is told once, and nothing stops by it. The whole
// suite runs under the same sandbox.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccepted, JOSE, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { assertFailed, build, Collector, freshFolder } from './lib/programs.mjs';

const EPERM = 1;
const EACCES = 13;
const shim = join(build, 'e2e', `intruder-${process.pid}.so`);
let outside; // a folder that is not the collector's
let listener; // somebody on this machine

before(async () => {
  outside = freshFolder('sandbox-outside');
  execFileSync('cc', ['-std=c17', '-D_GNU_SOURCE', '-shared', '-fPIC', '-Wall', '-Wextra', '-Werror', '-o', shim, 'tests/e2e/lib/intruder.c']);
  listener = net.createServer((socket) => socket.destroy());
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
});
after(() => {
  listener.close();
  rmSync(shim);
});

async function begin(t, name, { env = {}, prepare } = {}) {
  const collector = new Collector(freshFolder(`sandbox-${name}`));
  await collector.importPanel();
  await collector.importActions();
  const [code] = await collector.invitations(1);
  prepare?.(collector);
  collector.orders = join(collector.folder, 'orders');
  collector.found = join(collector.folder, 'found');
  const intruder = { LD_PRELOAD: shim, ASAN_OPTIONS: 'verify_asan_link_order=0', INTRUDER_ORDERS: collector.orders, INTRUDER_FOUND: collector.found };
  await collector.start(undefined, { env: { ...intruder, ...env } });
  t.after(() => collector.process?.child.kill('SIGKILL'));
  return { collector, code };
}

// What came of each order, as its errno; 0: it was done.
async function order(collector, orders) {
  writeFileSync(`${collector.orders}.new`, orders.map((words) => `${words}\n`).join(''));
  renameSync(`${collector.orders}.new`, collector.orders);
  await request(collector.url, '/healthz');
  await poll('the orders to be tried', 20, () => !existsSync(collector.orders));
  const found = readFileSync(collector.found, 'utf8').trimEnd().split('\n');
  assert.equal(found.length, orders.length);
  return Object.fromEntries(found.map((line) => line.match(/^(.*): (-?\d+)$/).slice(1)).map(([what, number]) => [what, Number(number)]));
}

// The process as the kernel sees it.
const statusOf = (collector, name) => readFileSync(`/proc/${collector.process.child.pid}/status`, 'utf8').match(new RegExp(`^${name}:\\s*(\\S+)`, 'm'))[1];

test('code inside a collector opens no file of others, runs nothing, reaches nobody', async (t) => {
  const { collector } = await begin(t, 'inside');
  const mine = join(outside, 'mine');
  writeFileSync(mine, 'not for the collector', { mode: 0o600 });
  const made = join(outside, 'made');
  const { port } = listener.address();
  const done = await order(collector, [
    `read ${mine}`, `write ${mine}`, `write ${made}`, `list ${outside}`, 'read /etc/passwd', 'read /etc/hostname', `read ${resolve('Makefile')}`,
    'exec /bin/true', 'exec /bin/nowhere', `connect ${port}`, 'code -', `mount ${outside}`, `chmod ${mine}`, 'setuid -',
    `read ${collector.path}.log-key`, `read ${collector.path}`, `write ${join(collector.folder, 'new')}`, `list ${collector.folder}`,
  ]);
  assert.deepEqual(done, {
    [`read ${mine}`]: EACCES, [`write ${mine}`]: EACCES, [`write ${made}`]: EACCES, [`list ${outside}`]: EACCES,
    'read /etc/passwd': EACCES, 'read /etc/hostname': EACCES, [`read ${resolve('Makefile')}`]: EACCES,
    'exec /bin/true': EPERM, 'exec /bin/nowhere': EPERM, [`connect ${port}`]: EPERM, 'code -': EPERM, [`mount ${outside}`]: EPERM,
    [`chmod ${mine}`]: EPERM, 'setuid -': EPERM,
    // What serving needs it can't be without.
    [`read ${collector.path}.log-key`]: 0, [`read ${collector.path}`]: 0, [`write ${join(collector.folder, 'new')}`]: 0,
    [`list ${collector.folder}`]: 0,
  });
  assert.ok(!existsSync(made));
  assert.equal(statSync(mine).mode & 0o777, 0o600);
});

test('refused calls are told once each, and responses are taken all the while', async (t) => {
  const { collector, code } = await begin(t, 'told');
  const member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE));
  for (let revision = 1; revision <= 5; revision++) {
    await order(collector, ['exec /bin/true', 'exec /bin/true', 'setuid -']);
    assertAccepted(await post(collector.url, '/v1/responses', member.response(ROUND, 'WA-1.01', good, { revision }), JOSE));
  }
  const lines = collector.process.stderr.match(/^.*sandbox.*$/gm);
  assert.equal(lines.length, 2, lines.join('\n'));
  for (const line of lines) assert.match(line, /^error sandbox: system call number \d+ was refused$/);
  collector.process.child.kill('SIGTERM');
  await poll('the collector to stop', 40, () => collector.process.code !== undefined);
  assert.equal(collector.process.code, 0);
  assert.equal((await collector.run('audit')).code, 0);
});

test('the process has no way to new rights, all its threads are behind the filter, and it leaves no core', async (t) => {
  const { collector } = await begin(t, 'process');
  await poll('the filter', 20, () => statusOf(collector, 'Seccomp') === '2');
  assert.equal(statusOf(collector, 'NoNewPrivs'), '1');
  assert.equal(statusOf(collector, 'Umask'), '0077');
  const { pid } = collector.process.child;
  assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
  const threads = execFileSync('sh', ['-c', `grep -H '^Seccomp:' /proc/${pid}/task/*/status`], { encoding: 'utf8' }).trimEnd().split('\n');
  assert.ok(threads.length > 3, threads.join('\n'));
  for (const thread of threads) assert.match(thread, /Seccomp:\s+2$/);
  await collector.stop();
});

test('it serves without a standard input too, in whose place SQLite opens a file', async (t) => {
  const collector = new Collector(freshFolder('sandbox-streams'));
  await collector.importPanel();
  const child = spawn('sh', ['-c', 'exec "$0" "$@" <&-', resolve(build, 'burgerpanel-collector'), 'serve', '--listen', '127.0.0.1:0', ...collector.where]);
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  await poll('it to listen', 20, () => /^listening on /m.test(said) || child.exitCode !== null);
  assert.match(said, /^listening on /m);
});

test('switched off it says so, and has its rights', async (t) => {
  const { collector } = await begin(t, 'off', { env: { BURGERPANEL_SANDBOX: 'off' } });
  assert.match(collector.process.stderr, /warning sandbox: off/);
  const done = await order(collector, ['read /etc/passwd', `write ${join(outside, 'off')}`, `connect ${listener.address().port}`]);
  assert.deepEqual(Object.values(done), [0, 0, 0]);
  assert.equal(statusOf(collector, 'Seccomp'), '0');
  assertFailed(await collector.run('serve', '--check', '--config', badSetting(collector)), /sandbox \(file\) must be on or off/);
});

function badSetting(collector) {
  const file = join(collector.folder, 'collector.ini');
  writeFileSync(file, '[collector]\nsandbox = maybe\n');
  return file;
}

test('of a theme the one file can be read, and not changed', async (t) => {
  const theme = join(outside, 'theme.css');
  writeFileSync(theme, ':root { --main: #123456; }\n');
  writeFileSync(join(outside, 'beside'), '');
  const { collector } = await begin(t, 'theme', { env: { BURGERPANEL_WEB: 'on', BURGERPANEL_WEB_THEME: theme } });
  const done = await order(collector, [`read ${theme}`, `write ${theme}`, `read ${join(outside, 'beside')}`, `list ${outside}`]);
  assert.deepEqual(Object.values(done), [0, EACCES, EACCES, EACCES]);
  await collector.stop();
});

test('store and keys that links lead to are within reach, and the folder of a link is no more than that', async (t) => {
  const elsewhere = freshFolder('sandbox-elsewhere');
  const { collector, code } = await begin(t, 'links', {
    prepare: ({ folder, path }) => {
      for (const name of ['store.db', 'store.db.log-key', 'store.db.log-key.checkpoint', 'store.db.operator-key']) {
        mkdirSync(join(elsewhere, name), { recursive: true });
        renameSync(join(folder, name), join(elsewhere, name, 'it'));
        symlinkSync(join(elsewhere, name, 'it'), join(folder, name));
      }
      assert.ok(existsSync(path));
    },
  });
  const member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE));
  assertAccepted(await post(collector.url, '/v1/responses', member.response(ROUND, 'WA-1.01', good), JOSE));
  await collector.succeed('members', 'list');
  await collector.stop();
});
