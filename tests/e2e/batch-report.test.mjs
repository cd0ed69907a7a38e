// Goal: who enters thousands of forms learns of every row what became of it: before, without anything being sent; after, with
// what is new told from what had gone already; and as a file by which the rows are corrected.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { freshFolder, ready, run } from './lib/programs.mjs';

const HEADER = 'member,action,importance,noticed,comment\n';
const dutch = { LC_ALL: 'nl_NL.UTF-8' };
let collector;
let folder;
before(async () => {
  collector = await ready('batch-report', { codes: 3 });
  folder = freshFolder('batch-report-homes');
  writeFileSync(join(folder, 'invitations.csv'), `member,code\n${collector.codes.map((code, i) => `${i + 1},${code}\n`).join('')}`);
});
after(() => collector?.stop());

function batch(homes, rows, flags = [], env = {}) {
  const responses = join(folder, 'responses.csv');
  writeFileSync(responses, HEADER + rows);
  const args = ['--invitations', join(folder, 'invitations.csv'), '--responses', responses, '--homes', join(folder, homes)];
  return run('burgerpanel', ['batch', collector.url, ...args, '--report', join(folder, 'report.csv'), ...flags], { env });
}

const rowsOf = () => parseTable(readFileSync(join(folder, 'report.csv'), 'utf8'));
const outcomes = () => rowsOf().map((row) => row.outcome);
const logSize = async () => Number((await (await fetch(`${collector.url}/log/checkpoint`)).text()).split('\n')[1]);

test('a dry run checks every row and signs and sends nothing', async () => {
  const before = await logSize();
  const done = await batch('dry', '1,WA-1.01,2,no,\n2,WA-1.01,3,yes,\n', ['--dry-run', '--json']);
  assert.equal(done.code, 1);
  assert.match(done.stderr, /responses\.csv:3: satisfaction: /);
  assert.deepEqual(
    rowsOf().map((row) => [row.row, row.member, row.action, row.outcome]),
    [['2', '1', 'WA-1.01', 'valid'], ['3', '2', 'WA-1.01', 'invalid']],
  );
  assert.match(rowsOf()[1].reason, /^satisfaction: /);
  const good = await batch('dry', '1,WA-1.01,2,no,\n2,WA-1.01,3,no,\n', ['--dry-run', '--json']);
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stderr, /2 rows: 2 to send, 0 refused; nothing was signed or sent\./);
  assert.equal(JSON.parse(good.stdout).valid, 2);
  assert.deepEqual(outcomes(), ['valid', 'valid']);
  assert.equal(await logSize(), before);
  assert.deepEqual(readdirSync(join(folder, 'dry')).filter((name) => /^\d/.test(name)), [], 'no home was made');
});

test('new and already sent are told apart, and a second run sends nothing', async () => {
  const first = await batch('homes', '1,WA-1.01,2,no,\n');
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(outcomes(), ['sent']);
  assert.equal(statSync(join(folder, 'report.csv')).mode & 0o777, 0o600);
  const second = await batch('homes', '1,WA-1.01,2,no,\n2,WA-1.01,4,no,\n', ['--json']);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, /2 rows: 1 sent, 0 refused, 1 sent before\./);
  assert.deepEqual(outcomes(), ['already-sent', 'sent']);
  const told = JSON.parse(second.stdout);
  assert.deepEqual([told.rows, told.sent, told.alreadySent], [2, 1, 1]);
  const size = await logSize();
  const third = await batch('homes', '1,WA-1.01,2,no,\n2,WA-1.01,4,no,\n', [], dutch);
  assert.match(third.stderr, /2 rijen: 0 verstuurd, 0 geweigerd, 2 al eerder verstuurd\./);
  assert.equal(await logSize(), size);
});

test('reasons are in the language of who corrects, words for programs are not', async () => {
  const done = await batch('homes', '1,WA-9.99,2,no,\n9,WA-1.01,2,no,\n', ['--profile', 'excel-nl'], dutch);
  assert.equal(done.code, 1);
  const lines = readFileSync(join(folder, 'report.csv'), 'utf8').split('\r\n');
  assert.equal(lines[0], '\ufeffrow;member;action;outcome;reason');
  assert.equal(lines[1], '2;1;WA-9.99;invalid;action: geen actie van deze ronde');
  assert.equal(lines[2], '3;9;WA-1.01;invalid;member: niet bij de uitnodigingen');
});

test('what the collector refuses is in the report with its reason', async () => {
  await collector.succeed('members', 'revoke', '2', '--reason', 'request');
  const done = await batch('homes', '1,WA-1.02,2,no,\n2,WA-1.02,4,no,\n');
  assert.equal(done.code, 1);
  assert.deepEqual(outcomes(), ['sent', 'held']);
  assert.notEqual(rowsOf()[1].reason, '');
});

test('without a connection rows are kept and said to wait', async () => {
  await collector.stop();
  const done = await batch('homes', '1,WA-1.03,2,no,\n');
  assert.equal(done.code, 0, done.stderr);
  assert.deepEqual(outcomes(), ['waiting']);
  await collector.start();
  assert.equal((await batch('homes', '1,WA-1.03,2,no,\n')).code, 0);
  assert.deepEqual(outcomes(), ['sent']);
});

test('a report never takes the place of what is read, and where it can not be written nothing is sent', async () => {
  const size = await logSize();
  const over = await batch('homes', '3,WA-1.01,2,no,\n', ['--report', join(folder, 'responses.csv')]);
  assert.equal(over.code, 2);
  assert.match(over.stderr, /--report would overwrite/);
  mkdirSync(join(folder, 'homes', '1'), { recursive: true });
  const among = await batch('homes', '3,WA-1.01,2,no,\n', ['--report', join(folder, 'homes', '1', 'key')]);
  assert.equal(among.code, 2);
  assert.match(among.stderr, /--report would overwrite .*, or lie in a member's folder/);
  const nowhere = await batch('homes', '3,WA-1.01,2,no,\n', ['--report', join(folder, 'no-such', 'report.csv')]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /no-such/);
  assert.equal(await logSize(), size);
  assert.ok(!existsSync(join(folder, 'homes', '3')));
});
