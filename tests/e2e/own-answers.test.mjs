// Goal: a member knows what it is about and what was said before: `respond` names the action, shows and keeps the earlier
// answers, `answers show` gives them back, `actions` tells until when and in which state.
import assert from 'node:assert/strict';
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROUND } from './lib/panel.mjs';
import { Collector, freshFolder, run, succeed } from './lib/programs.mjs';
import { Terminal } from './lib/terminal.mjs';

const dutch = { LC_ALL: 'nl_NL.UTF-8' };
let collector;
let home;
before(async () => {
  collector = new Collector(freshFolder('own-answers'));
  await collector.importPanel();
  await collector.importActions();
  const [code] = await collector.invitations(1);
  await collector.start();
  home = join(freshFolder('own-answers-home'), 'home');
  await succeed('burgerpanel', ['enrol', collector.url, code, '--home', home]);
});
after(() => collector?.stop());

const member = (args, options) => run('burgerpanel', [...args, '--home', home], options);
const ok = (args, options) => succeed('burgerpanel', [...args, '--home', home], options);
const shown = async (...args) => JSON.parse((await ok(['answers', 'show', ...args, '--json'])).stdout);

test('respond names the action, who leads it and how far it is', async () => {
  const { stderr } = await ok(['respond', 'WA-1.01', 'importance=5', 'noticed=yes', 'satisfaction=4', 'channels=app,phone', 'comment=Eerst dit.']);
  assert.match(stderr, /^WA-1\.01 {2}\S/m);
  assert.match(stderr, /^ {2}lead: .+; status: (planned|started|running|done|stopped)$/m);
  const { stderr: inDutch } = await member(['respond', 'WA-1.01', 'importance=9'], { env: dutch });
  assert.match(inDutch, /^ {2}trekker: .+; status: (gepland|gestart|loopt|afgerond|gestopt)$/m);
});

test('what is not answered anew is kept, and said; what an answer makes out of place is left out', async () => {
  const first = await ok(['respond', 'WA-1.01', 'importance=2']);
  assert.match(first.stderr, /As you answered before: noticed, satisfaction, channels, comment\./);
  const [one] = await shown('WA-1.01');
  assert.deepEqual(one.answers, { importance: 2, noticed: 'yes', satisfaction: 4, channels: ['phone', 'app'], comment: 'Eerst dit.' });
  assert.equal(one.revision, 2);
  const second = await ok(['respond', 'WA-1.01', 'noticed=no', 'comment=', 'channels=']);
  assert.match(second.stderr, /Not asked any more, and left out: satisfaction\./);
  assert.deepEqual((await shown('WA-1.01'))[0].answers, { importance: 2, noticed: 'no', channels: [] });
});

test('--anew starts from nothing', async () => {
  const missing = await member(['respond', 'WA-1.01', 'importance=1', '--anew']);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /noticed/);
  await ok(['respond', 'WA-1.01', 'importance=1', 'noticed=unknown', '--anew']);
  assert.deepEqual((await shown('WA-1.01'))[0].answers, { importance: 1, noticed: 'unknown' });
});

test('the questions show what was answered before; Enter keeps it', async () => {
  const terminal = new Terminal('burgerpanel', ['respond', 'WA-1.01', '--home', home]);
  await terminal.shows('WA-1.01  ');
  await terminal.shows('answered before: 1');
  terminal.types('\r');
  await terminal.shows('answered before: I do not know');
  terminal.types('no\r\r');
  await terminal.shows('ends it');
  terminal.types('And now a text.\r.\r');
  await terminal.shows('Sign and send');
  terminal.types('y\r');
  await terminal.shows('it replaces your earlier response');
  assert.equal((await terminal.ended()).code, 0);
  assert.deepEqual((await shown('WA-1.01'))[0].answers, { importance: 1, noticed: 'no', comment: 'And now a text.' });
});

test('what still waits counts as answered before, without a connection too', async () => {
  const listen = new URL(collector.url).host;
  await collector.stop();
  await ok(['respond', 'WA-1.02', 'importance=3', 'noticed=no']);
  const { stderr } = await ok(['respond', 'WA-1.02', 'importance=4']);
  assert.match(stderr, /As you answered before: noticed\./);
  const [waiting] = await shown('WA-1.02');
  assert.equal(waiting.state, 'spooled');
  assert.deepEqual(waiting.answers, { importance: 4, noticed: 'no' });
  await collector.start(listen);
  await ok(['sync']);
  assert.equal((await shown('WA-1.02'))[0].state, 'sent');
});

test('answers show gives all of them in words, those of one action, and says where there are none', async () => {
  const { stdout } = await ok(['answers', 'show']);
  assert.match(stdout, /^WA-1\.01 {2}\S/m);
  assert.match(stdout, /^WA-1\.02 {2}\S/m);
  assert.match(stdout, /^ {2}round-1, revision \d+, signed \d{4}-\d\d-\d\d \d\d:\d\d, sent$/m);
  assert.match(stdout, /^ {2}How important is this action to you\?\n {4}4$/m);
  const inDutch = await ok(['answers', 'show', 'WA-1.01'], { env: dutch });
  assert.match(inDutch.stdout, /^ {2}Merkt u al iets van deze actie\?\n {4}Nee$/m);
  assert.doesNotMatch(inDutch.stdout, /WA-1\.02/);
  const none = await member(['answers', 'show', 'WA-6.04']);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /you have not answered 'WA-6\.04'/);
  const elsewhere = await member(['answers', 'show', '--round', 'round-9']);
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.stderr, /you have not answered anything in round 'round-9'/);
  assert.deepEqual((await shown()).map((r) => [r.round, r.action]), [[ROUND, 'WA-1.01'], [ROUND, 'WA-1.02']]);
});

test('answers show needs no questions to show what was signed, and --anew no earlier response that can be read', async () => {
  const copy = join(freshFolder('own-answers-copy'), 'home');
  cpSync(home, copy, { recursive: true });
  rmSync(join(copy, 'panel.json'));
  const bare = await succeed('burgerpanel', ['answers', 'show', 'WA-1.02', '--home', copy]);
  assert.match(bare.stdout, /^ {2}importance: 4$/m);
  const sent = readdirSync(join(copy, 'sent')).filter((name) => name.includes('WA-1.02')).sort().at(-1);
  writeFileSync(join(copy, 'sent', sent), '{');
  const damaged = await run('burgerpanel', ['respond', 'WA-1.02', 'importance=1', '--home', copy]);
  assert.equal(damaged.code, 1);
  assert.match(damaged.stderr, /your response to WA-1\.02, revision \d+, is damaged; with --anew it is left alone/);
  await succeed('burgerpanel', ['respond', 'WA-1.02', 'importance=1', 'noticed=no', '--anew', '--home', copy]);
});

test('who answers from a copy of the folder under a number that is taken is numbered anew without a word', async () => {
  const copy = join(freshFolder('own-answers-device'), 'home');
  cpSync(home, copy, { recursive: true });
  await ok(['respond', 'WA-2.01', 'importance=1', 'noticed=no']);
  const other = await succeed('burgerpanel', ['respond', 'WA-2.01', 'importance=5', 'noticed=yes', 'satisfaction=2', '--home', copy]);
  assert.match(other.stderr, /WA-2\.01: accepted, entry \d+ of the log; it replaces your earlier response/);
  assert.doesNotMatch(other.stderr, /refused/);
  const list = JSON.parse((await succeed('burgerpanel', ['answers', 'show', 'WA-2.01', '--json', '--home', copy])).stdout);
  assert.equal(list[0].revision, 2);
});

test('actions tells until when each can be answered and the state that it is in', async () => {
  const { stdout } = await ok(['actions'], { env: { TZ: 'UTC' } });
  assert.match(stdout.split('\n')[0], /^round +open until +action +status +answered +title$/);
  assert.match(stdout, /^round-1 +\d{4}-\d\d-\d\d \d\d:\d\d +WA-1\.01 +(planned|started|running|done|stopped) +sent +\S/m);
  const list = JSON.parse((await ok(['actions', '--json'])).stdout);
  assert.match(list[0].closesAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.match(list[0].status, /^(planned|started|running|done|stopped)$/);
});
