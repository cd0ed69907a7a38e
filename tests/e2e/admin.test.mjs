// Goal: the collector's verbs do what CLI.md says, with its exit codes, also beside a running daemon, which notices in about a second.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { assertAccepted, JOSE, post, request } from './lib/http.mjs';
import { asListed, Member } from './lib/member.mjs';
import { ACTION, examplePanel, good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { assertFailed, build, Collector, freshFolder, ready, run } from './lib/programs.mjs';
import { holds } from './lib/store.mjs';

const CODE = /^[0-9A-HJKMNP-TV-Z]{7}-[0-9A-HJKMNP-TV-Z]{7}-[0-9A-HJKMNP-TV-Z]{7}-[0-9A-HJKMNP-TV-Z]{5}$/;

let collector;
before(async () => {
  collector = await ready('admin');
});
after(() => collector?.stop());

const enrol = async (code) => {
  const member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE));
  return member;
};

test('both programs have --help and --version, and tell wrong usage with 2', async () => {
  for (const program of ['burgerpanel', 'burgerpanel-collector']) {
    const help = await run(program, ['--help']);
    assert.equal(help.code, 0);
    assert.notEqual(help.stdout, '');
    const version = await run(program, ['--version']);
    assert.equal(version.code, 0);
    assert.match(version.stdout, /\d+\.\d+\.\d+/);
    for (const args of [[], ['nonsense'], ['--nonsense']]) {
      const wrong = await run(program, args);
      assert.equal(wrong.code, 2, `${program} ${args}`);
      assert.equal(wrong.stdout, '');
      assert.notEqual(wrong.stderr, '');
    }
  }
});

test('every verb has --help, and takes neither too few nor unknown words', async () => {
  const verbs = {
    'panel import': ['FILE', 'MORE', 'YET'],
    'panel show': [],
    'actions import': ['FILE', 'MORE', 'YET'],
    'actions list': [],
    'invitations create': ['x'],
    'invitations list': [],
    'invitations withdraw': ['CODE', 'MORE', 'YET'],
    'members list': [],
    'members revoke': ['KID', 'MORE', 'YET'],
    'members restore': ['KID', 'MORE', 'YET'],
    'tokens create': ['NAME', '--role', 'nobody'],
    'tokens list': [],
    'tokens revoke': ['NAME', 'MORE', 'YET'],
    serve: ['--listen', 'nonsense'],
    export: ['--round'],
  };
  for (const [verb, wrong] of Object.entries(verbs)) {
    const words = verb.split(' ');
    const help = await run('burgerpanel-collector', [...words, '--help']);
    assert.equal(help.code, 0, verb);
    assert.notEqual(help.stdout, '', verb);
    for (const args of [['--nonsense'], wrong.length > 0 ? wrong : ['unwanted']]) {
      const done = await run('burgerpanel-collector', collector.words(...words, ...args));
      assert.equal(done.code, 2, `${verb} ${args.join(' ')}: ${done.stdout}${done.stderr}`);
    }
  }
});

test('verbs on a store that is not there say so, and make none', async () => {
  const missing = new Collector(freshFolder('admin-missing'));
  for (const verb of [['members', 'list'], ['panel', 'show'], ['serve', '--listen', '127.0.0.1:0'], ['invitations', 'list']])
    assertFailed(await missing.run(...verb), new RegExp(missing.name));
  assert.throws(() => statSync(missing.path));
});

test('panel import tells what changed, panel show gives it back', async () => {
  const { stdout } = await collector.succeed('panel', 'show');
  assert.deepEqual(JSON.parse(stdout), examplePanel());
  const panel = examplePanel();
  panel.rounds.push({ ...panel.rounds[0], id: 'round-2', title: { nl: 'Tweede ronde' } });
  const { stdout: told, stderr } = await collector.importPanel(panel);
  assert.match(told + stderr, /round-2/);
  await poll('the new round', 3, async () => (await request(collector.url, '/v1/panel')).json().rounds.length === 2);
  const again = await collector.importPanel(panel);
  assert.doesNotMatch(again.stdout + again.stderr, /round-2/, 'nothing changed');
});

test('invitations create counts on, list counts, withdraw takes one back', async () => {
  const first = parseTable((await collector.succeed('invitations', 'create', 3)).stdout);
  assert.deepEqual(first.map((r) => r.member), ['1', '2', '3']);
  for (const { code } of first) assert.match(code, CODE);
  const file = join(collector.folder, 'more.csv');
  const { stdout } = await collector.succeed('invitations', 'create', 2, '--out', file);
  assert.equal(stdout, '');
  const more = parseTable(readFileSync(file, 'utf8'));
  assert.deepEqual(more.map((r) => r.member), ['4', '5']);
  assert.equal(statSync(file).mode & 0o077, 0, 'codes are for the owner alone');
  assert.equal(new Set([...first, ...more].map((r) => r.code)).size, 5);

  await enrol(first[0].code);
  await collector.succeed('invitations', 'withdraw', first[1].code);
  assertFailed(await collector.run('invitations', 'withdraw', first[0].code), /used/i);
  assertFailed(await collector.run('invitations', 'withdraw', '0000000-0000000-0000000-00000'));
  const { stdout: list } = await collector.succeed('invitations', 'list');
  assert.match(list, /unused\W+3|3\W+unused/i);
  assert.match(list, /(?<!un)used\W+1|1\W+used/i);
  assert.match(list, /withdrawn\W+1|1\W+withdrawn/i);
  for (const { code } of [...first, ...more]) assert.ok(!list.includes(code), 'codes are shown once');
});

test('members list names who enrolled; revoke is noticed by the running collector and keeps what was said', async () => {
  const [code] = parseTable((await collector.succeed('invitations', 'create', 1)).stdout).map((r) => r.code);
  const member = await enrol(code);
  const { kid } = member.key;
  const text = member.response(ROUND, ACTION, good);
  assertAccepted(await post(collector.url, '/v1/responses', text, JOSE));
  const line = async () => (await collector.succeed('members', 'list')).stdout.split('\n').find((l) => l.includes(kid));
  const listed = await line();
  assert.match(listed, /\d{4}-\d{2}-\d{2}/);

  await collector.succeed('members', 'revoke', asListed(kid), '--reason', 'request');
  assert.notEqual(await line(), listed);
  let revision = 1;
  await poll('the refusal', 2, async () => {
    const answer = await post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good, { revision: ++revision }), JOSE);
    return answer.status === 401;
  });
  const folder = await collector.export(ROUND, 'revoked', '--exact');
  const summary = parseTable(readFileSync(join(folder, 'summary.csv'), 'utf8'));
  assert.equal(summary.find((r) => r.action === ACTION).respondents, '1', 'earlier responses stay');

  assertFailed(await collector.run('members', 'revoke', 'A'.repeat(43), '--reason', 'request'));
  assertFailed(await collector.run('members', 'revoke', asListed(kid), '--reason', 'request'), /revoked/i);
});

// The office knows member 24; the collector asked for a kid, or for the code that it had shown once.
test('members and invitations go by the number that the office knows them by, and a revoked member can be restored', async () => {
  const [one, two] = parseTable((await collector.succeed('invitations', 'create', 2)).stdout);
  const member = await enrol(two.code);
  const row = async () => parseTable((await collector.succeed('members', 'list')).stdout).find((r) => r.member === two.member);
  assert.equal((await row()).kid, member.key.kid);
  assert.equal((await row()).revoked, '');

  assert.match((await collector.succeed('members', 'revoke', two.member, '--reason', 'request')).stderr, new RegExp(`^member ${two.member} is revoked`));
  assert.notEqual((await row()).revoked, '');
  assertFailed(await collector.run('members', 'revoke', asListed(member.key.kid), '--reason', 'request'), /revoked already/);
  await poll('the refusal', 2, async () =>
    (await post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good, { revision: 5 }), JOSE)).status === 401);

  await collector.succeed('members', 'restore', two.member);
  assert.equal((await row()).revoked, '');
  assertFailed(await collector.run('members', 'restore', asListed(member.key.kid)), /not revoked/);
  let revision = 5;
  await poll('being taken again', 2, async () =>
    (await post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good, { revision: ++revision }), JOSE)).status === 201);

  assertFailed(await collector.run('members', 'revoke', one.member, '--reason', 'request'), /nobody has enrolled with invitation/);
  assertFailed(await collector.run('invitations', 'withdraw', two.member), /used/);
  assertFailed(await collector.run('invitations', 'withdraw', '999999'), /no invitation 999999/);
  await collector.succeed('invitations', 'withdraw', one.member);
  const answer = await post(collector.url, '/v1/members', new Member('wau').enrolment(one.code), JOSE);
  assert.equal(answer.status, 403, answer.text);
});

// One kid in 64 begins with -, and so does a cell that a spreadsheet takes for a formula. One that begins with -- is an
// option as it stands, and goes by how it is listed or by its number.
test('a member is revoked by the kid as members list writes it, also where it guards it', async () => {
  const { stdout } = await collector.succeed('invitations', 'create', 1);
  let member = new Member('wau');
  while (!/^-[^-]/.test(member.key.kid)) member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(parseTable(stdout)[0].code), JOSE));
  const list = (await collector.succeed('members', 'list')).stdout;
  assert.ok(list.includes(`,'${member.key.kid},`), list);
  await collector.succeed('members', 'revoke', `'${member.key.kid}`, '--reason', 'request');
  await collector.succeed('members', 'restore', member.key.kid);
  assertFailed(await collector.run('members', 'revoke', '0', '--reason', 'request'), /no member with this kid or number/);
});

test('tokens are shown once, have a role, and can be revoked', async () => {
  const { stdout } = await collector.succeed('tokens', 'create', 'analysis', '--role', 'analyst', '--exact', '--expires', '30');
  const [token] = stdout.trim().split('\n');
  assert.match(token, /^bp_[A-Za-z0-9_-]{43}$/);
  assertFailed(await collector.run('tokens', 'create', 'analysis', '--role', 'team'), /analysis/);
  await collector.succeed('tokens', 'create', 'audits', '--role', 'auditor');
  const exact = await collector.run('tokens', 'create', 'exact', '--role', 'auditor', '--exact');
  assert.equal(exact.code, 2);
  assert.match(exact.stderr, /--exact goes with --role analyst or team/);
  const list = (await collector.succeed('tokens', 'list')).stdout;
  assert.match(list, /analysis.*analyst/);
  assert.match(list, /audits.*auditor/);
  assert.ok(!list.includes(token));
  const words = collector.words('tokens', 'create', 'unseen', '--role', 'team');
  const unseen = spawnSync('sh', ['-c', '"$@" >/dev/full', 'sh', join(build, 'burgerpanel-collector'), ...words], { encoding: 'utf8' });
  assertFailed({ ...unseen, code: unseen.status }, /could not be shown and is revoked again: No space left/);
  assertFailed(await collector.run('tokens', 'revoke', 'unseen'), /no token 'unseen' in force/);
  await collector.succeed('tokens', 'revoke', 'analysis');
  assertFailed(await collector.run('tokens', 'revoke', 'analysis'));
  assertFailed(await collector.run('tokens', 'revoke', 'nobody'), /nobody/);
  assert.equal(await holds(collector, token.slice(3)), false, 'only its hash is kept');
});

test('actions list gives the list; importing again updates, adds and stops, and removes nothing', async () => {
  const folder = freshFolder('admin-actions');
  const other = new Collector(folder);
  await other.importPanel();
  const write = async (name, lines) => {
    const path = join(folder, name);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path, `id,title,track,lead,related,status\n${lines.join('\n')}\n`);
    return path;
  };
  await other.importActions(await write('a.csv', ['A,One,t,l,r,planned', 'B,Two,t,l,r,running']));
  const told = await other.importActions(await write('b.csv', ['C,Three,t,l,r,started', 'A,Uno,t,l,r,done']));
  assert.notEqual(told.stdout + told.stderr, '');
  const list = (await other.succeed('actions', 'list')).stdout;
  const line = (id) => list.split('\n').find((l) => new RegExp(`\\b${id}\\b`).test(l));
  assert.match(line('A'), /Uno/);
  assert.match(line('A'), /done/);
  assert.match(line('B'), /stopped/);
  assert.match(line('C'), /started/);
});

test('a questionnaire that has responses can not change, only be followed by another', async () => {
  const [code] = parseTable((await collector.succeed('invitations', 'create', 1)).stdout).map((r) => r.code);
  const member = await enrol(code);
  assertAccepted(await post(collector.url, '/v1/responses', member.response(ROUND, 'WA-1.04', good), JOSE));
  const changed = examplePanel();
  changed.questionnaires[0].questions[0].max = 7;
  const path = join(collector.folder, 'changed.json');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(path, JSON.stringify(changed));
  const done = await collector.run('panel', 'import', path);
  assert.equal(done.code, 1);
  assert.match(done.stderr, /standard-1/);

  const followed = examplePanel();
  followed.questionnaires.push({ ...changed.questionnaires[0], id: 'standard-2' });
  followed.rounds.push({ ...followed.rounds[0], id: 'round-2', questionnaire: 'standard-2' });
  await collector.importPanel(followed);
});
