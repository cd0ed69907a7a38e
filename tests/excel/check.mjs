// Reads what LibreOffice made of the tables (flat OpenDocument) beside the tables themselves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsv } from '../e2e/lib/csv.mjs';

const folder = process.argv[2];

// Rows of cells: {type, value, formula}; repeated cells written out, those after the last with something in it left off.
function readSheet(name) {
  const xml = readFileSync(join(folder, 'out', `${name}.fods`), 'utf8');
  const rows = [...xml.matchAll(/<table:table-row\b[^>]*>([^]*?)<\/table:table-row>/g)].map(([, row]) => {
    const cells = [];
    for (const [, attributes] of row.matchAll(/<table:table-cell\b([^>]*?)\/?>/g)) {
      const get = (key) => attributes.match(new RegExp(`${key}="([^"]*)"`))?.[1];
      const cell = { type: get('office:value-type'), value: get('office:value'), formula: get('table:formula') };
      const times = Math.min(Number(get('table:number-columns-repeated') ?? 1), 500);
      for (let i = 0; i < times; i++) cells.push(cell);
    }
    return cells;
  });
  return rows;
}

const hasFormula = (rows) => rows.flat().some((cell) => cell.formula !== undefined);
assert.ok(hasFormula(readSheet('bad-sample')), 'the sample with a formula came out without one: this check proves nothing');

let cells = 0;
for (const name of ['summary', 'questions', 'options', 'comments']) {
  const expected = parseCsv(readFileSync(join(folder, `${name}.csv`), 'utf8'), ';');
  const header = expected[0];
  const rows = readSheet(name);
  assert.equal(hasFormula(rows), false, `${name} holds a formula`);
  for (const [r, row] of expected.entries())
    for (const [c, text] of row.entries()) {
      const cell = rows[r][c] ?? {};
      const number = /^-?\d+(,\d{4})?$/.test(text);
      const where = `${name}, row ${r + 1}, ${header[c]}: ${JSON.stringify(text)}`;
      if (text === '') assert.equal(cell.type, undefined, where);
      else assert.equal(cell.type, number ? 'float' : 'string', where);
      if (number) assert.equal(Number(cell.value), Number(text.replace(',', '.')), where);
      cells++;
    }
}
console.log(`${cells} cells: numbers as numbers, the rest as text, no formula`);
