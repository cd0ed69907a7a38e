// Goal: the action list and a batch's two files are read as Dutch spreadsheets save them, where that can mean one thing alone; what
// can't be told is refused with one fault that says what to save, and nothing is imported.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv, parseTable } from './lib/csv.mjs';
import { Collector, freshFolder, ready, run } from './lib/programs.mjs';

const ACTIONS = [
  ['id', 'title', 'track', 'lead', 'related', 'status'],
  ['WA-1.01', 'Loket, telefoon; en "post"', 'Eén', '', '', 'running'],
  ['WA-1.02', 'Café', '', 'BZK', '=1+1', 'planned'],
];

const cell = (text, separator) => (/["\r\n,;\t]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text);
const save = (rows, { separator = ',', end = '\r\n', extra = 0 } = {}) =>
  rows.map((row) => [...row, ...Array(extra).fill('')].map((text) => cell(text, separator)).join(separator) + end).join('');
const blank = (rows, separator) => save([Array(rows[0].length).fill('')], { separator });

// One list in the guises that it may come in.
const guises = (rows) => ({
  'with semicolons': save(rows, { separator: ';' }),
  'with semicolons and a BOM': `\ufeff${save(rows, { separator: ';' })}`,
  'with tabs': save(rows, { separator: '\t', end: '\n' }),
  'with a line sep=': `sep=;\r\n${save(rows, { separator: ';' })}`,
  'with empty columns at the end': save(rows, { separator: ';', extra: 3 }),
  'with empty rows': blank(rows, ';') + save(rows, { separator: ';' }) + blank(rows, ';') + blank(rows, ';'),
  'with names in capitals and no-break spaces': save([rows[0].map((name) => `\u00a0${name.toUpperCase()} `), ...rows.slice(1)]),
  'with line ends of an old Macintosh': save(rows, { separator: ';', end: '\r' }),
});

const bytes = (text, encoding) => Buffer.from(text, encoding);
const refusals = (rows) => ({
  'Windows-1252': [bytes(save(rows, { separator: ';' }), 'latin1'), /:? ?line 2: .*UTF-8/],
  'UTF-16': [bytes(`\ufeff${save(rows, { separator: '\t' })}`, 'utf16le'), /UTF-16; save the list as 'CSV UTF-8'/],
  'a workbook': [bytes('PK\u0003\u0004[Content_Types].xml', 'latin1'), /workbook, no CSV; save the list as 'CSV UTF-8'/],
});

let collector;
let folder;
let members;
before(async () => {
  folder = freshFolder('lists');
  collector = await ready('lists-collector', { codes: 24 });
  members = collector.codes.map((code, i) => [String(i + 1), code]);
});
after(() => collector?.stop());

test('an action list is the same list in every guise', async () => {
  for (const [name, text] of Object.entries(guises(ACTIONS))) {
    const own = new Collector(freshFolder('lists-actions'));
    await own.importPanel();
    const path = join(own.folder, 'actions.csv');
    writeFileSync(path, text);
    await own.importActions(path);
    const listed = (await own.succeed('actions', 'list')).stdout;
    assert.deepEqual(parseCsv(listed), [...ACTIONS.slice(0, 2), ACTIONS[2].map((t) => t.replace(/^=/, "'="))], name);
    writeFileSync(path, listed);
    assert.match((await own.importActions(path)).stdout, /0 added, 0 changed/, `${name}: what is listed can be imported again`);
  }
});

test('an action list that can not be told is refused with one fault that says what to save', async () => {
  const own = new Collector(freshFolder('lists-refused'));
  await own.importPanel();
  const path = join(own.folder, 'actions.csv');
  for (const [name, [content, wanted]] of Object.entries(refusals(ACTIONS))) {
    writeFileSync(path, content);
    const done = await own.run('actions', 'import', path);
    assert.equal(done.code, 1, name);
    assert.match(done.stderr, wanted, name);
    assert.equal(done.stderr.split('\n').filter((line) => line.startsWith(path)).length, 1, `${name}: one fault\n${done.stderr}`);
  }
  assert.equal(parseTable((await own.succeed('actions', 'list')).stdout).length, 0);
});

const RESPONSES = (list) => [
  ['member', 'action', 'importance', 'noticed', 'satisfaction', 'channels', 'comment'],
  ...list.map(([member]) => [member, 'WA-1.02', '4', 'yes', '3', 'website|phone', 'goed; "heel" goed, é']),
];

const batch = (name, invitations, responses) => {
  writeFileSync(join(folder, 'members.csv'), invitations);
  writeFileSync(join(folder, 'responses.csv'), responses);
  const files = ['--invitations', join(folder, 'members.csv'), '--responses', join(folder, 'responses.csv')];
  return run('burgerpanel', ['batch', collector.url, ...files, '--homes', join(folder, name), '--json']);
};

test("a batch's two files are the same files in every guise", async () => {
  for (const name of Object.keys(guises(ACTIONS))) {
    const two = members.splice(0, 2);
    const list = [['member', 'code'], ...two.map(([number, code]) => [number, code.replaceAll('-', ' \u2013 ')])];
    const done = await batch(name.replaceAll(' ', '-'), guises(list)[name], guises(RESPONSES(two))[name]);
    assert.equal(done.code, 0, `${name}: ${done.stderr}`);
    assert.equal(JSON.parse(done.stdout).sent, 2, name);
  }
});

test('a batch file that can not be told is refused with one fault, and one line names a missing column', async () => {
  const two = members.splice(0, 2);
  const list = save([['member', 'code'], ...two]);
  for (const [name, [content, wanted]] of Object.entries(refusals(RESPONSES(two)))) {
    const done = await batch('refused', list, content);
    assert.equal(done.code, 1, `${name}: ${done.stderr}`);
    assert.match(done.stderr.replace('responses.csv:2', 'line 2'), wanted, name);
    assert.equal(done.stderr.split('\n').filter((line) => line.includes('responses.csv')).length, 1, `${name}\n${done.stderr}`);
  }
  const rows = RESPONSES(two).map((row) => row.slice(1));
  const done = await batch('refused', list, save([...rows, ...Array(30).fill(rows[1])], { separator: ';' }));
  assert.equal(done.code, 1);
  assert.deepEqual(done.stderr.match(/responses\.csv.*/g), ["responses.csv:1: column 'member' is missing; add it"]);
});
