// Goal: one collector on a PostgreSQL: whom it refuses, that a second one waits its turn, and that a collector whose
// connections are cut over and over loses nothing and doubles nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertAccepted, JOSE, post } from '../e2e/lib/http.mjs';
import { Member } from '../e2e/lib/member.mjs';
import { ACTION, good, ROUND } from '../e2e/lib/panel.mjs';
import { poll } from '../e2e/lib/poll.mjs';
import { freshFolder, ready, run } from '../e2e/lib/programs.mjs';

const CUTS = 8;
const WRITERS = 4;

const psql = (text) => execFileSync('psql', [process.env.KIT_STORE, '-qAtc', text], { encoding: 'utf8' }).trim();
const cut = () =>
  psql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'burgerpanel'`);

async function enrolled(collector, count) {
  const members = Array.from({ length: count }, () => new Member('wau'));
  for (const [i, member] of members.entries())
    assertAccepted(await post(collector.url, '/v1/members', member.enrolment(collector.codes[i]), JOSE));
  return members;
}

test('a second collector is refused while one serves, and serves when that one has ended', async () => {
  const collector = await ready('postgres-second', { codes: 1 });
  const folder = freshFolder('postgres-spare');
  for (const name of readdirSync(collector.folder).filter((file) => /key/.test(file)))
    copyFileSync(join(collector.folder, name), join(folder, name));
  const keys = ['--log-key', join(folder, 'store.db.log-key'), '--operator-key', join(folder, 'store.db.operator-key')];
  const refused = await run('burgerpanel-collector', ['serve', '--listen', '127.0.0.1:0', '--store', collector.store, ...keys]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /another collector (is serving this store|on this machine signs)/);
  await collector.stop();
  await collector.start();
  await collector.stop();
});

test('a server that may lose what it has acknowledged is refused', async () => {
  const collector = await ready('postgres-fsync');
  await collector.stop();
  psql('ALTER SYSTEM SET full_page_writes = off');
  psql('SELECT pg_reload_conf()');
  try {
    await poll('the setting to be taken over', 10, () => psql('SHOW full_page_writes') === 'off');
    const refused = await collector.run('tokens', 'list');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /fsync and full_page_writes must be on/);
  } finally {
    psql('ALTER SYSTEM RESET full_page_writes');
    psql('SELECT pg_reload_conf()');
  }
  await poll('the setting to be taken back', 10, () => psql('SHOW full_page_writes') === 'on');
  assert.equal((await collector.run('tokens', 'list')).code, 0);
});

// Sends the same bytes until they are answered; what is known then must have been kept once.
async function sendUntilAnswered(collector, jws) {
  return poll('an answer', 60, async () => {
    const answer = await post(collector.url, '/v1/responses', jws, JOSE);
    if (answer.status !== 503) return answer;
    return undefined;
  });
}

test(`a collector whose connections are cut ${CUTS} times under load goes on by itself; nothing is lost or doubled`, async () => {
  const collector = await ready('postgres-cut', { codes: WRITERS });
  const members = await enrolled(collector, WRITERS);
  const acknowledged = new Map();
  let stop = false;
  const write = async (member) => {
    for (let revision = 1; !stop; revision++) {
      const jws = member.response(ROUND, ACTION, good, { revision });
      const answer = await sendUntilAnswered(collector, jws);
      assert.ok(answer.status === 201 || answer.status === 200, answer.text);
      const { index } = answer.json();
      assert.ok(!acknowledged.has(index), `entry ${index} was given to two`);
      acknowledged.set(index, jws);
    }
  };
  const writers = members.map(write);
  for (let i = 0; i < CUTS; i++) {
    const before = acknowledged.size;
    assert.ok(Number(cut()) > 0, 'there was something to cut');
    await poll('responses to be taken again', 60, () => acknowledged.size >= before + 2 * WRITERS);
  }
  stop = true;
  await Promise.all(writers);
  const log = await collector.stop();
  assert.match(log.stderr, /opened again/);
  assert.doesNotMatch(log.stderr, /system call number/);
  const audit = await collector.run('audit');
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  const entries = new Map();
  for (const line of psql(`SELECT idx || ' ' || jws FROM ${collector.schema}.entry`).split('\n'))
    entries.set(Number(line.split(' ')[0]), line.split(' ')[1]);
  for (const [index, jws] of acknowledged) assert.equal(entries.get(index), jws, `entry ${index}`);
  assert.equal(new Set(entries.values()).size, entries.size, 'none twice');
});
