// Goal: trends are what the newest releases told and nothing else: every row follows from the counts of their options.csv by the formulas
// of PROTOCOL 7, worked out here anew; the same over HTTP as in the exported file, in each form, and for anyone.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseTable } from './lib/csv.mjs';
import { assertProblem, keepAlive } from './lib/http.mjs';
import { examplePanel, ROUND } from './lib/panel.mjs';
import { assertFailed } from './lib/programs.mjs';
import { enrolAll, get, sendAll } from './lib/reading.mjs';
import { ready } from './lib/programs.mjs';
import { answersOf, exampleRows } from './lib/tables.mjs';
import { faultsOf } from './lib/schema.mjs';

const HEADER = 'action,question,round,opens_at,closes_at,release,n,mean,mean_low,mean_high,positive,negative,net,net_low,net_high,disclosure';
const z = 1.959963984540054;
let collector;

// The example's round, and two after it: one of the same questions about twelve actions, one that asks satisfaction on another scale.
function threeRounds() {
  const panel = examplePanel();
  const other = structuredClone(panel.questionnaires[0]);
  other.id = 'other-1';
  Object.assign(other.questions.find(({ id }) => id === 'satisfaction'), { min: 0, max: 10 });
  panel.questionnaires.push(other);
  const [round] = panel.rounds;
  panel.rounds.push(
    { ...round, id: 'round-2', opensAt: '2026-02-01T00:00:00Z' },
    { ...round, id: 'round-3', opensAt: '2026-03-01T00:00:00Z', questionnaire: 'other-1' },
  );
  return panel;
}

before(async () => {
  collector = await ready('trends', { panel: threeRounds(), codes: 60 });
  const agent = keepAlive();
  const members = await enrolAll(collector, agent);
  const rows = exampleRows();
  await sendAll(collector, rows.map((row) => members[row.member - 1].response(ROUND, row.action, answersOf(row), { revision: Number(row.revision) })), agent);
  const later = rows.filter(({ action, revision }) => /^WA-[12]\./.test(action) && revision === '1');
  const agreeing = (row) => ({ ...answersOf(row), importance: 5 });
  await sendAll(collector, later.map((row) => members[row.member - 1].response('round-2', row.action, agreeing(row))), agent);
  agent.destroy();
});
after(() => collector?.stop());

const release = (round) => collector.succeed('release', 'create', round);
const table = async (query = '') => {
  const answer = await get(collector, `/v1/trends${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer;
};

test('before any release there is nothing but the header', async () => {
  assert.equal((await table()).text, `${HEADER}\r\n`);
});

// The rows that follow from what the newest releases of these rounds told, in the order of actions, questions and rounds.
async function expectedRows(rounds) {
  const told = new Map(); // action, question → round → value → row
  for (const round of rounds) {
    const options = parseTable((await get(collector, `/v1/rounds/${round.id}/options`)).text);
    for (const row of options.filter((one) => round.scales[one.question])) {
      const key = `${row.action} ${row.question}`;
      if (!told.has(key)) told.set(key, new Map());
      if (!told.get(key).has(round.id)) told.get(key).set(round.id, []);
      told.get(key).get(round.id).push(row);
    }
  }
  const actions = (await get(collector, '/v1/actions')).json().actions.map(({ id }) => id);
  return actions.flatMap((action) =>
    ['importance', 'satisfaction'].flatMap((question) =>
      rounds.flatMap((round) => {
        const rows = told.get(`${action} ${question}`)?.get(round.id);
        return rows ? [expectedRow(action, question, round, rows)] : [];
      }),
    ),
  );
}

const four = (value) => value.toFixed(4);

function expectedRow(action, question, round, rows) {
  const start = [action, question, round.id, round.opensAt, '2036-01-01T00:00:00Z'];
  if (rows[0].disclosure === 'suppressed') return [...start, ...Array(10).fill(''), 'suppressed'].join(',');
  const answers = rows.flatMap(({ option, count }) => Array(Number(count)).fill(Number(option)));
  const n = answers.length;
  const mean = answers.reduce((sum, v) => sum + v, 0) / n;
  const sd = Math.sqrt(answers.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
  const [min, max] = [Number(rows[0].option), Number(rows.at(-1).option)];
  const above = answers.filter((v) => v > (min + max) / 2).length;
  const below = answers.filter((v) => v < (min + max) / 2).length;
  const p = (above + 1) / (n + 2);
  const m = (below + 1) / (n + 2);
  const half = z * Math.sqrt((p + m - (p - m) ** 2) / (n + 2));
  const figures = [
    mean,
    Math.max(min, mean - (z * sd) / Math.sqrt(n)),
    Math.min(max, mean + (z * sd) / Math.sqrt(n)),
    above / n,
    below / n,
    (above - below) / n,
    Math.max(-1, p - m - half),
    Math.min(1, p - m + half),
  ];
  return [...start, rows[0].release, n, ...figures.map(four), 'ok'].join(',');
}

const both = { importance: true, satisfaction: true };
const first = { id: ROUND, opensAt: '2026-01-01T00:00:00Z', scales: both };
const second = { id: 'round-2', opensAt: '2026-02-01T00:00:00Z', scales: both };

test('every row follows from the told counts, by formulas worked out here', async () => {
  await release(ROUND);
  assert.deepEqual((await table()).text.trimEnd().split('\r\n').slice(1), await expectedRows([first]));
  await release('round-2');
  const lines = (await table()).text.trimEnd().split('\r\n').slice(1);
  const expected = await expectedRows([first, second]);
  assert.deepEqual(lines, expected);
  assert.ok(lines.filter((line) => line.endsWith(',ok')).length > 20 && lines.some((line) => line.endsWith('suppressed')));
});

test('a question that everybody of a round answers alike is suppressed, and net has an interval where nearly all agree', async () => {
  const rows = parseTable((await table('?question=importance')).text);
  assert.ok(rows.filter(({ round }) => round === 'round-2').every(({ disclosure }) => disclosure === 'suppressed'), 'all gave 5');
  const strong = rows.filter(({ net }) => Number(net) === 1);
  for (const row of strong) assert.ok(Number(row.net_low) < 1 && row.net_high === '1.0000', JSON.stringify(row));
});

test('a round that asks another scale under the same id begins a trend of its own', async () => {
  await release('round-3');
  const rows = parseTable((await table('?question=satisfaction')).text);
  assert.deepEqual([...new Set(rows.map(({ round }) => round))], ['round-3']);
  const importance = parseTable((await table('?question=importance&action=WA-1.03')).text);
  assert.deepEqual(importance.map(({ round }) => round), [ROUND, 'round-2', 'round-3']);
});

test('the same over HTTP as in the exported file, in every form, with what describes it', async () => {
  for (const profile of ['rfc4180', 'excel-nl']) {
    const folder = join(collector.folder, `trends-${profile}`);
    await collector.succeed('trends', 'export', folder, '--profile', profile);
    assert.deepEqual(readdirSync(folder).sort(), ['datapackage.json', 'trends.csv', 'trends.csv-metadata.json']);
    const answer = await table(`?profile=${profile}`);
    assert.ok(answer.bytes.equals(readFileSync(join(folder, 'trends.csv'))));
    const name = `wau-trends${profile === 'excel-nl' ? '-excel-nl' : ''}.csv`;
    assert.equal(answer.headers['content-disposition'], `attachment; filename="${name}"`);
    assert.match(answer.headers.link, /^<\/v1\/trends\/metadata\?profile=[^>]+>; rel="describedby"/);
    const document = JSON.parse(readFileSync(join(folder, 'datapackage.json')));
    assert.deepEqual(faultsOf(JSON.parse(readFileSync('tests/vectors/nl/datapackage/datapackage-2.0.json')), document), []);
    assert.equal(document.name, 'wau-trends');
    const { holds, rounds, questionnaires, disclosure } = document.burgerpanel;
    assert.equal(holds, 'trends');
    assert.deepEqual(rounds.map(({ id, release: number }) => [id, number]), [[ROUND, 1], ['round-2', 1], ['round-3', 1]]);
    assert.deepEqual(questionnaires.map(({ id }) => id), ['standard-1', 'other-1']);
    assert.equal(disclosure.exact, false);
    await collector.succeed('trends', 'export', folder, '--profile', profile); // the same kind again
  }
  const folder = join(collector.folder, 'trends-rfc4180');
  assertFailed(await collector.run('comments', 'export', folder, '--round', ROUND), /holds something else/);
  const kept = JSON.parse(readFileSync(join(folder, 'trends.csv-metadata.json')));
  const served = (await get(collector, '/v1/trends/metadata')).json();
  assert.equal(served.tables[0].url, '../trends');
  assert.deepEqual(served.tables[0].tableSchema, kept.tables[0].tableSchema);
  assert.deepEqual(served.notes, kept.notes);
  assert.deepEqual(served.tables[0].tableSchema.columns.map(({ name }) => name), HEADER.split(','));
});

test('JSON says what the CSV says; what is not understood is refused', async () => {
  const csv = parseTable((await table('?action=WA-1.03')).text);
  const json = (await get(collector, '/v1/trends?action=WA-1.03', undefined, { Accept: 'application/json' })).json();
  assert.deepEqual(
    json.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? '' : String(value)]))),
    csv.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, /^-?\d+\.\d{4}$/.test(value) ? String(Number(value)) : value]))),
  );
  const answer = await table();
  assert.equal((await get(collector, '/v1/trends', undefined, { 'If-None-Match': answer.headers.etag })).status, 304);
  assert.equal((await table('?action=WA-9')).text, `${HEADER}\r\n`);
  for (const query of ['?profile=x', '?action=%2F', '?action=WA-1.03,', '?question=A', '?round=A', '?sort=median', '?sort=--n', '?limit=0', '?limit=x'])
    assertProblem(await get(collector, `/v1/trends${query}`), 400, 'bad-request');
  assertProblem(await get(collector, '/v1/trends', undefined, { Accept: 'text/html' }), 406, 'not-acceptable');
  assertProblem(await get(collector, '/v1/trends?profile=excel-nl', undefined, { Accept: 'application/json' }), 400, 'bad-request');
});

const header = (row) => Object.values(row).join(',');

test('a view has what it shows: one round, some actions, by a figure, as many rows as are asked for', async () => {
  const all = parseTable((await table('?question=importance')).text);
  const some = async (query) => parseTable((await table(`?question=importance${query}`)).text).map(header);
  const of = (keep) => all.filter(keep).map(header);
  assert.deepEqual(await some(`&round=${ROUND}`), of(({ round }) => round === ROUND));
  assert.deepEqual(await some('&action=WA-1.03,WA-2.03,WA-9'), of(({ action }) => ['WA-1.03', 'WA-2.03'].includes(action)));
  assert.deepEqual(await some('&round=round-9'), []);
  const told = all.filter((row) => row.round === ROUND && row.mean !== '');
  const untold = all.filter((row) => row.round === ROUND && row.mean === '');
  assert.ok(told.length > 10 && untold.length > 0);
  for (const [sort, sign] of [['mean', 1], ['-mean', -1]]) {
    const sorted = await some(`&round=${ROUND}&sort=${sort}`);
    assert.deepEqual(sorted.slice(told.length), untold.map(header), 'those without a figure last, as the table has them');
    const means = sorted.slice(0, told.length).map((line) => Number(line.split(',')[7]));
    assert.deepEqual(means, [...means].sort((a, b) => sign * (a - b)));
    assert.deepEqual(await some(`&round=${ROUND}&sort=${sort}&limit=3`), sorted.slice(0, 3));
  }
  const answer = await get(collector, `/v1/trends?round=${ROUND}&sort=-n&limit=3&action=WA-1.03,WA-2.03`);
  assert.match(answer.headers.link, /^<\/v1\/trends\/metadata\?action=WA-1\.03,WA-2\.03&round=round-1&sort=-n&limit=3>/);
  const longest = Array.from({ length: 100 }, (_, i) => `${'a'.repeat(61)}${100 + i}`);
  assert.equal((await table(`?action=${longest}`)).text, `${HEADER}\r\n`, 'a hundred ids fit into a request');
  assertProblem(await get(collector, `/v1/trends?action=${[...longest, 'b']}`), 400, 'bad-request');
});

test('it comes compressed to who takes that, the same bytes inside', async () => {
  const plain = await table();
  const packed = await get(collector, '/v1/trends', undefined, { 'Accept-Encoding': 'gzip' });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.ok(gunzipSync(packed.bytes).equals(plain.bytes) && packed.bytes.length * 3 < plain.bytes.length);
  assert.notEqual(packed.headers.etag, plain.headers.etag);
  assert.equal((await get(collector, '/v1/trends', undefined, { 'Accept-Encoding': 'gzip', 'If-None-Match': packed.headers.etag })).status, 304);
});

test('a round that nobody answered keeps its questionnaire once it has a release', async () => {
  const panel = threeRounds();
  const asked = structuredClone(panel.questionnaires[0]);
  asked.id = 'unanswered-1';
  panel.questionnaires.push(asked);
  panel.rounds.push({ ...panel.rounds[0], id: 'round-4', opensAt: '2026-04-01T00:00:00Z', questionnaire: asked.id });
  await collector.importPanel(panel);
  await release('round-4');
  const told = await table();
  const without = structuredClone(panel);
  without.questionnaires.pop();
  without.rounds.pop();
  const path = join(collector.folder, 'unanswered.json');
  asked.questions = asked.questions.filter(({ id }) => id !== 'importance');
  for (const [changed, refusal] of [
    [panel, /questionnaire 'unanswered-1' has responses or a release and can't be changed/],
    [without, /round 'round-4' has responses or a release and can't be removed/],
  ]) {
    writeFileSync(path, JSON.stringify(changed));
    const done = await collector.run('panel', 'import', path);
    assert.equal(done.code, 1, done.stderr);
    assert.match(done.stderr, refusal);
  }
  assert.equal((await table()).text, told.text);
  await collector.succeed('audit');
});

test('the codebook has every column of trends, in its order, in both languages', () => {
  const [, english, dutch] = readFileSync('docs/CODEBOOK.md', 'utf8').split(/^## .*$/m);
  const { columns } = JSON.parse(readFileSync(join(collector.folder, 'trends-rfc4180', 'trends.csv-metadata.json'))).tables[0].tableSchema;
  for (const [language, section, never] of [['en', english, 'never'], ['nl', dutch, 'nooit']]) {
    const body = section.match(/^### trends[^\n]*\n([^]*?)(?=^### )/m)[1];
    const rows = [...body.matchAll(/^\| `([^`]+)` \| ([^|]+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$/gm)].map(([, name, title, empty]) => [name, title, empty === never]);
    assert.deepEqual(rows, columns.map(({ name, titles, required }) => [name, titles[language], required]), language);
  }
});
