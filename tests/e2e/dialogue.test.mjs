// Goal: who answers at a terminal sees each question, goes back, sees all answers before anything is signed and mends one of them; on a
// narrow screen, in both languages, without a control sequence that is not asked for; and who leaves, wherever, has signed nothing.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { examplePanel } from './lib/panel.mjs';
import { freshFolder, ready, run, succeed } from './lib/programs.mjs';
import { Terminal } from './lib/terminal.mjs';

const EVIL = '\u009b31m\u0085\u202egpj.\u2066\u2028\u001b[2J';
const hidden = /[\u0000-\u0007\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/u;
const shell = { canonical: true, echo: true, marks: false, left: 0 };
const languages = {
  en: { env: { LC_ALL: 'C.UTF-8' }, first: 'Question 1 of 5', place: 'Question 2 of 5 (needed)', since: ', since', all: 'Your answers:', ask: 'Sign and send', yes: 'y', sent: 'accepted' },
  nl: { env: { LC_ALL: 'nl_NL.UTF-8' }, first: 'Vraag 1 van 5', place: 'Vraag 2 van 5 (verplicht)', since: ', omdat', all: 'Uw antwoorden:', ask: 'Deze ondertekenen', yes: 'j', sent: 'aangenomen' },
};
let collector;
let home;
before(async () => {
  const panel = examplePanel();
  for (const question of panel.questionnaires[0].questions)
    for (const language of ['nl', 'en']) question.label[language] = `${question.label[language]} ${EVIL} ${'en zo voort '.repeat(6).trim()}`;
  collector = await ready('dialogue', { panel, codes: 1 });
  home = join(freshFolder('dialogue-home'), 'home');
  await succeed('burgerpanel', ['enrol', collector.url, collector.codes[0], '--home', home]);
});
after(() => collector?.stop());

const respond = (action, env, ...options) => new Terminal('burgerpanel', ['respond', action, '--home', home, ...options], env);
const answersOf = async (action) =>
  JSON.parse((await succeed('burgerpanel', ['answers', 'show', action, '--json', '--home', home])).stdout)[0].answers;
const filesOf = (folder) => (existsSync(join(home, folder)) ? readdirSync(join(home, folder)) : []);
const filesIn = (folder) => readdirSync(join(home, folder)).length;

// Of what is shown up to there: no control character but line ends and the bell, and no line wider than the screen.
function assertShown(all, columns) {
  const shown = all.replaceAll(/\u001b\[\?2004[hl]/g, '').replaceAll('\b \b', '');
  assert.ok(!hidden.test(shown), JSON.stringify(shown));
  for (const line of shown.split(/\r?\n/)) assert.ok([...line].length <= columns, `${[...line].length}: ${line}`);
}

for (const [language, words] of Object.entries(languages))
  for (const columns of [40, 80])
    test(`back, all answers, one of them mended, then signed: in ${columns} columns (${language})`, async () => {
      const action = { 40: { en: 'WA-1.01', nl: 'WA-1.02' }, 80: { en: 'WA-1.03', nl: 'WA-1.04' } }[columns][language];
      const terminal = respond(action, { ...words.env, COLUMNS: String(columns) });
      await terminal.shows(words.first);
      terminal.types('4\r');
      await terminal.shows(words.place);
      terminal.types('<\r5\r');
      await terminal.shows(words.place);
      terminal.types('no\r\rOne line\rand another\r.\r');
      await terminal.shows(words.all);
      await terminal.shows(words.ask);
      terminal.types('2\r');
      await terminal.shows(words.place);
      terminal.types('yes\r');
      await terminal.shows(words.since);
      terminal.types('3\r');
      await terminal.shows(words.all);
      await terminal.shows('      and another');
      await terminal.shows(words.ask);
      assert.equal(filesIn('spool'), 0, 'nothing is signed yet');
      terminal.types(`${words.yes}\r`);
      await terminal.shows(words.sent);
      assert.deepEqual(await terminal.ended(), { code: 0, signal: 0, ...shell });
      assert.deepEqual(await answersOf(action), { importance: 5, noticed: 'yes', satisfaction: 3, comment: 'One line\nand another' });
      assertShown(terminal.shown.slice(0, terminal.shown.lastIndexOf(words.ask)), columns);
    });

// What is typed to come so far, and what is shown there.
const steps = [
  ['the first question', '', '1 of 5'],
  ['half an answer', '4', '4'],
  ['a later question', '4\r', '2 of 5'],
  ['a text', '4\rno\r\rsome words', 'some words'],
  ['a further line of a text', '4\rno\r\rsome words\rand', 'and'],
  ['all answers', '4\rno\r\r\r', 'Sign and send'],
  ['an answer that is mended', '4\rno\r\r\r1\r', 'answered before: 4'],
];
for (const [name, typed, shown] of steps)
  test(`Ctrl-C at ${name} signs nothing and gives the terminal back`, async () => {
    const terminal = respond('WA-2.01');
    await terminal.shows('1 of 5');
    if (typed) {
      terminal.types(typed);
      await terminal.shows(shown);
    }
    terminal.types('\x03');
    assert.deepEqual(await terminal.ended(), { code: -1, signal: 2, ...shell });
    assert.equal(filesIn('spool'), 0);
    assert.equal(terminal.shown.includes(`Nothing was sent; \`burgerpanel respond WA-2.01 --home ${home}\` goes on with your answers so far.\r\n`), typed.includes('\r'));
    assert.ok(!(await succeed('burgerpanel', ['answers', 'show', '--json', '--home', home])).stdout.includes('WA-2.01'));
    for (const name of filesOf('begun')) rmSync(join(home, 'begun', name));
  });

test('who was cut off goes on where that was, by Ctrl-C, by leaving, by the end of the terminal; once signed nothing of it is left', async () => {
  const goesOn = 'it goes on where that was';
  const first = respond('WA-2.06');
  await first.shows('1 of 5');
  first.types('4\ryes\rhalf ');
  await first.shows('half ');
  first.types('\x03');
  assert.equal((await first.ended()).signal, 2);
  const second = respond('WA-2.06', { LC_ALL: 'nl_NL.UTF-8' });
  await second.shows('gaat verder waar dat was');
  await second.shows('Vraag 3 van 5');
  second.types('2\r');
  await second.shows('Vraag 4 van 5');
  second.kill('SIGHUP');
  assert.equal((await second.ended()).signal, 1);
  assert.ok(second.shown.endsWith(`Er is niets verstuurd; \`burgerpanel respond WA-2.06 --home ${home}\` gaat verder met uw antwoorden tot nu toe.\r\n`));
  const third = respond('WA-2.06');
  await third.shows(goesOn);
  await third.shows('4 of 5');
  third.types('\r\rq\r');
  await third.shows('the same again goes on with your answers');
  assert.equal((await third.ended()).code, 1);
  assert.deepEqual(filesOf('begun'), ['round-1~WA-2.06~0000000000000001.json']);
  assert.match((await succeed('burgerpanel', ['actions', '--home', home])).stdout, /^round-1 .* WA-2\.06 +\S+ +begun +\S/m);
  const { begun } = JSON.parse((await succeed('burgerpanel', ['export-my-data', '--home', home])).stdout).folder;
  assert.deepEqual(begun, [{ round: 'round-1', action: 'WA-2.06', revision: 1, answers: { importance: 4, noticed: 'yes', satisfaction: 2 } }]);
  const fourth = respond('WA-2.06');
  await fourth.shows('4 of 5');
  fourth.types('\r\ry\r');
  await fourth.shows('accepted');
  await fourth.ended();
  assert.deepEqual(filesOf('begun'), []);
  assert.deepEqual(await answersOf('WA-2.06'), { importance: 4, noticed: 'yes', satisfaction: 2 });
});

test('what was begun is passed over with --anew, goes with what is erased, and is no hindrance where it is damaged', async () => {
  const begin = async (...options) => {
    const terminal = respond('WA-2.06', {}, ...options);
    await terminal.shows('1 of 5');
    terminal.types('3\r');
    await terminal.shows('2 of 5');
    terminal.types('\x03');
    await terminal.ended();
    return terminal.shown;
  };
  await begin();
  assert.doesNotMatch(await begin('--anew'), /goes on where that was/);
  const [name] = filesOf('begun');
  writeFileSync(join(home, 'begun', name), '{"importance":');
  assert.doesNotMatch(await begin(), /goes on where that was/);
  await succeed('burgerpanel', ['erase', 'WA-2.06', '--yes', '--home', home]);
  assert.deepEqual(filesOf('begun'), []);
});

test('erase takes away what was begun and never signed, after asking and without the collector', async () => {
  const begin = async () => {
    const terminal = respond('WA-4.01');
    await terminal.shows('1 of 5');
    terminal.types('4\r');
    await terminal.shows('2 of 5');
    terminal.types('\x03');
    await terminal.ended();
  };
  await begin();
  const erase = (...options) => run('burgerpanel', ['erase', 'WA-4.01', '--home', home, ...options], { input: 'no\n' });
  const refused = await erase();
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /This folder holds no answer to WA-4\.01\. What you began goes from it[^]*nothing was erased/);
  const [name] = filesOf('begun');
  assert.equal(name, 'round-1~WA-4.01~0000000000000001.json');
  assert.equal((await erase('--yes', '--round', 'round-9')).code, 1, 'not of that round');
  assert.deepEqual(filesOf('begun'), [name]);
  const before = (await succeed('burgerpanel', ['export-my-data', '--home', home])).stdout;
  const done = await erase('--yes');
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /Gone from this folder; the collector was not asked/);
  assert.deepEqual(filesOf('begun'), []);
  assert.ok(before.includes('WA-4.01') && !(await succeed('burgerpanel', ['export-my-data', '--home', home])).stdout.includes('WA-4.01'));
  assert.match((await erase('--yes')).stderr, /this folder knows no answer to WA-4\.01/);
});

test('who begins anew and leaves is told to go on without --anew, which keeps the answers', async () => {
  const anew = respond('WA-2.05', {}, '--anew');
  await anew.shows('1 of 5');
  anew.types('4\rno\r\r\rq\r');
  await anew.shows('nothing was signed or sent; the same again without --anew goes on with your answers\r\n');
  assert.equal((await anew.ended()).code, 1);
  const again = respond('WA-2.05');
  await again.shows('it goes on where that was');
  await again.shows('4 of 5');
  again.types('\r\ry\r');
  await again.shows('accepted');
  await again.ended();
  assert.deepEqual(await answersOf('WA-2.05'), { importance: 4, noticed: 'no' });
});

// The folder as it was left, with its questions changed since, out of reach of the collector.
function homeElsewhere(name) {
  const other = join(freshFolder('dialogue-other'), name);
  cpSync(home, other, { recursive: true });
  for (const [file, from, to] of [['member.json', collector.url, 'http://127.0.0.1:1'], ['panel.json', collector.url, 'http://127.0.0.1:1'], ['actions.json', collector.url, 'http://127.0.0.1:1'], ['panel.json', '"yes"', '"sure"']])
    writeFileSync(join(other, file), readFileSync(join(other, file), 'utf8').replaceAll(from, to));
  return other;
}

test('an earlier answer that does not fit any more is no hindrance to keeping what was begun; the command that goes on is as a shell takes it', async () => {
  await succeed('burgerpanel', ['respond', 'WA-3.01', 'importance=4', 'noticed=yes', 'satisfaction=2', '--home', home]);
  const other = homeElsewhere("the clerk's");
  const terminal = new Terminal('burgerpanel', ['respond', 'WA-3.01', '--round', 'round-1', '--home', other]);
  await terminal.shows('1 of 5');
  terminal.types('3\r');
  await terminal.shows('2 of 5');
  terminal.types('\r');
  await terminal.shows('4 of 5');
  terminal.types('\x03');
  await terminal.ended();
  assert.doesNotMatch(terminal.shown, /can't be kept/);
  const quoted = other.replaceAll("'", "'\\''");
  assert.ok(terminal.shown.endsWith(`Nothing was sent; \`burgerpanel respond WA-3.01 --round round-1 --home '${quoted}'\` goes on with your answers so far.\r\n`), terminal.shown);
  assert.deepEqual(JSON.parse(readFileSync(join(other, 'begun', 'round-1~WA-3.01~0000000000000002.json'), 'utf8')), { importance: 3 });
});

test('who does not agree has sent nothing', async () => {
  const terminal = respond('WA-2.02');
  await terminal.shows('1 of 5');
  terminal.types('4\rno\r\r\r\rq\r');
  await terminal.shows('type y, the number of a question');
  await terminal.shows('nothing was signed or sent');
  assert.deepEqual(await terminal.ended(), { code: 1, signal: 0, ...shell });
  assert.equal(filesIn('spool'), 0);
});

test('--plain and TERM=dumb send no control sequence at all', async () => {
  for (const [action, env, ...options] of [['WA-2.03', {}, '--plain'], ['WA-2.04', { TERM: 'dumb' }]]) {
    const terminal = respond(action, env, ...options);
    await terminal.shows('1 of 5');
    terminal.types('4\rno\r\r\ry\r');
    await terminal.shows('accepted');
    assert.equal((await terminal.ended()).code, 0);
    assert.ok(!terminal.shown.includes('\x1b'), JSON.stringify(terminal.shown));
  }
});
