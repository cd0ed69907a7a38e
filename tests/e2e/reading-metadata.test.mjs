// Goal: the metadata beside exported tables is valid, is true to the last byte of what it describes, and is enough to read the tables with; the same
// log gives the same package on any day. The codebook describes the very columns that the tables have.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv } from './lib/csv.mjs';
import { request } from './lib/http.mjs';
import { ROUND } from './lib/panel.mjs';
import { assertFailed } from './lib/programs.mjs';
import { readyExample } from './lib/reading.mjs';
import { faultsOf } from './lib/schema.mjs';

const SHEETS = ['summary', 'questions', 'options'];
const profiles = { rfc4180: ',', 'excel-nl': ';' };
const vectors = (name) => JSON.parse(readFileSync(`tests/vectors/nl/${name}`, 'utf8'));
const folders = {};

let collector;
before(async () => {
  collector = await readyExample('reading-metadata');
  const [withdrawn] = await collector.invitations(3);
  await collector.succeed('invitations', 'withdraw', withdrawn);
  await collector.release(ROUND);
  for (const profile of Object.keys(profiles))
    folders[`${profile} comments`] = await collector.exportComments(ROUND, `${profile}-comments`, '--profile', profile);
  await collector.invitations(5); // after the release, which says nothing of them
  for (const profile of Object.keys(profiles)) folders[profile] = await collector.export(ROUND, profile, '--profile', profile);
});
after(async () => {
  await collector?.stop();
});

const read = (profile, name) => readFileSync(join(folders[name.startsWith('comments.') ? `${profile} comments` : profile], name));
const metadata = (profile, sheet) => JSON.parse(read(profile, `${sheet}.csv-metadata.json`));
const rowsOf = (profile, sheet) => parseCsv(read(profile, `${sheet}.csv`).toString(), profiles[profile]);

test('data packages fit the schemas of Data Package 2.0', () => {
  for (const profile of Object.keys(profiles)) {
    const document = JSON.parse(read(profile, 'datapackage.json'));
    assert.deepEqual(faultsOf(vectors('datapackage/datapackage-2.0.json'), document), []);
    for (const resource of document.resources) {
      assert.deepEqual(faultsOf(vectors('datapackage/dataresource-2.0.json'), resource), []);
      if (resource.type !== 'table') continue;
      assert.deepEqual(faultsOf(vectors('datapackage/tabledialect-2.0.json'), resource.dialect), []);
      assert.deepEqual(faultsOf(vectors('datapackage/tableschema-2.0.json'), resource.schema), []);
    }
  }
});

test('a data package is true of its files, its log and its round', async () => {
  const [release] = (await request(collector.url, `/v1/rounds/${ROUND}/releases`)).json();
  const key = (await request(collector.url, '/log/key')).text.trim();
  for (const [profile, separator] of Object.entries(profiles)) {
    const document = JSON.parse(read(profile, 'datapackage.json'));
    const named = document.resources.map((resource) => resource.path);
    const beside = profile === 'rfc4180' ? ['release.jws', 'release.tlog-proof'] : [];
    assert.deepEqual([...named, ...beside, 'datapackage.json'].sort(), readdirSync(folders[profile]).sort());
    for (const resource of document.resources) {
      const bytes = read(profile, resource.path);
      assert.equal(resource.bytes, bytes.length);
      assert.equal(resource.hash, `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
      if (resource.type !== 'table') continue;
      const [header, ...rows] = rowsOf(profile, resource.name);
      assert.equal(resource.rowCount, rows.length);
      assert.equal(resource.dialect.delimiter, separator);
      assert.deepEqual(
        resource.schema.fields.map((field) => field.name),
        header,
      );
    }
    const { log, disclosure, round, panel } = document.burgerpanel;
    assert.equal(panel, 'wau');
    assert.deepEqual(disclosure, { exact: false, rule: 2, minRespondents: 10, roundTo: 5, minChanged: 10 });
    assert.deepEqual(document.burgerpanel.release, { number: 1, final: false, size: release.size });
    assert.equal(document.name, 'wau-round-1-release-1');
    assert.equal(round.id, ROUND);
    assert.equal(round.opensAt, '2026-01-01T00:00:00Z');
    assert.equal(log.size, release.size);
    const event = JSON.parse(Buffer.from(readFileSync(join(folders.rfc4180, 'release.jws'), 'utf8').split('.')[1], 'base64url'));
    assert.equal(Buffer.from(log.root, 'hex').toString('base64url'), event.root);
    assert.equal(log.key, key);
  }
});

test('comments lie in a folder of their own, which says that they are not for publication and takes nothing else', async () => {
  for (const profile of Object.keys(profiles)) {
    const folder = folders[`${profile} comments`];
    assert.deepEqual(readdirSync(folder).sort(), ['comments.csv', 'comments.csv-metadata.json', 'datapackage.json']);
    const document = JSON.parse(readFileSync(join(folder, 'datapackage.json')));
    assert.deepEqual(faultsOf(vectors('datapackage/datapackage-2.0.json'), document), []);
    assert.equal(document.name, 'wau-round-1-comments');
    assert.equal(document.burgerpanel.holds, 'comments');
    assert.match(document.descriptions.en, /not for publication/);
    assert.match(document.descriptions.nl, /niet voor publicatie/);
    const [file] = document.resources.filter((resource) => resource.type === 'table');
    assert.equal(file.rowCount, rowsOf(profile, 'comments').length - 1);
    await collector.exportComments(ROUND, `${profile}-comments`, '--profile', profile); // the same kind again
    assertFailed(await collector.run('export', '--round', ROUND, '--out', folder), /holds something else than this export/);
    assertFailed(await collector.run('comments', 'export', folders[profile], '--round', ROUND, '--profile', profile), /holds something else/);
  }
});

test('exact tables say that they are, in the package and beside each table, in both languages', async () => {
  const out = await collector.export(ROUND, 'exact', '--exact');
  const document = JSON.parse(readFileSync(join(out, 'datapackage.json')));
  assert.equal(document.name, 'wau-round-1-exact');
  assert.match(document.descriptions.nl, /niet voor publicatie/);
  assert.deepEqual(document.burgerpanel.disclosure, { exact: true });
  for (const sheet of ['summary', 'questions', 'options']) {
    const [table] = JSON.parse(readFileSync(join(out, `${sheet}.csv-metadata.json`))).tables;
    const [english, dutch] = table['dc:description'].map((text) => text['@value']);
    assert.match(english, /Exact figures, without disclosure control: not for publication\.$/);
    assert.match(dutch, /Exacte cijfers, zonder onthullingscontrole: niet voor publicatie\.$/);
    assert.match(document.resources.find((resource) => resource.name === sheet).title, /, exact figures$/);
  }
});

// A table that can't be explained from its own files: what an analyst had to ask for.
test('every file that describes a table explains it: questions, ends of scales, dates of the round, participation', () => {
  const panel = JSON.parse(readFileSync('fixtures/panel.json'));
  for (const profile of Object.keys(profiles)) {
    const explained = [JSON.parse(read(profile, 'datapackage.json')).burgerpanel];
    for (const sheet of SHEETS) explained.push(metadata(profile, sheet).notes[0]);
    for (const { panel: id, round, participation, disclosure, questionnaire } of explained) {
      assert.equal(id, panel.id);
      const { id: roundId, opensAt, closesAt, titles } = round;
      assert.deepEqual({ id: roundId, opensAt, closesAt, titles }, { id: ROUND, opensAt: '2026-01-01T00:00:00Z', closesAt: '2036-01-01T00:00:00Z', titles: panel.rounds[0].title });
      assert.deepEqual(participation, { invited: 62, enrolled: 60 });
      assert.deepEqual(disclosure, { exact: false, rule: 2, minRespondents: 10, roundTo: 5, minChanged: 10 });
      assert.deepEqual(questionnaire, panel.questionnaires[0]);
    }
  }
});

test('the same log gives the same bytes again, and no day of its own', async () => {
  for (const profile of Object.keys(profiles)) {
    const again = await collector.export(ROUND, `${profile}-again`, '--profile', profile);
    assert.deepEqual(readdirSync(again), readdirSync(folders[profile]));
    for (const name of readdirSync(again)) assert.ok(readFileSync(join(again, name)).equals(read(profile, name)), name);
    for (const name of readdirSync(again).filter((n) => n.endsWith('.json')))
      for (const [date] of read(profile, name).toString().matchAll(/20\d\d-\d\d-\d\d/g))
        assert.ok(['2026-01-01', '2036-01-01'].includes(date), `${name} holds ${date}`);
  }
});

// Metadata Vocabulary for Tabular Data §5: names of the vocabulary, or prefixed names of which the prefix is known.
function assertTerms(value, context, path = '') {
  if (Array.isArray(value)) return value.forEach((one, i) => assertTerms(one, context, `${path}/${i}`));
  if (value === null || typeof value !== 'object') return;
  for (const [name, inner] of Object.entries(value)) {
    const prefix = name.match(/^(\w+):/)?.[1];
    assert.ok(name.startsWith('@') || (prefix ? typeof context[prefix] === 'string' : name in context), `${path}/${name}`);
    if (prefix !== undefined) {
      for (const text of inner) assert.deepEqual(Object.keys(text).sort(), ['@language', '@value'], `${path}/${name}`);
    } else if (name === 'titles') {
      for (const [language, text] of Object.entries(inner)) {
        assert.match(language, /^(und|en|nl)$/);
        assert.equal(typeof text, 'string');
      }
    } else assertTerms(inner, context, `${path}/${name}`);
  }
}

const datatypes = {
  string: () => true,
  nonNegativeInteger: (cell) => /^\d+$/.test(cell),
};

function assertCell(column, cell) {
  if (cell === column.null) return assert.equal(column.required, false, `${column.name} is empty`);
  if (typeof column.datatype === 'string') return assert.ok(datatypes[column.datatype](cell), `${column.name}: ${cell}`);
  const { base, format, minimum = -Infinity, maximum = Infinity } = column.datatype;
  assert.equal(base, 'decimal');
  const pattern = { '.': /^-?\d+\.\d{4}$/, ',': /^-?\d+,\d{4}$/ }[format.decimalChar];
  assert.match(cell, pattern, column.name);
  const value = Number(cell.replace(',', '.'));
  assert.ok(value >= minimum && value <= maximum, `${column.name}: ${cell}`);
}

test('CSVW metadata uses its vocabulary, and every cell is as it says', () => {
  const context = vectors('csvw/csvw.jsonld')['@context'];
  for (const profile of Object.keys(profiles))
    for (const sheet of SHEETS) {
      const document = metadata(profile, sheet);
      assert.equal(document['@context'], 'http://www.w3.org/ns/csvw');
      assertTerms({ tables: document.tables }, context);
      assert.deepEqual(Object.keys(document), ['@context', 'tables', 'notes']);
      const [table] = document.tables;
      assert.equal(table.url, `${sheet}.csv`);
      assert.equal(table.dialect.delimiter, profiles[profile]);
      const [header, ...rows] = rowsOf(profile, sheet);
      const { columns } = table.tableSchema;
      assert.deepEqual(columns.map((column) => column.titles.und), header);
      assert.deepEqual(columns.map((column) => column.name), header);
      for (const row of rows) columns.forEach((column, i) => assertCell(column, row[i]));
      for (const column of columns) for (const language of ['en', 'nl']) assert.notEqual(column.titles[language], '');
    }
});

test('keys are unique, and foreign keys lead somewhere, within the group of tables', () => {
  for (const profile of Object.keys(profiles)) {
    const keysOf = (sheet, names) => {
      const [header, ...rows] = rowsOf(profile, sheet);
      return rows.map((row) => names.map((name) => row[header.indexOf(name)]).join('\0'));
    };
    for (const sheet of SHEETS) {
      const { tables } = metadata(profile, sheet);
      const schema = tables[0].tableSchema;
      const own = keysOf(sheet, schema.primaryKey);
      assert.equal(new Set(own).size, own.length, sheet);
      assert.equal(schema.foreignKeys === undefined, ['summary', 'comments'].includes(sheet));
      for (const key of schema.foreignKeys ?? []) {
        assert.ok(tables.some((table) => table.url === key.reference.resource));
        const target = key.reference.resource.replace('.csv', '');
        const there = new Set(keysOf(target, key.reference.columnReference));
        for (const one of keysOf(sheet, key.columnReference)) assert.ok(there.has(one), one);
      }
    }
  }
});

// The rows of a section's column tables: name -> title and when it is empty.
function codebook(section) {
  const columns = {};
  for (const [, sheet, body] of section.matchAll(/^### (\w+)[^\n]*\n([^]*?)(?=^### |(?![^]))/gm))
    columns[sheet] = [...body.matchAll(/^\| `([^`]+)` \| ([^|]+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$/gm)].map(([, name, title, empty]) => ({ name, title, empty }));
  return columns;
}

test('the codebook has every column, in its order, in both languages', () => {
  const text = readFileSync('docs/CODEBOOK.md', 'utf8');
  const [, english, dutch] = text.split(/^## .*$/m);
  const suffix = /^(importance|noticed|satisfaction|channels|comment)_(.+)$/;
  for (const [language, section, never] of [['en', english, 'never'], ['nl', dutch, 'nooit']]) {
    const book = codebook(section);
    assert.deepEqual(Object.keys(book), [...SHEETS, 'trends', 'changes', 'comments']); // trends, changes: held in their own tests
    for (const sheet of [...SHEETS, 'comments']) {
      const { columns } = metadata('rfc4180', sheet).tables[0].tableSchema;
      const written = new Map(book[sheet].map((row) => [row.name, row]));
      assert.equal(written.size, book[sheet].length);
      const seen = new Set();
      for (const column of columns) {
        const composed = sheet === 'summary' ? column.name.match(suffix) : null;
        const name = composed === null ? column.name : `<question>_${composed[2]}`;
        const row = written.get(name) ?? written.get('<question>_<option>');
        assert.ok(row, `${language}: ${sheet} has no ${name}`);
        seen.add(row.name);
        const title = column.titles[language];
        assert.equal(composed === null ? title : title.slice(title.lastIndexOf(': ') + 2), row.title, `${sheet} ${name}`);
        assert.equal(row.empty === never, column.required, `${language}: ${sheet} ${name}`);
      }
      assert.deepEqual([...written.keys()].filter((name) => !seen.has(name)), []);
      const fixed = columns.map((column) => column.name).filter((name) => sheet !== 'summary' || !suffix.test(name));
      assert.deepEqual(book[sheet].map((row) => row.name).filter((name) => !name.startsWith('<')), fixed);
    }
  }
});
