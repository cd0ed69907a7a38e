// Goal: nobody is enrolled without having been shown what the panel is for and what becomes of the answers: the client shows it,
// asks once, and sends nothing until the person, or the desk for them, agrees.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ACTION, examplePanel } from './lib/panel.mjs';
import { freshFolder, ready, run } from './lib/programs.mjs';
import { Terminal } from './lib/terminal.mjs';

const terms = {
  purpose: { nl: 'Om te horen wat u merkt.', en: 'To hear what you notice.' },
  privacy: { nl: 'Niemand weet\nwie u bent.', en: 'Nobody knows\nwho you are.\u001b[2J' },
  retention: { responsesDays: 3650, membersDays: 1 },
};
const shown = ['To hear what you notice.', 'Nobody knows', 'who you are.?[2J', 'until 3650 days after the round has closed', 'until 1 day after your last answer'];

let collector;
let folder;
let codes;
before(async () => {
  collector = await ready('terms', { panel: { ...examplePanel(), ...terms }, codes: 6 });
  folder = freshFolder('terms-homes');
  codes = [...collector.codes];
});
after(() => collector?.stop());

let homes = 0;
const enrol = (code, words, input) => run('burgerpanel', ['enrol', collector.url, code, '--home', join(folder, `home-${++homes}`), ...words], { input });
const members = async () => (await collector.succeed('members', 'list')).stdout.trim().split('\n').length - 1;

test('enrol shows purpose, privacy and terms, made clean, and sends nothing when the answer is no or there is none', async () => {
  for (const input of ['no\n', 'perhaps\n', '', undefined]) {
    const done = await enrol(codes[0], [], input);
    assert.equal(done.code, 1, done.stderr);
    for (const text of shown) assert.ok(done.stderr.includes(text), `'${text}' is not in ${done.stderr}`);
    assert.match(done.stderr, /nothing was sent, so not enrolled; .* --yes says so$/m);
    assert.equal(done.stdout, '');
  }
  assert.equal(await members(), 0);
});

test('enrol goes on at yes, and at --yes without asking, having shown the same', async () => {
  const asked = await enrol(codes[0], [], 'yes\n');
  assert.equal(asked.code, 0, asked.stderr);
  assert.match(asked.stderr, /Do you take part\?/);
  const scripted = await enrol(codes[1], ['--yes']);
  assert.equal(scripted.code, 0, scripted.stderr);
  assert.doesNotMatch(scripted.stderr, /Do you take part/);
  assert.ok(scripted.stderr.includes(shown[0]));
  assert.equal(await members(), 2);
});

test('at a terminal the code comes first, then the question, in the reader\'s language', async () => {
  const terminal = new Terminal('burgerpanel', ['enrol', collector.url, '--home', join(folder, 'typed')], { LANGUAGE: 'nl', LC_ALL: 'nl_NL.UTF-8' });
  await terminal.shows('De code van uw uitnodiging: ');
  terminal.types(`${codes[2]}\r`);
  await terminal.shows('Om te horen wat u merkt.');
  await terminal.shows('Doet u mee? [ja/nee] ');
  terminal.types('ja\r');
  await terminal.shows('Aangemeld bij panel');
  assert.equal((await terminal.ended()).code, 0);
});

test('a desk answers once for all whom it enrols, and is not asked again when all of them are members', async () => {
  const invitations = join(folder, 'invitations.csv');
  const responses = join(folder, 'responses.csv');
  writeFileSync(invitations, `member,code\n4,${codes[3]}\n5,${codes[4]}\n`);
  writeFileSync(responses, `member,action,importance,noticed\n4,${ACTION},4,no\n5,${ACTION},2,no\n`);
  const batch = (words, input) =>
    run('burgerpanel', ['batch', collector.url, '--invitations', invitations, '--responses', responses, '--homes', join(folder, 'desk'), ...words], { input });
  const refused = await batch([], 'no\n');
  assert.equal(refused.code, 1, refused.stderr);
  for (const text of shown) assert.ok(refused.stderr.includes(text), refused.stderr);
  assert.match(refused.stderr, /nothing was sent; .* --yes says so$/m);
  assert.ok(!existsSync(join(folder, 'desk', '4', 'member.json')));
  const done = await batch([], 'yes\n');
  assert.equal(done.code, 0, done.stderr);
  const again = await batch([]);
  assert.equal(again.code, 0, again.stderr);
  assert.ok(!again.stderr.includes(shown[0]), again.stderr);
});

test('a panel that says nothing of itself asks nothing', async () => {
  const silent = await ready('terms-silent', { codes: 1 });
  const done = await run('burgerpanel', ['enrol', silent.url, silent.codes[0], '--home', join(folder, 'silent')]);
  assert.equal(done.code, 0, done.stderr);
  await silent.stop();
});
