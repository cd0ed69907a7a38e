// Goal: after a disaster every answer is counted once. The commands of OPERATING.md are followed as they stand there: an older copy is
// put back, or a new store and key are made; the members offer again what the log does not hold, and nothing is hidden from them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { ROUND } from './lib/panel.mjs';
import { Collector, fixtures, freshFolder, run, succeed } from './lib/programs.mjs';

const build = resolve(process.env.BURGERPANEL_BUILD ?? 'build');

// The code blocks of OPERATING.md under a heading, in order.
function blocksUnder(heading) {
  const section = readFileSync('docs/OPERATING.md', 'utf8').split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`));
  assert.ok(section, `OPERATING.md has no '${heading}'`);
  return [...section.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block.replace(/^ {4}/gm, ''));
}

function shell(text, cwd, env) {
  const child = spawn('sh', ['-e', '-c', text], { cwd, env: { ...process.env, PATH: `${build}:${process.env.PATH}`, ...env } });
  let said = '';
  child.stdout.on('data', (part) => (said += part));
  child.stderr.on('data', (part) => (said += part));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => (code === 0 ? done(said) : failed(new Error(`${text}\nexit ${code}: ${said}`))));
  });
}

// A collector in a folder that stands for /var/lib/burgerpanel, members in homes below `members`, a desk in `desk`.
class Place {
  constructor(name) {
    this.folder = freshFolder(name);
    this.backup = join(this.folder, 'backup');
    mkdirSync(this.backup);
    const lib = join(this.folder, 'lib');
    mkdirSync(lib);
    this.collector = new Collector(lib, join(lib, 'burgerpanel.db'));
    writeFileSync(join(this.folder, 'burgerpanel.ini'), `[collector]\nstore = ${this.collector.store}\n`);
    for (const file of ['panel.json', 'actions.csv']) writeFileSync(join(this.folder, file), readFileSync(join(fixtures, file)));
  }

  async open(codes) {
    await this.collector.importPanel();
    await this.collector.importActions();
    this.codes = await this.collector.invitations(codes);
    await this.start();
  }

  start() {
    return this.collector.start(this.listen).then((url) => {
      this.listen = new URL(url).host;
    });
  }

  // Does what a block says, here: systemctl and the user are the test's own, paths and URL are those of this place.
  async follow(block, env = {}, code = '') {
    const here = block
      .replaceAll('runuser -u burgerpanel -- ', '')
      .replaceAll('/etc/burgerpanel.ini', join(this.folder, 'burgerpanel.ini'))
      .replaceAll('/var/lib/burgerpanel', this.collector.folder)
      .replaceAll('/backup', this.backup)
      .replaceAll('https://panel.example.nl', this.collector.url)
      .replaceAll(/\bCODE\b/g, code);
    let said = '';
    for (const part of here.split(/^(systemctl \w+ burgerpanel)\n/m)) {
      if (part === 'systemctl stop burgerpanel') await this.collector.stop();
      else if (part === 'systemctl start burgerpanel') await this.start();
      else if (part.trim() !== '') said += await shell(part, this.folder, env);
    }
    return said;
  }

  // A member of one's own, at the place where the program looks when no folder is named.
  member(name) {
    const data = join(this.folder, 'members', name);
    const home = join(data, 'burgerpanel');
    return { home, env: { XDG_DATA_HOME: data }, ok: (...args) => succeed('burgerpanel', [...args, '--home', home]) };
  }

  async enrolled(name) {
    const it = this.member(name);
    await it.ok('enrol', this.collector.url, this.codes.pop());
    return it;
  }

  async respondents() {
    const out = join(this.folder, 'exact');
    rmSync(out, { recursive: true, force: true });
    await this.collector.succeed('export', '--round', ROUND, '--out', out, '--exact');
    const rows = parseTable(readFileSync(join(out, 'summary.csv'), 'utf8'));
    return Object.fromEntries(rows.filter((row) => row.respondents !== '0').map((row) => [row.action, Number(row.respondents)]));
  }
}

const answer = (member, action, importance) => member.ok('respond', action, `importance=${importance}`, 'noticed=no');
const status = async (member) => JSON.parse((await member.ok('status', '--json')).stdout);
const kept = (member) => readdirSync(join(member.home, 'evidence')).map((name) => name.split(/[-~]/)[0]);
async function assertWell(member, sent) {
  const told = await status(member);
  assert.deepEqual([told.sent, told.spooled, told.refused], [sent, 0, 0]);
  await member.ok('receipts', 'verify');
}

test('an older copy is put back: what was acknowledged since is offered again, and counted once', async (t) => {
  const place = new Place('restored-backup');
  t.after(() => place.collector.stop());
  await place.open(8);
  const [backUp] = blocksUnder('Backup');
  const [putBack, askMember, askDesk] = blocksUnder('An older copy is put back');

  const before = await place.enrolled('before');
  await answer(before, 'WA-1.01', 3);
  const desk = { home: join(place.folder, 'homes', '1'), ok: (...args) => succeed('burgerpanel', [...args, '--home', join(place.folder, 'homes', '1')]) };
  await desk.ok('enrol', place.collector.url, place.codes.pop());
  await place.follow(backUp);

  await answer(before, 'WA-1.01', 5); // replaces one that the copy holds
  await answer(before, 'WA-1.02', 4);
  await answer(before, 'WA-1.02', 2); // both are lost
  await answer(desk, 'WA-1.02', 1);
  const since = await place.enrolled('since'); // with an invitation that the copy knows
  await answer(since, 'WA-1.03', 4);
  const counted = await place.respondents();
  assert.deepEqual(counted, { 'WA-1.01': 1, 'WA-1.02': 2, 'WA-1.03': 1 });

  await place.follow(putBack);
  assert.deepEqual(await place.respondents(), { 'WA-1.01': 1 });
  const verified = await run('burgerpanel', ['receipts', 'verify', '--home', before.home]);
  assert.equal(verified.code, 1, 'nothing hides it');

  const said = await place.follow(askMember, before.env);
  assert.match(said, /smaller log|two histories/);
  assert.match(said, /The log holds 1 of 4 responses/);
  await place.follow(askMember, since.env);
  await place.follow(askDesk);
  assert.deepEqual(await place.respondents(), counted);
  await assertWell(before, 4);
  await assertWell(since, 1);
  await assertWell(desk, 1);
  assert.ok(kept(before).includes('checkpoint'));
  assert.equal(kept(before).filter((name) => name === ROUND.split('-')[0]).length, 3, 'the receipts of what was lost');

  // Once more changes nothing.
  assert.match(await place.follow(askMember, before.env), /The log holds 4 of 4 responses/);
  assert.deepEqual(await place.respondents(), counted);
  await place.collector.succeed('audit');
});

test('nothing is left: in a new log with a new key members enrol anew and offer all again', async (t) => {
  const place = new Place('restored-from-nothing');
  t.after(() => place.collector.stop());
  await place.open(4);
  const [office, askMember, askDesk] = blocksUnder('Nothing is left: a new store and key');

  const member = await place.enrolled('member');
  await answer(member, 'WA-1.01', 3);
  await answer(member, 'WA-1.01', 5);
  await answer(member, 'WA-1.02', 4);
  const home = join(place.folder, 'homes', '1');
  const desk = { home, ok: (...args) => succeed('burgerpanel', [...args, '--home', home]) };
  await desk.ok('enrol', place.collector.url, place.codes.pop());
  await answer(desk, 'WA-1.01', 1);
  const counted = await place.respondents();

  await place.collector.stop();
  for (const file of readdirSync(place.collector.folder)) rmSync(join(place.collector.folder, file));
  await place.follow(office.replace('create 500', 'create 3'));
  const codes = parseTable(readFileSync(join(place.folder, 'invitations.csv'), 'utf8'));
  assert.equal(codes.length, 3);

  // Without a word from the office nobody goes along: it might be anyone's log.
  const plain = await run('burgerpanel', ['sync', '--again', '--home', member.home]);
  assert.equal(plain.code, 1);
  assert.match(plain.stderr, /another key/);
  assert.match(plain.stderr, /enrol --anew/);
  assert.equal((await status(member)).sent, 3);

  await place.follow(askMember, member.env, codes[1].code);
  await place.follow(askDesk);
  assert.deepEqual(await place.respondents(), counted);
  await assertWell(member, 3);
  await assertWell(desk, 1);
  for (const name of ['key', 'checkpoint', 'enrolment']) assert.ok(kept(member).includes(name), name);
  assert.ok(!existsSync(join(member.home, 'enrolment.jws')));
  await place.collector.succeed('audit');
});

test('a member whose invitation the copy does not know needs a new code, and is told so', async (t) => {
  const place = new Place('restored-unknown');
  t.after(() => place.collector.stop());
  await place.open(1);
  const [backUp] = blocksUnder('Backup');
  const [putBack] = blocksUnder('An older copy is put back');
  await place.enrolled('first');
  await place.follow(backUp);
  place.codes = await place.collector.invitations(1);
  const member = await place.enrolled('later');
  await answer(member, 'WA-2.01', 4);
  await place.follow(putBack);

  const done = await run('burgerpanel', ['sync', '--again', '--home', member.home]);
  assert.equal(done.code, 1);
  assert.match(done.stderr, /Ask the panel office for a new code/);
  assert.equal((await status(member)).sent, 1, 'nothing is taken out of sent/ before the member is known');
  const [code] = await place.collector.invitations(1);
  const [, askAnew] = blocksUnder('Nothing is left: a new store and key');
  await place.follow(askAnew, member.env, code);
  assert.deepEqual(await place.respondents(), { 'WA-2.01': 1 });
  await assertWell(member, 1);
});
