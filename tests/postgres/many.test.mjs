// Goal: two collectors on one PostgreSQL are one panel: what one has answered the other knows at once, whichever of them is
// asked, killed or stopped; nothing is lost or doubled, and neither shows a checkpoint smaller than one that the other has shown.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertAccepted, assertProblem, JOSE, NDJSON, post, request } from '../e2e/lib/http.mjs';
import { asListed, Member } from '../e2e/lib/member.mjs';
import { ACTION, good, ROUND } from '../e2e/lib/panel.mjs';
import { metricsOf, valueOf } from '../e2e/lib/openmetrics.mjs';
import { poll } from '../e2e/lib/poll.mjs';
import { ready } from '../e2e/lib/programs.mjs';
import { PublicLog } from '../e2e/lib/public-log.mjs';
import { another, Wire } from './lib/another.mjs';
import { enrolled, Load, sendUntilAnswered } from './lib/load.mjs';

const psql = (text) => execFileSync('psql', [process.env.KIT_STORE, '-qAtc', text], { encoding: 'utf8' }).trim();

// Two that run, with `codes` invitations, and the log as each shows it.
async function two(t, name, codes) {
  const a = await ready(name, { codes, env: { BURGERPANEL_METRICS_LISTEN: '0' } });
  const b = another(a, `${name}-b`);
  for (const each of [a, b]) t.after(() => each.process?.child.kill('SIGKILL'));
  await b.start();
  const logs = [a, b].map((each) => new PublicLog(() => each.url));
  for (const log of logs) await log.key();
  return { a, b, codes: a.codes, logs };
}

const enrol = async (collector, code) => {
  const member = new Member('wau');
  member.index = assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE)).index;
  return member;
};

const send = (collector, jws) => post(collector.url, '/v1/responses', jws, JOSE);

async function assertAuditClean(collector) {
  const audit = await collector.run('audit');
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
}

test('who enrols at one responds at the other at once; the same again and a revision are the same at both', async (t) => {
  const { a, b, codes } = await two(t, 'many-one', 8);
  const pairs = [a, b, a, b, a, b].map((each) => [each, each === a ? b : a]);
  for (const [here, there] of pairs) {
    const member = await enrol(here, codes.pop());
    const first = member.response(ROUND, ACTION, good);
    const { index } = assertAccepted(await send(there, first));
    assert.equal(assertAccepted(await send(here, first), 200).index, index, 'the same again');
    const second = member.response(ROUND, ACTION, { importance: 2, noticed: 'no' }, { revision: 2 });
    assert.equal(assertAccepted(await send(here, second)).replaced, index);
    assertAccepted(await send(there, second), 200);
    assertProblem(await send(there, first), 409, 'stale-revision');
  }
  const late = await enrol(a, codes.pop());
  const lines = [late, new Member('wau')].map((member) => JSON.stringify(member.response(ROUND, ACTION, good)));
  const batch = await post(b.url, '/v1/response-batches', lines.join('\n'), NDJSON);
  assert.deepEqual(batch.text.trimEnd().split('\n').map((line) => JSON.parse(line).status), [201, 401]);
  const own = await post(a.url, '/v1/access', late.access(), JOSE);
  assert.equal(own.status, 200, own.text);
  assert.equal(own.json().entries.length, 2);
  const newest = await enrol(a, codes.pop());
  assert.equal((await post(b.url, '/v1/access', newest.access(), JOSE)).json().entries.length, 1);
  assertAccepted(await post(b.url, '/v1/erasures', late.erasure('everything'), JOSE));
  assertProblem(await send(a, late.response(ROUND, ACTION, good, { revision: 2 })), 401, 'not-verified');
  for (const each of [a, b])
    assertProblem(await send(each, new Member('wau').response(ROUND, ACTION, good)), 401, 'not-verified');
  await a.stop();
  await b.stop();
  await assertAuditClean(a);
});

test('a database that says nothing any more holds nobody up for longer than commit_timeout', async (t) => {
  const a = await ready('many-silent');
  t.after(() => a.process?.child.kill('SIGKILL'));
  await a.stop();
  const wire = new Wire();
  t.after(() => wire.end());
  await wire.putBefore(a);
  await a.start(undefined, { env: { BURGERPANEL_COMMIT_TIMEOUT: '5' } });
  const paths = ['/v1/events?from=0', '/v1/events?from=0', '/v1/events?from=0', '/healthz', '/.well-known/security.txt'];
  wire.hold();
  let answers;
  Promise.all(paths.map((path) => request(a.url, path))).then((all) => (answers = all));
  await poll('who reads the log, and who waits for a thread, to be answered', 40, () => answers);
  for (const answer of answers.slice(0, 3)) assertProblem(answer, 503, 'unavailable');
  await poll('the log to be read again', 40, async () => (await request(a.url, paths[0])).status === 200);
  await a.stop();
});

test('neither shows less of the log than the other has shown', async (t) => {
  const { a, b, codes, logs } = await two(t, 'many-log', 1);
  const member = await enrol(a, codes[0]);
  const auditor = (await a.succeed('tokens', 'create', 'audits', '--role', 'auditor')).stdout.trim();
  const heads = [];
  for (let revision = 1; revision <= 24; revision++) {
    const [here, there] = revision % 2 ? [a, b] : [b, a];
    const [shows, reads] = here === a ? logs : [logs[1], logs[0]];
    const jws = member.response(ROUND, ACTION, good, { revision });
    const { index, receipt } = assertAccepted(await send(here, jws));
    heads.push(shows.receipt(receipt, jws).head);
    const way = revision % 4;
    if (way === 0) assert.equal(reads.receipt((await reads.fetch(`/v1/receipts/${index}`)).text, jws).index, index);
    if (way === 1) assert.ok((await reads.head()).size >= index + 1);
    if (way === 2) {
      const lines = await reads.fetch(`/v1/entries?from=${index}&limit=9`, { Authorization: `Bearer ${auditor}` });
      assert.equal(JSON.parse(lines.text.split('\n')[0]).jws, jws);
    }
    if (way === 3) assert.equal((await request(there.url, `/v1/entries/${index}/state`)).json().state, 'kept');
    heads.push(await reads.head(), await shows.head());
    const sizes = heads.slice(-3).map((head) => head.size);
    assert.ok(sizes[0] <= sizes[1] && sizes[1] <= sizes[2], `${sizes}`);
    assert.equal((await reads.fetch(`/log/tile/0/000.p/${index + 1}`)).bytes.length, 32 * (index + 1));
  }
  await logs[0].assertContinues(heads, await logs[1].head());
  for (const log of logs) log.close();
  await a.stop();
  await b.stop();
  await assertAuditClean(b);
});

test('what administrators ask for one of the two carries out, and both know of it', async (t) => {
  const { a, b, codes } = await two(t, 'many-acts', 2);
  const members = [await enrol(a, codes[0]), await enrol(b, codes[1])];
  for (const [i, verb] of ['revoke', 'restore', 'revoke', 'restore'].entries()) {
    const member = members[i >> 1];
    await [a, b][i % 2].succeed('members', verb, asListed(member.key.kid), ...(verb === 'revoke' ? ['--reason', 'error'] : []));
    for (const [j, each] of [b, a].entries()) {
      const jws = member.response(ROUND, ACTION, good, { revision: 2 * i + j + 1 });
      const known = verb === 'revoke' ? 401 : 201;
      await poll(`${verb} to be known`, 10, async () => (await send(each, jws)).status === known);
    }
  }
  await b.succeed('actions', 'import', 'fixtures/actions.csv');
  const events = JSON.parse((await a.succeed('log', 'events', '--json')).stdout);
  assert.equal(JSON.stringify(events).match(/"member-(revoked|restored)"/g).length, 4);
  await a.stop();
  await b.stop();
  await assertAuditClean(a);
});

test('what was imported at one is no ground for a refusal at the other, a moment later or at once', async (t) => {
  const { a, b, codes } = await two(t, 'many-imports', 2);
  const members = [await enrol(a, codes[0]), await enrol(b, codes[1])];
  const list = readFileSync('fixtures/actions.csv', 'utf8').trimEnd().split('\n');
  const path = join(a.folder, 'actions-more.csv');
  for (let i = 1; i <= 6; i++) {
    const id = `WA-1.9${i}`;
    list.push(list[1].replace('WA-1.01', id));
    writeFileSync(path, `${list.join('\n')}\n`);
    await a.importActions(path);
    const lines = [members[0].response(ROUND, id, good), members[1].response(ROUND, id, good)];
    const [alone, batch] = await Promise.all([send(a, lines[0]), post(b.url, '/v1/response-batches', JSON.stringify(lines[1]), NDJSON)]);
    assertAccepted(alone);
    assert.deepEqual(batch.text.trimEnd().split('\n').map((line) => JSON.parse(line).status), [201], batch.text);
    assertAccepted(await send(b, members[0].response(ROUND, id, good, { revision: 2 })));
  }
  assertProblem(await send(b, members[0].response(ROUND, 'WA-1.99', good)), 400, 'invalid-response');
  await a.stop();
  await b.stop();
  await assertAuditClean(b);
});

const operatorKey = (collector) => `${collector.path}.operator-key`;
const kidInForce = async (collector) => (await collector.succeed('operator', 'show')).stdout.trim().split('\n').at(-1);

test('a new operator key that each was given before is taken by all, and nobody is turned away meanwhile', async (t) => {
  const { a, b, codes } = await two(t, 'many-operator', 2);
  const before = await kidInForce(a);
  const prepared = await a.succeed('operator', 'change', '--prepare');
  assert.equal(await kidInForce(a), before, 'not yet');
  copyFileSync(`${operatorKey(a)}.next`, `${operatorKey(b)}.next`);
  const members = [await enrol(a, codes[0]), await enrol(b, codes[1])];
  const change = a.succeed('operator', 'change');
  let changed = false;
  change.then(() => (changed = true), () => (changed = true));
  for (let revision = 1; revision <= 2 || !changed; revision++)
    for (const [i, each] of [a, b].entries()) assertAccepted(await send(each, members[i].response(ROUND, ACTION, good, { revision })));
  await change;
  assert.match(prepared.stderr, new RegExp(await kidInForce(b)));
  for (const each of [a, b]) // each signs events by it
    await poll('the key to be in its place', 10, () => !existsSync(`${operatorKey(each)}.next`));
  assert.deepEqual(readFileSync(operatorKey(a)), readFileSync(operatorKey(b)));
  await b.stop();
  await a.succeed('members', 'revoke', asListed(members[0].key.kid), '--reason', 'error');
  await a.stop();
  await b.start();
  await b.succeed('members', 'restore', asListed(members[0].key.kid));
  await b.stop();
  await assertAuditClean(b);
});

test('who was not given the new operator key refuses to put it in force, is told when another has, and goes on with a copy', async (t) => {
  const { a, b, codes } = await two(t, 'many-operator-late', 1);
  const member = await enrol(a, codes[0]);
  await a.stop();
  const refused = await a.run('operator', 'change');
  assert.equal(refused.code, 1, refused.stderr);
  assert.match(refused.stderr, /operator-key\.next, the key that is to follow, is not there; give each collector of the store a copy/);
  await b.stop();
  await a.start();
  await a.succeed('operator', 'change');
  const late = await b.run('serve', '--listen', '127.0.0.1:0');
  assert.equal(late.code, 1, late.stderr);
  assert.match(late.stderr, /is not the operator key that the log has in force/);
  copyFileSync(operatorKey(a), operatorKey(b));

  const wire = new Wire(); // once more, while b serves and is cut off
  await wire.putBefore(b);
  await b.start();
  wire.cut();
  await a.succeed('operator', 'change');
  wire.mend();
  await poll('b to tell', 20, () => /is not the operator key that the log has in force/.test(b.process.stderr));
  assertProblem(await send(b, member.response(ROUND, ACTION, good)), 503, 'unavailable');
  copyFileSync(operatorKey(a), `${operatorKey(b)}.next`);
  assertAccepted(await sendUntilAnswered(b, member.response(ROUND, ACTION, good)));
  assert.ok(!existsSync(`${operatorKey(b)}.next`), 'it is in its place');
  await a.stop();
  await b.stop();
  wire.end();
  await assertAuditClean(a);
});

// In front of collectors, as a balancer is: each request to the next of them, at the next one again where a connection can't be had.
class Balancer {
  constructor(collectors) {
    this.turn = 0;
    this.server = http.createServer(async (req, res) => {
      const parts = [];
      for await (const part of req) parts.push(part);
      const { host, connection, 'content-length': length, ...headers } = req.headers;
      const ask = { method: req.method, headers, body: parts.length > 0 ? Buffer.concat(parts) : undefined };
      for (let tries = 0; tries < collectors.length; tries++) {
        const to = collectors[this.turn++ % collectors.length];
        try {
          const answer = await request(to.url, req.url, ask);
          const { connection: ignored, ...passed } = answer.headers;
          res.writeHead(answer.status, passed);
          return res.end(answer.bytes);
        } catch (error) {
          if (error.code !== 'ECONNREFUSED') break;
        }
      }
      return res.destroy();
    });
  }

  async start() {
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections?.();
  }
}

test('behind a balancer one is killed under load, twice: what was broken off is sent again, and all is counted once', async (t) => {
  const { a, b, codes } = await two(t, 'many-killed', 6);
  const balancer = new Balancer([a, b]);
  t.after(() => balancer.stop());
  await balancer.start();
  const front = Object.assign(Object.create(a), { url: balancer.url });
  const load = new Load(front, await enrolled(front, codes.length));
  load.begin();
  for (const victim of [b, a]) {
    await load.more(60);
    victim.process.child.kill('SIGKILL');
    await victim.process.ended;
    await load.more(60);
    await victim.start();
    await load.more(60);
  }
  await load.end();
  balancer.stop();
  await a.stop();
  await b.stop();
  await load.assertKept();
});

test('while one is stopped in its transaction the other goes on; awake, it begins anew', async (t) => {
  const { a, b, codes } = await two(t, 'many-stopped', 4);
  const members = await enrolled({ url: a.url, codes }, 4);
  const loads = [a, b].map((each, i) => new Load(each, members.slice(2 * i, 2 * i + 2)));
  for (const load of loads) load.begin();
  const holds = () => Number(psql(`SELECT count(*) FROM pg_stat_activity WHERE application_name = 'many-stopped-b'
    AND state = 'idle in transaction'`));
  await poll('the one to be stopped in its transaction', 60, async () => {
    b.process.child.kill('SIGSTOP');
    if (holds() > 0) return true;
    b.process.child.kill('SIGCONT');
    return undefined;
  });
  await loads[0].more(20);
  const waits = await metricsOf(a);
  const quick = valueOf(waits, 'burgerpanel_lane_seconds', { le: '0.256000' }, '_bucket');
  assert.ok(valueOf(waits, 'burgerpanel_lane_seconds', {}, '_count') > quick, 'the wait for who was stopped is told');
  b.process.child.kill('SIGCONT');
  await loads[1].more(20);
  for (const load of loads) await load.end();
  assert.match((await b.stop()).stderr, /opened again/);
  await a.stop();
  for (const load of loads) await load.assertKept();
});
