// Goal: the same responses sent in any order, each twice, a third of them over the single path, give the same tables, byte for
// byte; and asking for them while the collector runs gives the same as after it stopped and started again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccepted, JOSE, keepAlive, NDJSON, post } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ROUND } from './lib/panel.mjs';
import { assertFailed, build, fixtures, ready } from './lib/programs.mjs';
import { answersOf, assertTables, dice, exampleRows, shuffle } from './lib/tables.mjs';

let collector;
const agent = keepAlive();
before(async () => {
  collector = await ready('tables', { codes: 60 });
});
after(async () => {
  agent.destroy();
  await collector?.stop();
});

test('any order, each twice, a third over the single path', async () => {
  const members = [];
  for (const code of collector.codes) {
    const member = new Member('wau');
    assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE, { agent }));
    members.push(member);
  }
  const rows = exampleRows();
  assert.equal(rows.length, 926);
  const signed = rows.map((row) =>
    members[row.member - 1].response(ROUND, row.action, answersOf(row), { revision: Number(row.revision) }),
  );
  const roll = dice(20260101);
  const all = [...signed, ...signed];
  shuffle(all, roll);

  const ok = [200, 201, 409]; // 409: a revision that another has overtaken
  const check = (status, body) => assert.ok(ok.includes(status), body);
  const single = all.splice(0, Math.floor(all.length / 3));
  const work = single.map((text) => async () => {
    const answer = await post(collector.url, '/v1/responses', text, JOSE, { agent });
    check(answer.status, answer.text);
  });
  while (all.length > 0) {
    const lines = all.splice(0, 1 + roll(40));
    work.push(async () => {
      const body = lines.map((l) => `${JSON.stringify(l)}\n`).join('');
      const answer = await post(collector.url, '/v1/response-batches', body, NDJSON, { agent });
      assert.equal(answer.status, 200, answer.text);
      for (const line of answer.text.trimEnd().split('\n')) check(JSON.parse(line).status, line);
    });
  }
  shuffle(work, roll);
  // Eight at a time, so that the order of arrival is nobody's.
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let next = work.pop(); next; next = work.pop()) await next();
    }),
  );

  const none = await collector.run('export', '--round', ROUND, '--out', join(collector.folder, 'none'));
  assert.equal(none.code, 1, none.stderr);
  assert.match(none.stderr, /nothing has been released of round round-1; `release create round-1` .*`export --exact`/);
  await collector.release(ROUND);
  assertTables(await collector.export(ROUND, 'release'), 'release');
  assertTables(await collector.export(ROUND, 'exact', '--exact'), 'exact');
  await collector.stop();
  assertTables(await collector.export(ROUND, 'release-stopped'), 'release');
  await collector.start();
  assertTables(await collector.export(ROUND, 'exact-again', '--exact'), 'exact');
});

test('profile excel-nl has BOM, semicolons and decimal commas, and the same cells otherwise', async () => {
  const folder = await collector.export(ROUND, 'excel', '--profile', 'excel-nl');
  for (const name of ['summary.csv', 'questions.csv', 'options.csv']) {
    const text = readFileSync(join(folder, name), 'utf8');
    assert.equal(text[0], '\ufeff', name);
    const plain = readFileSync(join(fixtures, 'expected/release', name), 'utf8').trimEnd().split('\r\n');
    const lines = text.slice(1).trimEnd().split('\r\n');
    assert.equal(lines.length, plain.length);
    assert.equal(lines[0].split(';').length, plain[0].split(',').length);
    assert.doesNotMatch(lines.join('\n'), /;-?\d+\.\d{4}(;|$)/m, 'no decimal point');
  }
  const figures = readFileSync(join(folder, 'questions.csv'), 'utf8');
  assert.match(figures, /;\d+,\d{4};/);
});

// The other kind's files, comments among them, were left there.
test('a folder holds one export: another kind is refused, the same may come anew', async () => {
  const folder = await collector.export(ROUND, 'one', '--exact');
  const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  await collector.export(ROUND, 'one', '--exact');
  for (const flags of [[], ['--profile', 'excel-nl'], ['--exact', '--profile', 'excel-nl']]) {
    const { code, stderr } = await collector.run('export', '--round', ROUND, '--out', folder, ...flags);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /holds something else than this export, datapackage\.json among it; name a new folder, or empty this one\n$/);
  }
  assert.deepEqual(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]), before);
  const { code, stderr } = await collector.run('export', '--round', ROUND, '--out', collector.folder);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /among it; name a new folder/);
});

// A later export used to leave it there without a word, where the first refused it.
test('a foreign file in the folder is refused by a first export and by a later one, and nothing is written', async () => {
  const folder = join(collector.folder, 'own-file');
  const refused = async (...flags) => {
    const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
    const { code, stderr } = await collector.run('export', '--round', ROUND, '--out', folder, ...flags);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /holds something else than this export, notes\.txt among it; name a new folder, or empty this one\n$/);
    assert.deepEqual(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]), before);
  };
  mkdirSync(folder);
  writeFileSync(join(folder, '.hidden'), '');
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  await refused();
  rmSync(join(folder, 'notes.txt'));
  await collector.export(ROUND, 'own-file');
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  await refused();
  rmSync(join(folder, 'notes.txt'));
  await collector.export(ROUND, 'own-file');
});

test('exact tables in a folder of their own within it are not published along', async () => {
  const folder = join(collector.folder, 'around');
  await collector.export(ROUND, join('around', 'exact'), '--exact');
  const around = await collector.run('export', '--round', ROUND, '--out', folder);
  assertFailed(around, /holds something else than this export, exact among it/);
  assert.deepEqual(readdirSync(folder), ['exact']);
});

test('a pipe in the place of the package is not waited for', async () => {
  const folder = join(collector.folder, 'piped');
  mkdirSync(folder);
  assert.equal(spawnSync('mkfifo', [join(folder, 'datapackage.json')]).status, 0);
  assertFailed(await collector.run('export', '--round', ROUND, '--out', folder), /holds something else than this export, datapackage\.json among it/);
});

// A limit on the size of files ends it in the middle of one, as a kill would.
test('an export that was broken off is replaced by the next of its kind, and by no other', async () => {
  const whole = await collector.export(ROUND, 'unbroken', '--exact');
  const names = readdirSync(whole);
  const folder = join(collector.folder, 'broken');
  const limit = statSync(join(whole, 'options.csv')).size - 1;
  const program = [join(build, 'burgerpanel-collector'), 'export', '--store', collector.store, '--round', ROUND, '--exact', '--out', folder];
  const broken = spawnSync('prlimit', [`--fsize=${limit}`, '--core=0', ...program]);
  assert.equal(broken.signal, 'SIGXFSZ', `${broken.error ?? broken.stderr}`);
  const left = readdirSync(folder);
  assert.ok(left.some((name) => /^\.options\.csv\.[0-9a-f]+\.tmp$/.test(name)), left.join());
  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'datapackage.json'), 'utf8')).resources, []);
  const { code, stderr } = await collector.run('export', '--round', ROUND, '--out', folder);
  assert.equal(code, 1, stderr);
  writeFileSync(join(folder, '.another.tmp'), '');
  await collector.export(ROUND, 'broken', '--exact');
  assert.deepEqual(readdirSync(folder), ['.another.tmp', ...names]);
  for (const name of names) assert.equal(readFileSync(join(folder, name), 'utf8'), readFileSync(join(whole, name), 'utf8'), name);
});

test('a round that is not there, and a profile that is none, are refused', async () => {
  const unknown = await collector.run('export', '--round', 'nope', '--out', join(collector.folder, 'nope'));
  assert.equal(unknown.code, 1, unknown.stderr);
  assert.match(unknown.stderr, /nope/);
  const profile = await collector.run('export', '--round', ROUND, '--out', join(collector.folder, 'p'), '--profile', 'x');
  assert.equal(profile.code, 2, profile.stderr);
  const nowhere = await collector.run('export', '--out', join(collector.folder, 'q'));
  assert.equal(nowhere.code, 2, nowhere.stderr);
});
