// Goal: a store of schema 2, filled by the version that made such, is brought up to date by the first that opens it, also under load and
// killed at any moment of that: no row of the log, its tree and its folds changes, and every receipt and checkpoint of before still holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccepted, JOSE, post, request } from './lib/http.mjs';
import { openCheckpoint, parseVerifierKey } from './lib/log.mjs';
import { CLOSED, heldOf, oldCollector, OPEN, rowsOf } from './lib/old-store.mjs';
import { assertFailed, start } from './lib/programs.mjs';
import { PublicLog } from './lib/public-log.mjs';
import { sql } from './lib/store.mjs';
import { dice } from './lib/tables.mjs';

const KILLS = Number(process.env.BURGERPANEL_KILLS ?? 10);
const seed = Number(process.env.BURGERPANEL_SEED ?? Date.now() % 2 ** 32);
const roll = dice(seed);
const held = heldOf();
const SIZE = held.receipts.length;
const verifier = parseVerifierKey(held.verifier);

const schemaOf = (path) => sql(path, 'PRAGMA user_version');
const entriesOf = async (path) => (await sql(path, 'SELECT jws FROM entry ORDER BY idx')).split('\n');

// What was held before is still so: the key, each receipt, and the checkpoint, which the newest continues.
async function assertHolds(log, entries) {
  held.receipts.forEach((receipt, index) => assert.equal(log.receipt(receipt, entries[index]).index, index));
  const before = openCheckpoint(held.checkpoint, await log.key());
  assert.equal(before.size, SIZE);
  await log.assertContinues([before], await log.head());
}

// The first entry of the new time says what was in force and who was there, however often the start was broken off.
async function assertUpgradedOnce(collector) {
  const { text } = await request(collector.url, '/v1/events');
  const events = text.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(events.map(({ index }) => index), [SIZE, SIZE + 1]);
  const [upgraded, closed] = events.map(({ jws }) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url')));
  assert.equal(upgraded.event, 'log-upgraded');
  assert.equal(upgraded.size, SIZE);
  const { unused, used, withdrawn } = upgraded.invitations;
  assert.deepEqual({ unused, used, withdrawn }, { unused: 7, used: 12, withdrawn: 1 });
  assert.deepEqual(upgraded.revoked, [held.revoked]);
  assert.deepEqual([closed.event, closed.round], ['round-closed', CLOSED]);
}

test('the first verb brings a store of schema 2 up to date and changes no row of the log, its tree and its folds', async () => {
  const collector = await oldCollector('upgrade-rows');
  const before = await rowsOf(collector.path);
  assert.equal(await schemaOf(collector.path), '2');
  const { stdout } = await collector.succeed('members', 'list');
  assert.equal(stdout.trimEnd().split('\r\n').length, 1 + held.members.length);
  assert.equal(await schemaOf(collector.path), '4');
  assert.equal(await rowsOf(collector.path), before);
  assert.match((await collector.succeed('invitations', 'list')).stdout, /7\D+12\D+1\b/);
});

test('`store upgrade` does that too, and tells from which version to which; a second one finds nothing to do', async () => {
  const collector = await oldCollector('upgrade-verb');
  const before = await rowsOf(collector.path);
  assert.match((await collector.succeed('store', 'upgrade')).stderr, /store\.db has been brought from version 2 to 4\n$/);
  assert.equal(await schemaOf(collector.path), '4');
  assert.equal(await rowsOf(collector.path), before);
  assert.match((await collector.succeed('store', 'upgrade')).stderr, /store\.db is up to date: version 4\n$/);
  await sql(collector.path, 'PRAGMA user_version = 5');
  assertFailed(await collector.run('store', 'upgrade'), /newer burgerpanel/);
  assert.equal(await schemaOf(collector.path), '5');
});

// One member on the way of an upgrade: sends what it has sent before and what is new, until the collector is gone.
class Client {
  constructor(collector, log, member, entries) {
    Object.assign(this, { collector, log, member, entries, revision: 10, acknowledged: new Map() });
  }

  async respond() {
    const jws = this.unanswered ?? this.member.response(OPEN, 'A-2', { importance: 1 + roll(5), noticed: 'yes' }, { revision: this.revision });
    this.unanswered = jws;
    const answer = await post(this.collector.url, '/v1/responses', jws, JOSE);
    const { index, receipt } = assertAccepted(answer, answer.status === 200 ? 200 : 201);
    assert.equal(this.log.receipt(receipt, jws).index, index);
    this.acknowledged.set(index, jws);
    this.unanswered = undefined;
    this.revision++;
  }

  // An enrolment of before is known again, however late, and so is a response to a round that has closed since.
  async repeat() {
    const index = roll(SIZE);
    const jws = this.entries[index];
    const isEnrolment = JSON.parse(Buffer.from(jws.split('.')[0], 'base64url')).typ === 'panel-enrolment+jws';
    const answer = await post(this.collector.url, isEnrolment ? '/v1/members' : '/v1/responses', jws, JOSE);
    assert.ok(answer.status === 200 ? answer.json().index === index : [401, 409].includes(answer.status), answer.text);
  }

  async run(count) {
    try {
      for (let i = 0; i < count; i++) await (roll(3) === 0 ? this.repeat() : this.respond());
    } catch (error) {
      if (error.code === 'ERR_ASSERTION' || !this.collector.killed) throw error;
    }
  }
}

// How long a start with an upgrade takes here, in ms.
async function timeOfStart() {
  const collector = await oldCollector('upgrade-timed');
  const before = process.hrtime.bigint();
  await collector.start();
  const took = Number(process.hrtime.bigint() - before) / 1e6;
  await collector.stop();
  return took;
}

// Starts it and kills it at a random moment within `most` ms, which may be before it listens. Whether it came to listen.
async function killWhileStarting(collector, clients, most) {
  const env = { BURGERPANEL_WEB: 'off', BURGERPANEL_MEMBER_RESPONSES: '0', BURGERPANEL_MEMBER_REVISIONS: '0' };
  const child = start('burgerpanel-collector', ['serve', '--listen', '127.0.0.1:0', '--store', collector.store], { env });
  const moment = new Promise((resolve) => setTimeout(resolve, roll(most)));
  const listening = new Promise((resolve) => {
    child.child.stdout.on('data', () => {
      collector.url = child.stdout.match(/^listening on (http:\S+?)\/?$/m)?.[1];
      if (collector.url) resolve(true);
    });
    child.ended.then(() => resolve(false));
  });
  collector.killed = false;
  const running = listening.then((yes) => (yes ? Promise.all(clients.map((client) => client.run(1000))) : undefined));
  running.catch(() => {}); // looked at below
  await moment;
  collector.killed = true;
  child.child.kill('SIGKILL');
  await child.ended;
  assert.equal(child.signal, 'SIGKILL', child.stderr);
  await running;
  return listening;
}

test(`a store of schema 2 is brought up to date under load and killed at any moment of it, ${KILLS} times over`, async (t) => {
  t.diagnostic(`BURGERPANEL_SEED=${seed}`);
  let listened = 0;
  let acknowledged = 0;
  const most = Math.ceil(1.5 * (await timeOfStart()));
  for (let kill = 0; kill < KILLS; kill++) {
    const collector = await oldCollector('upgrade-killed');
    const entries = await entriesOf(collector.path);
    const log = new PublicLog(() => collector.url);
    log.verifier = verifier;
    const clients = held.members.slice(0, 3).map((member) => new Client(collector, log, member, entries));
    listened += await killWhileStarting(collector, clients, most);
    log.close();
    collector.killed = false;
    await collector.start();
    await Promise.all(clients.map((client) => client.run(6)));
    const now = await entriesOf(collector.path);
    assert.deepEqual(now.slice(0, SIZE), entries, 'the entries of before');
    await assertUpgradedOnce(collector);
    await assertHolds(log, entries);
    for (const { acknowledged: mine } of clients)
      for (const [index, jws] of mine) {
        assert.equal(now[index], jws, `entry ${index}`);
        acknowledged++;
      }
    log.close();
    await collector.stop();
    const audit = await collector.run('audit');
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  }
  t.diagnostic(`${listened} of ${KILLS} were killed while they listened; ${acknowledged} responses acknowledged`);
  assert.ok(acknowledged > KILLS);
});
