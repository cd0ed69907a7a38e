// A table as the collector tells it (PROTOCOL 7, profile rfc4180), cells as texts: what a page shows is the cell, character by character,
// and never a number made of it. Pure.
//
//   readTable(text)    rows, each {column: cell}; texts without the ' that guards them against spreadsheets
//   toCell(figure)     a figure's cell in the reader's language: in Dutch with a decimal comma, as profile excel-nl has it
//   toNumber(cell)     for a place in a drawing, not to be shown; undefined where there is no figure
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;

function readRecords(text) {
  const records = [];
  let record = [];
  for (let at = 0; at < text.length; at = CELL.lastIndex) {
    CELL.lastIndex = at;
    const found = CELL.exec(text);
    if (!found) throw new Error('a table that is none');
    record.push(found[1]?.replaceAll('""', '"') ?? found[2]);
    if (found[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}

const unguard = (cell) => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

export function readTable(text) {
  const [header = [], ...records] = readRecords(text);
  return records.map((record) => Object.fromEntries(header.map((column, i) => [column, unguard(record[i] ?? '')])));
}

export const toCell = (figure, language) => (language === 'nl' ? figure.replace('.', ',') : figure);
export const toNumber = (cell) => (cell === '' || cell === undefined ? undefined : Number(cell));
