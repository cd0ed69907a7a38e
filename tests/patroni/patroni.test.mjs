// Goal: three servers that Patroni watches over, by the example that is installed: the machine of the leader is lost under load, another leads,
// and the collector goes on by itself; nothing that was acknowledged is lost or doubled.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { request } from '../e2e/lib/http.mjs';
import { poll } from '../e2e/lib/poll.mjs';
import { freePort } from '../e2e/lib/ports.mjs';
import { ready } from '../e2e/lib/programs.mjs';
import { enrolled, Load } from '../postgres/lib/load.mjs';
import { bin, killAll, ownerIds } from '../postgres/lib/servers.mjs';

const WRITERS = 4;
const SOME = 40; // responses
const NAMES = ['pg1', 'pg2', 'pg3'];

const folder = mkdtempSync(join(tmpdir(), 'burgerpanel-patroni-'));
const owner = ownerIds();
const started = new Set();
const machines = [];

function endAll() {
  for (const machine of machines.splice(0)) machine.lose();
  for (const child of started) child.kill('SIGKILL');
}
after(endAll);
process.on('exit', () => {
  endAll();
  rmSync(folder, { recursive: true, force: true });
});

function run(name, command, args, env = {}) {
  const log = openSync(join(folder, `${name}.log`), 'a');
  const child = spawn(command, args, { cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...env }, stdio: ['ignore', log, log], ...owner });
  started.add(child);
  return child;
}

class Machine {
  constructor(name, ports, etcd) {
    Object.assign(this, { name, ports, data: join(folder, name) });
    const at = (kind) => ({ [`PATRONI_${kind}_LISTEN`]: `127.0.0.1:${ports[kind]}`, [`PATRONI_${kind}_CONNECT_ADDRESS`]: `127.0.0.1:${ports[kind]}` });
    this.patroni = run(name, '/usr/bin/patroni', [join(folder, 'patroni.yml')], {
      PATRONI_NAME: name,
      PATRONI_ETCD3_HOSTS: `'127.0.0.1:${etcd}'`,
      ...at('RESTAPI'),
      ...at('POSTGRESQL'),
      PATRONI_POSTGRESQL_DATA_DIR: this.data,
      PATRONI_POSTGRESQL_BIN_DIR: bin,
      PATRONI_SUPERUSER_USERNAME: 'postgres',
      PATRONI_SUPERUSER_PASSWORD: 'one',
      PATRONI_REPLICATION_USERNAME: 'replicator',
      PATRONI_REPLICATION_PASSWORD: 'two',
    });
    machines.push(this);
  }

  // What its Patroni says it is: {role, state, sync_standby…}.
  async state() {
    try {
      return (await request(`http://127.0.0.1:${this.ports.RESTAPI}`, '/patroni')).json();
    } catch {
      return {};
    }
  }

  // All of its processes at once.
  lose() {
    this.patroni.kill('SIGKILL');
    started.delete(this.patroni);
    try {
      killAll(Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]));
    } catch (error) {
      assert.ok(['ENOENT', 'ESRCH'].includes(error.code), error); // no server was running there
    }
  }
}

// The one that leads and has a standby that is synchronous.
const leader = (among) =>
  poll('one to lead, with a standby that has it all', 120, async () => {
    const states = await Promise.all(among.map((machine) => machine.state()));
    const standby = states.some(({ sync_standby: is, state }) => is && state === 'running');
    const place = states.findIndex(({ role, state }) => ['master', 'primary'].includes(role) && state === 'running');
    return standby && place >= 0 ? among[place] : undefined;
  });

test('the machine of the leader is lost under load: another leads, and nothing is lost or doubled', async (t) => {
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  mkdirSync(join(folder, 'etcd'), { mode: 0o700 });
  if (owner.uid !== undefined) chownSync(join(folder, 'etcd'), owner.uid, owner.gid);
  // Here nobody else reaches them, and nobody has a password.
  writeFileSync(join(folder, 'patroni.yml'), readFileSync('packaging/patroni.yml', 'utf8').replace(/scram-sha-256|peer$/gm, 'trust'));
  const [client, peer] = [await freePort(), await freePort()];
  const urls = (port) => `http://127.0.0.1:${port}`;
  run('etcd', 'etcd', ['--data-dir', join(folder, 'etcd'), '--listen-client-urls', urls(client), '--advertise-client-urls', urls(client), '--listen-peer-urls', urls(peer),
    '--initial-advertise-peer-urls', urls(peer), '--initial-cluster', `default=${urls(peer)}`]);
  for (const name of NAMES) new Machine(name, { RESTAPI: await freePort(), POSTGRESQL: await freePort() }, client);
  const first = await leader(machines);

  const hosts = machines.map(({ ports }) => `127.0.0.1:${ports.POSTGRESQL}`).join(',');
  process.env.KIT_STORE = `postgresql://postgres@${hosts}/postgres?target_session_attrs=read-write`;
  const collector = await ready('patroni', { codes: WRITERS });
  t.after(() => collector.process?.child.kill('SIGKILL'));
  const load = new Load(collector, await enrolled(collector, WRITERS));
  load.begin();
  await load.more(SOME);
  first.lose();
  const others = machines.filter((machine) => machine !== first);
  const second = await leader(others);
  assert.notEqual(second.name, first.name);
  await load.more(SOME);
  await load.end();
  await collector.stop();
  await load.assertKept();
});
