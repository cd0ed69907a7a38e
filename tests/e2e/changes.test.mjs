// Goal: what moved from one release to another is told row by row and figure by figure, from the two released files and nothing else:
// this test works it out itself from those.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { assertAccepted, assertProblem, JOSE, post } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { examplePanel, good, ROUND } from './lib/panel.mjs';
import { get, readyExample } from './lib/reading.mjs';

const ANEW = 'WA-1.03'; // told by release 1, and answered by many more before release 2
let collector;
const panel = examplePanel();
panel.disclosure = { releaseInterval: 0 };

before(async () => {
  collector = await readyExample('changes', { panel });
  await collector.release(ROUND);
  const codes = await collector.invitations(15);
  for (const code of codes) {
    const member = new Member('wau');
    assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE));
    assertAccepted(await post(collector.url, '/v1/responses', member.response(ROUND, ANEW, { ...good, importance: 5 }), JOSE));
  }
  await collector.release(ROUND);
});
after(() => collector?.stop());

const path = (query) => `/v1/rounds/${ROUND}/changes?${query}`;
const released = async (number, table) => parseTable((await get(collector, `/v1/rounds/${ROUND}/releases/${number}/${table}.csv`)).text);
const KEYS = { summary: ['action'], questions: ['action', 'question'], options: ['action', 'question', 'option'] };

// By what the protocol says, and by other means than the program's.
async function expected(from, to) {
  const rows = [];
  for (const [table, key] of Object.entries(KEYS)) {
    const earlier = await released(from, table);
    const later = await released(to, table);
    const keyOf = (row) => key.map((name) => row[name]).join('\n');
    const names = Object.keys(later[0]);
    const compared = names.slice(key.length + 1, names.indexOf('disclosure') + 1).filter((name) => name !== 'type');
    const before = new Map(earlier.map((row) => [keyOf(row), row]));
    for (const row of later) {
      const old = before.get(keyOf(row));
      const change = !row.release ? (old.release ? 'gone' : 'untold') : !old.release ? 'new' : old.release === row.release ? 'stands' : 'renewed';
      const put = (figure) =>
        rows.push({ round: row.round, table, action: row.action, question: row.question ?? '', option: row.option ?? '', change, figure, from: old[figure], to: row[figure] });
      if (change !== 'untold') put('release');
      for (const name of compared) if (old[name] !== row[name]) put(name);
    }
  }
  return rows;
}

test('each row and each figure that moved is told, and nothing else', async () => {
  const answer = await get(collector, path('since=1&until=2'));
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-disposition'], /"wau-round-1-changes-1\.csv"/);
  const rows = parseTable(answer.text);
  assert.deepEqual(rows, await expected(1, 2));
  const moved = rows.filter((row) => row.figure !== 'release');
  assert.ok(moved.length > 0 && moved.every((row) => row.action === ANEW), 'only what was answered anew moved');
  const mean = moved.find((row) => row.table === 'questions' && row.question === 'importance' && row.figure === 'mean');
  assert.equal(mean.change, 'renewed');
  assert.ok(Number(mean.to) > Number(mean.from));
  assert.ok(rows.some((row) => row.change === 'stands' && row.from === row.to));
});

test('of the newest release, of some actions, as JSON and for a Dutch spreadsheet it is the same', async () => {
  const csv = parseTable((await get(collector, path('since=1'))).text);
  assert.deepEqual(csv, await expected(1, 2));
  const some = parseTable((await get(collector, path(`since=1&action=${ANEW}`))).text);
  assert.deepEqual(some, csv.filter((row) => row.action === ANEW));
  const json = (await get(collector, path(`since=1&action=${ANEW}`), undefined, { Accept: 'application/json' })).json();
  assert.deepEqual(json.map((row) => Number(row.to)).filter(Number.isFinite), some.map((row) => Number(row.to)).filter(Number.isFinite));
  const dutch = (await get(collector, path(`since=1&action=${ANEW}&profile=excel-nl`))).text;
  assert.match(dutch, /^\ufeffround;table;action;.*\r\n/);
  assert.match(dutch, /;renewed;mean;\d,\d{4};\d,\d{4}\r\n/);
});

test('between a release and itself nothing moved', async () => {
  const rows = parseTable((await get(collector, path('since=2&until=2'))).text);
  assert.ok(rows.length > 0 && rows.every((row) => row.figure === 'release' && row.change === 'stands'));
});

test('the verb prints the same', async () => {
  const { stdout } = await collector.succeed('release', 'changes', ROUND, '1');
  assert.equal(stdout, (await get(collector, path('since=1'))).text);
  const json = JSON.parse((await collector.succeed('release', 'changes', ROUND, '1', '2', '--json')).stdout);
  assert.equal(json.length, parseTable(stdout).length);
  for (const [words, wanted] of [[[ROUND, '3'], 1], [[ROUND, '2', '1'], 1], [['nope', '1'], 1], [[ROUND, '0'], 2], [[ROUND], 2]])
    assert.equal((await collector.run('release', 'changes', ...words)).code, wanted, words.join(' '));
});

test('who has it is told that it is the same; what there is not is said', async () => {
  const first = await get(collector, path('since=1'));
  assert.equal((await get(collector, path('since=1'), undefined, { 'If-None-Match': first.headers.etag })).status, 304);
  for (const query of ['since=3', 'since=2&until=1', 'since=1&until=3']) assertProblem(await get(collector, path(query)), 404, 'no-release');
  for (const query of ['', 'until=2', 'since=0', 'since=x', 'since=1&profile=other', 'since=1&exact=true'])
    assertProblem(await get(collector, path(query)), 400, 'bad-request');
  assertProblem(await get(collector, '/v1/rounds/nope/changes?since=1'), 404, 'not-found');
  assert.equal((await get(collector, path('since=1'), undefined, {}, 'HEAD')).text, '');
});

test('the codebook has every column, in its order, in both languages', async () => {
  const [header] = (await get(collector, path('since=1'))).text.split('\r\n');
  const [, english, dutch] = readFileSync('docs/CODEBOOK.md', 'utf8').split(/^## .*$/m);
  for (const section of [english, dutch]) {
    const body = section.match(/^### changes[^\n]*\n([^]*?)(?=^###? |(?![^]))/m)[1];
    assert.equal([...body.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name).join(','), header);
  }
});
