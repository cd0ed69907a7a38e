// Goal: everything that the log shows of itself is accepted by a verifier that knows only the texts of C2SP and RFC 9162 (PROTOCOL 6):
// receipts of every path, checkpoints over time, tiles, entries for auditors.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertAccepted, assertHeaders, assertProblem, assertProblemObject, JOSE, NDJSON, post, request } from './lib/http.mjs';
import {
  emptyRoot,
  leafHash,
  nodeHash,
  openCheckpoint,
  parseReceipt,
  parseVerifierKey,
  rootOf,
  TiledTree,
  tilePath,
  tilesOf,
  verifyConsistency,
  verifyInclusion,
  verifyReceipt,
} from './lib/log.mjs';
import { Member } from './lib/member.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { BEGUN, Collector, freshFolder, ready } from './lib/programs.mjs';
import { PublicLog } from './lib/public-log.mjs';
import { answersOf, exampleRows } from './lib/tables.mjs';

const MEMBERS = 60;
let collector;
let log;
let auditor; // a token
const held = []; // {jws, index, receipt} of every accepted object
const heads = []; // of every checkpoint seen, as time went on
const members = new Map();

const bearer = (token) => ({ Authorization: `Bearer ${token}` });

before(async () => {
  collector = await ready('log', { codes: MEMBERS + 2 });
  auditor = (await collector.succeed('tokens', 'create', 'audits', '--role', 'auditor')).stdout.trim();
  log = new PublicLog(() => collector.url);
  await log.key();
  await poll('the token', 5, async () => (await log.get('/v1/entries', bearer(auditor))).status === 200);
});
after(async () => {
  log?.close();
  await collector?.stop();
});

const hold = (jws, { index, receipt }) => {
  const shown = log.receipt(receipt, jws);
  assert.equal(shown.index, index);
  held.push({ jws, index, receipt });
  heads.push(shown.head);
};

const sendBatch = async (texts, headers = {}) => {
  const body = texts.map((text) => `${JSON.stringify(text)}\n`).join('');
  const answer = await post(collector.url, '/v1/response-batches', body, NDJSON, { headers, agent: log.agent });
  assert.equal(answer.status, 200, answer.text);
  const lines = answer.text.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(lines.length, texts.length);
  return Object.assign(lines, { headers: answer.headers });
};
const sendOne = (jws, headers = {}) => post(collector.url, '/v1/responses', jws, JOSE, { headers, agent: log.agent });

test('the verifier itself accepts the vectors of another log and refuses what is altered', async () => {
  const folder = 'tests/vectors/tessera-testlog';
  const verifier = parseVerifierKey(readFileSync(`${folder}/log_public_key.vkey`, 'utf8').trim());
  const read = async (path) => readFileSync(`${folder}${path.slice('/log'.length)}`);
  const note = (n) => readFileSync(`${folder}/checkpoint.${n}`, 'utf8');
  const last = openCheckpoint(note(15), verifier);
  const tree = new TiledTree(last.size, read);
  assert.ok((await tree.root()).equals(last.root));
  for (let n = 1; n < 15; n++) {
    const first = openCheckpoint(note(n), verifier);
    const proof = await tree.consistency(first.size);
    verifyConsistency(first, last, proof);
    assert.throws(() => verifyConsistency({ ...first, root: emptyRoot() }, last, proof));
    assert.throws(() => verifyConsistency(first, { ...last, root: first.root }, proof));
    assert.throws(() => verifyConsistency(first, last, [...proof, first.root]));
    assert.throws(() => verifyConsistency(first, last, proof.slice(1)));
    const leaf = (await tree.tile(0, 0)).subarray(32 * n, 32 * (n + 1));
    const path = await tree.inclusion(n);
    verifyInclusion(n, last.size, leaf, path, last.root);
    assert.throws(() => verifyInclusion(n - 1, last.size, leaf, path, last.root));
    assert.throws(() => verifyInclusion(n, last.size, leaf, path.slice(1), last.root));
    assert.throws(() => verifyInclusion(n, last.size, leaf, [...path, leaf], last.root));
  }
  for (const [from, to] of [['\n15\n', '\n14\n'], ['\u2014', '-'], ['\n\n', '\n']])
    assert.throws(() => openCheckpoint(note(15).replace(from, to), verifier));
});

test('a new log holds the events that it began with, each with a receipt, and nothing beyond them', async () => {
  const head = await log.head();
  assert.equal(head.size, BEGUN);
  assert.equal(head.origin, 'burgerpanel/wau');
  for (const path of ['/log/tile/0/000', `/log/tile/0/000.p/${BEGUN + 1}`, `/v1/receipts/${BEGUN}`])
    assertProblem(await log.get(path), 404, 'not-found');
  const entries = await log.entries(auditor);
  const events = entries.map((jws) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url')).event);
  assert.deepEqual(events, ['log-opened', 'panel-imported', 'actions-imported', 'invitations-created']);
  for (const [index, jws] of entries.entries()) hold(jws, { index, receipt: (await log.fetch(`/v1/receipts/${index}`)).text });
  const key = statSync(`${collector.path}.log-key`);
  assert.equal(key.mode & 0o777, 0o600);
});

test('every receipt of a run over the example responses shows its entry, by either path', async () => {
  for (const [i, code] of collector.codes.slice(0, MEMBERS).entries()) {
    const member = new Member('wau');
    members.set(String(i + 1), member);
    const jws = member.enrolment(code);
    const answer = await post(collector.url, '/v1/members', jws, JOSE, { agent: log.agent });
    hold(jws, assertAccepted(answer));
    hold(jws, assertAccepted(await post(collector.url, '/v1/members', jws, JOSE, { agent: log.agent }), 200));
  }
  const texts = exampleRows().map((row) =>
    members.get(row.member).response(ROUND, row.action, answersOf(row), { revision: Number(row.revision) }),
  );
  const middle = Math.floor(texts.length / 2);
  for (const [i, text] of texts.slice(0, middle).entries()) {
    hold(text, assertAccepted(await sendOne(text)));
    if (i % 16 === 0) {
      hold(text, assertAccepted(await sendOne(text), 200));
      heads.push(await log.head());
    }
  }
  for (let at = middle; at < texts.length; at += 150) {
    const part = texts.slice(at, at + 150);
    for (const status of [201, 200]) {
      const lines = await sendBatch(part);
      lines.forEach((line, i) => {
        if (status === 200 && line.status === 409) return assertProblemObject(line, 409, 'stale-revision'); // replaced since
        assert.equal(line.status, status, JSON.stringify(line));
        hold(part[i], line);
      });
    }
    heads.push(await log.head());
  }
  const { size } = await log.head();
  assert.equal(size, BEGUN + MEMBERS + texts.length);
  assert.deepEqual([...new Set(held.map((h) => h.index))].sort((a, b) => a - b), Array.from({ length: size }, (_, i) => i));
});

test('a receipt shows nothing else: not another entry, not another index', () => {
  const { jws, index, receipt } = held.at(-1);
  assert.throws(() => verifyReceipt(receipt, `${jws}A`, log.verifier), /root/);
  assert.throws(() => verifyReceipt(receipt.replace(`index ${index}`, `index ${index - 1}`), jws, log.verifier), /root/);
  const other = parseVerifierKey(readFileSync('tests/vectors/tessera-testlog/log_public_key.vkey', 'utf8').trim());
  assert.throws(() => verifyReceipt(receipt, jws, other), /key/);
});

test('GET /v1/receipts/{index} gives anyone a fresh one', async () => {
  const { size } = await log.head();
  const byIndex = new Map(held.map((h) => [h.index, h.jws]));
  for (let index = 0; index < size; index++) {
    const answer = await log.fetch(`/v1/receipts/${index}`);
    const shown = log.receipt(answer.text, byIndex.get(index));
    assert.equal(shown.index, index);
    assert.equal(shown.head.size, size);
    assert.match(answer.headers['content-type'], /^text\/plain/);
    assert.equal(answer.headers['cache-control'], 'no-store');
  }
  for (const wrong of [size, '-1', '01', '+1', '1.0', 'x', '18446744073709551616', '9'.repeat(60), '9'.repeat(70), '1/', '1%20'])
    assertProblem(await log.get(`/v1/receipts/${wrong}`), 404, 'not-found');
});

test('checkpoints over time continue each other', async () => {
  const newest = await log.head();
  const sizes = new Map();
  for (const head of heads) {
    assert.ok((sizes.get(head.size) ?? head.root).equals(head.root), `two roots over ${head.size} entries`);
    sizes.set(head.size, head.root);
  }
  assert.ok(sizes.size > 100, `${sizes.size} checkpoints were seen`);
  await log.assertContinues([...sizes].map(([size, root]) => ({ size, root })), newest);
  let before = { size: 0 };
  for (const head of [...sizes].map(([size, root]) => ({ size, root })).sort((a, b) => a.size - b.size).slice(0, 60)) {
    if (before.size > 0) verifyConsistency(before, head, await log.tree(head.size).consistency(before.size));
    before = head;
  }
});

test('all tiles fetched make the root of the checkpoint', async () => {
  const head = await log.head();
  const levels = [];
  for (const { level, index, width } of tilesOf(head.size)) {
    const answer = await log.fetch(tilePath(level, index, width));
    assertHeaders(answer);
    assert.equal(answer.headers['content-type'], 'application/octet-stream');
    assert.equal(answer.bytes.length, width * 32);
    assert.equal(answer.headers['cache-control'], width === 256 ? 'public, max-age=31536000, immutable' : 'no-store');
    levels[level] ??= [];
    for (let i = 0; i < width; i++) levels[level].push(answer.bytes.subarray(32 * i, 32 * (i + 1)));
  }
  assert.equal(levels.length, 2);
  const byIndex = new Map(held.map((h) => [h.index, h.jws]));
  levels[0].forEach((hash, i) => assert.ok(hash.equals(leafHash(byIndex.get(i))), `leaf ${i}`));
  assert.ok(rootOf(levels[0]).equals(head.root));
  levels[1].forEach((hash, i) => assert.ok(hash.equals(rootOf(levels[0].slice(256 * i, 256 * (i + 1))))));
  const rest = levels[0].slice(256 * levels[1].length);
  assert.ok(nodeHash(nodeHash(levels[1][0], levels[1][1]), nodeHash(levels[1][2], rootOf(rest))).equals(head.root));
  assert.ok((await log.tree(head.size).root()).equals(head.root));
  for (let i = 0; i < head.size; i += 97)
    verifyInclusion(i, head.size, levels[0][i], await log.tree(head.size).inclusion(i), head.root);
});

test('a partial tile has the first hashes, in any width up to the current size', async () => {
  const { size } = await log.head();
  const last = Math.floor(size / 256);
  for (const [level, index, most] of [[0, last, size % 256], [1, 0, last], [0, 0, 255]]) {
    const whole = most === 255 ? await log.fetch(tilePath(level, index)) : await log.fetch(tilePath(level, index, most));
    for (let width = 1; width <= most; width += width < 4 || width > most - 4 ? 1 : 7) {
      const part = await log.fetch(tilePath(level, index, width));
      assert.ok(part.bytes.equals(whole.bytes.subarray(0, width * 32)), `${level}/${index}.p/${width}`);
    }
  }
});

test('tiles that the log does not have, and paths that are none, are 404', async () => {
  const { size } = await log.head();
  const last = String(Math.floor(size / 256)).padStart(3, '0');
  const rest = size % 256;
  const wrong = [
    `0/${last}.p/${rest + 1}`, `0/${last}`, `0/${last}.p/255`, '0/004', '0/999.p/1', '0/x001/000', '0/x999/x999/x999/x999/x999/x999/999',
    '1/000', '1/000.p/4', '1/001.p/1', '2/000', '2/000.p/1', '7/000.p/1', '8/000.p/1', '63/000.p/1', '64/000.p/1', '0/000.p/0',
    '0/000.p/256', '0/000.p/01', '0/000.p/1/', '0/000.p/', '0/000.p', '0/000/', '0/000.p/1/2', '0/00', '0/0000', '0/0', '0/', '0',
    '00/000', '+0/000', '-1/000', '0/x000/001', '0/x000/000', '0/001x', '0/x001', '0/000/001', '0/00a', '0//000', '/0/000', ' 0/000',
    '0/18446744073709551616', 'entries/000', 'entries/000.p/1', 'x', `0/${'x000/'.repeat(30)}000`, '0/000.p/-1', '0/000.p/1e1',
  ];
  for (const path of wrong) assertProblem(await log.get(`/log/tile/${path.replaceAll(' ', '%20')}`), 404, 'not-found');
  for (const path of ['/log/tile/', '/log/tile', '/log/', '/log', '/log/checkpoint/', '/log/key/', '/v1/receipts', '/v1/receipts/'])
    assertProblem(await log.get(path), 404, 'not-found');
  for (const path of ['/log/checkpoint', '/log/key', '/log/tile/0/000', '/v1/receipts/0', '/v1/entries']) {
    const answer = await post(collector.url, path, 'x', 'text/plain');
    assertProblem(answer, 405, 'method-not-allowed');
    assert.match(answer.headers.allow, /GET/);
  }
});

test('checkpoint and key are text, for anyone, and not to be cached', async () => {
  for (const path of ['/log/checkpoint', '/log/key']) {
    const answer = await log.fetch(path);
    assertHeaders(answer);
    assert.match(answer.headers['content-type'], /^text\/plain/);
    assert.equal(answer.headers['cache-control'], 'no-store');
  }
});

test('Prefer: return=minimal leaves the receipt out, and is confirmed', async () => {
  const member = members.get('1');
  const answers = { importance: 1, noticed: 'no' };
  const minimal = { Prefer: 'return=minimal' };
  const one = member.response(ROUND, 'WA-1.01', answers, { revision: 100 });
  for (const status of [201, 200]) {
    const answer = await sendOne(one, minimal);
    assert.equal(answer.headers['preference-applied'], 'return=minimal');
    assert.equal('receipt' in assertAccepted(answer, status), false);
  }
  const whole = await sendOne(one);
  assert.equal(whole.headers['preference-applied'], undefined);
  hold(one, assertAccepted(whole, 200));
  const two = member.response(ROUND, 'WA-1.01', answers, { revision: 101 });
  for (const status of [201, 200]) {
    const lines = await sendBatch([two], minimal);
    assert.equal(lines.headers['preference-applied'], 'return=minimal');
    assert.equal(lines[0].status, status);
    assert.equal('receipt' in lines[0], false);
  }
  const lines = await sendBatch([two], { Prefer: 'respond-async, wait=10' });
  assert.equal(lines.headers['preference-applied'], undefined);
  hold(two, lines[0]);
});

test('an enrolment may leave its receipt out too', async () => {
  const jws = new Member('wau').enrolment(collector.codes.at(-1));
  const answer = await post(collector.url, '/v1/members', jws, JOSE, { headers: { Prefer: 'return=minimal' } });
  assert.equal('receipt' in assertAccepted(answer), false);
  hold(jws, assertAccepted(await post(collector.url, '/v1/members', jws, JOSE), 200));
});

// --- entries -------------------------------------------------------------------------------------------------------------------

test('an auditor gets entries that make the root, in ranges of any size', async () => {
  const head = await log.head();
  for (const limit of [4096, 1000, 333]) log.assertEntries(await log.entries(auditor, limit), head);
  const entries = await log.entries(auditor);
  for (const { jws, index } of held) assert.equal(entries[index], jws);
  const get = async (query) => {
    const answer = await log.fetch(`/v1/entries${query}`, bearer(auditor));
    assertHeaders(answer);
    assert.match(answer.headers['content-type'], /^application\/x-ndjson/);
    assert.equal(answer.headers['cache-control'], 'no-store');
    return answer.text === '' ? [] : answer.text.trimEnd().split('\n').map((line) => JSON.parse(line));
  };
  const all = entries.map((jws, index) => ({ index, jws }));
  assert.deepEqual(await get(''), all.slice(0, 1000));
  assert.deepEqual(await get('?from=5&limit=3'), all.slice(5, 8));
  assert.deepEqual(await get('?limit=1'), all.slice(0, 1));
  assert.deepEqual(await get(`?from=${head.size - 2}`), all.slice(-2));
  assert.deepEqual(await get(`?from=${head.size - 2}&limit=4096`), all.slice(-2));
  assert.deepEqual(await get(`?from=${head.size}`), []);
  assert.deepEqual(await get('?from=18446744073709551615&limit=4096'), []);
});

test('ranges that are none are 400', async () => {
  const wrong = ['from=-1', 'from=x', 'from=01', 'from=1.5', 'from=', 'from=18446744073709551616', 'limit=0', 'limit=10001', 'limit=x', 'limit=-1', 'limit='];
  for (const query of wrong) assertProblem(await log.get(`/v1/entries?${query}`, bearer(auditor)), 400, 'bad-request');
});

test('entries are for auditors alone', async () => {
  const tokenFor = async (name, ...args) => (await collector.succeed('tokens', 'create', name, ...args)).stdout.trim();
  const analyst = await tokenFor('figures', '--role', 'analyst', '--exact');
  const team = await tokenFor('team', '--role', 'team');
  await poll('the new tokens', 5, async () => (await log.get('/v1/entries', bearer(team))).status === 403);
  const refused = async (headers, status, name, challenge) => {
    const answer = await log.get('/v1/entries', headers);
    assertProblem(answer, status, name);
    assert.match(answer.headers['www-authenticate'], challenge);
  };
  await refused({}, 401, 'unauthorized', /^Bearer realm="[^"]+"$/);
  for (const other of ['Basic YTpi', auditor, 'Bearer', `Token ${auditor}`])
    await refused({ Authorization: other }, 401, 'unauthorized', /^Bearer realm="[^"]+"/);
  for (const token of ['', 'x', `${auditor}x`, auditor.slice(0, -1), `bp_${'A'.repeat(43)}`, 'x'.repeat(4000)])
    await refused(bearer(token), 401, 'unauthorized', /^Bearer realm=/);
  await refused(bearer(`bp_${'A'.repeat(43)}`), 401, 'unauthorized', /error="invalid_token"/);
  for (const token of [analyst, team]) await refused(bearer(token), 403, 'forbidden', /error="insufficient_scope"/);
  assert.equal((await log.get('/v1/entries?limit=1', { Authorization: `bearer ${auditor}` })).status, 200, 'the scheme has no case');
});

test('a token that is revoked is refused within a second or so', async () => {
  const token = (await collector.succeed('tokens', 'create', 'short', '--role', 'auditor')).stdout.trim();
  await poll('the new token', 5, async () => (await log.get('/v1/entries?limit=1', bearer(token))).status === 200);
  await collector.succeed('tokens', 'revoke', 'short');
  await poll('the refusal', 2, async () => (await log.get('/v1/entries?limit=1', bearer(token))).status === 401);
  assert.equal((await log.get('/v1/entries?limit=1', bearer(auditor))).status, 200);
});

test('started again, the log goes on where it was, also after nothing was added', async () => {
  const before = await log.head();
  for (let i = 0; i < 2; i++) {
    await collector.stop();
    log.close();
    await collector.start();
    const head = await log.head();
    assert.deepEqual([head.size, head.root], [before.size, before.root]);
  }
  const text = members.get('2').response(ROUND, 'WA-1.01', { importance: 2, noticed: 'no' }, { revision: 100 });
  hold(text, assertAccepted(await sendOne(text)));
  await log.assertContinues([before, ...heads], await log.head());
});

test('a log may bear another origin, set before its first panel', async () => {
  const other = new Collector(freshFolder('log-origin'));
  process.env.BURGERPANEL_ORIGIN = 'panel.example/wau';
  try {
    await other.importPanel();
    await other.importActions();
  } finally {
    delete process.env.BURGERPANEL_ORIGIN;
  }
  await other.start();
  try {
    const seen = new PublicLog(() => other.url);
    assert.equal((await seen.head()).origin, 'panel.example/wau');
    seen.close();
    assert.equal((await request(other.url, '/log/key')).text.split('+')[0], 'panel.example/wau');
  } finally {
    await other.stop();
  }
});

test('a receipt names the tree of its own commit', () => {
  for (const { receipt, index } of held) assert.ok(openCheckpoint(parseReceipt(receipt).checkpoint, log.verifier).size > index);
});
