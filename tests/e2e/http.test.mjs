// Goal: the rules of PROTOCOL 9 that hold for every path: headers, methods, 404, ETag, HEAD; and the panel and action resources.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { assertHeaders, assertProblem, request } from './lib/http.mjs';
import { panelOfRounds } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { fixtures, ready } from './lib/programs.mjs';
import { raw } from './lib/raw.mjs';

let collector;
const panel = panelOfRounds();
before(async () => {
  collector = await ready('http', { panel });
});
after(() => collector?.stop());

const get = (path, headers = {}, method = 'GET') => request(collector.url, path, { method, headers });
const actions = parseTable(readFileSync(join(fixtures, 'actions.csv'), 'utf8'));
const FIELDS = ['id', 'title', 'track', 'lead', 'related', 'status'];
const pick = (action) => Object.fromEntries(FIELDS.map((name) => [name, action[name]]));

test('GET /v1/panel gives the definition with, for each round, whether it is open', async () => {
  const answer = await get('/v1/panel');
  assert.equal(answer.status, 200);
  assertHeaders(answer);
  assert.match(answer.headers['content-type'], /^application\/json/);
  const open = { 'round-1': true, closed: false, later: false, soon: false, few: true };
  const expected = { ...panel, rounds: panel.rounds.map((r) => ({ ...r, open: open[r.id] })) };
  assert.deepEqual(answer.json(), expected);
});

test('GET /v1/actions gives the list in its order, GET /v1/actions/{id} one of them', async () => {
  const list = await get('/v1/actions');
  assert.equal(list.status, 200);
  assertHeaders(list);
  assert.deepEqual(list.json(), { actions: actions.map(pick) });
  for (const action of [actions[0], actions.at(-1)]) {
    const one = await get(`/v1/actions/${action.id}`);
    assert.equal(one.status, 200);
    assertHeaders(one);
    assert.deepEqual(one.json(), pick(action));
  }
});

for (const path of ['/v1/panel', '/v1/actions', '/v1/actions/WA-1.01']) {
  test(`${path} has an ETag, answers 304 to it, and HEAD as GET`, async () => {
    const full = await get(path);
    const etag = full.headers.etag;
    assert.match(etag, /^"[^"]+"$/, 'a strong ETag');
    assert.equal((await get(path)).headers.etag, etag);
    for (const value of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
      const same = await get(path, { 'If-None-Match': value });
      assert.equal(same.status, 304, value);
      assert.equal(same.bytes.length, 0);
      assert.equal(same.headers.etag, etag);
      assertHeaders(same);
    }
    assert.equal((await get(path, { 'If-None-Match': '"other"' })).status, 200);
    const head = await get(path, {}, 'HEAD');
    assert.equal(head.status, 200);
    assert.equal(head.bytes.length, 0);
    assert.equal(head.headers['content-length'], String(full.bytes.length));
    assert.equal(head.headers.etag, etag);
    assert.equal(head.headers['content-type'], full.headers['content-type']);
    assertHeaders(head);
  });
}

test('a changed action list is noticed by the running collector, ETag and all', async () => {
  const before = await get('/v1/actions');
  const changed = join(collector.folder, 'changed.csv');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(changed, readFileSync(join(fixtures, 'actions.csv'), 'utf8').replace('Fundament continu op orde', 'Het fundament'));
  await collector.importActions(changed);
  const after = await poll('the new title', 3, async () => {
    const answer = await get('/v1/actions');
    return answer.json().actions[2].title === 'Het fundament' && answer;
  });
  assert.notEqual(after.headers.etag, before.headers.etag);
  assert.equal((await get('/v1/actions', { 'If-None-Match': before.headers.etag })).status, 200);
  await collector.importActions();
  await poll('the old title', 3, async () => (await get('/v1/actions')).json().actions[2].title !== 'Het fundament');
});

test('GET /healthz is 200 while it can commit', async () => {
  const answer = await get('/healthz');
  assert.equal(answer.status, 200);
  assertHeaders(answer);
  assert.equal(answer.headers['cache-control'], 'no-store');
});

test('unknown paths, and known ones with a trailing slash, are 404', async () => {
  const paths = [
    '/web/',
    '/nothing',
    '/v1',
    '/v1/',
    '/v2/panel',
    '/panel',
    '/V1/panel',
    '/v1/panel/',
    '/v1/actions/',
    '/v1/actions/WA-1.01/',
    '/v1/actions/nope',
    '/v1/actions/WA-1.01/x',
    '/v1//panel',
    '/v1/responses/',
    '/v1/members/',
    '/healthz/',
    `/v1/actions/${'x'.repeat(300)}`,
    '/v1/actions/..%2fpanel',
    '/%00',
  ];
  for (const path of paths) assertProblem(await get(path), 404, 'not-found');
  for (const path of ['/v1/responses/', '/v1/nothing'])
    assertProblem(await request(collector.url, path, { method: 'POST', body: 'x' }), 404, 'not-found');
});

test('a known path with another method is 405 with Allow', async () => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'];
  const known = {
    '/v1/panel': ['GET', 'HEAD'],
    '/v1/actions': ['GET', 'HEAD'],
    '/v1/actions/WA-1.01': ['GET', 'HEAD'],
    '/healthz': ['GET', 'HEAD'],
    '/v1/members': ['POST'],
    '/v1/responses': ['POST'],
    '/v1/response-batches': ['POST'],
  };
  for (const [path, allowed] of Object.entries(known))
    for (const method of methods.filter((m) => !allowed.includes(m))) {
      const answer = await request(collector.url, path, { method });
      if (method === 'HEAD') assert.equal(answer.status, 405);
      else assertProblem(answer, 405, 'method-not-allowed');
      assertHeaders(answer);
      const allow = answer.headers.allow.split(/\s*,\s*/).sort();
      assert.deepEqual(allow, allowed, `${method} ${path}`);
    }
});

test('a query argument on a path that takes none is 400', async () => {
  for (const path of ['/v1/panel?x=1', '/v1/actions?limit=1', '/healthz?x='])
    assertProblem(await get(path), 400, 'bad-request');
});

test('a body announced too large is refused before it is sent', async () => {
  const got = await raw(
    collector.url,
    'POST /v1/responses HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\nContent-Length: 50000000\r\n\r\n',
  );
  assert.match(got, /^HTTP\/1\.1 413 /);
});
