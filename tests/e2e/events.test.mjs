// Goal: anyone can read what administrators did, as events of the log and the documents that they name, and what a response's author saw is held
// against it; the verbs that show it say the same. Clients of protocol 1 go on.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { assertAccepted, assertHeaders, assertProblem, JOSE, post, request } from './lib/http.mjs';
import { Member, thumbprint } from './lib/member.mjs';
import { ACTION, good, ROUND } from './lib/panel.mjs';
import { assertFailed, fixtures, ready } from './lib/programs.mjs';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const claimsOf = (jws) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url'));
const definition = readFileSync(join(fixtures, 'panel.json'));
let collector, member;

before(async () => {
  collector = await ready('events', { codes: 3 });
  member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(collector.codes[0]), JOSE));
  await collector.succeed('invitations', 'withdraw', collector.codes[1]);
});
after(async () => {
  await collector?.stop();
});

async function eventsFrom(query = '') {
  const answer = await request(collector.url, `/v1/events${query}`);
  assert.equal(answer.status, 200, answer.text);
  assertHeaders(answer);
  assert.match(answer.headers['content-type'], /^application\/x-ndjson/);
  const lines = answer.text === '' ? [] : answer.text.trimEnd().split('\n').map((line) => JSON.parse(line));
  return lines.map(({ index, jws }) => ({ index, jws, ...claimsOf(jws) }));
}

const document = async (hash) => {
  const answer = await request(collector.url, `/v1/documents/${hash}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.bytes;
};

test('what was done to set the panel up stands in the log, in its order, for anyone', async () => {
  const events = await eventsFrom();
  assert.deepEqual(events.map(({ event }) => event), ['log-opened', 'panel-imported', 'actions-imported', 'invitations-created', 'invitation-withdrawn']);
  assert.deepEqual(events.map(({ index }) => index), [0, 1, 2, 3, 5], 'the enrolment is no event');
  for (const { iat, aud } of events) assert.ok(aud === 'wau' && Number.isInteger(iat));
  assert.equal(events[3].count, 3);
});

test('a page of events begins where it is asked to, and is no longer than it is asked to be', async () => {
  const all = await eventsFrom();
  assert.deepEqual(await eventsFrom('?from=2&limit=2'), all.slice(2, 4));
  const linkOf = async (query) => (await request(collector.url, `/v1/events${query}`)).headers.link;
  assert.equal(await linkOf('?from=2&limit=2'), '</v1/events?from=5&limit=2>; rel="next"', 'the next one is no neighbour');
  for (const query of ['', '?from=3&limit=2', '?from=6']) assert.equal(await linkOf(query), undefined, query);
  assert.deepEqual(await eventsFrom('?from=4'), all.slice(4), 'from an entry that is no event');
  for (const query of ['?from=6', '?from=18446744073709551615']) assert.deepEqual(await eventsFrom(query), []);
  for (const query of ['?limit=0', '?limit=1001', '?from=-1', '?from=x', '?from=01'])
    assertProblem(await request(collector.url, `/v1/events${query}`), 400, 'bad-request');
});

test('who has the events already is told that there are no others', async () => {
  const first = await request(collector.url, '/v1/events');
  const again = await request(collector.url, '/v1/events', { headers: { 'If-None-Match': first.headers.etag } });
  assert.equal(again.status, 304);
});

test('a document is what its hash names, and never changes', async () => {
  const [, panel, actions, invitations, withdrawn] = await eventsFrom();
  assert.ok((await document(panel.panel)).equals(definition), 'the file as imported');
  assert.equal(panel.bytes, definition.length);
  const list = await document(actions.actions);
  assert.equal(sha256(list).toString('base64url'), actions.actions);
  const codes = await document(invitations.codes);
  assert.equal(codes.length, 3 * 32);
  assert.ok(codes.includes(Buffer.from(withdrawn.code, 'base64url')));
  const answer = await request(collector.url, `/v1/documents/${panel.panel}`);
  assertHeaders(answer);
  assert.equal(answer.headers['content-type'], 'application/octet-stream');
  assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable');
  const path = `/v1/documents/${panel.panel}`;
  const asked = async (method, headers) => request(collector.url, path, { method, headers });
  const [again, other, head] = [
    await asked('GET', { 'If-None-Match': answer.headers.etag }),
    await asked('GET', { 'If-None-Match': '"other"' }),
    await asked('HEAD'),
  ];
  assert.equal(again.status, 304);
  assert.ok(other.bytes.equals(definition));
  assert.equal(head.headers['content-length'], String(definition.length));
  for (const { headers } of [again, other, head])
    for (const name of ['etag', 'cache-control']) assert.equal(headers[name], answer.headers[name], name);
  const unknown = { 'If-None-Match': `"${sha256('x').subarray(0, 16).toString('base64url')}"` };
  assertProblem(await request(collector.url, `/v1/documents/${sha256('x').toString('base64url')}`, { headers: unknown }), 404, 'not-found');
  for (const name of [sha256('x').toString('base64url'), 'x', `${panel.panel}=`, `${panel.panel}A`])
    assertProblem(await request(collector.url, `/v1/documents/${name}`), 404, 'not-found');
});

test('panel and actions name the documents in force, also to who has them already', async () => {
  const [, panel, actions] = await eventsFrom();
  for (const [path, hash, { index }] of [['/v1/panel', panel.panel, panel], ['/v1/actions', actions.actions, actions]]) {
    const answer = await request(collector.url, path);
    const again = await request(collector.url, path, { headers: { 'If-None-Match': answer.headers.etag } });
    assert.equal(again.status, 304);
    for (const { headers } of [answer, again]) {
      assert.equal(headers.document, hash, path);
      assert.equal(headers['document-index'], String(index), path);
    }
    assert.equal(answer.json().document, undefined, 'to a client of protocol 1 it would be no definition');
  }
});

const contextOf = (panel, actions) => sha256(Buffer.from(panel, 'base64url'), Buffer.from(actions, 'base64url')).toString('base64url');

test('what a response claims to have been shown is held against what was in force since its round opened', async () => {
  const [, { panel }, { actions }] = await eventsFrom();
  const send = (revision, context, answers = good) =>
    post(collector.url, '/v1/responses', member.response(ROUND, ACTION, answers, { revision, context }), JOSE);
  assertAccepted(await send(1, contextOf(panel, actions)));
  assertAccepted(await send(2, undefined));
  const other = contextOf(actions, panel);
  assertProblem(await send(3, other), 409, 'stale-context');
  assertProblem(await send(3, other, {}), 409, 'stale-context');
  for (const context of ['', 'x', other + '=', 7, null]) assertProblem(await send(3, context), 400, 'invalid-claims');
  // The list as it was stays good: it was in force while the round was open.
  const csv = readFileSync(join(fixtures, 'actions.csv'), 'utf8').replace(/^(WA-1\.02,)[^,]*/m, '$1Another title');
  const changed = join(collector.folder, 'changed.csv');
  writeFileSync(changed, csv);
  await collector.importActions(changed);
  const events = await eventsFrom('?from=3');
  const now = events.findLast(({ event }) => event === 'actions-imported').actions;
  assert.notEqual(now, actions);
  assertAccepted(await send(3, contextOf(panel, actions)));
  assertAccepted(await send(4, contextOf(panel, now)));
});

test('the verbs show the same: events, the operator key, and what became of a code', async () => {
  const events = await eventsFrom();
  const rows = parseTable((await collector.succeed('log', 'events')).stdout);
  assert.deepEqual(rows.map(({ index, event }) => ({ index: Number(index), event })), events.map(({ index, event }) => ({ index, event })));
  assert.match(rows[3].claims, /^count=3 stratum=null codes=[\w-]{43} replaces=0$/);
  assert.equal(Date.parse(rows[0].at), events[0].iat * 1000);
  const listed = JSON.parse((await collector.succeed('log', 'events', '--json')).stdout);
  assert.deepEqual(listed, events.map(({ jws, ...rest }) => rest));

  const [jwk, kid] = (await collector.succeed('operator', 'show')).stdout.trimEnd().split('\n');
  assert.deepEqual(JSON.parse(jwk), events[0].operator);
  assert.equal(kid, thumbprint(JSON.parse(jwk).x));

  const said = async (code) => (await collector.succeed('invitations', 'check', code)).stdout.trimEnd();
  assert.equal(await said(collector.codes[0]), 'used: enrolment at entry 4; the log names the code since entry 3');
  assert.equal(await said(collector.codes[1]), 'withdrawn by entry 5; the log names the code since entry 3');
  assert.equal(await said(collector.codes[2]), 'unused; the log names the code since entry 3');
  assertFailed(await collector.run('invitations', 'check', '0000000-0000000-0000000-00000'), /no invitation with this code/);
  assert.equal((await collector.run('invitations', 'check', 'nonsense')).code, 2);
});
