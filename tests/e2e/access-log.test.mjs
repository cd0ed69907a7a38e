// Goal: who reads what is not published over HTTP, exact tables, comments, entries, stands in the store before they have it, and
// `tokens log` shows it: whose token, what, when, how many rows. What gives nothing away leaves no line; what can't be noted is not given.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { poll } from './lib/poll.mjs';
import { onServer } from './lib/programs.mjs';
import { get, makeToken, readyReleased, tablePath } from './lib/reading.mjs';
import { sql } from './lib/store.mjs';
import { exampleRows } from './lib/tables.mjs';

let collector;
const tokens = {};
before(async () => {
  collector = await readyReleased('access-log');
  tokens.exact = await makeToken(collector, 'examiner', 'analyst', '--exact');
  tokens.team = await makeToken(collector, 'programme', 'team');
  tokens.auditor = await makeToken(collector, 'auditor-1', 'auditor');
  await poll('the last token to be known', 5, async () => (await get(collector, '/v1/entries?from=99999', tokens.auditor)).status === 200);
});
after(() => collector?.stop());

const log = async () => parseTable((await collector.succeed('tokens', 'log')).stdout);
const last = async (count) => (await log()).slice(-count).map(({ token, what, rows }) => `${token}: ${what}, ${rows}`);

test('exact tables, comments and entries leave a line each, with as many rows as were given', async () => {
  const began = Math.floor(Date.now() / 1000) * 1000;
  assert.deepEqual(await log(), [], 'nobody has read anything yet');
  const table = await get(collector, tablePath('options', '?exact=true'), tokens.exact);
  const comments = await get(collector, tablePath('comments'), tokens.team, { Accept: 'application/json' });
  const entries = await get(collector, '/v1/entries?from=10&limit=25', tokens.auditor);
  assert.equal(comments.json().length > 0, true);
  assert.equal(entries.text.trimEnd().split('\n').length, 25);
  assert.deepEqual(await last(3), [
    `examiner: exact options of round-1, ${parseTable(table.text).length}`,
    `programme: comments of round-1, ${comments.json().length}`,
    'auditor-1: entries from 10, 25',
  ]);
  for (const { time } of await log()) {
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.ok(Date.parse(time) >= began && Date.parse(time) <= Date.now(), time);
  }
});

test('what gives nothing away leaves no line', async () => {
  const before = (await log()).length;
  const path = tablePath('summary', '?exact=true');
  assert.equal((await get(collector, tablePath('summary'), tokens.exact)).status, 200);
  assert.equal((await get(collector, path, tokens.team)).status, 403);
  assert.equal((await get(collector, path, tokens.exact, {}, 'HEAD')).status, 200);
  assert.equal((await get(collector, '/v1/entries', tokens.auditor, {}, 'HEAD')).status, 200);
  assert.equal((await get(collector, '/v1/entries?from=99999', tokens.auditor)).text, '');
  assert.equal((await log()).length, before);
  const given = await get(collector, path, tokens.exact);
  assert.equal((await log()).length, before + 1);
  const again = await get(collector, path, tokens.exact, { 'If-None-Match': given.headers.etag });
  assert.equal(again.status, 304);
  assert.equal((await log()).length, before + 1);
});

test('exact tables and comments taken out on the command line leave a line as well, and what is published none', async () => {
  const before = (await log()).length;
  const exact = await collector.export('round-1', 'noted-exact', '--exact');
  const comments = await collector.exportComments('round-1', 'noted-comments');
  await collector.export('round-1', 'noted-release');
  await collector.succeed('trends', 'export', join(collector.folder, 'noted-trends'));
  const rowsOf = (folder, ...names) => names.reduce((sum, name) => sum + parseTable(readFileSync(join(folder, `${name}.csv`), 'utf8')).length, 0);
  assert.equal((await log()).length, before + 2);
  assert.deepEqual(await last(2), [
    `command line: exact tables of round-1, ${rowsOf(exact, 'summary', 'questions', 'options')}`,
    `command line: comments of round-1, ${rowsOf(comments, 'comments')}`,
  ]);
});

test('what the collector says on standard error holds no code, no token and no answer', async () => {
  const guess = `bp_${'A'.repeat(43)}`;
  assert.equal((await get(collector, '/v1/entries', guess)).status, 401);
  assert.equal((await get(collector, '/v1/entries', tokens.team)).status, 403);
  const said = collector.process.stderr;
  const spoken = exampleRows().map((row) => row.comment).filter((text) => text.length > 8);
  assert.ok(said.length > 0 && spoken.length > 10 && collector.codes.length === 60);
  for (const secret of [...collector.codes, ...Object.values(tokens), guess, ...spoken])
    assert.ok(!said.includes(secret), `${secret} in: ${said}`);
  assert.doesNotMatch(said, /"jws"|eyJ/);
});

// Last: the store takes no line of who read what after it.
test('what can not be noted is not given', async () => {
  await sql(collector, onServer ? 'ALTER TABLE access_log ADD CHECK (false) NOT VALID' : 'DROP TABLE access_log');
  for (const [path, token] of [
    [tablePath('options', '?exact=true'), tokens.exact],
    [tablePath('comments'), tokens.team],
    ['/v1/entries', tokens.auditor],
  ]) {
    const answer = await get(collector, path, token);
    assert.equal(answer.status, 503, path);
    assert.equal(answer.json().type, 'urn:burgerpanel:problem:unavailable');
  }
  assert.equal((await get(collector, tablePath('options'), tokens.exact)).status, 200);
  // Who has the store's file needs no verb for it: it is said, and the export stands.
  const out = join(collector.folder, 'unnoted');
  const { stderr } = await collector.succeed('export', '--round', 'round-1', '--exact', '--out', out);
  assert.match(stderr, /The access log has no line of this export\.\n$/);
});
