// Goal: answers that each fit and together don't (PROTOCOL 3, 32 KiB) are a fault that says so before anything is signed,
// with the answers and the bytes that are too many; in a batch the other rows go.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { examplePanel, ROUND } from './lib/panel.mjs';
import { freshFolder, ready, run, succeed } from './lib/programs.mjs';

const texts = Array.from({ length: 8 }, (_, i) => `text${i + 1}`);
const long = 'x'.repeat(4000);
const dutch = { LC_ALL: 'nl_NL.UTF-8' };
let collector;
let folder;
before(async () => {
  const panel = examplePanel();
  panel.questionnaires[0].questions = texts.map((id) => ({ id, type: 'text', maxLength: 4000, required: false, label: { nl: id } }));
  collector = await ready('response-size', { panel, codes: 3 });
  folder = freshFolder('response-size-homes');
});
after(() => collector?.stop());

const summary = async () =>
  parseTable(readFileSync(join(await collector.export(ROUND, 'exact', '--exact'), 'summary.csv'), 'utf8'));

test('respond says how many bytes are too many and which answers are the longest, and signs nothing', async () => {
  const home = join(folder, 'one');
  await succeed('burgerpanel', ['enrol', collector.url, collector.codes[0], '--home', home]);
  const words = texts.map((id) => `${id}=${long}`);
  const done = await run('burgerpanel', ['respond', 'WA-1.01', ...words, '--home', home]);
  assert.equal(done.code, 1);
  const many = Number(done.stderr.match(/together (\d+) bytes too long/)?.[1]);
  assert.ok(many > 7000 && many < 9000, done.stderr);
  assert.match(done.stderr, /text1 \(4000\)/);
  assert.doesNotMatch(done.stderr, /memory/);
  const inDutch = await run('burgerpanel', ['respond', 'WA-1.01', ...words, '--home', home], { env: dutch });
  assert.match(inDutch.stderr, /samen \d+ bytes te lang/);
  const told = JSON.parse((await succeed('burgerpanel', ['status', '--json', '--home', home])).stdout);
  assert.deepEqual([told.sent, told.spooled, told.refused], [0, 0, 0]);
  // As much shorter as it says is enough.
  const fewer = texts.map((id, i) => `${id}=${'x'.repeat(4000 - (i < 3 ? Math.ceil(many / 3) : 0))}`);
  await succeed('burgerpanel', ['respond', 'WA-1.01', ...fewer, '--home', home]);
});

test('a batch leaves such a row out, with its line, and sends the others', async () => {
  const invitations = join(folder, 'invitations.csv');
  const responses = join(folder, 'responses.csv');
  writeFileSync(invitations, `member,code\n1,${collector.codes[1]}\n2,${collector.codes[2]}\n`);
  const row = (member, action, answers) => `${member},${action},${answers.join(',')}\n`;
  writeFileSync(
    responses,
    `member,action,${texts.join(',')}\n${row(1, 'WA-1.02', texts.map(() => long))}${row(2, 'WA-1.02', texts.map(() => 'short'))}`,
  );
  const args = ['batch', collector.url, '--invitations', invitations, '--responses', responses, '--homes', join(folder, 'homes'), '--json'];
  const done = await run('burgerpanel', args);
  assert.equal(done.code, 1, done.stderr);
  assert.match(done.stderr, /responses\.csv:2: answers: together \d+ bytes too long/);
  assert.match(done.stderr, /2 rows: 1 sent, 0 refused, 1 too long\./);
  const none = { valid: 0, alreadySent: 0, refused: 0, erased: 0, notEnrolled: 0, spooled: 0 };
  assert.deepEqual(JSON.parse(done.stdout), { rows: 2, sent: 1, tooLong: 1, ...none });
  assert.equal((await summary()).find((r) => r.action === 'WA-1.02').respondents, '1');
});
