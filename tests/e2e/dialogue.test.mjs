// Goal: who answers at a terminal sees each question, goes back, sees all answers before anything is signed and mends one of them; on a
// narrow screen, in both languages, without a control sequence that is not asked for; and who leaves, wherever, has signed nothing.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { examplePanel } from './lib/panel.mjs';
import { freshFolder, ready, succeed } from './lib/programs.mjs';
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
    assert.ok(!(await succeed('burgerpanel', ['answers', 'show', '--json', '--home', home])).stdout.includes('WA-2.01'));
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
