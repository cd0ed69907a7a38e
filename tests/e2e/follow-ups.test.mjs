// Goal: what was done with answers is published once and for all: anyone reads it, in the order of the log; it is followed or replaced,
// never changed; the member's program shows what is new about actions that the member answered, and asks for nothing in particular.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { assertProblem, request } from './lib/http.mjs';
import { assertFailed, Collector, freshFolder, run, succeed } from './lib/programs.mjs';
import { poll } from './lib/poll.mjs';
import { bearer, get, makeToken } from './lib/reading.mjs';

const folder = freshFolder('follow-ups');
const dutch = join(folder, 'nl.txt');
const english = join(folder, 'en.txt');
const home = join(folder, 'home');
let collector;
before(async () => {
  collector = new Collector(folder);
  await collector.importPanel();
  await collector.importActions();
  [collector.code] = await collector.invitations(1);
  writeFileSync(dutch, '\ufeffHet loket gaat in mei open.\r\nEcht.\r\n\r\n');
  writeFileSync(english, 'The counter opens in May.\n');
});
after(() => collector?.stop());

const publish = async (action, ...args) => {
  const { stderr } = await collector.succeed('follow-ups', 'publish', action, '--text', dutch, ...args);
  return Number(stderr.match(/^entry (\d+)$/m)[1]);
};
const entries = {};

test('a text is published, followed, and replaced', async () => {
  entries.first = await publish('WA-1.03', '--status', 'considered');
  entries.other = await publish('WA-1.04', '--status', 'notDone', '--round', 'round-1', '--text-en', english);
  entries.second = await publish('WA-1.03', '--status', 'doing', '--replaces', entries.first);
  const list = parseTable((await collector.succeed('follow-ups', 'list')).stdout);
  assert.deepEqual(
    list.map(({ index, action, round, status, replaces }) => [Number(index), action, round, status, replaces]),
    [
      [entries.first, 'WA-1.03', '', 'considered', ''],
      [entries.other, 'WA-1.04', 'round-1', 'notDone', ''],
      [entries.second, 'WA-1.03', '', 'doing', String(entries.first)],
    ],
  );
  assert.equal(list[0].text, 'Het loket gaat in mei open.\nEcht.', 'no mark, no CR, no blanks at the end');
});

test('what can not be published is told by what was typed', async () => {
  const refused = (...args) => collector.run('follow-ups', 'publish', ...args);
  const empty = join(folder, 'empty.txt');
  const unseen = join(folder, 'unseen.txt');
  const latin = join(folder, 'latin.txt');
  writeFileSync(empty, ' \n');
  writeFileSync(unseen, '\u200b\u00a0\u2060\n');
  writeFileSync(latin, Buffer.from([0x69, 0x64, 0x65, 0xeb]));
  const done = ['--status', 'done', '--text', dutch];
  assertFailed(await refused('WA-9', ...done), /no action WA-9/);
  assertFailed(await refused('WA-1.03', ...done, '--round', 'round-9'), /--round: the panel has no such round/);
  assertFailed(await refused('WA-1.03', ...done, '--replaces', entries.other), /--replaces: .* about the same action/);
  assertFailed(await refused('WA-1.03', ...done, '--replaces', entries.first), /--replaces: .* stands in for already/);
  assertFailed(await refused('WA-1.03', '--status', 'done', '--text', empty), /empty\.txt: is empty/);
  assertFailed(await refused('WA-1.03', '--status', 'done', '--text', unseen), /unseen\.txt: is empty; fill it in/);
  assertFailed(await refused('WA-1.03', '--status', 'done', '--text', latin), /latin\.txt is no text in UTF-8/);
  assertFailed(await refused('WA-1.03', '--status', 'done', '--text', join(folder, 'none.txt')), /none\.txt can't be read/);
  for (const args of [['WA-1.03', '--text', dutch], ['WA-1.03', '--status', 'ready', '--text', dutch], ['WA-1.03', '--status', 'done'], ['WA-1.03', ...done, '--replaces', 'x']])
    assert.equal((await refused(...args)).code, 2, args.join(' '));
  assert.equal(parseTable((await collector.succeed('follow-ups', 'list')).stdout).length, 3);
});

test('anyone reads all of them, those after an entry, and those about one action', async () => {
  await collector.start();
  const all = await get(collector, '/v1/follow-ups');
  assert.deepEqual(all.json().map((one) => one.index), [entries.first, entries.other, entries.second]);
  const [first, other, second] = all.json();
  assert.match(first.publishedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.deepEqual({ ...other, publishedAt: '' }, {
    index: entries.other,
    action: 'WA-1.04',
    round: 'round-1',
    status: 'notDone',
    text: { en: 'The counter opens in May.', nl: 'Het loket gaat in mei open.\nEcht.' },
    publishedAt: '',
    replaces: null,
  });
  assert.equal(first.round, null);
  assert.equal(second.replaces, entries.first);
  assert.deepEqual((await get(collector, `/v1/follow-ups?since=${entries.first}`)).json(), [other, second]);
  assert.deepEqual((await get(collector, `/v1/follow-ups?since=${entries.second}`)).json(), []);
  assert.deepEqual((await get(collector, '/v1/actions/WA-1.03/follow-ups')).json(), [first, second]);
  assert.deepEqual((await get(collector, '/v1/actions/WA-1.05/follow-ups')).json(), []);
  assertProblem(await get(collector, '/v1/actions/WA-9/follow-ups'), 404, 'not-found');
  assert.deepEqual((await get(collector, '/v1/follow-ups?action=WA-1.03,WA-9')).json(), [first, second]);
  assert.deepEqual((await get(collector, `/v1/follow-ups?action=WA-1.03,WA-1.04&since=${entries.first}`)).json(), [other, second]);
  for (const query of ['since=-1', 'action=%2F', 'action=WA-1.03,'])
    assertProblem(await get(collector, `/v1/follow-ups?${query}`), 400, 'bad-request');
  const again = await get(collector, '/v1/follow-ups', undefined, { 'If-None-Match': all.headers.etag });
  assert.equal(again.status, 304);
});

const member = (args, options) => succeed('burgerpanel', [...args, '--home', home], options);

test('the member sees once what is new about actions that they answered', async () => {
  await member(['enrol', collector.url, collector.code, '--yes']);
  assert.doesNotMatch((await member(['actions'])).stdout, /New:/, 'nothing is answered yet');
  await member(['respond', 'WA-1.03', 'importance=4', 'noticed=no']);
  assert.doesNotMatch((await member(['actions'])).stdout, /New:/, 'what was published before it was looked at is no news');
  assert.deepEqual(JSON.parse((await member(['status', '--json'])).stdout).news, []);
});

test('without a connection there is no news, and nothing is said of it', async () => {
  await collector.stop();
  const { stdout, stderr } = await member(['status']);
  assert.doesNotMatch(stdout + stderr, /New:/);
  assert.equal(JSON.parse((await member(['status', '--json'])).stdout).news, null);
  assert.equal((await run('burgerpanel', ['actions', '--home', home])).code, 0);
});

test('what is published then is shown by status --json as often as it is asked, by status or actions once', async () => {
  const third = await publish('WA-1.03', '--status', 'done', '--text-en', english);
  const other = await publish('WA-1.04', '--status', 'done');
  assert.ok(other > third);
  await collector.start(new URL(collector.url).host);
  for (let i = 0; i < 2; i++)
    assert.deepEqual(JSON.parse((await member(['status', '--json'])).stdout).news.map((one) => one.index), [third]);
  const { stdout } = await member(['actions']);
  assert.match(stdout, /^New: what was done with answers about actions that you answered$/m);
  assert.match(stdout, /^ {2}\S+ \S+ {2}WA-1\.03 {2}\S.*\n {2}done\n {6}The counter opens in May\.$/m);
  assert.doesNotMatch(stdout, /Het loket/, 'in the language of the reader');
  assert.doesNotMatch((await member(['status'])).stdout, /New:/);
  assert.doesNotMatch((await member(['actions'])).stdout, /New:/);
});

const tokens = {};
const post = (action, body, token, headers = {}) =>
  request(collector.url, `/v1/actions/${action}/follow-ups`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token ? bearer(token) : {}), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const list = async () => (await get(collector, '/v1/follow-ups')).json();

test('a team that may publish does so over HTTP, with a receipt, and who did is noted inside and told to nobody', async () => {
  tokens.desk = await makeToken(collector, 'desk-2', 'team', '--publish');
  tokens.team = await makeToken(collector, 'programme', 'team');
  await poll('the tokens to be known', 5, async () => (await post('WA-1.05', {}, tokens.team)).status === 403);
  const before = await list();
  const answer = await post('WA-1.05', { status: 'doing', round: 'round-1', text: { nl: 'Ja.', fy: 'Ja!', en: 'Yes.' } }, tokens.desk);
  assert.equal(answer.status, 201, answer.text);
  const { index, receipt } = answer.json();
  assert.match(receipt, /^c2sp\.org\/tlog-proof@v1\nindex /);
  const now = await list();
  assert.deepEqual(now.slice(0, -1), before);
  const { publishedAt, ...said } = now.at(-1);
  assert.ok(Math.abs(Date.parse(publishedAt) - Date.now()) < 60_000);
  assert.deepEqual(said, { index, action: 'WA-1.05', round: 'round-1', status: 'doing', text: { en: 'Yes.', fy: 'Ja!', nl: 'Ja.' }, replaces: null });
  const log = parseTable((await collector.succeed('tokens', 'log')).stdout);
  assert.deepEqual([log.at(-1).token, log.at(-1).what], ['desk-2', 'follow-up about WA-1.05']);
  assert.ok(!JSON.stringify(now).includes('desk-2'));
});

test('who may not publish does not, and what is wrong is named by its place, in English', async () => {
  const before = await list();
  const said = { status: 'done', text: { nl: 'x' } };
  assertProblem(await post('WA-1.05', said), 401, 'unauthorized');
  assertProblem(await post('WA-1.05', said, tokens.team), 403, 'forbidden');
  assertProblem(await post('WA-9', said, tokens.desk), 404, 'not-found');
  assertProblem(await post('WA-1.05', said, tokens.desk, { 'Content-Type': 'text/plain' }), 415, 'unsupported-media-type');
  assertProblem(await post('WA-1.05', 'x'.repeat(32 * 1024 + 1), tokens.desk), 413, 'too-large');
  const faults = async (body) => {
    const answer = await post('WA-1.05', body, tokens.desk);
    assertProblem(answer, 400, 'invalid-follow-up');
    return answer.json().errors.map(({ pointer }) => pointer);
  };
  assert.deepEqual(await faults('{'), ['']);
  assert.deepEqual(await faults({ ...said, by: 'me' }), ['/by']);
  assert.deepEqual(await faults({ status: 'ready', text: { en: '' } }), ['/status', '/text/en', '/text/nl']);
  assert.deepEqual(await faults({ ...said, text: { nl: 'x', en: '\u200b\ufeff' } }), ['/text/en']);
  assert.deepEqual(await faults({ ...said, text: { nl: 'x'.repeat(4001) } }), ['/text/nl']);
  assert.deepEqual(await faults({ ...said, round: 'round-9', replaces: 0 }), ['/round', '/replaces']);
  assert.deepEqual(await list(), before);
});

test('the very same text is published once, however often it is sent', async () => {
  const said = { status: 'doing', round: 'round-1', text: { nl: 'Eenmaal.', en: 'Once.' } };
  const before = await list();
  const answers = await Promise.all(Array.from({ length: 6 }, () => post('WA-2.01', said, tokens.desk)));
  const [first] = answers.filter(({ status }) => status === 201).map((answer) => answer.json().index);
  for (const answer of answers.filter(({ status }) => status !== 201)) assertProblem(answer, 400, 'invalid-follow-up');
  assert.equal((await list()).length, before.length + 1);
  const again = await post('WA-2.01', said, tokens.desk);
  assert.deepEqual(again.json().errors, [{ pointer: '', detail: `entry ${first} says the very same of this action; it is published already` }]);
  writeFileSync(english, 'Once.\n');
  writeFileSync(dutch, 'Eenmaal.\n');
  assertFailed(await collector.run('follow-ups', 'publish', 'WA-2.01', '--status', 'doing', '--round', 'round-1', '--text', dutch, '--text-en', english), /WA-2\.01: entry \d+ says the very same/);
  assert.equal((await post('WA-2.01', { ...said, status: 'done' }, tokens.desk)).status, 201);
});

test('of many that would replace the same one text, one does', async () => {
  const first = (await post('WA-1.06', { status: 'doing', text: { nl: 'een' } }, tokens.desk)).json().index;
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => post('WA-1.06', { status: 'done', text: { nl: `poging ${i}` }, replaces: first }, tokens.desk)),
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  for (const answer of answers.filter(({ status }) => status !== 201)) assertProblem(answer, 400, 'invalid-follow-up');
  assert.equal((await get(collector, '/v1/actions/WA-1.06/follow-ups')).json().length, 2);
  const noted = parseTable((await collector.succeed('tokens', 'log')).stdout).filter(({ what }) => what === 'follow-up about WA-1.06');
  assert.equal(noted.length, 2, 'who published, and nobody else');
});

test('a collector that runs in Dutch answers in English', async () => {
  await collector.stop();
  await collector.start(undefined, { env: { LC_ALL: 'nl_NL.UTF-8' } });
  const answer = await post('WA-1.05', { status: 'ready', text: {}, replaces: 0 }, tokens.desk);
  assert.deepEqual(answer.json().errors, [
    { pointer: '/status', detail: 'must be considered, doing, done or notDone' },
    { pointer: '/text/nl', detail: 'is missing; add it' },
  ]);
  const { errors } = (await post('WA-1.05', { status: 'done', text: { nl: 'x' }, replaces: 0 }, tokens.desk)).json();
  assert.deepEqual(errors, [{ pointer: '/replaces', detail: 'must be the index of a follow-up about the same action' }]);
});
