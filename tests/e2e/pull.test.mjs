// Goal: a machine pulls the log page by page, goes on where it ended, and gets every entry once: by Link, by gzip, and by the very
// loop that OPERATING shows.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { assertAccepted, assertProblem, JOSE, NDJSON, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ACTION, good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { freshFolder, ready } from './lib/programs.mjs';
import { bearer, makeToken } from './lib/reading.mjs';

let collector, member, token;
let revision = 0;

before(async () => {
  collector = await ready('pull', { codes: 1 });
  member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(collector.codes[0]), JOSE));
  token = await makeToken(collector, 'warehouse', 'auditor');
  for (let i = 0; i < 3; i++) await answerOften(3500);
  await poll('the token to be known', 5, async () => (await page('?limit=1')).status === 200);
});
after(() => collector?.stop());

async function answerOften(count) {
  const lines = Array.from({ length: count }, () => `${JSON.stringify(member.response(ROUND, ACTION, good, { revision: ++revision }))}\n`);
  const answer = await post(collector.url, '/v1/response-batches', lines.join(''), NDJSON, { headers: { Prefer: 'return=minimal' } });
  assert.equal(answer.status, 200);
}

const page = (query, headers = {}) => request(collector.url, `/v1/entries${query}`, { headers: { ...bearer(token), ...headers } });
const linesOf = (text) => text.split('\n').slice(0, -1).map((line) => JSON.parse(line));
const logSize = async () => Number((await request(collector.url, '/log/checkpoint')).text.split('\n')[1]);

test('pages lead from one to the next, each whole, up to the end of the log', async () => {
  const size = await logSize();
  const indexes = [];
  const counts = [];
  let next = '?limit=10000';
  while (next) {
    const answer = await page(next);
    assert.equal(answer.status, 200);
    const lines = linesOf(answer.text);
    counts.push(lines.length);
    indexes.push(...lines.map(({ index }) => index));
    next = answer.headers.link?.match(/^<\/v1\/entries(\?from=\d+&limit=10000)>; rel="next"$/)[1];
  }
  assert.deepEqual(counts, [10000, size - 10000]);
  assert.deepEqual(indexes, Array.from({ length: size }, (_, i) => i));
  assertProblem(await page('?limit=10001'), 400, 'bad-request');
});

test('a page ends where the log ended when it began, and says that there is no other', async () => {
  const size = await logSize();
  for (const query of [`?from=${size - 3}&limit=3`, `?from=${size - 3}&limit=4`, `?from=${size}`, `?from=${size + 5}`])
    assert.equal((await page(query)).headers.link, undefined, query);
  assert.equal((await page(`?from=${size - 3}&limit=2`)).headers.link, `</v1/entries?from=${size - 1}&limit=2>; rel="next"`);
});

test('compressed it is the same, in one piece or in many, and smaller', async () => {
  for (const query of ['?limit=2', '?limit=7000']) {
    const plain = await page(query);
    const packed = await page(query, { 'Accept-Encoding': 'gzip' });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    for (const answer of [plain, packed]) assert.equal(answer.headers.vary, 'Accept-Encoding');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(gunzipSync(packed.bytes).toString(), plain.text);
  }
  assert.ok((await page('?limit=7000', { 'Accept-Encoding': 'gzip' })).bytes.length < 0.7 * (await page('?limit=7000')).bytes.length);
  const none = await page('?from=999999', { 'Accept-Encoding': 'gzip' });
  assert.deepEqual([none.status, none.bytes.length], [200, 0]);
});

test('the loop of OPERATING takes the log along, and goes on where it ended or was broken off', async () => {
  const loop = readFileSync('docs/OPERATING.md', 'utf8').match(/<!-- pull -->\n```sh\n([^`]+)```/)[1];
  const folder = freshFolder('pull-copy');
  writeFileSync(join(folder, 'token'), `Authorization: Bearer ${token}\n`, { mode: 0o600 });
  const pull = () => {
    const done = spawnSync('sh', ['-euc', loop], { cwd: folder, encoding: 'utf8', env: { ...process.env, URL: collector.url } });
    assert.deepEqual([done.status, done.stderr], [0, '']);
  };
  const held = () => {
    const names = readdirSync(folder).filter((name) => name.startsWith('entries-'));
    return names.flatMap((name) => linesOf(readFileSync(join(folder, name), 'utf8'))).map(({ index }) => index);
  };
  pull();
  assert.deepEqual(held(), Array.from({ length: await logSize() }, (_, i) => i));
  await answerOften(5);
  writeFileSync(join(folder, 'part'), '{"index":1,"jws":"of a page that was cut sh');
  pull();
  pull();
  assert.deepEqual(held(), Array.from({ length: await logSize() }, (_, i) => i));
});
