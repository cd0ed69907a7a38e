// RFC 4180, the reading half, for fixtures: rows of cells, line ends inside quotes kept.
export function parseCsv(text, separator = ',') {
  const rows = [[]];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`, 'gy');
  if (text.startsWith('\ufeff')) cell.lastIndex = 1;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (!match) throw new Error(`no CSV after ${JSON.stringify(text.slice(0, 40))}`);
    rows.at(-1).push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] !== separator && cell.lastIndex < text.length) rows.push([]);
  }
  return rows;
}

// Rows as objects by column name.
export function parseTable(text, separator = ',') {
  const [header, ...rows] = parseCsv(text, separator);
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i]])));
}
