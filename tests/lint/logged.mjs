// Each line that the collector may log stands in the table of OPERATING under "What each line of the log means", with its level and with
// … for what differs, and nothing else stands there: what is logged as a state (base/trouble.h, collector/api/troubles.h) too. Findings as
// those of sources.mjs.
import { argumentsAt, withoutComments } from './texts.mjs';

const PAPER = 'docs/OPERATING.md';
const HEADING = '## What each line of the log means';
const CALL = /\blog_(error|warning|info)\(/g;
const RUN = /"(?:\\[^]|[^"\\\n])*"(?:\s*"(?:\\[^]|[^"\\\n])*")*/g; // a literal, and those that the compiler joins to it
const RAW = /^(error|warning|info) ([^]*)$/; // what a handler of signals writes by itself

const textOf = (run) => run.replace(/"\s*"/g, '').slice(1, -1).replace(/\\n$/, '').replace(/%[-0-9.*]*(?:ll|l|z)?[a-z]/g, '…').replace(/…+/g, '…').replaceAll('`', '').trim();

const TROUBLE = /\b(\w+) =\s*TROUBLE\("([^"]*)", LOG_(\w+)\)/g;
const MET = /\btrouble_met\(/g;
const API_TROUBLES = /=\s*API_TROUBLES\("([^"]*)"\)/g; // a crowd, or a failure
const ANYTHING = '…: …'; // of base/trouble.c, whose callers say what

// The same of its troubles.
function* troublesIn(text) {
  const declared = new Map([...text.matchAll(TROUBLE)].map(([, name, where, level]) => [name, [level.toLowerCase(), where]]));
  for (const { 0: call, index } of text.matchAll(MET)) {
    const [which, , format] = argumentsAt(text, index + call.length - 1).found;
    const trouble = declared.get(which.trim().slice(1));
    if (trouble) for (const [run] of format.matchAll(RUN)) yield [trouble[0], textOf(`"${trouble[1]}: ${run.slice(1)}`), index];
  }
  for (const { 1: where, index } of text.matchAll(API_TROUBLES)) for (const level of ['warning', 'error']) yield [level, `${where}: …`, index];
}

// Gives [level, text, line] of all that a source may log.
function linesIn(source) {
  const text = withoutComments(source);
  const at = (index) => text.slice(0, index).split('\n').length;
  const found = [];
  for (const call of text.matchAll(CALL)) {
    const [format] = argumentsAt(text, call.index + call[0].length - 1).found;
    for (const [run] of format.matchAll(RUN)) found.push([call[1], textOf(run), at(call.index)]);
  }
  for (const run of text.matchAll(RUN)) {
    const raw = textOf(run[0]).match(RAW);
    if (raw && /static const char \w+\[\] =\s*$/.test(text.slice(0, run.index))) found.push([raw[1], raw[2], at(run.index)]);
  }
  for (const [level, told, index] of troublesIn(text)) found.push([level, told, at(index)]);
  return found.filter(([, told]) => told !== ANYTHING);
}

// The rows of the table, "level text" → line. Of a line that is written in pieces the table has all, the source its beginning.
function rowsOf(paper) {
  const rows = new Map();
  const lines = paper.split('\n');
  const start = lines.indexOf(HEADING);
  for (let i = start + 1; start >= 0 && i < lines.length && !lines[i].startsWith('## '); i++) {
    const row = lines[i].match(/^\| (error|warning|info) \| (`+) ?(.*?) ?\2 \| \S/);
    if (row) rows.set(`${row[1]} ${row[3].replaceAll('`', '').trim()}`, i + 1);
  }
  return rows;
}

export function logged(files, read) {
  if (!files.includes(PAPER)) return [`${PAPER}:1: is missing`];
  const rows = rowsOf(read(PAPER));
  const used = new Set();
  const findings = [];
  for (const name of files.filter((file) => /^(base|crypto|panel|collector)\/.*\.c$/.test(file) && file !== 'base/log.c'))
    for (const [level, text, line] of linesIn(read(name))) {
      const row = [...rows.keys()].find((key) => key === `${level} ${text}` || key.startsWith(`${level} ${text} …`));
      if (row === undefined) findings.push(`${name}:${line}: logs '${level} ${text}', of which ${PAPER} says nothing`);
      used.add(row);
    }
  for (const [row, line] of rows) if (!used.has(row)) findings.push(`${PAPER}:${line}: nothing logs '${row}'`);
  return findings;
}
