// Goal: an invitation's code is read as people get and type it, also when a mail program has broken the line, and no part of a
// pasted code is left for the shell; what is wrong with one is told as what it is.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freshFolder, ready, run } from './lib/programs.mjs';
import { Terminal } from './lib/terminal.mjs';

let collector;
let folder;
let codes;
before(async () => {
  collector = await ready('codes-typed', { codes: 6 });
  codes = [...collector.codes];
  folder = freshFolder('codes-typed-homes');
});
after(() => collector?.stop());

let homes = 0;
const newHome = () => join(folder, `home-${++homes}`);
const broken = (code) => [code.slice(0, 16), code.slice(16)];

test('a code pasted in two lines at a terminal is read as one, and the shell gets no part of it', async () => {
  const home = newHome();
  const terminal = new Terminal('burgerpanel', ['enrol', collector.url, '--home', home]);
  await terminal.shows('The code of your invitation: ');
  terminal.types(`${broken(codes.pop()).join('\r')}\r`);
  await terminal.shows('Enrolled in panel');
  assert.deepEqual(await terminal.ended(), { code: 0, signal: 0, canonical: true, echo: true, marks: false, left: 0 });
  assert.ok(existsSync(join(home, 'member.json')));
});

test('a code in two lines of a pipe is read as one', async () => {
  const done = await run('burgerpanel', ['enrol', collector.url, '--home', newHome()], { input: `${broken(codes.pop()).join('\n')}\n` });
  assert.equal(done.code, 0, done.stderr);
});

test('too few and too many characters are counted, and a code of the right length is told to hold a wrong one', async () => {
  const home = newHome();
  const terminal = new Terminal('burgerpanel', ['enrol', collector.url, '--home', home]);
  await terminal.shows('The code of your invitation: ');
  terminal.types('ABC\r');
  await terminal.shows('3 of its 26 characters; the rest');
  terminal.types('\r');
  await terminal.shows('it has 3 letters and digits, and a code has 26');
  terminal.types(`${codes[0]}X\r`);
  await terminal.shows('it has 27 letters and digits');
  terminal.types(`${codes[0].replace(/^./, 'U')}\r`);
  await terminal.shows("That is no code: 'U' is in no code");
  await terminal.shows('no code, so not enrolled');
  assert.equal((await terminal.ended()).code, 1);
});

test('a code with blanks or typographic dashes is read, also where the shell parts it; a wrong one says what is wrong', async () => {
  const enrol = (...words) => run('burgerpanel', ['enrol', collector.url, ...words, '--home', newHome()]);
  const spaced = await enrol(...codes.pop().split('-'));
  assert.equal(spaced.code, 0, spaced.stderr);
  const code = codes.pop();
  const dashed = await enrol(`\u00a0${code.toLowerCase().replaceAll('-', ' \u2013 ')}.`);
  assert.equal(dashed.code, 0, dashed.stderr);
  for (const [typed, wrong] of [
    [code.slice(1), 'it has 25 letters and digits, and a code has 26'],
    [`${code}0`, 'it has 27 letters and digits, and a code has 26'],
    [code.replace(/^./, 'u'), "'u' is in no code"],
    [code.replace(/.$/, 'Z'), 'one of its characters must be another'],
    ['-', 'it is empty'],
  ]) {
    const done = await enrol(typed);
    assert.equal(done.code, 2, done.stderr);
    assert.ok(done.stderr.includes(wrong), done.stderr);
    assert.ok(!done.stderr.toUpperCase().includes(code.slice(8, 15)), 'the code is not shown again');
    const withdrawn = await collector.run('invitations', 'withdraw', typed);
    assert.equal(withdrawn.code, 2, withdrawn.stderr);
    assert.ok(withdrawn.stderr.includes(wrong), withdrawn.stderr);
  }
});
