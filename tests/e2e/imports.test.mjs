// Goal: a broken panel or action file is refused whole, with every fault named by its place, and what was there stays.
// fixtures/broken/expected.txt holds a line for each fault: file, place, a word of what is said, parted by tabs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Collector, fixtures, freshFolder } from './lib/programs.mjs';

const folder = join(fixtures, 'broken');
const files = new Map();
for (const line of readFileSync(join(folder, 'expected.txt'), 'utf8').split('\n').filter(Boolean)) {
  const [file, where, word] = line.split('\t');
  files.set(file, [...(files.get(file) ?? []), { where, word }]);
}

let collector;
let before_;
const state = async () =>
  (await collector.succeed('panel', 'show')).stdout + (await collector.succeed('actions', 'list')).stdout;
before(async () => {
  collector = new Collector(freshFolder('imports'));
  await collector.importPanel();
  await collector.importActions();
  before_ = await state();
});

for (const [file, faults] of files) {
  test(`${file} is refused, with ${faults.length} faults named`, async () => {
    const done = await collector.run(file.endsWith('.json') ? 'panel' : 'actions', 'import', join(folder, file));
    assert.equal(done.code, 1, done.stdout + done.stderr);
    const lines = done.stderr.split('\n');
    for (const { where, word } of faults)
      assert.ok(
        lines.some((l) => l.includes(file) && l.includes(where) && l.includes(word)),
        `no line with '${where}' and '${word}' in\n${done.stderr}`,
      );
  });
}

test('none of them changed what is stored', async () => {
  assert.equal(await state(), before_);
});

test('a file that is not there is named', async () => {
  for (const noun of ['panel', 'actions']) {
    const done = await collector.run(noun, 'import', join(folder, 'not-there'));
    assert.equal(done.code, 1);
    assert.match(done.stderr, /not-there/);
  }
});
