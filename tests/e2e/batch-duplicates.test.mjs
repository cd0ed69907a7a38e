// Goal: two forms of one member about one action are never one without a word: a file without revisions is refused with both
// lines, and so is one that gives both the same revision; a file that says revisions means that the later replaces the earlier.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { ROUND } from './lib/panel.mjs';
import { freshFolder, ready, run } from './lib/programs.mjs';

let collector;
let folder;
before(async () => {
  collector = await ready('batch-duplicates', { codes: 1 });
  folder = freshFolder('batch-duplicates-homes');
  writeFileSync(join(folder, 'invitations.csv'), `member,code\n1,${collector.codes[0]}\n`);
});
after(() => collector?.stop());

function batch(text, env) {
  const responses = join(folder, 'responses.csv');
  writeFileSync(responses, text);
  const args = ['--invitations', join(folder, 'invitations.csv'), '--responses', responses, '--homes', join(folder, 'homes')];
  return run('burgerpanel', ['batch', collector.url, ...args], { env });
}

async function importance(action) {
  const out = await collector.export(ROUND, 'exact', '--exact');
  const row = parseTable(readFileSync(join(out, 'summary.csv'), 'utf8')).find((r) => r.action === action);
  return [row.respondents, row.importance_mean];
}

test('two rows of one member and action without a column revision are refused, both lines named', async () => {
  const text = 'member,action,importance,noticed\n1,WA-1.01,2,no\n1,WA-1.02,3,no\n1,WA-1.01,5,no\n';
  const done = await batch(text);
  assert.equal(done.code, 1);
  assert.match(done.stderr, /responses\.csv:4: the same member and action as line 2: .*'revision'/);
  const dutch = await batch(text, { LC_ALL: 'nl_NL.UTF-8' });
  assert.match(dutch.stderr, /responses\.csv:4: hetzelfde panellid en dezelfde actie als regel 2/);
  assert.deepEqual(await importance('WA-1.01'), ['0', '']);
});

test('the same revision twice is refused, both lines named', async () => {
  const done = await batch('member,action,revision,importance,noticed\n1,WA-1.01,1,2,no\n1,WA-1.01,1,5,no\n');
  assert.equal(done.code, 1);
  assert.match(done.stderr, /responses\.csv:3: the same member, action and revision as line 2/);
  assert.deepEqual(await importance('WA-1.01'), ['0', '']);
});

test('revisions that differ are sent in their order, and the highest counts', async () => {
  const done = await batch('member,action,revision,importance,noticed\n1,WA-1.01,2,5,no\n1,WA-1.01,1,2,no\n');
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /2 rows: 2 sent, 0 refused\./);
  assert.deepEqual(await importance('WA-1.01'), ['1', '5.0000']);
});
