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
  collector = await ready('codes-typed', { codes: 4 });
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
  assert.deepEqual(await terminal.ended(), { code: 0, signal: 0, canonical: true, echo: true, left: 0 });
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
  await terminal.shows('That is no code: ');
  await terminal.shows('no code, so not enrolled');
  assert.equal((await terminal.ended()).code, 1);
});
