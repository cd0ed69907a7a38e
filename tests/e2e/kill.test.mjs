// Goal: killed at any moment of a load, over and over on one store, with an administrator at work beside it, the collector loses, doubles and
// moves nothing that it acknowledged, and its log never goes back behind a checkpoint or a receipt that anyone holds. BURGERPANEL_KILLS says
// how often (20, or 10 where programs are slow).
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addFigures } from './lib/figures.mjs';
import { assertAccepted, JOSE, keepAlive, NDJSON, post } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll, slow } from './lib/poll.mjs';
import { assertFailed, Collector, freshFolder } from './lib/programs.mjs';
import { PublicLog } from './lib/public-log.mjs';
import { dice } from './lib/tables.mjs';

const KILLS = Number(process.env.BURGERPANEL_KILLS ?? (slow > 1 ? 10 : 20));
const CLIENTS = 5; // of which two send batches
const BATCH = 24;
const ROUND_MOST = 800; // requests' worth of responses between two kills
const ACTIONS = ['WA-1.01', 'WA-1.02', 'WA-1.03', 'WA-1.04', 'WA-1.05', 'WA-1.06'];
const seed = Number(process.env.BURGERPANEL_SEED ?? Date.now() % 2 ** 32);

const roll = dice(seed);
const heads = new Map(); // size → root of every checkpoint seen, by itself or in a receipt
const acknowledged = new Map(); // index → jws
const indexes = new Map(); // jws → index
const acts = new Map(); // index → text of the follow-up that was published there
let checked = 0; // heads that a later check need not look at again

function sawHead({ size, root }) {
  const known = heads.get(size);
  assert.ok(known === undefined || known.equals(root), `two roots over ${size} entries were signed`);
  heads.set(size, root);
}

function sawAnswer(log, jws, { index, receipt }) {
  const shown = log.receipt(receipt, jws);
  assert.equal(shown.index, index);
  sawHead(shown.head);
  assert.equal(acknowledged.get(index) ?? jws, jws, `entry ${index} was another before`);
  assert.equal(indexes.get(jws) ?? index, index, 'the response was elsewhere before');
  acknowledged.set(index, jws);
  indexes.set(jws, index);
}

// One client with a member of its own. What has had no answer is sent again, the same bytes, before anything else.
class Client {
  constructor(collector, log, code, batches) {
    Object.assign(this, { collector, log, code, batches, member: new Member('wau'), revision: 0, unanswered: [], sent: 0 });
  }

  // The next responses: one, or a batch.
  compose() {
    return Array.from({ length: this.batches ? BATCH : 1 }, () => {
      const revision = 1 + Math.floor(this.revision / ACTIONS.length);
      const action = ACTIONS[this.revision++ % ACTIONS.length];
      return this.member.response(ROUND, action, { importance: 1 + roll(5), noticed: 'no' }, { revision });
    });
  }

  async enrol() {
    this.enrolment ??= this.member.enrolment(this.code);
    const answer = await post(this.collector.url, '/v1/members', this.enrolment, JOSE, { agent: this.agent });
    assert.ok([200, 201].includes(answer.status), answer.text);
    sawAnswer(this.log, this.enrolment, answer.json());
    this.isMember = true;
  }

  async send(texts) {
    const url = this.collector.url;
    if (!this.batches) {
      const answer = await post(url, '/v1/responses', texts[0], JOSE, { agent: this.agent });
      sawAnswer(this.log, texts[0], assertAccepted(answer, answer.status === 200 ? 200 : 201));
      return;
    }
    const body = texts.map((text) => `${JSON.stringify(text)}\n`).join('');
    const answer = await post(url, '/v1/response-batches', body, NDJSON, { agent: this.agent });
    assert.equal(answer.status, 200, answer.text);
    const lines = answer.text.trimEnd().split('\n').map((line) => JSON.parse(line));
    // A batch sent again was taken whole or not at all; of its lines, later ones have replaced earlier ones.
    lines.forEach((line, i) => {
      if (line.status === 409) return assert.ok(this.again, JSON.stringify(line));
      assert.ok([200, 201].includes(line.status), JSON.stringify(line));
      sawAnswer(this.log, texts[i], line);
    });
  }

  // Sends until the collector is gone.
  async run() {
    this.agent = keepAlive();
    this.sent = 0;
    this.again = this.unanswered.length > 0;
    try {
      if (!this.isMember) await this.enrol();
      while (this.sent < ROUND_MOST) {
        if (this.unanswered.length === 0) this.unanswered = this.compose();
        await this.send(this.unanswered);
        this.sent += this.unanswered.length;
        this.unanswered = [];
        this.again = false;
      }
    } catch (error) {
      if (error.code === 'ERR_ASSERTION' || !this.collector.killed) throw error;
    } finally {
      this.agent.destroy();
    }
  }
}

// An administrator, who publishes one text after another: whoever serves the store puts it into the log, the verb itself where nobody does.
class Admin {
  constructor(collector) {
    this.collector = collector;
    this.count = 0;
  }

  async publish() {
    const text = `Er is iets gedaan, nummer ${++this.count}.`;
    const path = join(this.collector.folder, 'text.txt');
    writeFileSync(path, `${text}\n`);
    const done = await this.collector.run('follow-ups', 'publish', 'WA-1.01', '--status', 'doing', '--text', path);
    assert.equal(done.signal, null, done.stderr);
    if (done.code !== 0) return assertFailed(done, /^burgerpanel-collector: ./);
    const entry = done.stderr.match(/^entry (\d+)$/m);
    if (!entry) return assert.match(done.stderr, /^queued$/m); // it is there later, at an entry that nobody was told
    assert.ok(!acts.has(Number(entry[1])) && !acknowledged.has(Number(entry[1])), `entry ${entry[1]} was another before`);
    acts.set(Number(entry[1]), text);
  }

  async run() {
    for (this.going = true; this.going; ) await this.publish();
  }
}

const claimsOf = (jws) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url'));

function assertActs(told, entries) {
  for (const index of told) {
    assert.ok(index < entries.length, `act ${index} is missing: there are ${entries.length} entries`);
    assert.equal(claimsOf(entries[index]).event, 'follow-up-published', `act ${index} has moved`);
  }
}

async function killAtRandom(collector, clients) {
  const { child, ended } = collector.process;
  collector.killed = false;
  const running = Promise.all(clients.map((client) => client.run()));
  running.catch(() => {}); // looked at below
  const moment = 20 + roll(300 * slow);
  await Promise.race([running, new Promise((resolve) => setTimeout(resolve, moment))]);
  collector.killed = true;
  child.kill('SIGKILL');
  await ended;
  await running;
}

async function startTimed(collector) {
  const before = process.hrtime.bigint();
  await collector.start();
  return Number(process.hrtime.bigint() - before) / 1e6;
}

// Each new head is seen to be continued by the newest; older ones are by those between, and at the end all of them by the last.
async function check(log, auditor, all) {
  const told = [...acts.keys()]; // by now; the administrator goes on, and what is told from here on may be of after the entries are read
  const newest = await log.head();
  const entries = await log.entries(auditor);
  log.assertEntries(entries.slice(0, newest.size), newest); // an act, or what a server still committed, may have come between
  assert.equal(new Set(entries).size, entries.length, 'an entry is doubled');
  for (const [index, jws] of acknowledged) assert.equal(entries[index], jws, `entry ${index} is missing or has moved`);
  assertActs(told, entries);
  const seen = [...heads].map(([size, root]) => ({ size, root }));
  await log.assertContinues(seen.slice(all ? 0 : checked), newest);
  checked = Math.max(0, seen.length - 1);
  sawHead(newest);
  return entries.length;
}

test(`kill -9 at any moment of a load, ${KILLS} times over`, async (t) => {
  t.diagnostic(`BURGERPANEL_SEED=${seed}`);
  const collector = new Collector(freshFolder('kill'));
  await collector.importPanel();
  await collector.importActions();
  const codes = await collector.invitations(CLIENTS);
  const auditor = (await collector.succeed('tokens', 'create', 'audits', '--role', 'auditor')).stdout.trim();
  await collector.start();
  const log = new PublicLog(() => collector.url);
  await log.key();
  const clients = codes.map((code, i) => new Client(collector, log, code, i >= CLIENTS - 2));
  const admin = new Admin(collector);
  const administering = admin.run();
  administering.catch(() => {}); // looked at below
  let slowest = 0;
  let size = 0;
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      await killAtRandom(collector, clients);
      log.close();
      const took = await startTimed(collector);
      slowest = Math.max(slowest, took);
      size = await check(log, auditor, false);
    }
    t.diagnostic(`${size} entries, ${acknowledged.size} and ${acts.size} acts acknowledged, ${heads.size} checkpoints; slowest start ${slowest.toFixed()} ms`);
    assert.ok(slowest < 10_000 * slow, `a start took ${slowest.toFixed()} ms`);
    assert.ok(acknowledged.size > KILLS, 'something was acknowledged between kills');

    admin.going = false;
    await administering;
    assert.ok(acts.size > 0, 'something was published between kills');
    // What was left without an answer is taken now, and then everything is there once.
    collector.killed = false;
    for (const client of clients) {
      client.agent = keepAlive();
      client.again = true;
      if (client.unanswered.length > 0) await client.send(client.unanswered);
      client.agent.destroy();
    }
    await check(log, auditor, true);
    await poll('the log at rest', 5, async () => (await log.get('/healthz')).status === 200);
  } finally {
    admin.going = false;
    log.close();
    await collector.stop();
  }
  addFigures({ faults: KILLS, acknowledged: acknowledged.size + acts.size });
  const audit = await collector.run('audit');
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
});
