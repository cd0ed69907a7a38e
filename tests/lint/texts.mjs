// What people read: every T(english, dutch) and FAULTS_SAY(faults, english, dutch) takes the same arguments in both languages, and what is
// printed for people goes through them. Each check gives findings as those of sources.mjs do.

// What crosses the wire is English (base/lang.h): what these say of a request, of an envelope and of its claims is an answer.
const ENGLISH = /^(crypto\/\w+|panel\/(claims|enrolment|event|response|response_check)|collector\/(api|http)\/\w+)\.c$/;

// Calls whose arguments a person reads, and rooms in which printf and its like are such calls too.
const TELLING = /^(cli_say|cli_fail|failure_tell\w*|error_set|error_prefix|error_from_errno|faults_add|reading_fault|sqlite_fail|sqlite_refuse|findings_add)$/;
const PRINTING = /^(printf|fprintf|puts|fputs)$/;

// What no person reads as words of one language: a place in a document, an object of JSON, the line that scripts wait for, and
// a word that both languages have.
const WORDLESS = /^"(\/|\{|(listening|%s) on http|  status: %s")/;
const CONVERSION = /%[-+ #0]*[\d*]*(?:\.[\d*]*)?(?:(?:hh|h|ll|l|j|z|t|L)?[diouxXeEfFgGaAcspn]|\s+PRI\w+)/g;

const LITERAL = /"(?:\\[^]|[^"\\\n])*"/g;
const literalsOf = (text) => (text.match(LITERAL) ?? []).map((literal) => literal.slice(1, -1)).join('');
const lineOf = (text, at) => text.slice(0, at).split('\n').length;

// The arguments of the call whose parenthesis opens at `at`, and where it ends; comments must be gone.
export function argumentsAt(text, at) {
  const found = [];
  let depth = 0;
  let start = at + 1;
  for (let i = at; i < text.length; i++) {
    const char = text[i];
    if (char === '"' || char === "'") {
      for (i++; i < text.length && text[i] !== char; i++) if (text[i] === '\\') i++;
    } else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char) && --depth === 0) return { found: [...found, text.slice(start, i)], end: i };
    else if (char === ',' && depth === 1) {
      found.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return { found, end: text.length };
}

export function withoutComments(text) {
  return text.replace(/\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'/g, (match) =>
    match[0] === '"' || match[0] === "'" ? match : match.replace(/[^\n]/g, ' '));
}

function* callsIn(text) {
  for (const match of text.matchAll(/\b([A-Za-z_]\w*)\(/g)) {
    const at = match.index + match[0].length - 1;
    yield { name: match[1], at: match.index, ...argumentsAt(text, at) };
  }
}

// The conversions of a format, macros such as PRId64 among them, in the order of their arguments.
function conversionsOf(argument) {
  const pieces = argument.replace(LITERAL, (literal) => ` ${literal.slice(1, -1).replace(/\s/g, '_')} `);
  return (pieces.replace(/%%/g, '').match(CONVERSION) ?? []).map((one) => one.replace(/\s+/, ''));
}

function whatIsWrongWith(pair) {
  if (pair.length !== 2) return 'T takes two texts';
  if (pair.some((text) => literalsOf(text) === '' && /^\s*("|$)/.test(text))) return 'a language has no text';
  const [english, dutch] = pair.map((text) => conversionsOf(text).join(' '));
  return english === dutch ? null : `English takes '${english}', Dutch '${dutch}'`;
}

export function findTexts(name, source) {
  const findings = [];
  const text = withoutComments(source);
  const calls = [...callsIn(text)];
  const pairs = calls.filter((call) => /^(T|FAULTS_SAY)$/.test(call.name) && !/#define\s+$/.test(text.slice(0, call.at)));
  for (const pair of pairs) {
    const wrong = whatIsWrongWith(pair.name === 'T' ? pair.found : pair.found.slice(1)); // the faults, then the texts
    if (wrong) findings.push(`${name}:${lineOf(text, pair.at)}: ${wrong}`);
  }
  const tells = (call) => TELLING.test(call.name) || (PRINTING.test(call.name) && /^(client|collector\/(cmd|daemon|ops))\//.test(name));
  for (const call of calls.filter((call) => tells(call) && !ENGLISH.test(name))) {
    let plain = text.slice(call.at, call.end);
    for (const { at, end } of pairs.filter((pair) => pair.at > call.at && pair.end < call.end))
      plain = plain.replace(text.slice(at, end + 1), '');
    const words = (plain.match(LITERAL) ?? []).filter((one) => !WORDLESS.test(one) && /[A-Za-z]{2}/.test(one.replace(CONVERSION, '')));
    if (words.length > 0) findings.push(`${name}:${lineOf(text, call.at)}: ${call.name} says ${words.join(' ')} in one language`);
  }
  return findings;
}
