// Goal: a member's program signs what it showed with the answers; where that is not what was asked since the round opened, as with a kept copy of
// before, it shows the questions as they are and asks once more, and what waits and is stale is told as such.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { request } from './lib/http.mjs';
import { examplePanel } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { assertFailed, fixtures, ready, run, succeed } from './lib/programs.mjs';
import { Proxy, withText } from './lib/proxy.mjs';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(Buffer.from(part, 'base64url')), createHash('sha256')).digest('base64url');
const claimsOf = (jws) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url'));
let collector, proxy, home;

before(async () => {
  collector = await ready('context', { codes: 1 });
  proxy = new Proxy(collector);
  await proxy.start();
  home = join(collector.folder, 'home');
  await member('enrol', proxy.url, collector.codes[0]);
});
after(async () => {
  await proxy?.stop();
  await collector?.stop();
});

const member = (...args) => succeed('burgerpanel', [...args, '--home', home]);
const ask = (input, ...args) => run('burgerpanel', [...args, '--home', home], { input });
const newestEvent = async (kind) => {
  const { text } = await request(collector.url, '/v1/events');
  return text.trimEnd().split('\n').map((line) => claimsOf(JSON.parse(line).jws)).findLast(({ event }) => event === kind);
};
const inForce = async () => sha256((await newestEvent('panel-imported')).panel, (await newestEvent('actions-imported')).actions);

// What this member has sent of an action, newest last.
const sent = (action) =>
  readdirSync(join(home, 'sent')).filter((name) => name.includes(`~${action}~`)).sort()
    .map((name) => claimsOf(JSON.parse(readFileSync(join(home, 'sent', name), 'utf8')).jws));

// Neither panel nor actions are to be had for now: the kept copies do.
const withholdQuestions = () => {
  proxy.change = (path, answer) => (['/v1/panel', '/v1/actions'].includes(path) ? { ...withText(answer, ''), status: 503 } : undefined);
};

// From here on the round has opened a second after the definition before, and with it what was shown then, was replaced.
async function openLater() {
  const panel = examplePanel();
  panel.rounds[0].title.en = 'Another title';
  await collector.importPanel(panel);
  const { iat } = await newestEvent('panel-imported');
  await poll('the clock to pass that second', 5, () => Date.now() / 1000 > iat + 2);
  panel.rounds[0].opensAt = new Date((iat + 1) * 1000).toISOString().replace('.000', '');
  await collector.importPanel(panel);
}

test('what was in force of panel and actions is signed with the answers, and still is after an import', async () => {
  await member('respond', 'WA-1.01', 'importance=4', 'noticed=no');
  const before = await inForce();
  assert.deepEqual(sent('WA-1.01').map(({ context }) => context), [before]);
  const panel = examplePanel();
  panel.title.en = 'A new name';
  await collector.importPanel(panel);
  assert.notEqual(await inForce(), before);
  withholdQuestions();
  await member('respond', 'WA-1.01', 'importance=5');
  proxy.change = undefined;
  await member('respond', 'WA-1.01', 'importance=3');
  assert.deepEqual(sent('WA-1.01').map(({ context }) => context), [before, before, await inForce()]);
});

test('a document that changes and shows nothing else is noticed by who has the rest already', async () => {
  const panel = examplePanel();
  panel.title.en = 'A new name';
  await collector.importPanel(panel);
  const before = await newestEvent('panel-imported');
  const other = join(collector.folder, 'spaced.json');
  writeFileSync(other, `${JSON.stringify(panel)}\n\n`);
  await collector.importPanel(other);
  assert.notEqual((await newestEvent('panel-imported')).panel, before.panel);
  await member('respond', 'WA-1.02', 'importance=3', 'noticed=no');
  assert.equal(sent('WA-1.02')[0].context, await inForce());
});

test('who was shown the questions of before the round opened is shown them as they are, with the answers at hand', async () => {
  await openLater();
  withholdQuestions();
  const { change } = proxy;
  let refused = false;
  proxy.change = (path, answer) => {
    refused ||= path === '/v1/responses' && answer.status === 409;
    return refused ? undefined : change(path, answer);
  };
  const done = await ask('4\nno\napp\n\n5\n\n\n\n', 'respond', 'WA-1.03');
  proxy.change = undefined;
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.match(done.stderr, /refused: the questions have changed since they were shown to you/);
  assert.match(done.stderr, /These are the questions as they are now; your answers stand with them\./);
  const [claims, ...more] = sent('WA-1.03');
  assert.deepEqual(more, []);
  assert.deepEqual(claims.answers, { importance: 5, noticed: 'no', channels: ['app'] });
  assert.equal(claims.context, await inForce());
  const status = JSON.parse((await member('status', '--json')).stdout);
  assert.equal(status.refused, 1);
});

test('what waited and is stale by now is told with what to do, and another answer is taken', async () => {
  withholdQuestions();
  const { change } = proxy;
  proxy.change = (path, answer) => (path === '/v1/responses' ? { ...withText(answer, ''), status: 503 } : change(path, answer));
  const kept = await ask(undefined, 'respond', 'WA-1.04', 'importance=2', 'noticed=no');
  assert.equal(kept.code, 0, kept.stderr);
  proxy.change = undefined;
  await openLater();
  const done = await ask(undefined, 'sync');
  assert.equal(done.code, 1, done.stderr);
  assert.match(done.stderr, /WA-1\.04: refused: the questions have changed since they were shown to you; `burgerpanel respond ACTION` shows them/);
  await member('respond', 'WA-1.04', 'importance=2', 'noticed=no');
  assert.equal(sent('WA-1.04')[0].context, await inForce());
});

// As somebody would who has answers signed to other questions than the log names: the headers stay, what is shown changes.
const turn = (at, from, to) => {
  proxy.change = (path, answer) => (path === at && answer.text.includes(from) ? withText(answer, answer.text.replace(from, to)) : undefined);
};

for (const [what, path, from, to] of [
  ['an action', '/v1/actions', '"title":"', '"title":"Not '],
  ['a question', '/v1/panel', '"label":{"nl":"', '"label":{"nl":"Niet '],
]) {
  test(`where the collector shows ${what} otherwise than the log has it nothing is signed`, async () => {
    const panel = examplePanel();
    panel.title.en = `Before ${what}`;
    await collector.importPanel(panel); // or the kept copy would do
    const list = readFileSync(join(fixtures, 'actions.csv'), 'utf8');
    const actions = join(collector.folder, 'actions.csv');
    writeFileSync(actions, `${list.trimEnd()}\nZZ-${path.length},One more,,,,planned\n`);
    await collector.importActions(actions);
    turn(path, from, to);
    const done = await ask(undefined, 'respond', 'WA-1.05', 'importance=4', 'noticed=no');
    proxy.change = undefined;
    assertFailed(done, /the collector shows other questions or actions than those that it says its log names, so nothing is signed/);
    assert.deepEqual(sent('WA-1.05'), []);
    await member('respond', 'WA-1.06', 'importance=4', 'noticed=no', ...(what === 'an action' ? [] : ['--anew']));
    assert.equal(sent('WA-1.06').at(-1).context, await inForce());
  });
}
