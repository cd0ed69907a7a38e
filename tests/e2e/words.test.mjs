// Goal: the small words are right: -h is --help everywhere, one is not "1 receipts", a Dutch run shows no English, and what
// crosses the wire is English whatever the collector's own language.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertProblem, JOSE, post } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ACTION, ROUND } from './lib/panel.mjs';
import { freshFolder, ready, run, succeed } from './lib/programs.mjs';

const dutch = { LC_ALL: 'nl_NL.UTF-8' };
let collector;
let folder;
let home;
before(async () => {
  collector = await ready('words', { codes: 3, env: dutch });
  folder = freshFolder('words-home');
  home = join(folder, 'home');
  await succeed('burgerpanel', ['enrol', collector.url, collector.codes[0], '--home', home]);
});
after(() => collector?.stop());

const member = (args, options) => run('burgerpanel', [...args, '--home', home], options);

test('-h is --help, of both programs, of each verb and of the first word of several', async () => {
  for (const [program, ...words] of [
    ['burgerpanel'],
    ['burgerpanel', 'respond'],
    ['burgerpanel', 'receipts'],
    ['burgerpanel', 'receipts', 'list'],
    ['burgerpanel-collector'],
    ['burgerpanel-collector', 'serve'],
    ['burgerpanel-collector', 'panel', 'import'],
  ]) {
    const short = await succeed(program, [...words, '-h']);
    assert.notEqual(short.stdout, '');
    assert.equal(short.stdout, (await succeed(program, [...words, '--help'])).stdout, words.join(' '));
  }
});

test('the help of a Dutch run names what a verb takes in Dutch', async () => {
  const { stdout } = await succeed('burgerpanel', ['respond', '--help'], { env: dutch });
  assert.match(stdout, /^Gebruik: burgerpanel respond \[OPTIE\.\.\.\] ACTIE \[VRAAG=WAARDE \.\.\.\]$/m);
  assert.match(stdout, /^ {2}--round RONDE +de ronde/m);
});

test('one receipt holds, and two hold', async () => {
  assert.match((await member(['receipts', 'verify'])).stderr, /^1 receipt holds\.$/m);
  assert.match((await member(['receipts', 'verify'], { env: dutch })).stderr, /^1 ontvangstbewijs klopt\.$/m);
  await member(['respond', ACTION, 'importance=1', 'noticed=no']);
  assert.match((await member(['receipts', 'verify'])).stderr, /^2 receipts hold\.$/m);
  assert.match((await member(['receipts', 'verify'], { env: dutch })).stderr, /^2 ontvangstbewijzen kloppen\.$/m);
});

test('a Dutch run says in Dutch what an answer lacks and what the system refused', async () => {
  const missing = await member(['respond', 'WA-1.02', 'importance=3', 'noticed=yes'], { env: dutch });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^  satisfaction: moet beantwoord worden$/m);
  const unasked = await member(['respond', 'WA-1.02', 'importance=3', 'noticed=no', 'satisfaction=2'], { env: dutch });
  assert.match(unasked.stderr, /satisfaction: wordt niet gevraagd bij het antwoord op 'noticed'; laat dit weg/);
  const none = ['batch', collector.url, '--invitations', join(folder, 'none.csv'), '--responses', 'none.csv', '--homes', join(folder, 'homes')];
  assert.match((await run('burgerpanel', none, { env: dutch })).stderr, /none\.csv: bestaat niet/);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const noFolder = await run('burgerpanel', ['status', '--home', join(file, 'home')], { env: dutch });
  assert.match(noFolder.stderr, /is geen map/);
});

test('a collector that runs in Dutch answers in English', async () => {
  const other = new Member('wau');
  await post(collector.url, '/v1/members', other.enrolment(collector.codes[1]), JOSE);
  const answer = await post(collector.url, '/v1/responses', other.response(ROUND, ACTION, { importance: 9 }), JOSE);
  assertProblem(answer, 400, 'invalid-response');
  const details = JSON.parse(answer.text).errors.map((e) => e.detail);
  assert.deepEqual(details, ['must be an integer from 1 to 5', 'is required']);
});
