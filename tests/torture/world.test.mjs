// Goal: what the machine does to a collector under load, a clock that leaps, descriptors that run out, a store that another program holds, a stop asked for in the
// middle of a commit, clients that are gone before their answer, costs nothing that was acknowledged; and what can't be done is answered 503.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeShim } from '../e2e/lib/faulty-disk.mjs';
import { addFigures } from '../e2e/lib/figures.mjs';
import { JOSE, keepAlive, post, request } from '../e2e/lib/http.mjs';
import { Member } from '../e2e/lib/member.mjs';
import { good, ROUND } from '../e2e/lib/panel.mjs';
import { poll, slow } from '../e2e/lib/poll.mjs';
import { build, Collector, freshFolder, run } from '../e2e/lib/programs.mjs';
import { Connection, statuses } from '../e2e/lib/raw.mjs';
import { holdWrites, sql } from '../e2e/lib/store.mjs';

const MEMBERS = 4;
const TIMES = Number(process.env.BURGERPANEL_EVERY ?? 1) > 1 ? 4 : 20;

// Members who send on and on, and what was acknowledged to them.
class Load {
  constructor(collector, codes) {
    Object.assign(this, { collector, codes, kept: new Map(), turnedAway: 0, faults: 0 });
    this.members = codes.map(() => ({ member: new Member('wau'), revision: 0 }));
  }

  async enrol() {
    for (const [i, { member }] of this.members.entries()) {
      const text = member.enrolment(this.codes[i]);
      const answer = await post(this.collector.url, '/v1/members', text, JOSE);
      assert.equal(answer.status, 201, answer.text);
      this.kept.set(answer.json().index, text);
    }
  }

  // What had no answer is sent again, the same bytes.
  async sendOne(one) {
    one.text ??= one.member.response(ROUND, 'WA-1.01', good, { revision: ++one.revision });
    const answer = await post(this.collector.url, '/v1/responses', one.text, JOSE, { agent: this.agent });
    if (answer.status === 503) return this.turnedAway++;
    assert.ok(answer.status === 200 || answer.status === 201, `${answer.status} ${answer.text}`);
    this.kept.set(answer.json().index, one.text);
    one.text = undefined;
  }

  begin() {
    this.agent = keepAlive();
    this.going = true;
    this.running = Promise.all(this.members.map(async (one) => {
      while (this.going) await this.sendOne(one).catch((error) => {
        if (error.code === 'ERR_ASSERTION' || !this.ending) throw error;
        this.going = false;
      });
    }));
    this.running.catch(() => {}); // looked at by end
  }

  async end() {
    this.going = false;
    await this.running;
    this.agent.destroy();
  }

  atLeast(count) {
    const before = this.kept.size;
    return poll(`${count} answers`, 30, () => this.kept.size >= before + count);
  }

  // One more of those who are there is answered, taken or not.
  answers() {
    const count = () => this.kept.size + this.turnedAway;
    const before = count();
    return poll('an answer', 30, () => count() > before);
  }

  async assertKept() {
    const audit = await this.collector.run('audit');
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
    const rows = JSON.parse((await sql(this.collector.path, '.mode json\nSELECT idx, jws FROM entry')) || '[]');
    const stored = new Map(rows.map(({ idx, jws }) => [idx, jws]));
    const missing = [...this.kept].filter(([index, text]) => stored.get(index) !== text);
    const doubled = rows.length - new Set(rows.map(({ jws }) => jws)).size;
    addFigures({ faults: this.faults, acknowledged: this.kept.size, lost: missing.length, doubled });
    assert.deepEqual(missing.map(([index]) => index), []);
    assert.equal(doubled, 0);
  }
}

async function begin(t, name, env) {
  const collector = new Collector(freshFolder(`world-${name}`));
  await collector.importPanel();
  await collector.importActions();
  const codes = await collector.invitations(MEMBERS);
  await collector.start(undefined, { env });
  const load = new Load(collector, codes);
  t.after(() => collector.process?.child.kill('SIGKILL'));
  await load.enrol();
  return { collector, load };
}

test('a clock that leaps a day ahead, and back', async (t) => {
  const folder = join(build, 'e2e', 'world-clock'); // the collector's own: it may read nowhere else
  const control = join(folder, 'leap');
  const env = { LD_PRELOAD: makeShim('clock'), ASAN_OPTIONS: 'verify_asan_link_order=0', CLOCK_CONTROL: control, BURGERPANEL_MEMBER_REVISIONS: '2' };
  const { collector, load } = await begin(t, 'clock', env);
  const leap = (seconds) => {
    load.faults++;
    writeFileSync(control, String(seconds));
  };
  const text = join(folder, 'text.txt');
  const publish = async (number) => {
    writeFileSync(text, `Nummer ${number}.\n`);
    const args = ['follow-ups', 'publish', 'WA-1.01', '--status', 'doing', '--text', text, '--store', collector.store];
    const done = await run('burgerpanel-collector', args, { env });
    assert.equal(done.code, 0, done.stderr);
  };
  const { member } = load.members[0];
  let revision = 0;
  const send = async (seconds) => {
    const iat = Math.floor(Date.now() / 1000) + Math.min(seconds, 0);
    const jws = member.response(ROUND, 'WA-1.02', good, { revision: ++revision, iat });
    const answer = await post(collector.url, '/v1/responses', jws, JOSE);
    if (answer.status === 201) load.kept.set(answer.json().index, jws);
    return answer.status;
  };
  for (const expected of [201, 201, 201, 429]) assert.equal(await send(0), expected);
  await publish(1);
  leap(86_500);
  assert.equal(await send(86_500), 201, 'a day later two more are taken');
  await publish(2);
  leap(-3600);
  assert.ok([201, 429].includes(await send(-3600)), 'the hour of before is neither an error nor a lock for ever');
  await publish(3);
  leap(0);
  await publish(4);
  assert.equal((await request(collector.url, '/healthz')).status, 200);
  const events = (await request(collector.url, '/v1/events')).text.trimEnd().split('\n').map((line) => JSON.parse(line).jws);
  const times = events.map((jws) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url')).iat);
  assert.deepEqual(times, [...times].sort((a, b) => a - b), 'the times of events never decrease');
  await collector.stop();
  await load.assertKept();
});

test('descriptors gone, and there again', async (t) => {
  const { collector, load } = await begin(t, 'descriptors');
  const { pid } = collector.process.child;
  const limit = (most) => execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`]);
  load.begin();
  await load.atLeast(20);
  for (let i = 0; i < TIMES; i++) {
    load.faults++;
    const newcomers = [];
    limit(readdirSync(`/proc/${pid}/fd`).length - (i % 8));
    // With one descriptor left it is told so; with none it waits, and who is let in is answered at once.
    await poll('a newcomer that is not let in', 30, async () => {
      const newcomer = new Connection(collector.url);
      newcomers.push(newcomer);
      newcomer.socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
      await new Promise((resolve) => setTimeout(resolve, 300 * slow));
      return statuses(newcomer.got)[0] !== 200;
    });
    await load.answers();
    limit(4096);
    await load.atLeast(5);
    for (const { socket } of newcomers) socket.destroy();
    await poll('newcomers to be let in', 30, async () => (await request(collector.url, '/healthz')).status === 200);
  }
  await load.end();
  assert.match(collector.process.stderr, /http: connections are turned away: /);
  await collector.stop();
  await load.assertKept();
});

test('a store that another program holds for longer than is waited', async (t) => {
  const { collector, load } = await begin(t, 'held');
  load.begin();
  await load.atLeast(20);
  const letGo = await holdWrites(collector.path);
  load.faults++;
  await poll('a response turned away', 60, () => load.turnedAway > 0);
  await letGo();
  await load.atLeast(20);
  await load.end();
  await collector.stop();
  await load.assertKept();
});

test('a stop asked for in the middle of commits, over and over', async (t) => {
  const { collector, load } = await begin(t, 'stop');
  for (let i = 0; i < TIMES; i++) {
    load.ending = false;
    load.begin();
    await load.atLeast(5 + i);
    load.faults++;
    load.ending = true;
    await collector.stop();
    await load.end();
    await collector.start();
  }
  await collector.stop();
  await load.assertKept();
});

test('clients who are gone before their answer comes', async (t) => {
  const { collector, load } = await begin(t, 'gone');
  load.begin();
  const one = load.members[0].member;
  for (let i = 0; i < TIMES * 10; i++) {
    const body = one.response(ROUND, 'WA-1.03', good, { revision: i + 1 });
    const connection = new Connection(collector.url);
    connection.socket.write(`POST /v1/responses HTTP/1.1\r\nHost: a\r\nContent-Type: ${JOSE}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    connection.socket.once('connect', () => connection.socket.resetAndDestroy());
    load.faults++;
    if (i % 10 === 0) await load.atLeast(1);
  }
  await load.end();
  await collector.stop();
  const claims = (await sql(collector.path, 'SELECT jws FROM entry')).split('\n').map((jws) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url')));
  assert.ok(claims.some(({ action }) => action === 'WA-1.03'), 'no request came before its sender was gone');
  await load.assertKept();
});
