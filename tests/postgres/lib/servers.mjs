// PostgreSQL servers of a test's own, made and thrown away: a primary, standbys that stream from it, and what can befall
// them. Reached by sockets in folders and by nothing else. As root they run as system user postgres (initdb refuses root).
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { poll } from '../../e2e/lib/poll.mjs';

const isRoot = process.getuid() === 0;
export const bin = process.env.POSTGRES_BIN ?? newestBin();
const call = promisify(execFile);

function newestBin() {
  const versions = readdirSync('/usr/lib/postgresql').map(Number).sort((a, b) => b - a);
  return `/usr/lib/postgresql/${versions[0]}/bin`;
}

// In memory where there is room.
function home() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > 2e9 ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}

const ownerOf = (command, args) => (isRoot ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, args]);

// {uid, gid} of the system user; empty where the servers are the caller's own.
export function ownerIds() {
  if (!isRoot) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout));
  return { uid, gid };
}

async function asOwner(folder, program, ...args) {
  const [command, words] = ownerOf(join(bin, program), args);
  return call(command, words, { cwd: folder, env: { ...process.env, LC_ALL: 'C.UTF-8' } });
}

const servers = new Set();
process.on('exit', () => servers.forEach((server) => server.remove()));

const stat = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');

// The processes that this one has begun.
function childrenOf(pid) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((child) => {
    try {
      return Number(stat(child)[1]) === pid;
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

function killIfThere(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    assert.equal(error.code, 'ESRCH');
  }
}

// A server and all that it has begun, of which it begins no more meanwhile. Gives which they were.
export function killAll(postmaster) {
  process.kill(postmaster, 'SIGSTOP');
  const all = [...childrenOf(postmaster), postmaster];
  for (const pid of all) killIfThere(pid);
  return all;
}

function isRunning(pid) {
  try {
    return stat(pid)[0] !== 'Z';
  } catch {
    return false;
  }
}

export class Server {
  constructor() {
    this.folder = mkdtempSync(join(home(), 'burgerpanel-pg-'));
    this.data = join(this.folder, 'data');
    servers.add(this);
    if (isRoot) chownSync(this.folder, ownerIds().uid, ownerIds().gid);
  }

  async init() {
    await asOwner(this.folder, 'initdb', '-N', '--no-locale', '-E', 'UTF8', '--auth=trust', '-U', 'postgres', '-D', this.data);
    return this;
  }

  // A copy of a running primary, which streams from it by the name `name`.
  async copyFrom(primary, name) {
    const from = `host=${primary.folder} user=postgres application_name=${name}`;
    await asOwner(this.folder, 'pg_basebackup', '-D', this.data, '-d', from, '-R', '-X', 'stream', '-c', 'fast');
    return this;
  }

  // `settings` hold for as long as it runs.
  async start(settings = {}) {
    const all = { listen_addresses: '', unix_socket_directories: this.folder, max_connections: 100, wal_receiver_timeout: '1h', wal_sender_timeout: '1h', ...settings };
    const words = Object.entries(all).map(([name, value]) => `-c ${name}='${value}'`).join(' ');
    const log = join(this.folder, 'log');
    await asOwner(this.folder, 'pg_ctl', '-D', this.data, '-w', '-t', '60', '-l', log, '-o', words, 'start').catch((error) => {
      throw new Error(`${error.message}${readFileSync(log, 'utf8').slice(-2000)}`);
    });
    this.pid = Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  async promote() {
    await asOwner(this.folder, 'pg_ctl', '-D', this.data, '-w', '-t', '60', 'promote');
  }

  async stop() {
    await asOwner(this.folder, 'pg_ctl', '-D', this.data, '-w', '-t', '60', '-m', 'fast', 'stop');
    this.pid = undefined;
  }

  // All of its processes at once, as when its machine is gone.
  async kill() {
    const all = killAll(this.pid);
    this.pid = undefined;
    await poll('the server to be gone', 10, () => !all.some(isRunning));
    // The number in these may go on as that of a process that nobody has waited for.
    for (const file of [join(this.data, 'postmaster.pid'), join(this.folder, '.s.PGSQL.5432.lock')]) rmSync(file, { force: true });
  }

  // The process of it whose title has these words.
  process(words) {
    return childrenOf(this.pid).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words));
  }

  get dsn() {
    return dsnOf(this);
  }

  async sql(text) {
    const { stdout } = await call('psql', [this.dsn, '-qXAtc', text]);
    return stdout.trim();
  }

  remove() {
    if (this.pid) [...childrenOf(this.pid), this.pid].forEach(killIfThere);
    rmSync(this.folder, { recursive: true, force: true });
    servers.delete(this);
  }
}

// Of several, the one that can be written to.
export const dsnOf = (...these) =>
  `postgresql:///postgres?host=${these.map(({ folder }) => folder).join(',')}&user=postgres${these.length > 1 ? '&target_session_attrs=read-write' : ''}`;

// A primary with a standby that streams from it; `synchronous`: no commit is acknowledged before the standby has it, unless the
// server's synchronous_commit or its client says otherwise.
export async function primaryAndStandby({ synchronous, synchronous_commit: acknowledged = 'on' }) {
  const primary = await new Server().init();
  await primary.start();
  const standby = await new Server().copyFrom(primary, 'two');
  await standby.start();
  if (synchronous) {
    await primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'two'");
    await primary.sql(`ALTER SYSTEM SET synchronous_commit = '${acknowledged}'`);
    await primary.sql('SELECT pg_reload_conf()');
  }
  const state = synchronous ? 'sync' : 'async';
  await poll('the standby to stream', 20, async () => (await primary.sql('SELECT sync_state FROM pg_stat_replication')) === state);
  return [primary, standby];
}
