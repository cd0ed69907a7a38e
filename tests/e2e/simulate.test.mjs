// Goal: the simulation behind docs/SCALE.md gives what queueing theory knows in closed form, loses no response and makes none, and the
// tables in the document are what it makes of the costs that stand beside it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshFolder } from './lib/programs.mjs';

const simulate = join(freshFolder('simulate'), 'simulate');
const sources = ['simulate', 'scenario', 'queues'].map((name) => `tests/bench/${name}.c`);
execFileSync('cc', ['-std=c17', '-D_GNU_SOURCE', '-O2', '-I.', '-Wall', '-Wextra', '-Werror', '-o', simulate, ...sources, '-lm']);
const ask = (...words) => execFileSync(simulate, words.map(String), { encoding: 'utf8' });
const queue = ({ checkers = 1, collectors = 1, check = 0, batch = 0, entry = 0, most = 4096, after = 0, rate, skip = 0, count = 400_000 }) =>
  JSON.parse(ask('queue', checkers, collectors, check, batch, entry, most, after, rate, skip, count));
const round = ({ checkers = 1, collectors = 1, check = 40, batch = 250, entry = 10, most = 4096, after = 0, members, actions = 36, days = 14, swing = 0.8, fading = 0.8 }) =>
  JSON.parse(ask('round', checkers, collectors, check, batch, entry, most, after, members, actions, days, swing, fading));
const near = (found, wanted, share, what) => assert.ok(Math.abs(found - wanted) <= share * Math.abs(wanted), `${what}: ${found}, not ${wanted}`);

// Pollaczek and Khinchine, for one who serves each in the same time: half of ρ/(1-ρ) times that is waited on average.
const wait = (service, busy) => service * (1 + busy / (2 * (1 - busy)));

test('one who checks, and one who writes each by itself, keep people waiting as long as M/D/1 says', () => {
  for (const [busy, share] of [[0.2, 0.01], [0.5, 0.01], [0.8, 0.04]]) {
    near(queue({ check: 100, rate: busy * 1e4 }).mean, wait(100, busy), share, `checking, busy ${busy}`);
    near(queue({ batch: 90, entry: 10, most: 1, rate: busy * 1e4 }).mean, wait(100, busy), share, `writing, busy ${busy}`);
  }
});

test('who comes to an empty house waits for nobody', () => {
  const { mean, longest, batch } = queue({ checkers: 4, check: 40, batch: 250, entry: 10, rate: 0.01, count: 1000 });
  near(mean, 300, 1e-6, 'mean');
  near(longest, 300, 1e-6, 'longest');
  assert.equal(batch, 1);
});

test('in a large house the commits grow to what comes while one is written', () => {
  for (const rate of [20_000, 50_000]) near(queue({ checkers: 64, check: 40, batch: 1000, entry: 10, rate }).batch, (rate * 1e-3) / (1 - rate * 1e-5), 0.03, `${rate} a second`);
});

test('the writer is busy for what its own commits take, and for no more', () => {
  for (const busy of [0.02, 0.5, 0.8]) near(queue({ batch: 90, entry: 10, most: 1, rate: busy * 1e4 }).busy, busy, 0.01, `each by itself, ${busy}`);
  // A commit of one takes 260 µs where in one of 4,096 each takes 10: at a fortieth of what it can bear it writes for more than a third.
  const { busy, batch, capacity } = queue({ checkers: 8, check: 40, batch: 250, entry: 10, rate: 1569 });
  assert.ok(1569 / capacity < 0.025, `${capacity}`);
  near(busy, (1569 * (250 / batch + 10)) / 1e6, 0.01, 'busy');
  assert.ok(busy > 0.33, `${busy}`);
  near(queue({ checkers: 64, check: 40, batch: 1000, entry: 10, rate: 50_000 }).busy, 1, 0.001, 'in a large house');
});

test('who commits waits for the standby, and meanwhile others write: one lane, each with commits of its own', () => {
  // One that waits 90 µs behind each 10 is one that takes 100; it writes for a tenth of that.
  const alone = queue({ entry: 10, after: 90, most: 1, rate: 5000 });
  near(alone.mean, wait(100, 0.5), 0.01, 'alone');
  near(alone.busy, 0.05, 0.01, 'alone, busy');
  assert.equal(queue({ check: 1, entry: 10, after: 90, most: 1, rate: 1, count: 1 }).capacity, 10_000);
  // Who goes first makes no difference to the mean, so several are together as one is.
  near(queue({ collectors: 5, entry: 100, most: 1, rate: 5000 }).mean, wait(100, 0.5), 0.01, 'several');
  // In a large house the turn of all takes so much longer as each has less to write.
  for (const collectors of [1, 2, 4])
    near(queue({ collectors, checkers: 64, check: 40, batch: 1000, entry: 10, rate: 50_000 }).batch, 100, 0.03, `${collectors} collectors`);
});

test('of those who came before a sample nothing is told, but that they came', () => {
  near(queue({ check: 100, rate: 5000, skip: 200_000, count: 200_000 }).mean, wait(100, 0.5), 0.02, 'mean');
  near(queue({ check: 200, rate: 1e4, skip: 100_000, count: 1 }).mean, 100_000 * 100, 0.02, 'one, of a queue that only grows');
  assert.equal(queue({ check: 200, rate: 1e4, count: 1 }).mean, 200);
  near(queue({ entry: 100, rate: 1e5, skip: 50_000, count: 100_000 }).batch, 4096, 0.045, 'commits, when those are past in which they grew');
});

test('of few responses each has a commit to itself, and many share theirs', () => {
  const few = round({ members: 1000 });
  near(few.commits, few.came, 0.01, 'few');
  const many = round({ members: 1e8, checkers: 8 });
  assert.ok(many.commits > many.came / 4096 && many.commits < many.came / 1.5, JSON.stringify(many));
});

test('what it can bear is the least of checking and of writing', () => {
  assert.equal(queue({ checkers: 2, check: 100, batch: 0, entry: 10, rate: 1, count: 1 }).capacity, 20_000);
  near(queue({ checkers: 9, check: 10, batch: 1000, entry: 10, most: 100, rate: 1, count: 1 }).capacity, 50_000, 1e-9, 'writing');
});

test('all that members send comes, and is answered or left over, also where more comes than can be borne', () => {
  for (const members of [1, 1000, 1e6, 1e8, 1e9]) {
    const { came, answered, left, peak } = round({ members });
    near(came, members * 36, 1e-6, 'came');
    near(answered + left, came, 1e-6, 'answered and left');
    assert.ok(peak > came / (14 * 86400), 'the busiest hour is busier than most');
  }
  const little = round({ members: 1e6 });
  assert.equal(little.left + little.overflow, 0);
  const much = round({ members: 1e9 });
  assert.ok(much.left > 0 && much.overflow >= much.left && much.overflow_s > 3600, JSON.stringify(much));
});

test('a peak that is too high is worked off when fewer come', () => {
  const { left, overflow, overflow_s } = round({ members: 2e8, check: 10, batch: 0, entry: 40 });
  assert.equal(left, 0);
  assert.ok(overflow > 0 && overflow_s > 0);
});

test('without members nothing comes and nobody waits', () => {
  assert.deepEqual(round({ members: 0 }), { came: 0, answered: 0, left: 0, overflow: 0, overflow_s: 0, commits: 0, p99: 0, peak: 0 });
});

test('a cost without its source, or one that lacks, is not reckoned with', () => {
  for (const costs of ['/dev/null', 'README.md', 'docs/nowhere']) assert.throws(() => execFileSync(simulate, [costs], { stdio: 'pipe' }), /bench-simulate: /);
});

test('the tables of docs/SCALE.md are those that the costs beside it make', () => {
  const tables = ask('tests/bench/scale.costs').split('\n').filter((line) => line.startsWith('|'));
  assert.ok(tables.length > 20);
  assert.deepEqual(readFileSync('docs/SCALE.md', 'utf8').split('\n').filter((line) => line.startsWith('|')), tables);
});
