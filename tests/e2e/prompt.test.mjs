// Goal: asking the questions at a real terminal: a text has as many lines as are typed or pasted, of any length; nothing is
// cut without a word; and nothing that was typed is left for the shell, whichever way the program ends.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { examplePanel } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { freshFolder, ready, run, succeed } from './lib/programs.mjs';
import { Terminal } from './lib/terminal.mjs';

const shell = { canonical: true, echo: true, marks: false, left: 0 };
let collector;
let home;
before(async () => {
  const panel = examplePanel();
  panel.questionnaires[0].questions = [
    { id: 'importance', type: 'scale', min: 1, max: 5, required: true, label: { nl: 'Belang?', en: 'Weight?' } },
    { id: 'comment', type: 'text', maxLength: 4000, required: false, label: { nl: 'Tekst?', en: 'Text?' } },
    { id: 'more', type: 'text', maxLength: 4000, required: false, label: { nl: 'Meer?', en: 'More?' } },
  ];
  collector = await ready('prompt', { panel, codes: 2 });
  home = join(freshFolder('prompt-home'), 'home');
  await succeed('burgerpanel', ['enrol', collector.url, collector.codes[0], '--home', home]);
});
after(() => collector?.stop());

// --anew, since a test before may have left answers that were begun.
const respond = (action, env) => new Terminal('burgerpanel', ['respond', action, '--anew', '--home', home], env);
async function answersOf(action) {
  const { stdout } = await succeed('burgerpanel', ['answers', 'show', action, '--json', '--home', home]);
  return JSON.parse(stdout)[0].answers;
}
// Agrees to all answers, which are shown at the end.
async function agree(terminal) {
  await terminal.shows('Sign and send');
  terminal.types('y\r');
  await terminal.shows('accepted');
}
const status = async () => JSON.parse((await succeed('burgerpanel', ['status', '--json', '--home', home])).stdout);

test('a text has the lines that are typed, up to a full stop alone; the whole of it is signed', async () => {
  const terminal = respond('WA-1.01');
  await terminal.shows('Weight?');
  await terminal.shows('1 to 5');
  terminal.types('4\r');
  await terminal.shows('a full stop (.) alone on a line ends it');
  terminal.types('First line\r\rSecond, aftr\x7f\x7fter a blank one\r.\r');
  await terminal.shows('More?');
  terminal.types('\r');
  await agree(terminal);
  const left = await terminal.ended();
  assert.deepEqual(left, { code: 0, signal: 0, ...shell });
  assert.deepEqual(await answersOf('WA-1.01'), { importance: 4, comment: 'First line\n\nSecond, after a blank one' });
});

test('two lines pasted at once are both the text, and the shell gets none of it', async () => {
  const terminal = respond('WA-1.02');
  await terminal.shows('1 to 5');
  terminal.types('4\r');
  await terminal.shows('ends it');
  terminal.types('pasted one\rpasted two\r.\r\ry\rrm -rf /\r');
  await terminal.shows('accepted');
  assert.deepEqual(await terminal.ended(), { code: 0, signal: 0, ...shell });
  assert.match(terminal.shown, /What was typed after the last answer is not used\./);
  assert.deepEqual(await answersOf('WA-1.02'), { importance: 4, comment: 'pasted one\npasted two' });
});

// The empty line ended the question, and the others answered the next.
test('what the terminal marks as pasted is text, empty lines and a full stop alone among it', async () => {
  const terminal = respond('WA-2.03');
  await terminal.shows('\x1b[?2004h');
  await terminal.shows('1 to 5');
  terminal.types('4\r');
  await terminal.shows('ends it');
  terminal.types('\x1b[200~\rpasted one\r\r.\rpasted \x04two\r\x1b[201~');
  await terminal.shows('two');
  terminal.types('typed\r.\r');
  await terminal.shows('More?');
  terminal.types('\x1b[200~on one line\x1b[201~\r.\r');
  await agree(terminal);
  assert.deepEqual(await terminal.ended(), { code: 0, signal: 0, ...shell });
  assert.ok(terminal.shown.includes('\x1b[?2004l'));
  assert.deepEqual(await answersOf('WA-2.03'), {
    importance: 4,
    comment: '\npasted one\n\n.\npasted two\ntyped',
    more: 'on one line',
  });
});

test('a terminal that is dumb is asked for no marks, and an empty first line ends the text', async () => {
  const terminal = respond('WA-2.04', { TERM: 'dumb' });
  await terminal.shows('1 to 5');
  terminal.types('4\r');
  await terminal.shows('ends it');
  terminal.types('\r');
  await terminal.shows('More?');
  terminal.types('\r');
  await agree(terminal);
  assert.equal((await terminal.ended()).code, 0);
  assert.ok(!terminal.shown.includes('2004'));
  assert.deepEqual(await answersOf('WA-2.04'), { importance: 4 });
});

test('a line of 4,000 characters of four bytes is taken whole', async () => {
  const long = '😀'.repeat(4000);
  const terminal = respond('WA-1.03');
  await terminal.shows('1 to 5');
  terminal.types('4\r');
  await terminal.shows('ends it');
  terminal.types(`${long}\r.\r`);
  await terminal.shows('More?');
  terminal.types('\r');
  await agree(terminal);
  assert.equal((await terminal.ended()).code, 0);
  assert.equal((await answersOf('WA-1.03')).comment, long);
});

test('what is too long is told and asked again; what no answer may hold is told and left out', async () => {
  const terminal = respond('WA-1.04');
  await terminal.shows('1 to 5');
  terminal.types('9\r');
  await terminal.shows('must be an integer');
  terminal.types('4\r');
  await terminal.shows('ends it');
  terminal.types(`${'y'.repeat(4001)}\r.\r`);
  await terminal.shows('is 4001 characters long; at most 4000 fit');
  terminal.types(`${'z'.repeat(70000)}\r.\r`);
  await terminal.shows('that is too long: at most 65536 bytes fit');
  terminal.types('short\x1b[Aer\x01 one\r');
  await terminal.shows('1 character that no answer may hold was left out');
  terminal.types('.\r');
  await terminal.shows('More?');
  terminal.types('\r');
  await agree(terminal);
  assert.equal((await terminal.ended()).code, 0);
  assert.equal((await answersOf('WA-1.04')).comment, 'shorter one');
});

for (const [name, key, signal] of [
  ['Ctrl-C', '\x03', 2],
  ['Ctrl-\\', '\x1c', 3],
]) {
  test(`${name} signs nothing, gives the terminal back, and leaves nothing typed to the shell`, async () => {
    const before = await status();
    const terminal = respond('WA-1.05');
    await terminal.shows('1 to 5');
    terminal.types('4\r');
    await terminal.shows('ends it');
    terminal.types(`half a text ${key}and the rest of what was pasted\r.\rrm -rf /\r`);
    assert.deepEqual(await terminal.ended(), { code: -1, signal, ...shell });
    assert.deepEqual(await status(), before);
  });
}

test('the end of input (Ctrl-D) ends a text, and at another question ends all with nothing signed', async () => {
  const text = respond('WA-1.05');
  await text.shows('1 to 5');
  text.types('4\r');
  await text.shows('ends it');
  text.types('a text\r\x04');
  await text.shows('More?');
  text.types('\r');
  await agree(text);
  assert.equal((await text.ended()).code, 0);
  assert.equal((await answersOf('WA-1.05')).comment, 'a text');

  const before = await status();
  const ended = respond('WA-1.06');
  await ended.shows('1 to 5');
  ended.types('\x04');
  await ended.shows('the input ended before you agreed');
  assert.deepEqual(await ended.ended(), { code: 1, signal: 0, ...shell });
  assert.deepEqual(await status(), before);
});

test('Ctrl-Z stops it with the terminal given back, and it goes on afterwards', async () => {
  const terminal = respond('WA-2.02');
  await terminal.shows('1 to 5');
  terminal.types('\x1a');
  await poll('it to be stopped', 10, () => terminal.state() === 'T');
  terminal.kill('SIGCONT');
  terminal.types('4\r\r\r');
  await agree(terminal);
  assert.deepEqual(await terminal.ended(), { code: 0, signal: 0, ...shell });
  assert.deepEqual(await answersOf('WA-2.02'), { importance: 4 });
});

test('a paste that Ctrl-Z cuts short is over: what is typed afterwards is typed', async () => {
  const terminal = respond('WA-2.05');
  await terminal.shows('1 to 5');
  terminal.types('4\r');
  await terminal.shows('ends it');
  terminal.types('\x1b[200~half a paste\r');
  await terminal.shows('half a paste\r\n');
  terminal.types('\x1a');
  await terminal.shows('\x1b[?2004l');
  await poll('it to be stopped', 10, () => terminal.state() === 'T');
  terminal.kill('SIGCONT');
  await terminal.shows('\x1b[?2004h');
  terminal.types('.\r');
  await terminal.shows('More?');
  terminal.types('\r');
  await agree(terminal);
  assert.deepEqual(await terminal.ended(), { code: 0, signal: 0, ...shell });
  assert.deepEqual(await answersOf('WA-2.05'), { importance: 4, comment: 'half a paste' });
});

test('SIGTERM from elsewhere gives the terminal back too', async () => {
  const terminal = respond('WA-1.06');
  await terminal.shows('1 to 5');
  terminal.types('4');
  await terminal.shows('4');
  terminal.kill('SIGTERM');
  assert.deepEqual(await terminal.ended(), { code: -1, signal: 15, ...shell });
});

test('a pipe gives an answer a line, and what is not asked for stays in it', async () => {
  const done = await run('burgerpanel', ['respond', 'WA-1.06', '--home', home], { input: '4\none line only\n\nls\n' });
  assert.equal(done.code, 0, done.stderr);
  assert.deepEqual(await answersOf('WA-1.06'), { importance: 4, comment: 'one line only' });
  const cut = await run('burgerpanel', ['respond', 'WA-2.01', '--home', home], { input: '4\n' });
  assert.equal(cut.code, 1);
  assert.match(cut.stderr, /the input ended before the last question/);
});
