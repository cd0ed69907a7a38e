// Goal: whatever people write into titles, labels, leads and comments, no cell of any table is one that a spreadsheet would run, and every text reads
// back as it was by the documented rule.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv } from './lib/csv.mjs';
import { HOSTILE as TEXTS, readyHostile } from './lib/hostile.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { get, makeToken, tablePath, unguard } from './lib/reading.mjs';

const texts = Object.fromEntries(TEXTS.map((text, i) => [`H-${i}`, text]));
let collector, token;
before(async () => {
  collector = await readyHostile('reading-hostile');
  token = await makeToken(collector, 'programme', 'team', '--exact');
  await poll('the token to be known', 5, async () => (await get(collector, tablePath('summary', '?exact=true'), token)).status === 200);
});
after(async () => {
  await collector?.stop();
});

const isNumber = (cell, decimal) => new RegExp(`^-?\\d+(\\${decimal}\\d{4})?$`).test(cell);

async function tableOf(table, profile) {
  const answer = await get(collector, tablePath(table, `?${table === 'comments' ? '' : 'exact=true&'}profile=${profile}`), token);
  assert.equal(answer.status, 200, answer.text);
  const excel = profile === 'excelNl';
  assert.equal(answer.text.startsWith('\ufeff'), excel);
  const [header, ...rows] = parseCsv(answer.text, excel ? ';' : ',');
  for (const row of rows) assert.equal(row.length, header.length);
  return { header, rows, decimal: excel ? ',' : '.' };
}

test('no cell is one that a spreadsheet runs', async () => {
  for (const profile of ['rfc4180', 'excelNl'])
    for (const table of ['summary', 'questions', 'options', 'comments']) {
      const { header, rows, decimal } = await tableOf(table, profile);
      for (const cell of [header, ...rows].flat())
        assert.ok(!/^[=+\-@\t\r]/.test(cell) || isNumber(cell, decimal), `${table}: ${JSON.stringify(cell)}`);
    }
});

test('titles, tracks, leads and relations read back as they were', async () => {
  for (const profile of ['rfc4180', 'excelNl']) {
    const { header, rows } = await tableOf('summary', profile);
    assert.equal(rows.length, TEXTS.length);
    for (const row of rows)
      for (const name of ['title', 'track', 'lead', 'related'])
        assert.equal(unguard(row[header.indexOf(name)]), texts[row[1]]);
  }
  for (const row of (await get(collector, tablePath('summary', '?exact=true'), token, { Accept: 'application/json' })).json())
    assert.equal(row.title, texts[row.action]);
});

test('comments read back as they were', async () => {
  for (const profile of ['rfc4180', 'excelNl']) {
    const { rows } = await tableOf('comments', profile);
    assert.equal(rows.length, 2 * TEXTS.length);
    for (const [, action, , , text] of rows) assert.equal(unguard(text), texts[action]);
  }
  for (const row of (await get(collector, tablePath('comments'), token, { Accept: 'application/json' })).json())
    assert.equal(row.text, texts[row.action]);
});

test('a scale below zero stays a number; an option that looks like one is text', async () => {
  const { header, rows } = await tableOf('options', 'rfc4180');
  const at = (row, name) => row[header.indexOf(name)];
  const scale = rows.find((row) => at(row, 'question') === 'importance' && at(row, 'option') === '-2');
  assert.equal(at(scale, 'count'), '1');
  assert.ok(rows.some((row) => at(row, 'question') === 'noticed' && at(row, 'option') === "'-1"));
  const json = (await get(collector, tablePath('options', '?exact=true'), token, { Accept: 'application/json' })).json();
  assert.equal(json[0].option, -2);
  assert.ok(json.some((row) => row.question === 'noticed' && row.option === '-1'));
});

test('metadata holds every label as it was', async () => {
  const out = await collector.export(ROUND, 'out', '--exact', '--profile', 'excel-nl');
  const [table] = JSON.parse(readFileSync(join(out, 'summary.csv-metadata.json'))).tables;
  const column = table.tableSchema.columns.find((c) => c.name === 'importance_mean');
  assert.equal(column.titles.nl, `${TEXTS[0]}: Gemiddelde`);
  assert.equal(column.titles.en, `${TEXTS[3]}: Mean`);
  const document = JSON.parse(readFileSync(join(out, 'datapackage.json')));
  assert.equal(document.titles.nl, TEXTS[0]);
  assert.equal(document.burgerpanel.round.titles.nl, TEXTS[2]);
});
