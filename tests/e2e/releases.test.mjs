// Goal: a release is numbered, frozen and verified by anyone: its files under their hashes over HTTP, the same in an exported folder, which
// `release verify` holds against the log by its key alone; what came before stays as it was; and none is made that the rules do not allow.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { assertAccepted, assertProblem, JOSE, keepAlive, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { examplePanel, iso, ROUND } from './lib/panel.mjs';
import { get, makeToken, readyExample, tablePath, TABLES } from './lib/reading.mjs';
import { poll } from './lib/poll.mjs';
import { copyOf, sql } from './lib/store.mjs';
import { assertTables } from './lib/tables.mjs';

const FILES = ['datapackage.json', ...['options', 'questions', 'summary'].flatMap((table) => [`${table}.csv`, `${table}.csv-metadata.json`])];
const TOLD = 'WA-1.03';
let collector, key, folder, late; // late: a member whom release 2 has told
const panel = examplePanel();
panel.disclosure = { releaseInterval: 0 };

before(async () => {
  collector = await readyExample('releases', { panel });
  key = (await request(collector.url, '/log/key')).text.trim();
});
after(async () => {
  await collector?.stop();
});

const releases = async () => (await get(collector, `/v1/rounds/${ROUND}/releases`)).json();
const fileOf = (number, name) => get(collector, `/v1/rounds/${ROUND}/releases/${number}/${name}`);
const verify = (path, ...flags) => collector.run('release', 'verify', path, ...flags);

test('there is none to begin with, and nothing is told', async () => {
  assert.deepEqual(await releases(), []);
  for (const table of TABLES) assertProblem(await get(collector, tablePath(table)), 404, 'no-release');
  assertProblem(await fileOf(1, 'summary.csv'), 404, 'no-release');
  assertProblem(await get(collector, '/v1/rounds/nope/releases'), 404, 'not-found');
});

test('it is an entry of the log, and its files are there under their hashes for anyone', async () => {
  assert.match(await collector.release(ROUND), /^release 1 of round-1: 23 of 36 actions told, 23 for the first time, 0 anew, 0 as before\nentry \d+\n$/);
  const [release, ...others] = await releases();
  assert.equal(others.length, 0);
  assert.deepEqual(release.files.map((file) => file.name), FILES);
  assert.equal(release.number, 1);
  assert.equal(release.final, false);
  assert.equal(release.size, release.index);
  for (const { name, bytes, sha256 } of release.files) {
    const answer = await fileOf(1, name);
    assert.equal(answer.status, 200, name);
    assert.equal(answer.bytes.length, bytes);
    assert.equal(createHash('sha256').update(answer.bytes).digest('base64url'), sha256);
    assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable');
    const again = await get(collector, `/v1/rounds/${ROUND}/releases/1/${name}`, undefined, { 'If-None-Match': answer.headers.etag });
    assert.equal(again.status, 304);
    const head = await get(collector, `/v1/rounds/${ROUND}/releases/1/${name}`, undefined, {}, 'HEAD');
    for (const header of ['etag', 'cache-control', 'content-type', 'content-length'])
      assert.equal(head.headers[header], answer.headers[header], `${name}: ${header}`);
  }
  const event = JSON.parse(Buffer.from((await fileOf(1, 'release.jws')).text.split('.')[1], 'base64url'));
  assert.equal(event.event, 'release-created');
  assert.deepEqual(event.files, release.files);
  const listed = (await collector.succeed('release', 'list', '--json')).stdout;
  assert.deepEqual(JSON.parse(listed)[0], { round: ROUND, number: 1, final: false, size: release.size, index: release.index, createdAt: release.createdAt });
  assert.match((await collector.succeed('release', 'list')).stdout, /^round,number,final,size,index,created\r\nround-1,1,no,\d+,\d+,\S+\r\n$/);
  for (const path of ['1/nothing.csv', '1/../1/summary.csv', '01/summary.csv', '1', '1/', '-1/summary.csv'])
    assert.equal((await get(collector, `/v1/rounds/${ROUND}/releases/${path}`)).status, 404, path);
});

test('an exported folder holds it to the byte, and verifies by the key alone', async () => {
  folder = await collector.export(ROUND, 'released');
  assertTables(folder, 'release');
  assert.deepEqual(readdirSync(folder).sort(), [...FILES, 'release.jws', 'release.tlog-proof'].sort());
  for (const name of [...FILES, 'release.jws'])
    assert.ok(readFileSync(join(folder, name)).equals((await fileOf(1, name)).bytes), name);
  const told = await collector.succeed('release', 'verify', folder, '--key', key);
  assert.match(told.stderr, /^release 1 of round round-1 of panel wau, of \S+: 7 files, each as the log burgerpanel\/wau has it\n$/);
  // As someone who has taken the files from the collector.
  const fetched = join(collector.folder, 'fetched');
  cpSync(folder, fetched, { recursive: true });
  for (const name of readdirSync(folder)) writeFileSync(join(fetched, name), (await fileOf(1, name)).bytes);
  await collector.succeed('release', 'verify', fetched, '--key', key);
});

test('one byte changed anywhere, a file too many or too few, or another key: it does not verify', async () => {
  const changed = join(collector.folder, 'changed');
  const tried = async (change, expected) => {
    rmSync(changed, { recursive: true, force: true });
    cpSync(folder, changed, { recursive: true });
    change();
    const { code, stderr } = await verify(changed, '--key', key);
    assert.equal(code, 1, stderr);
    assert.match(stderr, expected);
  };
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    const at = Math.floor(bytes.length / 2);
    bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30;
    await tried(() => writeFileSync(join(changed, name), bytes), new RegExp(name === 'release.jws' ? 'release.tlog-proof' : name));
  }
  await tried(() => rmSync(join(changed, 'options.csv')), /options\.csv: /);
  await tried(() => rmSync(join(changed, 'release.tlog-proof')), /release\.tlog-proof: /);
  await tried(() => writeFileSync(join(changed, 'comments.csv'), 'a'), /comments\.csv: is no file of this release/);
  await tried(() => mkdirSync(join(changed, 'exact')), /exact: is no file of this release/);
  await tried(() => symlinkSync('/etc/hostname', join(changed, 'more.csv')), /more\.csv: is no file of this release/);
  for (const name of ['release.jws', 'options.csv'])
    await tried(() => (rmSync(join(changed, name)), execFileSync('mkfifo', [join(changed, name)])), new RegExp(`${name}: is no file\n`));
  const other = key.replace(/^[^+]+/, 'burgerpanel/other');
  assert.equal((await verify(folder, '--key', other)).code, 2);
  assert.equal((await verify(folder)).code, 2);
});

test('of what another has been told it is a version; the first is still there', async () => {
  const agent = keepAlive();
  const first = await get(collector, tablePath('summary'));
  const codes = await collector.invitations(12);
  for (const code of codes) {
    const member = new Member('wau');
    assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE, { agent }));
    const answers = { importance: 1, noticed: 'no' };
    assertAccepted(await post(collector.url, '/v1/responses', member.response(ROUND, TOLD, answers), JOSE, { agent }));
    late = member;
  }
  agent.destroy();
  assert.match(await collector.release(ROUND), /^release 2 of round-1: 23 of 36 actions told, 0 for the first time, 1 anew, 22 as before\n/);
  const second = await get(collector, tablePath('summary'));
  const before = new Map(parseTable(first.text).map((row) => [row.action, row]));
  for (const row of parseTable(second.text)) {
    if (row.action !== TOLD) assert.deepEqual(row, before.get(row.action));
    else assert.deepEqual([row.release, Number(row.respondents)], ['2', Number(before.get(TOLD).respondents) + 10]);
  }
  assert.equal((await get(collector, tablePath('summary', '?release=1'))).text, first.text);
  assert.equal((await get(collector, tablePath('summary', '?release=2'))).text, second.text);
  assertProblem(await get(collector, tablePath('summary', '?release=3')), 404, 'no-release');
  assert.ok((await fileOf(1, 'summary.csv')).text === first.text && (await fileOf(2, 'summary.csv')).text === second.text);
  const excel = await get(collector, tablePath('summary', '?release=1&profile=excel-nl'));
  assert.match(excel.headers['content-disposition'], /wau-round-1-summary-release-1-excel-nl\.csv/);
  await collector.succeed('audit');
});

test('once a response is erased that a release rests on, the release stands, and an audit says that it can not be worked out any more', async () => {
  const auditor = await makeToken(collector, 'auditor', 'auditor');
  const tokens = join(collector.folder, 'auditor.token');
  writeFileSync(tokens, `${auditor}\n`);
  await poll('the token to be known', 5, async () => (await get(collector, '/v1/entries?from=99999', auditor)).status === 200);
  const audits = () => Promise.all([collector.succeed('audit'), collector.run('audit', '--url', collector.url, '--token-file', tokens)]);
  const marked = /entry \d+: release (\d+) of round round-1 is not checkable any more: what it rested on has been erased since/g;
  const markedIn = ({ stdout, stderr }) => [...(stdout + stderr).matchAll(marked)].map(([, number]) => number);
  for (const audit of await audits()) assert.deepEqual([audit.code, ...markedIn(audit)], [0]);
  const before = await fileOf(2, 'summary.csv');
  assertAccepted(await post(collector.url, '/v1/erasures', late.erasure({ round: ROUND, action: TOLD }), JOSE));
  for (const audit of await audits()) assert.deepEqual([audit.code, ...markedIn(audit)], [0, '2'], 'release 1 rests on what is still there');
  const after = await fileOf(2, 'summary.csv');
  assert.deepEqual([after.status, after.headers.etag, after.text], [200, before.headers.etag, before.text]);
});

test('two at once make one of each number, or one is told of the other', async () => {
  const runs = await Promise.all([1, 2, 3].map(() => collector.run('release', 'create', ROUND)));
  for (const { code, stderr } of runs) if (code !== 0) assert.match(stderr, /was made meanwhile/);
  const numbers = (await releases()).map((release) => release.number);
  assert.deepEqual(numbers, Array.from({ length: numbers.length }, (_, i) => i + 1));
  assert.equal(numbers.length, 2 + runs.filter(({ code }) => code === 0).length);
});

test('while others may follow, nobody changes what they are made by', async () => {
  for (const change of [{ minRespondents: 20 }, { roundTo: 7 }, { minChanged: 15 }, { releaseInterval: 1 }]) {
    const path = join(collector.folder, 'other.json');
    writeFileSync(path, JSON.stringify({ ...panel, disclosure: { ...panel.disclosure, ...change } }));
    const { code, stderr } = await collector.run('panel', 'import', path);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /disclosure/);
  }
});

test('the final one follows on the closing of the round, once', async () => {
  const refused = await collector.run('release', 'create', ROUND, '--final');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /the round is not closed/);
  const closed = examplePanel();
  closed.disclosure = panel.disclosure;
  closed.rounds[0].closesAt = iso(Math.floor(Date.now() / 1000) - 1);
  await collector.importPanel(closed);
  await collector.release(ROUND, '--final');
  assert.equal((await releases()).at(-1).final, true);
  for (const flags of [[], ['--final']]) {
    const { code, stderr } = await collector.run('release', 'create', ROUND, ...flags);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /was the final one of this round/);
  }
  await collector.succeed('audit');
});

test('of files that were changed nothing is given as released, and what the log says of them needs no reading', async (t) => {
  const [{ files }] = await releases();
  const { etag } = (await fileOf(1, 'summary.csv')).headers;
  await collector.stop();
  const copy = copyOf(collector, 'releases-changed');
  await sql(copy, 'UPDATE release_file SET bytes = zeroblob(length(bytes))');
  t.after(() => copy.stop());
  await copy.start();
  const path = `/v1/rounds/${ROUND}/releases/1/summary.csv`;
  assertProblem(await get(copy, path), 503, 'unavailable');
  await poll('what is wrong to be told', 10, () => /release 1: summary\.csv is not what the log has the hash of/.test(copy.process.stderr));
  assert.equal((await get(copy, path, undefined, { 'If-None-Match': etag })).status, 304);
  const head = await get(copy, path, undefined, {}, 'HEAD');
  assert.deepEqual([head.status, head.headers.etag, head.headers['content-length']], [200, etag, String(files.find(({ name }) => name === 'summary.csv').bytes)]);
  for (const other of [`/v1/rounds/${ROUND}/options`, `/v1/rounds/${ROUND}/questions?profile=excel-nl`, `/v1/rounds/${ROUND}/changes?since=1`, '/v1/trends'])
    assertProblem(await get(copy, other), 503, 'unavailable');
  await copy.stop();
  const out = join(copy.folder, 'out');
  for (const words of [['export', '--round', ROUND, '--out', out], ['export', '--round', ROUND, '--out', out, '--profile', 'excel-nl'],
    ['trends', 'export', join(copy.folder, 'trends')], ['release', 'changes', ROUND, 1]]) {
    const { code, stdout, stderr } = await copy.run(...words);
    assert.equal(code, 1, words.join(' '));
    assert.match(stderr, /release \d+: [\w.-]+ is not what the log has the hash of; run `audit`/, words.join(' '));
    assert.doesNotMatch(stdout, /\0/, words.join(' '));
  }
  await collector.start();
});

test('a round that is not there has none', async () => {
  const { code, stderr } = await collector.run('release', 'create', 'nope');
  assert.equal(code, 1);
  assert.match(stderr, /no round 'nope'/);
});
