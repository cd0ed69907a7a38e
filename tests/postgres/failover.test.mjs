// Goal: whatever process or machine of the database goes, while members answer, nothing that was acknowledged is lost and nothing is there twice:
// a primary whose synchronous standby takes its place, a wait for the standby that somebody breaks off, a session, the whole server. Where the
// database did lose something, since its standby was asynchronous, each collector knows and refuses to go on; and of two primaries the one without a
// standby acknowledges nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem, JOSE, post, request } from '../e2e/lib/http.mjs';
import { Member } from '../e2e/lib/member.mjs';
import { metricsOf, valueOf } from '../e2e/lib/openmetrics.mjs';
import { poll, slow } from '../e2e/lib/poll.mjs';
import { ready, run } from '../e2e/lib/programs.mjs';
import { another } from './lib/another.mjs';
import { enrolled, Load, respond, send, sendUntilAnswered } from './lib/load.mjs';
import { dsnOf, primaryAndStandby, Server } from './lib/servers.mjs';

const WRITERS = 4;
const SOME = 40; // responses
const TRIES = 12;

const ENV = { BURGERPANEL_METRICS_LISTEN: '0', BURGERPANEL_COMMIT_TIMEOUT: '5' };

// A collector that knows where all of these servers are, and members of it.
async function readyOn(t, name, ...servers) {
  process.env.KIT_STORE = dsnOf(...servers);
  const collector = await ready(name, { codes: WRITERS, env: ENV });
  t.after(() => collector.process?.child.kill('SIGKILL'));
  return [collector, new Load(collector, await enrolled(collector, WRITERS))];
}

// One more on the store of `first`, or where `at` says that it is.
async function anotherOn(t, first, name, at = first.where[1]) {
  const other = another(first, name);
  other.where[1] = at;
  await other.start(undefined, { env: ENV });
  t.after(() => other.process?.child.kill('SIGKILL'));
  return other;
}

const shownBy = async (collector) => Number((await request(collector.url, '/log/checkpoint', { headers: { Prefer: 'wait=0' } })).text.split('\n')[1]);
const untilTold = (process, words) => poll('it to say so', 20, () => words.test(process.stderr));

async function endWell(collector, load) {
  await load.end();
  await collector.stop();
  await load.assertKept();
}

test('the primary is gone under the load of two collectors and its synchronous standby takes over: nothing is lost or doubled', async (t) => {
  const [one, two] = await primaryAndStandby({ synchronous: true });
  const [a, { members }] = await readyOn(t, 'failover-synchronous', one, two);
  const b = another(a, 'failover-synchronous-b');
  await b.start(undefined, { env: { BURGERPANEL_PEERS: a.url } });
  t.after(() => b.process?.child.kill('SIGKILL'));
  const loads = [a, b].map((each, i) => new Load(each, members.filter((_, j) => j % 2 === i)));
  for (const load of loads) load.begin();
  for (const load of loads) await load.more(SOME);
  await one.kill();
  await two.promote();
  for (const load of loads) await load.more(SOME);
  for (const load of loads) await load.end();
  const { stderr } = await b.stop();
  await a.stop();
  for (const load of loads) await load.assertKept();
  const both = loads.flatMap((load) => [...load.acknowledged.keys()]);
  assert.equal(new Set(both).size, both.length, 'no entry was given to a member of each');
  assert.match(stderr, / store: opened again/);
  assert.doesNotMatch(stderr, / peers: /, 'the other was asked, and what it had signed is there');
  two.remove();
  one.remove();
});

for (const how of ['pg_cancel_backend', 'pg_terminate_backend'])
  test(`a wait for the standby is broken off by ${how}: nobody is told that it was kept before the standby has it`, async (t) => {
    const [one, two] = await primaryAndStandby({ synchronous: true, synchronous_commit: 'local' });
    const [collector, load] = await readyOn(t, `failover-${how.replaceAll('_', '-')}`, one, two);
    const beside = await anotherOn(t, collector, `failover-beside-${how.replaceAll('_', '-')}`);
    const shown = await shownBy(collector);
    const jws = respond(load.members[0], 1);
    const receiver = two.process('walreceiver');
    process.kill(receiver, 'SIGSTOP');
    const answer = send(collector, jws);
    const waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'burgerpanel'";
    const isThere = `SELECT EXISTS (SELECT FROM ${collector.schema}.entry WHERE jws = '${jws}') AND EXISTS (SELECT ${waiting})`;
    await poll('its commit to wait', 10, async () => (await one.sql(isThere)) === 't');
    assert.equal(await one.sql(`SELECT bool_and(${how}(pid)) ${waiting}`), 't');
    assertProblem(await answer, 503, 'unavailable');
    for (const each of [collector, beside]) {
      assertProblem(await send(each, jws), 503, 'unavailable'); // it can be read there, but is on one disk alone
      assert.equal(await shownBy(each), shown);
    }
    process.kill(receiver, 'SIGCONT');
    const kept = await sendUntilAnswered(beside, jws);
    assert.equal(kept.status, 200, 'it was committed once');
    load.note(kept, jws);
    const again = await sendUntilAnswered(collector, jws);
    assert.deepEqual([again.status, again.json().index], [200, kept.json().index]);
    await beside.stop();
    load.members[0].revision = 1;
    load.begin();
    await load.more(SOME);
    await endWell(collector, load);
    two.remove();
    one.remove();
  });

test('a primary without its standby acknowledges nothing, whatever it is told meanwhile: it waits for it, and is left when that has its place', async (t) => {
  const [one, two] = await primaryAndStandby({ synchronous: true });
  const [collector, load] = await readyOn(t, 'failover-alone', two, one); // where both can be written to, this one finds the other
  const left = await anotherOn(t, collector, 'failover-alone-left', `${dsnOf(one)}&options=-csearch_path%3D${collector.schema}`);
  await one.sql("ALTER SYSTEM SET synchronous_commit = 'local'");
  await one.sql('SELECT pg_reload_conf()');
  await poll('the server to have read it', 10, async () => (await one.sql('SHOW synchronous_commit')) === 'local');
  await two.stop();
  const first = [collector, left].map((each, i) => [each, respond(load.members[i], 1)]);
  for (const answer of await Promise.all(first.map(([each, jws]) => send(each, jws)))) assertProblem(answer, 503, 'unavailable');
  await two.start();
  for (const [each, jws] of first) load.note(await sendUntilAnswered(each, jws), jws);

  await two.promote(); // and the other lives on
  const lost = respond(load.members[1], 2);
  const taken = respond(load.members[0], 2);
  const [refused, answer] = await Promise.all([send(left, lost), sendUntilAnswered(collector, taken)]);
  assertProblem(refused, 503, 'unavailable');
  load.note(answer, taken);
  assertProblem(await send(left, lost), 503, 'unavailable');
  const kept = await sendUntilAnswered(collector, lost);
  assert.equal(kept.status, 201, 'it was nowhere but on the disk of the one that is left');
  load.note(kept, lost);
  await left.stop();
  left.where[1] = collector.where[1];
  await left.start();
  const last = respond(load.members[1], 3);
  load.note(await sendUntilAnswered(left, last), last);
  await left.stop();
  await collector.stop();
  await load.assertKept();
  two.remove();
  one.remove();
});

test('who is left with the old primary takes no member of the new one for a stranger, and shows no smaller checkpoint than the other', async (t) => {
  const [one, two] = await primaryAndStandby({ synchronous: true });
  process.env.KIT_STORE = dsnOf(two, one);
  const a = await ready('failover-left', { codes: 2, env: ENV });
  t.after(() => a.process?.child.kill('SIGKILL'));
  const left = await anotherOn(t, a, 'failover-left-b', `${dsnOf(one)}&options=-csearch_path%3D${a.schema}&application_name=left`);
  const [member] = await enrolled({ url: a.url, codes: a.codes }, 1);
  assert.equal((await send(left, respond(member, 1))).status, 201, 'it knows what there is');
  await two.promote();
  await one.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'burgerpanel'"); // so that `a` leaves it
  await sendUntilAnswered(a, respond(member, 2));
  const [newcomer] = await enrolled({ url: a.url, codes: a.codes.slice(1) }, 1);
  const [refused, checkpoint] = await Promise.all([send(left, respond(newcomer, 1)), request(left.url, '/log/checkpoint')]);
  assertProblem(refused, 503, 'unavailable');
  assertProblem(checkpoint, 503, 'unavailable');
  assert.equal((await request(left.url, '/healthz')).status, 503);
  await a.stop();
  two.remove();
  one.remove();
});

// Whether it comes to stand in the log on that server soon.
async function comesToStand(server, { schema }, jws) {
  for (const end = Date.now() + 1000 * slow; Date.now() < end; )
    if ((await server.sql(`SELECT EXISTS (SELECT FROM ${schema}.entry WHERE jws = '${jws}')`)) === 't') return true;
  return false;
}

const enrol = (collector, text) => post(collector.url, '/v1/members', text, JOSE);
const enrolUntilAnswered = (collector, text) =>
  poll('a member to be taken', 60, async () => [200, 201].includes((await enrol(collector, text).catch(() => ({}))).status));

test('what the primary alone has, and another collector has read there, is shown by neither, and gone from both with it', async (t) => {
  const [one, two] = await primaryAndStandby({ synchronous: true });
  const [a, load] = await readyOn(t, 'failover-unreplicated', one, two);
  const b = await anotherOn(t, a, 'failover-unreplicated-b');
  const codes = await a.invitations(TRIES + 1);
  let [lost, enrolment, behind, safe, answers] = [];
  // A newcomer at the one, and behind that an answer at the other, which has so read of it. A collector that happens to be looking waits for the
  // standby before it writes; then it is tried again.
  const isThere = async (revision) => {
    lost = new Member('wau');
    enrolment = lost.enrolment(codes.pop());
    behind = respond(load.members[0], revision);
    safe = Number(await one.sql(`SELECT count(*) FROM ${a.schema}.entry`));
    const receiver = two.process('walreceiver');
    process.kill(receiver, 'SIGSTOP');
    answers = [enrol(a, enrolment)];
    if (await comesToStand(one, a, enrolment)) {
      answers.push(send(b, behind));
      if (await comesToStand(one, a, behind)) return true;
    }
    process.kill(receiver, 'SIGCONT');
    await enrolUntilAnswered(a, enrolment);
    load.note(await sendUntilAnswered(b, behind), behind);
    return false;
  };
  let revision = 1;
  while (!(await isThere(revision))) assert.ok(++revision <= TRIES, 'neither was ever between two looks');
  for (const answer of await Promise.all(answers)) assertProblem(answer, 503, 'unavailable');
  assertProblem(await send(b, respond(lost, 1)), 503, 'unavailable');
  for (const each of [a, b]) assert.ok((await shownBy(each)) <= safe);

  process.kill(two.process('walreceiver'), 'SIGKILL'); // with what was sent to it and not read
  await one.kill();
  await two.promote();
  const other = new Member('wau');
  await enrolUntilAnswered(b, other.enrolment(codes.pop())); // in the other's place
  for (const [i, each] of [a, b].entries()) {
    const jws = respond(other, i + 1);
    load.note(await sendUntilAnswered(each, jws), jws);
    assertProblem(await send(each, respond(lost, 1)), 401, 'not-verified');
  }
  const kept = await sendUntilAnswered(a, behind);
  assert.equal(kept.status, 201, 'it was nowhere any more');
  load.note(kept, behind);
  assert.equal((await enrol(b, enrolment)).status, 201, 'the code is as unused as it was');
  const first = respond(lost, 1);
  load.note(await sendUntilAnswered(a, first), first);
  await b.stop();
  await a.stop();
  await load.assertKept();
  two.remove();
  one.remove();
});

test('who waits for the standby, and has written nothing, does not have the lane meanwhile', async (t) => {
  const [one, two] = await primaryAndStandby({ synchronous: true });
  const [collector, load] = await readyOn(t, 'failover-lane', one, two);
  const receiver = two.process('walreceiver');
  process.kill(receiver, 'SIGSTOP');
  await poll('it to wait', 20, async () => (await one.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) === '1');
  const free = await one.sql(`BEGIN; SELECT 'free' FROM ${collector.schema}.lane WHERE name = 'log' FOR UPDATE NOWAIT; ROLLBACK`);
  assert.equal(free, 'free');
  process.kill(receiver, 'SIGCONT');
  const jws = respond(load.members[0], 1);
  load.note(await sendUntilAnswered(collector, jws), jws);
  await collector.stop();
  await load.assertKept();
  two.remove();
  one.remove();
});

test('an asynchronous standby that lacks what was acknowledged takes over: every collector refuses, also started anew, and one with an old checkpoint', async (t) => {
  const [one, two] = await primaryAndStandby({ synchronous: false });
  const [collector, load] = await readyOn(t, 'failover-lossy', one, two);
  const beside = await anotherOn(t, collector, 'failover-lossy-beside');
  const old = another(collector, 'failover-lossy-old'); // which knows of what there is until here
  load.begin();
  await load.more(SOME);
  await load.end();
  await poll('the standby to have all', 20, async () => (await one.sql('SELECT bool_and(replay_lsn = pg_current_wal_lsn()) FROM pg_stat_replication')) === 't');
  await two.stop();
  const lost = respond(load.members[0], 1000);
  assert.equal((await send(collector, lost)).status, 201, 'only the primary has it');
  const signed = await shownBy(collector);
  await poll('the other to know of it', 20, async () => (await shownBy(beside)) === signed);
  await one.kill();
  await two.start();
  await two.promote();
  await poll('the new primary to be reached', 20, async () => {
    assertProblem(await send(collector, respond(load.members[1], 1000)), 503, 'unavailable');
    return /old copy/.test(collector.process.stderr);
  });
  assert.equal((await request(collector.url, '/healthz')).status, 503);
  const metrics = await metricsOf(collector);
  assert.equal(valueOf(metrics, 'burgerpanel_log_entries') - valueOf(metrics, 'burgerpanel_store_entries'), 1, 'what was signed and is not there');
  assertProblem(await send(collector, lost), 503, 'unavailable');
  await untilTold(beside.process, /old copy/);
  assertProblem(await send(beside, lost), 503, 'unavailable');
  const asking = await run('burgerpanel-collector', old.words('serve', '--listen', '127.0.0.1:0'), { env: { BURGERPANEL_PEERS: beside.url } });
  await beside.stop();
  await collector.stop();
  for (const each of [asking, await collector.run('serve', '--listen', '127.0.0.1:0'), await beside.run('serve', '--listen', '127.0.0.1:0')]) {
    assert.match(each.stderr, new RegExp(`one of size ${signed} was signed: this is an old copy`));
    assert.equal(each.code, 1);
  }
  two.remove();
  one.remove();
});

test('a session of the server, and then all of it, is killed under load: nothing is lost or doubled', async (t) => {
  const server = await new Server().init();
  await server.start();
  const [collector, load] = await readyOn(t, 'failover-killed', server);
  load.begin();
  await load.more(SOME);
  const session = await server.sql("SELECT min(pid) FROM pg_stat_activity WHERE application_name = 'burgerpanel'");
  process.kill(Number(session), 'SIGKILL'); // the server begins anew for all
  await load.more(SOME);
  await server.kill();
  await server.start();
  await load.more(SOME);
  await endWell(collector, load);
  server.remove();
});
