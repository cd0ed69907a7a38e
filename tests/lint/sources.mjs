// The house rules that can be seen in the text: walls between rooms (their plan is rooms.mjs), banned functions, sizes, names
// of what is exported. Each check gives a list of findings, `path:line: what`; run.sh counts and prints them.
// Usage: node tests/lint/sources.mjs CHECK [--root FOLDER] [--objects FOLDER]     (CHECK of `checks` below)
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { floors, hasNoRoom, libraries, open as stillOpen, wallBetween } from './rooms.mjs';
import { pageWalls } from './pages.mjs';
import { findTexts } from './texts.mjs';
import { logged as loggedLines } from './logged.mjs';

// Functions that are not to be called: why, and where all the same.
const banned = [
  [['sprintf', 'vsprintf', 'strcpy', 'strcat', 'stpcpy', 'strncpy', 'strncat', 'gets'], 'knows no limit', /^$/],
  [['atoi', 'atol', 'atoll', 'atof'], 'takes anything for a number', /^$/],
  [['strtok', 'alloca'], 'keeps hidden state or takes the stack', /^$/],
  [['exit', '_exit', '_Exit', 'quick_exit', 'abort'], 'belongs in main.c', /^(\w+\/main\.c|tests\/.*)$/],
  [
    ['malloc', 'calloc', 'realloc', 'reallocarray', 'free', 'strdup', 'strndup', 'asprintf', 'vasprintf'],
    'goes round the allocation seam, base/mem',
    /^(base\/mem\.c|tests\/.*)$/,
  ],
];

const FILE_LINES = 500;
const FUNCTION_LINES = 50;
const TEST_LINES = 80; // of a function in tests/, where lists of samples stand
const WIDTH = 120;

// All files below `root` that the project wrote: not what was built, not data.
export function listFiles(root) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      const name = relative(root, path);
      if (/^(build|\.git|tests\/vectors|fixtures\/.*)$/.test(name) && entry.isDirectory()) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) found.push(name);
    }
  };
  walk(root);
  return found;
}

const isC = (name) => /\.[ch]$/.test(name);
const inRoom = (name) => name.split('/')[0] in floors;

// The code without comments, and with strings emptied; line ends stay where they were.
export function bare(text) {
  return text.replace(/\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'/g, (match) => {
    if (match[0] === '"') return '""';
    if (match[0] === "'") return "' '";
    return match.replace(/[^\n]/g, ' ');
  });
}

const read = (root, name) => readFileSync(join(root, name), 'utf8');
const eachLine = (text, fn) => text.split('\n').forEach((line, i) => fn(line, i + 1));

// Includes go as the plan (rooms.mjs) says. `open`: those that don't yet, `file header`.
function walls(root, files, objects, open = stillOpen) {
  const findings = [];
  const found = new Set();
  for (const name of files.filter(isC)) {
    if (hasNoRoom(name)) findings.push(`${name}:1: stands in no room of the plan`);
    eachLine(read(root, name), (line, number) => {
      const own = line.match(/^\s*#\s*include\s*"([^"]+)"/);
      const wall = own && wallBetween(name, own[1]);
      if (wall && open.includes(`${name} ${own[1]}`)) found.add(`${name} ${own[1]}`);
      else if (wall) findings.push(`${name}:${number}: ${wall}`);
      const other = line.match(/^\s*#\s*include\s*<([^>]+)>/);
      for (const [header, place] of libraries)
        if (other && header.test(other[1]) && !place.test(name))
          findings.push(`${name}:${number}: <${other[1]}> has no business here`);
    });
  }
  for (const pair of open.filter((o) => !found.has(o)))
    findings.push(`tests/lint/rooms.mjs: open: ${pair} is no longer so, take it off`);
  return findings;
}

function functions(root, files) {
  const findings = [];
  for (const name of files.filter(isC))
    eachLine(bare(read(root, name)), (line, number) => {
      for (const match of line.matchAll(/(^|[^\w.>])([a-zA-Z_]\w*)\s*\(/g))
        for (const [names, why, place] of banned)
          if (names.includes(match[2]) && !place.test(name))
            findings.push(`${name}:${number}: ${match[2]} ${why}`);
    });
  return findings;
}

// The formatter puts a function's braces alone at the start of a line, so its size can be counted.
function sizes(root, files) {
  const findings = [];
  for (const name of files.filter(isC)) {
    const lines = bare(read(root, name)).split('\n');
    if (lines.length - 1 > FILE_LINES) findings.push(`${name}:1: ${lines.length - 1} lines, over ${FILE_LINES}`);
    const limit = name.startsWith('tests/') ? TEST_LINES : FUNCTION_LINES;
    let start = -1;
    lines.forEach((line, i) => {
      if (line === '{') start = i;
      if (line === '}' && start >= 0) {
        if (i - start - 1 > limit) findings.push(`${name}:${start + 1}: a function of ${i - start - 1} lines, over ${limit}`);
        start = -1;
      }
    });
  }
  return findings;
}

function blanks(root, files) {
  const findings = [];
  for (const name of files.filter((f) => /\.(c|h|mjs|sh|md|yml|json)$|^\.ci\/|^Makefile$|^\.clang/.test(f))) {
    const text = read(root, name);
    eachLine(text, (line, number) => {
      if (/[ \t]$/.test(line)) findings.push(`${name}:${number}: white space at the end`);
      if (/\r/.test(line)) findings.push(`${name}:${number}: a carriage return`);
      if (/\t/.test(line) && name !== 'Makefile') findings.push(`${name}:${number}: a tab`);
    });
    if (text !== '' && !text.endsWith('\n')) findings.push(`${name}: the last line has no end`);
  }
  return findings;
}

// Code, comments, and the papers for those who work on it within the formatter's width, in characters; no rules of dashes.
function widths(root, files) {
  const findings = [];
  for (const name of files.filter((f) => isC(f) || /^docs\/(DESIGN|STYLE|adr\/.*)\.md$/.test(f)))
    eachLine(read(root, name), (line, number) => {
      if ([...line].length > WIDTH) findings.push(`${name}:${number}: ${[...line].length} characters, over ${WIDTH}`);
      if (isC(name) && /^\s*(\/\*|\/\/|\*)\s*[-=*]{3,}/.test(line)) findings.push(`${name}:${number}: a rule of dashes`);
    });
  return findings;
}

// Each file says at its head what it is for; headers are guarded by a name made from their path.
function heads(root, files) {
  const findings = [];
  for (const name of files.filter((f) => isC(f) && inRoom(f))) {
    const text = read(root, name);
    if (!text.startsWith('/*')) findings.push(`${name}:1: no comment at its head`);
    const guard = name.replace(/[./]/g, '_').toUpperCase();
    if (name.endsWith('.h') && !text.includes(`#ifndef ${guard}\n#define ${guard}\n`))
      findings.push(`${name}: the guard is not ${guard}`);
  }
  return findings;
}

// A head that only points elsewhere says nothing of the file's role.
function roles(root, files) {
  return files
    .filter((f) => isC(f) && inRoom(f) && /^\/\*\s*See \S+\.h\.?\s*\*\//.test(read(root, f)))
    .map((name) => `${name}:1: the head says only where else to look`);
}

// The static functions of a file, with the line where each is first named.
function staticsOf(text) {
  const found = new Map();
  eachLine(text, (line, number) => {
    const match = line.match(/^static (?:__attribute__\(\(.*?\)\)\) )?[\w\s*]*?\b(\w+)\(/);
    if (match && !found.has(match[1])) found.set(match[1], number);
  });
  return found;
}

// The functions that headers give, with the header of each.
function givenBy(root, headers) {
  const found = new Map();
  for (const name of headers)
    for (const match of bare(read(root, name)).matchAll(/^(?!static|typedef|#)(?:MUST_CHECK )?[\w *]+?\b(\w+)\(/gm)) found.set(match[1], name);
  return found;
}

// What stands in a backtrace says what it does: no function's name is one bare word, and none is that of different static
// functions in several files of a program, or of one that a header gives.
function statics(root, files) {
  const findings = [];
  const seen = new Map();
  const given = givenBy(root, files.filter((f) => f.endsWith('.h') && inRoom(f)));
  for (const name of files.filter((f) => f.endsWith('.c') && inRoom(f)))
    for (const [helper, number] of staticsOf(bare(read(root, name)))) {
      if (!helper.includes('_')) findings.push(`${name}:${number}: ${helper} is one bare word`);
      else if (given.has(helper)) findings.push(`${name}:${number}: ${helper} is the name of what ${given.get(helper)} gives`);
      else seen.set(helper, [...(seen.get(helper) ?? []), `${name}:${number}`]);
    }
  const meet = (a, b) => a === b || floors[a].includes(b) || floors[b].includes(a);
  for (const [helper, places] of seen)
    places.forEach((place, i) => {
      const other = places.slice(0, i).find((p) => meet(p.split('/')[0], place.split('/')[0]));
      if (other) findings.push(`${place}: ${helper} is another static function's name too, in ${other}`);
    });
  return findings;
}

// The functions that return int, which are those that can fail: of all headers, and of this file alone.
const INT_FUNCTION = /^(?:static )?(?:MUST_CHECK )?int (\w+)\(/gm;
const intsOf = (text) => [...text.matchAll(INT_FUNCTION)].map((match) => match[1]);

// -1 is failure, so it is asked for as `f() < 0`: a call of such a function is never a condition by itself.
function failures(root, files) {
  const findings = [];
  const sources = files.filter((f) => isC(f) && inRoom(f)).map((name) => ({ name, text: bare(read(root, name)) }));
  const everywhere = sources.filter(({ name }) => name.endsWith('.h')).flatMap(({ text }) => intsOf(text));
  for (const { name, text } of sources) {
    const others = [...text.matchAll(/^static (?:MUST_CHECK )?(?!int\b)[\w *]+?\b(\w+)\(/gm)].map((match) => match[1]);
    const ints = new Set([...everywhere, ...intsOf(text)].filter((f) => !others.includes(f)));
    for (const match of text.matchAll(/(?<![\w.>])(\w+)\(/g)) {
      if (!ints.has(match[1])) continue;
      let end = match.index + match[0].length;
      for (let depth = 1; depth > 0 && end < text.length; end++) depth += { '(': 1, ')': -1 }[text[end]] ?? 0;
      const before = text.slice(0, match.index).trimEnd();
      const after = text.slice(end).trimStart();
      const begins = /(\b(if|while)\s*\(|&&|\|\|)$/.test(before);
      const isAlone = (begins && !/^(<|>|==|!=|[-+*%?])/.test(after)) || (/^(&&|\|\||\?)/.test(after) && !/[=<>]$/.test(before));
      const isOrder = /^compare_|_each$/.test(match[1]); // another's word is handed up, or an order
      if (/!$/.test(before) || isAlone || (/^!= 0/.test(after) && !isOrder))
        findings.push(`${name}:${text.slice(0, match.index).split('\n').length}: whether ${match[1]} failed is asked by < 0`);
    }
  }
  return findings;
}

// The object files of the sources, each with the symbols that it defines and those that it needs.
function symbolsOf(files, objects) {
  const found = new Map();
  for (const name of files.filter((f) => f.endsWith('.c') && inRoom(f) && existsSync(join(objects, f.replace(/\.c$/, '.o'))))) {
    const listing = execFileSync('nm', ['-P', '-g', join(objects, name.replace(/\.c$/, '.o'))], { encoding: 'utf8' });
    const symbols = listing.split('\n').filter(Boolean).map((line) => line.split(' '));
    found.set(name, {
      defined: symbols.filter(([, kind]) => kind !== 'U').map(([symbol]) => symbol),
      needed: symbols.filter(([, kind]) => kind === 'U').map(([symbol]) => symbol),
    });
  }
  return found;
}

// Files that need each other, by what the linker sees: each such circle is one finding. A room may be read from one end.
function circles(root, files, objects) {
  const symbols = symbolsOf(files, objects);
  const within = (name) => [...(floors[name.split('/')[0]] ?? []), name.split('/')[0]];
  const needs = new Map();
  for (const [name, { needed }] of symbols)
    needs.set(name, [...symbols].filter(([other, { defined }]) => other !== name && within(name).includes(other.split('/')[0]) &&
      defined.some((symbol) => needed.includes(symbol))).map(([other]) => other));
  const reachable = (from) => {
    const reached = new Set();
    const next = [...needs.get(from)];
    while (next.length > 0) {
      const name = next.pop();
      if (!reached.has(name)) next.push(...needs.get(name));
      reached.add(name);
    }
    return reached;
  };
  const reach = new Map([...needs.keys()].map((name) => [name, reachable(name)]));
  const findings = files.filter((f) => f.endsWith('.c') && inRoom(f) && !symbols.has(f)).map((name) => `${name}: not built`);
  const told = new Set();
  for (const [name, reached] of reach) {
    if (!reached.has(name) || told.has(name)) continue;
    const circle = [...reached].filter((other) => reach.get(other).has(name)).sort();
    circle.forEach((other) => told.add(other));
    findings.push(`${circle[0]}: in a circle with ${circle.slice(1).join(', ')}`);
  }
  return findings;
}

// What is exported stands in a header of its folder, its name begins with its file's name, a part of that (panel_import.c: panel), its
// folder's (http/loop.c: http), or a noun that this header declares; and another file uses it, a test perhaps, or a macro of the header.
function exported(root, files, objects) {
  const findings = [];
  const users = new Map(); // word → files
  for (const name of files.filter((f) => f.endsWith('.c')))
    for (const word of new Set(bare(read(root, name)).match(/\b[a-z]\w*\b/g))) users.set(word, [...(users.get(word) ?? []), name]);
  const headers = files.filter((f) => f.endsWith('.h')).map((name) => ({ name, text: bare(read(root, name)) }));
  for (const name of files.filter((f) => f.endsWith('.c') && inRoom(f))) {
    const object = join(objects, name.replace(/\.c$/, '.o'));
    if (!existsSync(object)) {
      findings.push(`${name}: not built`);
      continue;
    }
    const stem = basename(name, '.c');
    const symbols = execFileSync('nm', ['--defined-only', '--extern-only', '-P', object], { encoding: 'utf8' });
    for (const line of symbols.split('\n').filter(Boolean)) {
      const symbol = line.split(' ')[0];
      if (symbol === 'main' && stem === 'main') continue;
      const header = headers.find((h) => dirname(h.name) === dirname(name) && new RegExp(`\\b${symbol}\\b`).test(h.text));
      if (!header) findings.push(`${name}: ${symbol} is exported, but in no header of its room`);
      else if (!nounsOf(name, header).some((noun) => symbol === noun || symbol.startsWith(`${noun}_`)))
        findings.push(`${name}: ${symbol} does not begin with its module's name`);
      else if (users.get(symbol).every((user) => user === name) && header.text.match(new RegExp(`\\b${symbol}\\b`, 'g')).length === 1)
        findings.push(`${name}: ${symbol} is exported, but used by no other file`);
    }
  }
  return findings;
}

function nounsOf(name, header) {
  const stem = basename(name, '.c');
  const nouns = [stem, ...stem.split('_'), basename(header.name, '.h'), ...dirname(name).split('/').slice(1)];
  nouns.push(...nouns.map((noun) => noun.replace(/s$/, '')));
  for (const match of header.text.matchAll(/\b(?:struct|enum)\s+(\w+)/g)) nouns.push(match[1]);
  return nouns;
}

const texts = (root, files) => files.filter((f) => isC(f) && inRoom(f)).flatMap((name) => findTexts(name, read(root, name)));

// The program's version stands in the Makefile and the API's in the C that sends it; other papers say the same.
function versions(root) {
  const told = [
    ['Makefile', /^VERSION := (\S+)$/m, 'publiccode.yml', (text) => text.match(/^softwareVersion: "?([^"\s]+)"?$/m)?.[1]],
    ['collector/http/http.h', /^#define API_VERSION "(\S+)"$/m, 'collector/api/openapi.json', (text) => JSON.parse(text).info.version],
  ];
  return told
    .map(([source, pattern, paper, find]) => [source, read(root, source).match(pattern)?.[1], paper, find(read(root, paper))])
    .filter(([, version, , copy]) => version === undefined || version !== copy)
    .map(([source, version, paper, copy]) => `${paper}:1: version ${copy}, while ${source} says ${version}`);
}

// Each test that the security model names, and the paper on accessibility, is there: `tests/…` and behind it, quoted, the test's own
// name; of a unit test the suite, a comma and the name. What names no test shows nothing, so a path alone is a finding as well, but of
// what is no test. The second has each criterion of WCAG 2.2 A and AA, and letters that stand for tests named in it.
const PAPERS = ['docs/SECURITY-MODEL.md', 'docs/WCAG.md'];
export const CRITERIA = ('1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.1.1 2.1.2 2.1.4 ' +
  '2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 2.4.11 2.5.1 2.5.2 2.5.3 2.5.4 2.5.7 2.5.8 3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.6 ' +
  '3.3.1 3.3.2 3.3.3 3.3.4 3.3.7 3.3.8 4.1.2 4.1.3').split(' ');

function hasTest(text, name) {
  const [suite, rest] = name.split(', ');
  if (rest && new RegExp(`^(?:Parameterized)?Test\\(${suite}, ${rest}[,)]`, 'm').test(text)) return true;
  const begins = (quote) => ['test', 'testOfFiles'].map((call) => `${call}(${quote}${name.replaceAll(quote, `\\${quote}`)}${quote},`);
  return ["'", '"', '`'].flatMap(begins).some((beginning) => text.includes(beginning));
}

function missingTests(root, files, paper) {
  const findings = [];
  eachLine(read(root, paper), (line, at) => {
    for (const [, path, name] of line.matchAll(/`(tests\/[^`]+)`(?: "([^"]+)")?/g)) {
      if (!files.includes(path)) findings.push(`${paper}:${at}: there is no ${path}`);
      else if (name === undefined && /^tests\/unit\/|\.test\.mjs$/.test(path)) findings.push(`${paper}:${at}: names no test of ${path}`);
      else if (name !== undefined && !hasTest(read(root, path), name)) findings.push(`${paper}:${at}: ${path} has no test "${name}"`);
    }
  });
  return findings;
}

function missingCriteria(root, paper) {
  const text = read(root, paper);
  const letters = new Set([...text.matchAll(/^- \*\*([A-Z])\*\* /gm)].map(([, letter]) => letter));
  const rows = new Map();
  const findings = [];
  eachLine(text, (line, at) => {
    const [, criterion, told] = line.match(/^\| (\d\.\d\.\d+) .*\| ([^|]+) \|$/) ?? [];
    if (!criterion) return;
    rows.set(criterion, at);
    const used = told.replace(/\([^)]*\)/g, '').match(/[A-Z]/g) ?? [];
    if (used.length === 0 && told !== '–') findings.push(`${paper}:${at}: says neither what shows it nor that nothing does`);
    for (const letter of used) if (!letters.has(letter)) findings.push(`${paper}:${at}: ${letter} stands for no test`);
  });
  return [...findings, ...CRITERIA.filter((one) => !rows.has(one)).map((one) => `${paper}:1: lacks criterion ${one}`)];
}

function shown(root, files) {
  const there = PAPERS.filter((paper) => files.includes(paper));
  return [
    ...PAPERS.filter((paper) => !files.includes(paper)).map((paper) => `${paper}:1: is missing`),
    ...there.flatMap((paper) => missingTests(root, files, paper)),
    ...there.filter((paper) => /WCAG/.test(paper)).flatMap((paper) => missingCriteria(root, paper)),
  ];
}

const pages = (root, files) => pageWalls(files, (name) => read(root, name));

const logged = (root, files) => loggedLines(files, (name) => read(root, name));

export const checks = { walls, functions, sizes, widths, blanks, heads, roles, statics, failures, circles, exported, texts, versions, shown, logged, pages };

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [check, ...rest] = process.argv.slice(2);
  const option = (name, otherwise) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : otherwise);
  if (!(check in checks)) {
    console.error(`no check is called '${check}'; there are: ${Object.keys(checks).join(' ')}`);
    process.exit(2);
  }
  const root = option('--root', '.');
  const findings = checks[check](root, listFiles(root), option('--objects', 'build/clang/obj'));
  for (const finding of findings) console.log(finding);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
