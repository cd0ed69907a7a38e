// Goal: a member has an answer, or all, erased with the program alone: it shows what goes and what stays, asks, and takes its own copies away
// once the log is seen to hold the request; a lost answer costs nothing; and what the collector shows of a member is held to the receipts.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeShim } from './lib/faulty-disk.mjs';
import { ACTION, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { freshFolder, ready, run } from './lib/programs.mjs';
import { Proxy } from './lib/proxy.mjs';
import { Terminal } from './lib/terminal.mjs';

const OTHER = 'WA-1.02';
let collector;
let proxy;
let codes;
let folder;
before(async () => {
  collector = await ready('erasure-client', { codes: 20 });
  codes = [...collector.codes];
  folder = freshFolder('erasure-client-homes');
  proxy = new Proxy(collector);
  await proxy.start();
});
after(async () => {
  await proxy?.stop();
  await collector?.stop();
});

let homes = 0;
async function member() {
  const home = join(folder, `home-${++homes}`);
  const client = (...words) => run('burgerpanel', [...words, '--home', home]);
  client.home = home;
  client.ok = async (...words) => {
    const done = await client(...words);
    assert.equal(done.code, 0, `${words.join(' ')}: ${done.stdout}${done.stderr}`);
    return done;
  };
  client.files = (sub) => readdirSync(join(home, sub)).sort();
  client.answer = (action, importance = 4) => client.ok('respond', action, `importance=${importance}`, 'noticed=no');
  await client.ok('enrol', proxy.url, codes.pop());
  return client;
}

test('erase ACTION: shown, asked, gone here and there, and answered anew with a higher revision', async () => {
  const client = await member();
  await client.answer(ACTION);
  await client.answer(ACTION, 5);
  await client.answer(OTHER);
  const refused = await run('burgerpanel', ['erase', ACTION, '--home', client.home], { input: 'no\n' });
  assert.equal(refused.code, 1, refused.stderr);
  assert.match(refused.stderr, /This goes, here and at the collector:/);
  assert.match(refused.stderr, new RegExp(`${ACTION} in ${ROUND}, revision 2`));
  assert.match(refused.stderr, /This stays: .* your signed request to erase/);
  assert.match(refused.stderr, /nothing was erased; --yes says so/);
  assert.equal(client.files('sent').length, 3);
  const done = await run('burgerpanel', ['erase', ACTION, '--home', client.home], { input: 'yes\n' });
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /Erased: 2 entries of the log\. Your request is entry \d+, and its receipt holds\./);
  assert.equal(client.files('sent').length, 1);
  assert.equal(client.files('erased').length, 1);
  assert.match((await client.ok('receipts', 'verify')).stderr, /3 receipts hold\./);
  const list = JSON.parse((await client.ok('receipts', 'list', '--json')).stdout);
  assert.deepEqual(list.map(({ action, erasure }) => [action, erasure]), [[null, false], [OTHER, false], [ACTION, true]]);
  assert.match((await client('erase', ACTION, '--yes')).stderr, /this folder knows no answer to/);
  assert.match((await client('erase', ACTION, '--round', ROUND, '--yes')).stderr, /not erased: .*holds nothing of yours there/);
  await client.answer(ACTION, 1);
  assert.match(client.files('sent').join(' '), new RegExp(`${ACTION}~0*3\\.json`));
  await client.ok('sync', '--again');
  assert.equal(client.files('sent').length, 2);
});

test('erase --everything: no member, no key, and the same folder enrols anew with another code', async () => {
  const client = await member();
  await client.answer(ACTION);
  const done = await client.ok('erase', '--everything', '--yes');
  assert.match(done.stderr, /your enrolment, and your key/);
  assert.match(done.stderr, /Erased: 2 entries/);
  assert.match(done.stderr, /You are no member any more/);
  assert.ok(!existsSync(join(client.home, 'key')));
  assert.deepEqual([client.files('sent'), client.files('spool'), client.files('erased')], [[], [], ['everything.json']]);
  const texts = ['member.json', 'erased/everything.json'].map((name) => readFileSync(join(client.home, name), 'utf8'));
  assert.ok(texts.every((text) => !text.includes('panel-enrolment')));
  const respond = await client('respond', ACTION, 'importance=4', 'noticed=no');
  assert.equal(respond.code, 1);
  assert.match(respond.stderr, /everything of .* was erased \(entry \d+\)/);
  assert.match((await client.ok('receipts', 'verify')).stderr, /1 receipt holds\./);
  await client.ok('enrol', proxy.url, codes.pop());
  await client.answer(ACTION);
  await client.ok('receipts', 'verify');
});

test('a lost answer: the request is kept, sync sends the very same, and only then the copies go', async () => {
  const client = await member();
  await client.answer(ACTION);
  proxy.change = (path) => {
    if (path === '/v1/erasures') throw new Error('lost');
  };
  const lost = await client('erase', ACTION, '--yes');
  assert.equal(lost.code, 1, lost.stderr);
  assert.match(lost.stderr, /Your request is signed and kept: `burgerpanel sync` sends it again/);
  assert.equal(client.files('sent').length, 1);
  const waiting = readFileSync(join(client.home, 'erasing.jws'), 'utf8');
  proxy.change = undefined;
  const done = await client.ok('sync');
  assert.match(done.stderr, /Erased: 1 entry of the log/);
  assert.ok(!existsSync(join(client.home, 'erasing.jws')));
  assert.equal(client.files('sent').length, 0);
  assert.ok(readFileSync(join(client.home, 'erased', client.files('erased')[0]), 'utf8').includes(waiting));
});

// Signed by a clock that is `seconds` behind, and without an answer: where it is too old for the collector, it is not carried out.
async function askInVain(client, seconds, ...words) {
  const control = join(folder, `clock-${homes}`);
  writeFileSync(control, `-${seconds}`);
  proxy.change = (path) => {
    if (path === '/v1/erasures') throw new Error('lost');
  };
  const env = { LD_PRELOAD: makeShim('clock'), ASAN_OPTIONS: 'verify_asan_link_order=0', CLOCK_CONTROL: control };
  const lost = await run('burgerpanel', ['erase', ...words, '--yes', '--home', client.home], { env });
  assert.match(lost.stderr, /`burgerpanel sync` sends it again/);
  proxy.change = undefined;
}

for (const [verb, ...words] of [['sync'], ['erase', ACTION, '--yes']])
  test(`a request that did not arrive, and is too old by now, is signed anew by ${verb}`, async () => {
    const client = await member();
    await client.answer(ACTION);
    await askInVain(client, 400, ACTION);
    const waiting = readFileSync(join(client.home, 'erasing.jws'), 'utf8');
    const done = await client.ok(verb, ...words);
    assert.match(done.stderr, /Erased: 1 entry of the log/);
    assert.doesNotMatch(done.stderr, /not erased/);
    assert.ok(!existsSync(join(client.home, 'erasing.jws')));
    assert.deepEqual([client.files('sent'), client.files('erased').length], [[], 1]);
    assert.ok(!readFileSync(join(client.home, 'erased', client.files('erased')[0]), 'utf8').includes(waiting), 'the proof is of the later one');
  });

test('erase again after a lost answer is done once that is settled, and goes on where the action was answered since', async () => {
  const client = await member();
  await client.answer(ACTION);
  await askInVain(client, 0, ACTION);
  const done = await client.ok('erase', ACTION, '--round', ROUND, '--yes');
  assert.match(done.stderr, /Erased: 1 entry of the log/);
  assert.doesNotMatch(done.stderr, /not erased|knows no answer/);
  await client.answer(ACTION);
  await client.answer(OTHER);
  await askInVain(client, 0, OTHER);
  assert.match((await client.ok('erase', ACTION, '--yes')).stderr, /Erased: 1 entry[^]*Erased: 1 entry/);
  assert.deepEqual(client.files('sent'), []);
});

test('to erase one answer does not carry out an earlier --everything that did not arrive, and says so', async () => {
  const client = await member();
  await client.answer(ACTION);
  await client.answer(OTHER);
  await askInVain(client, 400, '--everything');
  for (const text of ['later', '{"login":true}']) {
    proxy.change = (path) => (path === '/v1/access' ? { status: 200, headers: { 'content-type': 'application/json' }, bytes: Buffer.from(text) } : undefined);
    const later = await client('erase', ACTION, '--yes');
    assert.equal(later.code, 1);
    assert.match(later.stderr, /sends it again/, text);
  }
  proxy.change = undefined;
  const done = await client.ok('erase', ACTION, '--yes');
  assert.match(done.stderr, /did not arrive, and is dropped[^]*Erased: 1 entry/);
  assert.equal(client.files('sent').length, 1);
  await client.ok('sync');
  await client.answer(OTHER, 2);
});

test('who answers anew while a request to erase waits loses nothing: one for that answer goes first, one for everything is dropped', async () => {
  const client = await member();
  await client.answer(ACTION);
  await client.answer(OTHER);
  await askInVain(client, 400, ACTION);
  await client.answer(OTHER, 2);
  proxy.change = (path) => (path === '/v1/erasures' ? { status: 503, headers: {}, bytes: Buffer.from('') } : undefined);
  const refused = await client('respond', ACTION, 'importance=5', 'noticed=no');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /not erased yet[^]*Nothing is signed yet/);
  assert.equal(client.files('spool').length, 0);
  proxy.change = undefined;
  const done = await client.ok('respond', ACTION, 'importance=5', 'noticed=no');
  assert.match(done.stderr, /Erased: 1 entry/);
  await askInVain(client, 400, '--everything');
  const kept = await client.ok('respond', ACTION, 'importance=4', 'noticed=no');
  assert.match(kept.stderr, /did not arrive, and is dropped/);
  assert.match((await client.ok('sync')).stderr, /nothing waits/);
  assert.equal(client.files('sent').length, 4);
});

test('an earlier --everything that was carried out is known to be, whatever is erased next', async () => {
  const client = await member();
  await client.answer(ACTION);
  await askInVain(client, 0, '--everything');
  const done = await client.ok('erase', ACTION, '--yes');
  assert.match(done.stderr, /Erased: 2 entries[^]*You are no member any more/);
  assert.deepEqual(client.files('erased'), ['everything.json']);
});

test('a refusal that is not the collector’s settles nothing: the request is kept, and sent again', async () => {
  const client = await member();
  await client.answer(ACTION);
  const inBetween = [
    { status: 403, headers: { 'content-type': 'text/html' }, bytes: Buffer.from('<h1>Log in to the network</h1>') },
    { status: 404, headers: { 'content-type': 'application/problem+json' }, bytes: Buffer.from('{"type":"about:blank","status":404}') },
    { status: 302, headers: { location: 'http://127.0.0.1:1/login' }, bytes: Buffer.alloc(0) },
  ];
  for (const answer of inBetween) {
    proxy.change = (path) => (path === '/v1/erasures' ? answer : undefined);
    const words = answer === inBetween[0] ? ['erase', ACTION, '--yes'] : ['sync'];
    const done = await client(...words);
    assert.notEqual(done.code, 0, done.stderr);
    assert.match(done.stderr, /Your request is signed and kept/, String(answer.status));
    assert.ok(existsSync(join(client.home, 'erasing.jws')));
  }
  proxy.change = undefined;
  assert.match((await client.ok('sync')).stderr, /Erased: 1 entry of the log/);
});

test('a receipt that does not hold: nothing is taken away here, and the answer is kept as evidence', async () => {
  const client = await member();
  await client.answer(ACTION);
  proxy.change = (path, answer) => {
    if (path !== '/v1/erasures') return undefined;
    const body = answer.json();
    body.receipt = body.receipt.replace(/^index \d+$/m, 'index 0');
    return { ...answer, bytes: Buffer.from(JSON.stringify(body)) };
  };
  const lied = await client('erase', ACTION, '--yes');
  assert.equal(lied.code, 1);
  assert.match(lied.stderr, /the receipt does not hold|its receipt does not hold/);
  assert.equal(client.files('sent').length, 1);
  assert.equal(client.files('evidence').length, 1);
  proxy.change = undefined;
  await client.ok('sync');
  assert.equal(client.files('sent').length, 0);
});

test('at a terminal in Dutch, and words that make no sense', async () => {
  const client = await member();
  await client.answer(ACTION);
  const terminal = new Terminal('burgerpanel', ['erase', ACTION, '--home', client.home], { LC_ALL: 'nl_NL.UTF-8' });
  await terminal.shows('Dit verdwijnt, hier en bij de verzamelaar:');
  await terminal.shows('Dit wissen? [ja/nee] ');
  terminal.types('ja\r');
  await terminal.shows('Gewist: 1 regel van het logboek.');
  assert.equal((await terminal.ended()).code, 0);
  for (const words of [[], [ACTION, '--everything'], ['--everything', '--round', ROUND]])
    assert.equal((await client('erase', ...words)).code, 2);
});

test('export-my-data: all that is kept, held to the receipts; what is not shown, or otherwise, is told', async () => {
  const client = await member();
  await client.answer(ACTION);
  await client.answer(ACTION, 2);
  await client.answer(OTHER);
  await client.ok('erase', OTHER, '--yes');
  const file = join(folder, 'mine.json');
  const done = await client.ok('export-my-data', '--out', file);
  assert.match(done.stderr, /4 of 4 entries that you hold a receipt of are shown as you signed them/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const { collector: shown, folder: own } = JSON.parse(readFileSync(file, 'utf8'));
  assert.equal(shown.kid, own.kid);
  assert.equal(shown.revoked, false);
  assert.equal(shown.entries.length, 4);
  assert.deepEqual(shown.entries.slice(1, 3).map(({ round, action, revision, state }) => [round, action, revision, state]), [
    [ROUND, ACTION, 1, 'kept'],
    [ROUND, ACTION, 2, 'kept'],
  ]);
  assert.deepEqual(new Set(shown.entries.map(({ jws }) => jws)), new Set([own.enrolment.jws, ...own.sent.map(({ jws }) => jws), ...own.erased.map(({ jws }) => jws)]));
  assert.match(shown.kept.nl, /uitnodiging/);
  assert.deepEqual(JSON.parse((await client.ok('export-my-data')).stdout).folder, own);

  const lie = (change) => (path, answer) => {
    if (path !== '/v1/access') return undefined;
    const body = answer.json();
    change(body.entries);
    return { ...answer, bytes: Buffer.from(JSON.stringify(body)) };
  };
  proxy.change = lie((entries) => entries.splice(1, 1));
  const missing = await client('export-my-data', '--out', file);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, new RegExp(`entry \\d+, ${ACTION}: you hold its receipt, and the collector does not show it`));
  proxy.change = lie((entries) => (entries[1].jws = entries[2].jws));
  const other = await client('export-my-data', '--out', file);
  assert.equal(other.code, 1);
  assert.match(other.stderr, /the collector shows something else than what you signed/);
  proxy.change = undefined;
});

test('a batch that is given again sends nothing that was erased since', async () => {
  const invitations = join(folder, 'invitations.csv');
  const responses = join(folder, 'responses.csv');
  writeFileSync(invitations, `member,code\ndesk,${codes.pop()}\n`);
  writeFileSync(responses, `member,action,importance,noticed\ndesk,${ACTION},4,no\ndesk,${OTHER},2,no\n`);
  const batch = () => run('burgerpanel', ['batch', proxy.url, '--invitations', invitations, '--responses', responses, '--homes', join(folder, 'desk')]);
  assert.match((await batch()).stderr, /2 rows: 2 sent, 0 refused\./);
  const erased = await run('burgerpanel', ['erase', ACTION, '--yes', '--home', join(folder, 'desk', 'desk')]);
  assert.equal(erased.code, 0, erased.stderr);
  const again = await batch();
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /2 rows: 0 sent, 0 refused, 1 sent before, 1 erased since\./);
});

test('what was erased from another device is told as asked for with one\'s own key, and nobody is asked to answer anew', async () => {
  const here = await member();
  await here.answer(ACTION);
  const there = join(folder, 'another-device');
  cpSync(here.home, there, { recursive: true });
  const done = await run('burgerpanel', ['erase', ACTION, '--yes', '--home', there]);
  assert.equal(done.code, 0, done.stderr);
  const status = (await here.ok('status')).stdout;
  assert.match(status, /erased because that was asked for with your key, not from this folder/);
  assert.match(status, new RegExp(`^  ${ROUND} ${ACTION} \\(1\\): entry \\d+ of the log says so$`, 'm'));
  assert.doesNotMatch(status, /by the panel office|please answer anew/);
  const [erased] = JSON.parse((await here.ok('status', '--json')).stdout).erased;
  assert.equal(erased.askedFor, true);
  const mine = await here.ok('export-my-data', '--out', join(folder, 'mine-here.json'));
  assert.match(mine.stderr, new RegExp(`${ACTION}: erased because that was asked for with your key, .*, as entry ${erased.erasedBy} says`));
});

test('export-my-data puts nothing among the folder\'s own files, however the place is named', async () => {
  const client = await member();
  const key = readFileSync(join(client.home, 'key'), 'utf8');
  const link = join(folder, 'link-to-a-home');
  symlinkSync(client.home, link);
  for (const out of [join(client.home, 'key'), join(client.home, 'spool', 'new.json'), join(link, 'key'), join(client.home, 'sent', '..', 'key')]) {
    const done = await client('export-my-data', '--out', out);
    assert.equal(done.code, 1, out);
    assert.match(done.stderr, /--out would put it among the folder's own files/);
  }
  assert.equal(readFileSync(join(client.home, 'key'), 'utf8'), key);
  assert.deepEqual(client.files('spool'), []);
});
