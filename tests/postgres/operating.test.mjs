// Goal: OPERATING's commands for a store in PostgreSQL do, as they stand there, what is said of them: a first start, a standby, a backup that can be
// restored, the standby in the place of a primary that is gone, an upgrade. With other folders, and PostgreSQL's own programs as its user.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { assertAccepted, JOSE, post } from '../e2e/lib/http.mjs';
import { Member } from '../e2e/lib/member.mjs';
import { ACTION, good, ROUND } from '../e2e/lib/panel.mjs';
import { poll } from '../e2e/lib/poll.mjs';
import { build, fixtures, freshFolder, start } from '../e2e/lib/programs.mjs';
import { bin, Server } from './lib/servers.mjs';

const call = promisify(execFile);
const text = readFileSync('docs/OPERATING.md', 'utf8');
const folder = freshFolder('operating-postgres');
const ini = join(folder, 'burgerpanel.ini');
const [one, two, others] = [new Server(), new Server(), new Server()]; // the last for backups: of one owner, as theirs are
let collector;

after(() => {
  collector?.child.kill('SIGKILL');
  for (const server of [one, two, others]) server.remove();
});

const host = (server) => encodeURIComponent(server.folder);

// With the folders of the test in the place of those of the machine.
const placed = (words) =>
  words
    .replace(/(?<=@)pg1,pg2(?=\/)/g, `${host(one)},${host(two)}`)
    .replace(/(?<=@)pg1(?=\/)/g, host(one))
    .replace(/(?<=@)pg2(?=\/)/g, host(two))
    .replaceAll('sslmode=verify-full&', '')
    .replaceAll('runuser -u burgerpanel -- ', '')
    .replaceAll('/etc/burgerpanel.ini', ini)
    .replaceAll('/usr/share/doc/burgerpanel-collector/examples/', resolve('packaging/'))
    .replaceAll('/var/lib/postgresql', two.folder)
    .replaceAll('/var/lib/burgerpanel', folder)
    .replace(/(?<![\w/])\/(?=backup\/|restore\b)/g, `${others.folder}/`);

// As they stand behind their mark, but for what starts services.
function commandsOf(name) {
  const found = text.match(new RegExp(`^ *<!-- postgres: ${name} -->\n((?: {4,}.*\n)+)`, 'm'));
  assert.ok(found, name);
  return placed(found[1].replace(/^ *systemctl .*\n/gm, '')).replaceAll('packagingpostgres', 'packaging/postgres');
}

const OWNER = placed(text.match(/export OWNER='([^']+)'/)[1]);
const asOwner = process.getuid() === 0 ? 'runuser -u postgres -- ' : '';
const called = (name, more = '') => `${name}() { ${asOwner}${bin}/${name} "$@"${more}; }`;
const programs = ['pg_basebackup', 'pg_verifybackup', 'pg_ctl'].map((name) => called(name)).join('\n');
const ofTwo = called('pg_ctl', ` -o "-c listen_addresses='' -c unix_socket_directories=${two.folder}"`); // its settings are those of a machine

async function give(name, more = '') {
  const script = `set -eu\n${programs}\n${more}\n${commandsOf(name)}`;
  const env = { ...process.env, OWNER, PATH: `${resolve(build)}:${process.env.PATH}`, LC_ALL: 'C.UTF-8' };
  const { stdout } = await call('bash', ['-c', script], { cwd: folder, env }).catch((error) => assert.fail(`${script}\n${error.stdout}\n${error.stderr}`));
  return stdout;
}

const verb = (...words) => call(join(resolve(build), 'burgerpanel-collector'), [...words, '--config', ini, '--store', OWNER], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });

async function serve() {
  const process = start('burgerpanel-collector', ['serve', '--config', ini], { env: { BURGERPANEL_LISTEN: '127.0.0.1:0' } });
  process.url = await poll('the collector to listen', 20, () => process.stdout.match(/^listening on (http:\/\/\S+)$/m)?.[1]?.replace(/\/$/, ''));
  return process;
}

test('from an empty server to a standby that has taken over, by the commands alone', async () => {
  await one.init();
  await one.start();
  for (const name of ['panel.json', 'actions.csv']) copyFileSync(join(fixtures, name), join(folder, name));
  const settings = text.match(/^( {4}store = postgresql:.*\n(?: {4}\w+_key = .*\n)+)/m)[1].replace(/^ +/gm, '');
  writeFileSync(ini, `[collector]\n${placed(settings)}`);
  assert.match(await give('first'), /store +=.*serving@/);

  collector = await serve();
  const codes = (await verb('invitations', 'create', '2')).stdout.trim().split(/\r?\n/).slice(1).map((line) => line.split(',')[1]);
  const member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(codes[0]), JOSE));
  let revision = 0;
  const respond = () => post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good, { revision }), JOSE);
  revision++;
  assertAccepted(await respond());

  for (const name of ['backup', 'restore']) mkdirSync(join(others.folder, name));
  for (const name of ['backup', 'restore']) chmodSync(join(others.folder, name), 0o777);
  await give('standby', ofTwo);
  await poll('the standby to be synchronous', 20, async () => (await one.sql('SELECT sync_state FROM pg_stat_replication')) === 'sync');
  two.pid = Number(readFileSync(join(two.folder, 'panel', 'postmaster.pid'), 'utf8').split('\n')[0]);
  assert.equal((await verb('audit')).stderr.includes('all as the log says'), true);

  await give('backup');
  revision++;
  assertAccepted(await respond());
  assert.match(await give('try'), /server stopped/);

  await one.kill();
  await give('promote');
  revision++;
  const kept = await poll('the collector to find it', 30, async () => {
    const answer = await respond();
    return answer.status !== 503 && answer;
  });
  assertAccepted(kept, kept.status);
  assertAccepted(await post(collector.url, '/v1/members', new Member('wau').enrolment(codes[1]), JOSE));
  await give('upgrade');
  await verb('audit');
  collector.child.kill('SIGTERM');
  await collector.ended;
  assert.equal(collector.code, 0, collector.stderr);
});
