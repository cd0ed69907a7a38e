// Goal: what any of several collectors has signed the store must have, before another serves it: with an old checkpoint of its own, or
// none, a collector asks its peers, at its start and whenever the store is there again; and whatever a peer answers, it harms nobody.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { test } from 'node:test';
import { request } from '../e2e/lib/http.mjs';
import { poll } from '../e2e/lib/poll.mjs';
import { assertFailed, ready, run } from '../e2e/lib/programs.mjs';
import { PublicLog } from '../e2e/lib/public-log.mjs';
import { copyOf, putBack } from '../e2e/lib/store.mjs';
import { another, Wire } from './lib/another.mjs';
import { enrolled, respond, sendUntilAnswered } from './lib/load.mjs';

const AWAY = 'http://127.0.0.1:1'; // where nobody listens
const NAMELESS = 'https://no-such-host.invalid'; // to look its name up libcurl would start a thread, which the sandbox tells of
const SERVE = ['serve', '--listen', '127.0.0.1:0'];

const checkpointFile = (collector) => `${collector.path}.log-key.checkpoint`;
const healthz = async (collector) => (await request(collector.url, '/healthz')).status;
const untilWell = (collector) => poll('the collector to serve', 20, async () => (await healthz(collector)) === 200);
const untilAway = (collector) => poll('the store to be away', 20, async () => (await healthz(collector)) === 503);

const FROM_MEMORY = { Prefer: 'wait=0' };
const sizeOf = async (collector, headers) => {
  const answer = await request(collector.url, '/log/checkpoint', { headers });
  assert.equal(answer.status, 200, answer.text);
  return Number(answer.text.split('\n')[1]);
};

const serve = (collector, env, ...more) => run('burgerpanel-collector', collector.words(...SERVE, ...more), { env });

// Lines of what a collector has told.
const told = (process, pattern) => process.stderr.split('\n').filter((line) => pattern.test(line));

function assertOldCopy(done, size, signed) {
  assert.equal(done.code, 1, done.stderr);
  assert.match(done.stderr, new RegExp(`holds a log of size ${size}, but one of size ${signed} was signed: this is an old copy`));
}

test('an old checkpoint and a database that has lost the rest: served by who asks nobody, refused by who asks a peer', async () => {
  const a = await ready('peers-old', { codes: 3 });
  const b = another(a, 'peers-old-b');
  const old = readFileSync(checkpointFile(b));
  const size = await sizeOf(a);
  const before = copyOf(a, 'peers-old-before');
  const [member] = await enrolled(a, 3);
  const after = copyOf(a, 'peers-old-after');
  putBack(before, a);
  await untilAway(a);
  assert.equal((await request(a.url, '/log/checkpoint')).status, 503, 'another may have shown more');
  assert.equal(await sizeOf(a, FROM_MEMORY), size + 3);

  await b.start(undefined, { env: { BURGERPANEL_PEERS: AWAY } });
  assert.equal(await healthz(b), 200, 'what it can not know of');
  const alone = await b.stop();
  assert.equal(told(alone, / warning peers: /).length, 1, alone.stderr);
  assert.match(alone.stderr, / warning peers: none was heard/);

  for (const more of [['--check'], []]) {
    writeFileSync(checkpointFile(b), old);
    assertOldCopy(await serve(b, { BURGERPANEL_PEERS: `${AWAY}, ${a.url}` }, ...more), size, size + 3);
  }
  assertOldCopy(await serve(b), size, size + 3); // it has been told
  writeFileSync(checkpointFile(b), old);
  const verb = await run('burgerpanel-collector', b.words('actions', 'import', 'fixtures/actions.csv'), { env: { BURGERPANEL_PEERS: a.url } });
  assertOldCopy(verb, size, size + 3); // nor does a verb sign what contradicts them

  putBack(after, a);
  await untilWell(a);
  await b.start(undefined, { env: { BURGERPANEL_PEERS: `${AWAY},${a.url}` } });
  assert.equal((await sendUntilAnswered(b, respond(member, 1))).status, 201);
  await b.stop();
  await a.stop();
});

test('when the store is there again a peer is asked, in TLS, within the sandbox', async () => {
  const a = await ready('peers-again', { codes: 4, tls: true });
  const b = another(a, 'peers-again-b');
  const wire = new Wire();
  await wire.putBefore(b);
  const size = await sizeOf(a);
  await b.start(undefined, { env: { BURGERPANEL_PEERS: a.url, BURGERPANEL_CA_FILE: 'fixtures/tls/ca.pem' } });
  wire.cut();
  await untilAway(b);
  wire.mend();
  await untilWell(b);

  const before = copyOf(a, 'peers-again-before');
  wire.cut();
  await untilAway(b);
  const [member] = await enrolled(a, 4);
  assert.equal(await sizeOf(b, FROM_MEMORY), size, 'it can not know of that');
  const after = copyOf(a, 'peers-again-after');
  putBack(before, a);
  wire.mend();
  await poll('the old copy to be found out', 20, () => /this is an old copy/.test(b.process.stderr));
  assert.equal(await healthz(b), 503);
  putBack(after, a);
  await untilWell(a);
  await untilWell(b);
  assert.equal((await sendUntilAnswered(b, respond(member, 1))).status, 201);

  wire.hold();
  const asked = request(b.url, '/log/checkpoint'); // waits for the store, which says nothing
  let answered = false;
  asked.then(() => (answered = true));
  assert.equal(await sizeOf(b, FROM_MEMORY), size + 5);
  assert.ok(!answered, 'a peer does not wait for the store');
  wire.cut();
  assert.equal((await asked).status, 503);
  wire.mend();
  await untilWell(b);
  const { stderr } = await b.stop();
  assert.doesNotMatch(stderr, / peers: /, 'all went well');
  wire.end();
  await a.stop();
});

// So many peers whose answers have no end, once that is what they do: `asked` counts who came then.
async function dawdlers(count) {
  const all = { asked: 0, dawdle: false };
  all.server = http.createServer((req, res) => {
    if (!all.dawdle) return res.end();
    all.asked++;
    const dripping = setInterval(() => res.write('x'), 50);
    return res.on('close', () => clearInterval(dripping));
  });
  all.server.listen(0, '127.0.0.1');
  await once(all.server, 'listening');
  const { port } = all.server.address();
  all.urls = Array.from({ length: count }, (_, i) => `http://127.0.0.1:${port}/${i}`).join(',');
  all.end = () => {
    all.server.close();
    all.server.closeAllConnections?.();
  };
  return all;
}

test('peers that dawdle keep nobody from serving beside a verb that asks them, and their number does not add up', async () => {
  const a = await ready('peers-beside');
  const b = another(a, 'peers-beside-b');
  await a.stop();
  const all = await dawdlers(8);
  all.dawdle = true;
  const verb = run('burgerpanel-collector', b.words('actions', 'import', 'fixtures/actions.csv'), { env: { BURGERPANEL_PEERS: all.urls } });
  await poll('it to ask', 20, () => all.asked > 0);
  await a.start();
  const done = await verb;
  assert.equal(done.code, 0, done.stderr);
  assert.ok(all.asked <= 3, `${all.asked} of 8 were asked, at five seconds each, and none once ten had passed`);
  await a.stop();
  all.end();
});

test('a collector that stops asks no further peer', async () => {
  const a = await ready('peers-stop');
  const b = another(a, 'peers-stop-b');
  const all = await dawdlers(8);
  const wire = new Wire();
  await wire.putBefore(b);
  await b.start(undefined, { env: { BURGERPANEL_PEERS: all.urls } });
  all.dawdle = true;
  wire.cut();
  await untilAway(b);
  wire.mend();
  await poll('it to ask', 20, () => all.asked > 0);
  const { stderr } = await b.stop();
  assert.ok(all.asked <= 2, `${all.asked} were asked: ${stderr}`);
  assert.match(stderr, /error store: can't be opened again: .*the collector is stopping/);
  await a.stop();
  wire.end();
  all.end();
});

// A server that answers each path below which a checkpoint is asked for as `answers` has it, by the path's name.
async function liar(answers) {
  const server = http.createServer((req, res) => answers[req.url.split('/')[1]](res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://localhost:${server.address().port}`;
  return { server, urls: Object.keys(answers).map((name) => `${url}/${name}`) };
}

test('peers that lie, dawdle or answer without end are told of and passed over, and requests are answered meanwhile', async () => {
  const a = await ready('peers-liars', { codes: 2 });
  const other = await ready('peers-liars-other');
  const b = another(a, 'peers-liars-b');
  const size = await sizeOf(a);
  const old = (await request(a.url, '/log/checkpoint')).text;
  const others = (await request(other.url, '/log/checkpoint')).text;
  await enrolled(a, 2);
  let dawdling = 0;
  let started = false;
  const { server, urls } = await liar({
    old: (res) => res.end(old),
    other: (res) => res.end(others),
    altered: (res) => res.end(old.replace(`\n${size}\n`, `\n${size + 1000}\n`)),
    elsewhere: (res) => res.writeHead(302, { Location: `${a.url}/log/checkpoint` }).end(),
    endless: (res) => {
      const more = () => {
        while (!res.destroyed && res.write('x'.repeat(65536)));
      };
      res.on('drain', more);
      more();
    },
    dawdling: (res) => {
      if (!started) return res.end();
      dawdling++;
      const dripping = setInterval(() => res.write('x'), 50);
      res.on('close', () => {
        dawdling--;
        clearInterval(dripping);
      });
      return undefined;
    },
  });
  const wire = new Wire();
  await wire.putBefore(b);
  await b.start(undefined, { env: { BURGERPANEL_PEERS: [NAMELESS, ...urls, a.url].join(',') } });
  assert.equal(await sizeOf(b), size + 2);
  started = true;
  await poll('an answer while it asks', 60, async () => {
    wire.cut();
    await untilAway(b);
    wire.mend();
    await poll('it to ask', 20, () => dawdling > 0);
    const [health, shown] = [await healthz(b), await sizeOf(b, FROM_MEMORY)];
    if (dawdling === 0) return false; // too late to tell
    assert.equal(health, 503);
    assert.equal(shown, size + 2);
    return true;
  });
  await untilWell(b);
  const process = await b.stop();
  for (const name of ['other', 'altered', 'elsewhere', 'endless', 'dawdling'])
    assert.equal(told(process, new RegExp(` warning peers: http://localhost:\\d+/${name} is passed over: `)).length, 1, `${name}: ${process.stderr}`);
  assert.equal(told(process, / info peers: http:\S+\/dawdling is not heard: it took too long/).length, 1, process.stderr);
  assert.equal(told(process, new RegExp(` info peers: ${NAMELESS} is not heard: the host's name is not known`)).length, 1, process.stderr);
  assert.equal(told(process, / peers: /).length, 7, process.stderr);
  server.close();
  server.closeAllConnections?.();
  wire.end();
  for (const each of [a, other]) await each.stop();
});

test('who has no checkpoint begins at that of the one it joins, and at nothing else', async () => {
  const a = await ready('peers-join', { codes: 2 });
  const other = await ready('peers-join-other');
  const b = another(a, 'peers-join-b');
  const [member] = await enrolled(a, 2);
  const size = await sizeOf(a);
  rmSync(checkpointFile(b));
  assertFailed(await serve(b), /the last checkpoint beside the log's key is missing; put it back, .*serve --join URL/);
  assertFailed(await serve(b, { LC_ALL: 'nl_NL.UTF-8' }), /ontbreekt; zet het terug, .*serve --join URL/);
  assertFailed(await serve(b, {}, '--join', AWAY), /http:\/\/127\.0\.0\.1:1 can't be joined: nobody listens there/);
  assertFailed(await serve(b, {}, '--join', other.url), /can't be joined: what it shows is no checkpoint of this log/);
  assertFailed(await serve(b, {}, '--join', 'http://panel-a.example.nl'), /of another machine and not in TLS/);
  assertFailed(await serve(b, { BURGERPANEL_PEERS: 'panel-a' }), /peers: 'panel-a' is not the URL of a collector/);
  const alone = await serve(b, { BURGERPANEL_PEERS: a.url });
  assert.match(alone.stderr, /serve --join URL/, 'a peer does not stand in for it');

  const joined = await serve(b, {}, '--join', a.url, '--check');
  assert.equal(joined.code, 0, joined.stderr);
  assert.match(joined.stderr, new RegExp(`join: begun at the checkpoint of ${a.url}, size ${size}`));
  b.where.push('--join', AWAY); // as a unit has it that is started again
  await b.start();
  assert.equal((await sendUntilAnswered(b, respond(member, 1))).status, 201);
  const { stderr } = await b.stop();
  assert.match(stderr, /join: a checkpoint of this log is here already, so http:\/\/127\.0\.0\.1:1 is not asked/);
  const log = new PublicLog(() => a.url);
  assert.equal((await log.head()).size, size + 1);
  log.close();
  for (const each of [a, other]) await each.stop();
});
