// Goal: what a member asks to be erased is gone, from the log's bytes, from every count and from every file of the store, at the moment in which
// the answer comes; what stays is as it was: index, leaf, event, the receipts of all. And what is gone never comes back in.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { makeShim, tellDisk } from './lib/faulty-disk.mjs';
import { assertAccepted, assertProblem, JOSE, post, request } from './lib/http.mjs';
import { leafHash } from './lib/log.mjs';
import { b64u, Member, now } from './lib/member.mjs';
import { ACTION, good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { build, freshFolder, onServer, ready } from './lib/programs.mjs';
import { PublicLog } from './lib/public-log.mjs';
import { get, makeToken } from './lib/reading.mjs';
import { holds, sql, testOfFiles } from './lib/store.mjs';

const scope = { round: ROUND, action: ACTION };
const OTHER = 'WA-1.02';

// A running collector with as many members as wanted.
async function scene(t, name, count = 2, options = {}) {
  const collector = await ready(`erasure-${name}`, { codes: count, ...options });
  t.after(() => collector.stop());
  const log = new PublicLog(() => collector.url);
  t.after(() => log.close());
  await log.key();
  const members = [];
  for (const code of collector.codes) {
    const member = new Member('wau');
    member.code = code;
    const jws = member.enrolment(code);
    member.enrolled = { jws, ...assertAccepted(await post(collector.url, '/v1/members', jws, JOSE)) };
    members.push(member);
  }
  const send = async (jws) => ({ jws, ...assertAccepted(await post(collector.url, '/v1/responses', jws, JOSE)) });
  const erase = (jws) => post(collector.url, '/v1/erasures', jws, JOSE);
  return { collector, log, members, send, erase };
}

// The files of a store in which anything of a signed object is left that no other has: either half of its signature, or its jti as the
// payload's base64url has it.
function filesWith(path, signed) {
  const [, payload, signature] = signed.split('.');
  const text = Buffer.from(payload, 'base64url').toString('latin1');
  const from = Math.ceil((text.indexOf('"jti":"') + 7) / 3);
  const jti = payload.slice(4 * from, 4 * from + 24);
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(basename(path)) && !name.endsWith('.durable')) // which is lib/faults.c's
    .filter((name) => {
      const bytes = readFileSync(join(dirname(path), name));
      return [signature.slice(0, 43), signature.slice(43), jti].some((part) => bytes.includes(part));
    });
}

// In any file of the store; or on a server, in any row.
const isLeft = async (collector, signed) => (onServer ? holds(collector, signed.split('.')[2]) : filesWith(collector.path, signed).length > 0);

const respondents = async (collector, token, action) => {
  const { text } = await get(collector, `/v1/rounds/${ROUND}/summary?exact=true`, token, { Accept: 'application/json' });
  return JSON.parse(text).find((row) => row.action === action).respondents;
};

test('one response goes with all its revisions, and the rest stays as it was', async (t) => {
  const { collector, log, members, send, erase } = await scene(t, 'one');
  const [one, two] = members;
  const first = await send(one.response(ROUND, ACTION, good));
  const second = await send(one.response(ROUND, ACTION, { ...good, comment: 'this is to be forgotten' }, { revision: 2 }));
  const third = await send(one.response(ROUND, ACTION, { ...good, importance: 1 }, { revision: 3 }));
  const others = [one.enrolled, two.enrolled, await send(two.response(ROUND, ACTION, good)), await send(one.response(ROUND, OTHER, good))];
  const analyst = await makeToken(collector, 'analyst', 'analyst', '--exact');
  const auditor = await makeToken(collector, 'auditor', 'auditor');
  const team = await makeToken(collector, 'team', 'team');
  await poll('the last token to be known', 5, async () => (await get(collector, `/v1/rounds/${ROUND}/comments`, team)).status === 200);
  assert.equal(await respondents(collector, analyst, ACTION), 2);
  assert.equal(await isLeft(collector, second.jws), true);

  const jws = one.erasure(scope);
  const answer = assertAccepted(await erase(jws));
  assert.deepEqual(Object.keys(answer).sort(), ['erased', 'index', 'receipt']);
  assert.deepEqual(answer.erased, [first.index, second.index, third.index]);
  assert.equal(log.receipt(answer.receipt, jws).index, answer.index);
  for (const gone of [first, second, third]) assert.equal(await isLeft(collector, gone.jws), false);
  for (const kept of others) assert.equal(await isLeft(collector, kept.jws), true);

  // What is shown of it.
  const lines = (await get(collector, '/v1/entries', auditor)).text.trimEnd().split('\n').map((line) => JSON.parse(line));
  for (const gone of [first, second, third])
    assert.deepEqual(lines[gone.index], { index: gone.index, jws: null, leaf: b64u(leafHash(gone.jws)), erasedBy: answer.index + 1 });
  const { entriesLine } = JSON.parse(readFileSync('tests/vectors/protocol2/erasure.json', 'utf8'));
  assert.deepEqual(Object.keys(lines[first.index]), Object.keys(entriesLine));
  assert.deepEqual(lines[answer.index], { index: answer.index, jws });
  for (const kept of others) assert.equal(lines[kept.index].jws, kept.jws);
  const event = JSON.parse(Buffer.from(lines[answer.index + 1].jws.split('.')[1], 'base64url'));
  assert.equal(event.event, 'entries-erased');
  assert.equal(event.by, 'member');
  assert.equal(event.request, answer.index);
  assert.deepEqual([event.entries, event.enrolments], [answer.erased, []]);
  const state = async (index) => (await request(collector.url, `/v1/entries/${index}/state`)).json();
  assert.deepEqual(await state(second.index), { state: 'erased', erasedBy: answer.index + 1 });
  assert.deepEqual(await state(others[2].index), { state: 'kept' });
  assertProblem(await request(collector.url, '/v1/entries/9999/state'), 404, 'not-found');

  // Counts, comments, receipts.
  assert.equal(await respondents(collector, analyst, ACTION), 1);
  assert.equal(await respondents(collector, analyst, OTHER), 1);
  assert.ok(!(await get(collector, `/v1/rounds/${ROUND}/comments`, team)).text.includes('forgotten'));
  for (const held of [first, second, third, ...others]) {
    assert.equal(log.receipt(held.receipt, held.jws).index, held.index);
    const fresh = await request(collector.url, `/v1/receipts/${held.index}`);
    assert.equal(log.receipt(fresh.text, held.jws).index, held.index);
  }

  // The way back in.
  for (const old of [first, second, third])
    assert.equal(assertProblem(await post(collector.url, '/v1/responses', old.jws, JOSE), 409, 'stale-revision').currentRevision, 3);
  const anew = await send(one.response(ROUND, ACTION, good, { revision: 4 }));
  assert.equal(anew.replaced, undefined);
  assert.equal(await respondents(collector, analyst, ACTION), 2);
  assert.deepEqual(assertAccepted(await erase(jws), 200).erased, answer.erased, 'the same request is answered as the first time');
  assert.equal(await respondents(collector, analyst, ACTION), 2);
});

test('everything: no member from then on, and the first answer for who asks again', async (t) => {
  const { collector, log, members, send, erase } = await scene(t, 'everything');
  const [one, two] = members;
  const mine = [one.enrolled, await send(one.response(ROUND, ACTION, good)), await send(one.response(ROUND, OTHER, good))];
  const theirs = await send(two.response(ROUND, ACTION, good));
  const jws = one.erasure('everything');
  const answer = assertAccepted(await erase(jws));
  assert.deepEqual(answer.erased, mine.map(({ index }) => index));
  for (const gone of mine) assert.equal(await isLeft(collector, gone.jws), false);
  assert.equal(await holds(collector, Buffer.from(one.key.x, 'base64url')), false, 'the key is wiped');
  assertProblem(await post(collector.url, '/v1/responses', one.response(ROUND, 'WA-1.03', good), JOSE), 401, 'not-verified');
  assertProblem(await post(collector.url, '/v1/responses', mine[1].jws, JOSE), 401, 'not-verified');
  assertProblem(await erase(one.erasure('everything')), 401, 'not-verified');
  assertProblem(await post(collector.url, '/v1/access', one.access(), JOSE), 401, 'not-verified');
  const [fresh] = await collector.invitations(1);
  for (const code of [fresh, one.code])
    assertProblem(await post(collector.url, '/v1/members', one.enrolment(code), JOSE), 401, 'not-verified');
  assertProblem(await post(collector.url, '/v1/members', new Member('wau').enrolment(one.code), JOSE), 403, 'invitation-refused');
  const again = assertAccepted(await erase(jws), 200);
  assert.deepEqual([again.index, again.erased], [answer.index, answer.erased]);
  assert.equal(log.receipt(again.receipt, jws).index, answer.index);
  assert.equal(log.receipt(theirs.receipt, theirs.jws).index, theirs.index);

  // And so after a new start.
  await collector.stop();
  log.close();
  await collector.start();
  assertProblem(await post(collector.url, '/v1/members', one.enrolment(fresh), JOSE), 401, 'not-verified');
  assert.deepEqual(assertAccepted(await erase(jws), 200).erased, answer.erased);
  assertAccepted(await post(collector.url, '/v1/members', new Member('wau').enrolment(fresh), JOSE));
  await send(two.response(ROUND, OTHER, good));
});

test('refusals as PROTOCOL 5b has them, of a revoked member only those that all get', async (t) => {
  const { collector, members, send, erase } = await scene(t, 'refusals');
  const [one, two] = members;
  await send(one.response(ROUND, ACTION, good));
  assertProblem(await erase('a.b.c'), 400, 'malformed-envelope');
  assertProblem(await post(collector.url, '/v1/erasures', one.erasure(scope), 'application/json'), 415, 'unsupported-media-type');
  assertProblem(await erase('a'.repeat(33 * 1024)), 413, 'too-large');
  assertProblem(await erase(one.erasure({ ...scope, index: 3 })), 400, 'invalid-claims');
  assertProblem(await erase(one.erasure('all')), 400, 'invalid-claims');
  assertProblem(await erase(one.erasure(scope, { jwk: undefined })), 400, 'invalid-claims');
  assertProblem(await erase(one.erasure(scope, { aud: 'other' })), 400, 'invalid-claims');
  assertProblem(await erase(one.erasure(scope, { iat: now() - 400 })), 400, 'invalid-claims');
  assertProblem(await erase(one.erasure(scope, { iat: now() + 400 })), 400, 'invalid-claims');
  assertProblem(await erase(one.erasure(scope, { jwk: two.key.jwk })), 401, 'not-verified');
  assertProblem(await erase(one.erasure(scope, {}, { signer: two.key })), 401, 'not-verified');
  assertProblem(await erase(new Member('wau').erasure(scope)), 401, 'not-verified');
  assertProblem(await erase(two.erasure(scope)), 404, 'nothing-to-erase');
  assertProblem(await erase(one.erasure({ ...scope, round: 'no-such' })), 404, 'nothing-to-erase');
  await collector.succeed('members', 'revoke', '1', '--reason', 'request');
  const revoked = async () => (await post(collector.url, '/v1/responses', one.response(ROUND, OTHER, good), JOSE)).status === 401;
  await poll('the revocation to be known', 5, revoked);
  assert.equal(assertAccepted(await erase(one.erasure(scope))).erased.length, 1);
});

test('twice at once: one answer each, and nothing is erased twice', async (t) => {
  const { members, send, erase } = await scene(t, 'at-once', 1);
  const [one] = members;
  for (let revision = 1; revision <= 8; revision++) {
    const { index } = await send(one.response(ROUND, ACTION, good, { revision }));
    const jws = one.erasure(scope);
    const answers = await Promise.all([jws, jws, one.erasure(scope), one.erasure(scope)].map(erase));
    const statuses = answers.map(({ status }) => status).sort();
    const accepted = answers.filter(({ status }) => status < 300).map((answer) => answer.json());
    assert.equal(statuses.filter((status) => status === 201).length, 1, `${statuses}`);
    assert.ok(statuses.every((status) => [200, 201, 404].includes(status)), `${statuses}`);
    for (const { erased } of accepted) assert.deepEqual(erased, [index]);
    assert.equal(new Set(accepted.map(({ index: at }) => at)).size, 1);
  }
});

// Nobody reads while it is asked for, so -wal is empty before the answer is given.
testOfFiles('killed right after the answer nothing erased is left in any file, nor in a copy', async (t) => {
  const { collector, log, members, send, erase } = await scene(t, 'killed', 6);
  for (const [i, member] of members.entries()) {
    const comment = `secret ${i} `.repeat(150);
    const sent = [await send(member.response(ROUND, ACTION, { ...good, comment })), await send(member.response(ROUND, OTHER, { ...good, comment }))];
    for (const { jws } of sent) assert.notDeepEqual(filesWith(collector.path, jws), []);
    const everything = i % 2 === 1;
    const jws = member.erasure(everything ? 'everything' : scope);
    const answer = assertAccepted(await erase(jws));
    collector.process.child.kill('SIGKILL');
    await collector.process.ended;
    const gone = everything ? [member.enrolled, ...sent] : [sent[0]];
    for (const { jws: signed } of gone) assert.deepEqual(filesWith(collector.path, signed), []);
    const copies = freshFolder('erasure-copies');
    await sql(collector, `VACUUM INTO '${join(copies, 'vacuum.db')}'`);
    for (const { jws: signed } of gone) assert.deepEqual(filesWith(join(copies, 'vacuum.db'), signed), []);
    log.close();
    await collector.start();
    assert.deepEqual(assertAccepted(await erase(jws), 200).erased, answer.erased);
  }
});

test('under load, with tables being read, nothing erased is left within moments', async (t) => {
  const { collector, members, send, erase } = await scene(t, 'load', 8);
  const analyst = await makeToken(collector, 'analyst', 'analyst', '--exact');
  await poll('the token to be known', 5, async () => (await get(collector, `/v1/rounds/${ROUND}/summary?exact=true`, analyst)).status === 200);
  let over = false;
  const crowd = members.slice(2).map(async (member) => {
    for (let revision = 1; !over; revision++) await send(member.response(ROUND, ACTION, { ...good, comment: 'noise' }, { revision }));
  });
  const readers = [0, 1].map(async () => {
    while (!over) assert.equal((await get(collector, `/v1/rounds/${ROUND}/summary?exact=true`, analyst)).status, 200);
  });
  const gone = [];
  for (let revision = 1; revision <= 12; revision++) {
    const sent = await send(members[revision % 2].response(ROUND, OTHER, { ...good, comment: `secret ${revision}` }, { revision }));
    assertAccepted(await erase(members[revision % 2].erasure({ round: ROUND, action: OTHER })));
    gone.push(sent.jws);
  }
  await poll('all that was erased to be gone', 20, async () => !(await Promise.all(gone.map((jws) => isLeft(collector, jws)))).includes(true));
  over = true;
  await Promise.all([...crowd, ...readers]);
});

// A disk without room, by lib/faults.c: what was not committed is not erased, and the same request does it later.
testOfFiles('on a full disk nothing is half erased, and the same request does it when there is room', async (t) => {
  const shim = makeShim('faults');
  const control = join(build, 'e2e', 'erasure-full-disk', 'control'); // in the collector's folder: it opens no other
  const env = { LD_PRELOAD: shim, ASAN_OPTIONS: 'verify_asan_link_order=0', FAULTS_FILES: 'store.db:store.db-wal', FAULTS_CONTROL: control };
  const { collector, members, send, erase } = await scene(t, 'full-disk', 1, { env });
  const [one] = members;
  const sent = await send(one.response(ROUND, ACTION, { ...good, comment: 'to go' }));
  const jws = one.erasure(scope);
  const ENOSPC = 28;
  tellDisk(control, `pwrite ${ENOSPC} 1000000 -wal\n`);
  assertProblem(await erase(jws), 503, 'unavailable');
  assert.ok(existsSync(collector.path));
  const kept = freshFolder('erasure-full-disk-copy');
  for (const name of ['store.db', 'store.db-wal'])
    if (existsSync(join(collector.folder, name))) copyFileSync(join(collector.folder, name), join(kept, name));
  assert.notDeepEqual(filesWith(join(kept, 'store.db'), sent.jws), []);
  tellDisk(control);
  const done = await poll('the erasure to be taken', 30, async () => {
    const answer = await erase(jws);
    return answer.status === 503 ? undefined : answer;
  });
  assert.ok([200, 201].includes(done.status), done.text);
  assert.deepEqual(done.json().erased, [sent.index]);
  await poll('the files to be rid of it', 10, () => filesWith(collector.path, sent.jws).length === 0);
});
