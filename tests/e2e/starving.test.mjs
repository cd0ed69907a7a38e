// Goal: who takes much and gives little, slowly or for ever, keeps nobody else waiting: beside each such crowd a good client has all its answers, about as quickly
// as without it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { again, assertUnharmed, crowd, head, insist, leave, memoryOf, start } from './lib/crowd.mjs';
import { JOSE, NDJSON, post, request } from './lib/http.mjs';
import { metricsOf, valueOf } from './lib/openmetrics.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { Connection, statuses } from './lib/raw.mjs';
import { bearer, makeToken } from './lib/reading.mjs';

test('lines of chunks that never end are refused at the header', async (t) => {
  const all = await start(t, 'chunks');
  const list = crowd(all.collector, 500, head('/v1/responses', JOSE, 'Transfer-Encoding: chunked\r\n') + `3;${'x'.repeat(16_200)}`);
  await assertUnharmed(all);
  await poll('all to be refused and closed', 20, () => list.every((connection) => connection.closed));
  for (const connection of list) assert.deepEqual(statuses(connection.got), [411]);
});

test('a batch of nothing whose answer is not taken holds next to nothing', async (t) => {
  // Under AddressSanitizer what is freed is not kept for long, or it would be taken for what is held.
  const env = { BURGERPANEL_METRICS_LISTEN: '0', ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=1` };
  const all = await start(t, 'empty-batches', env);
  const batch = '\n'.repeat(4096);
  for (let i = 0; i < 20; i++) assert.equal((await post(all.collector.url, '/v1/response-batches', batch, NDJSON)).status, 200); // what it keeps for itself
  const before = memoryOf(all.collector);
  const list = [];
  // Several answers of 600 kB find room in the system's own buffers: only of what is more than these hold, one waits in the collector.
  const nothing = `${head('/v1/response-batches', NDJSON, 'Content-Length: 4096\r\n')}${batch}`.repeat(20);
  while (list.length < 40) {
    const [connection] = crowd(all.collector, 1);
    assert.deepEqual(statuses(await connection.ask(nothing)), [200]);
    connection.socket.pause();
    list.push(connection);
  }
  await assertUnharmed(all);
  const grown = memoryOf(all.collector) - before;
  const told = valueOf(await metricsOf(all.collector), 'burgerpanel_problems', { reason: 'malformed-envelope' });
  assert.ok(told < list.length * 20 * 4096, 'no answer waits to be taken');
  assert.ok(grown < list.length / 3, `${grown} MiB more for ${list.length} batches of 4 KiB`);
});

test('bodies that hardly come are ended, and the memory that they held is there again', async (t) => {
  const all = await start(t, 'unfinished', { BURGERPANEL_MEMORY_MIB: '32', BURGERPANEL_BODY_SECONDS: '3' });
  const half = '"x"\n'.repeat(256 * 1024);
  const list = crowd(all.collector, 60, head('/v1/response-batches', NDJSON, 'Content-Length: 16000000\r\n') + half);
  const drip = again(all.collector, 500, () => list.forEach((connection) => connection.closed || connection.socket.write('\n')));
  await assertUnharmed(all);
  await poll('some to find no memory', 20, () => list.some((connection) => statuses(connection.got)[0] === 503));
  await poll('all to be ended', 30, () => list.every((connection) => connection.got !== '' || connection.closed));
  drip.destroy();
  assert.ok(list.some((connection) => statuses(connection.got)[0] === 408));
  for (const connection of list) assert.ok([408, 503].includes(statuses(connection.got)[0]), connection.got);
  leave(list);
  const batch = `${JSON.stringify('x'.repeat(1024))}\n`.repeat(4000);
  await poll('a batch to be taken', 20, async () => (await post(all.collector.url, '/v1/response-batches', batch, NDJSON)).status === 200);
});

// A rate is taken over ten seconds: beside the other tests, whom one connection does not disturb.
const slowBody = (async () => {
  const { collector } = await start({ after }, 'slow-body', { BURGERPANEL_BODY_SECONDS: '600' });
  const connection = new Connection(collector.url);
  collector.guests.push(connection.socket);
  const begun = Date.now();
  connection.socket.write(head('/v1/response-batches', NDJSON, 'Content-Length: 100000\r\n'));
  const drip = again(collector, 200, () => connection.socket.write('\n'));
  await poll('it to be ended', 60, () => connection.got !== '');
  drip.destroy();
  assert.deepEqual(statuses(connection.got), [408]);
  assert.ok(Date.now() - begun < 60_000);
})();
slowBody.catch(() => {}); // looked at by the test

test('a body that comes slower than the least rate is ended long before its time', () => slowBody);

test('heads that come in drips are ended, and newcomers are answered meanwhile', async (t) => {
  const all = await start(t, 'slow-heads', { BURGERPANEL_CONNECTIONS: '64', BURGERPANEL_HEAD_SECONDS: '4' });
  const begun = 'GET /v1/panel HTTP/1.1\r\nHost: a\r\nX: ';
  let list = crowd(all.collector, 400, begun);
  const ended = [];
  const drip = again(all.collector, 200, () => {
    ended.push(...list.filter((connection) => connection.closed));
    list = list.filter((connection) => !connection.closed);
    for (const connection of list) connection.socket.write('y');
    list.push(...crowd(all.collector, 400 - list.length, begun));
  });
  await assertUnharmed(all);
  const isServed = async () => {
    const { status } = await request(all.collector.url, '/v1/panel');
    assert.ok([200, 503].includes(status));
    return status === 200;
  };
  await poll('a newcomer to be served, when none of the crowd has only just come', 20, isServed);
  let served = 0;
  for (let i = 0; i < 40; i++) served += await isServed();
  assert.ok(served >= 20, `only ${served} of 40 newcomers were served`);
  await poll('some to be told that they are late', 20, () => ended.some((connection) => statuses(connection.got)[0] === 408));
  drip.destroy();
});

test('those who were told to go and stay keep newcomers from nothing', async (t) => {
  const all = await start(t, 'lingering', { BURGERPANEL_CONNECTIONS: '64', BURGERPANEL_HEAD_SECONDS: '30' });
  crowd(all.collector, 400, 'GET /v1/panel HTTP/1.1\r\nHost: a\r\nX: ', { allowHalfOpen: true });
  const isServed = async () => (await request(all.collector.url, '/v1/panel')).status === 200;
  await isServed(); // or not: who came before has then come to its loop, however slowly
  const come = Date.now();
  await poll('the last of the crowd to have been there for longer than newcomers are given', 5, () => Date.now() - come > 300);
  let served = 0;
  for (let i = 0; i < 40; i++) served += await isServed();
  assert.equal(served, 40);
});

test('whoever says nothing is sent away', async (t) => {
  const all = await start(t, 'silent', { BURGERPANEL_HEAD_SECONDS: '1' });
  const list = crowd(all.collector, 500);
  await assertUnharmed(all);
  await poll('all to be gone', 20, () => list.every((connection) => connection.closed));
  assert.ok(list.every((connection) => connection.got === ''));
});

test('whoever was in time is answered, also where the collector itself was kept from running for longer than that', async (t) => {
  const { collector } = await start(t, 'stopped', { BURGERPANEL_HEAD_SECONDS: '3' });
  const late = await poll('a head of which half came before the stop', 20, async () => {
    const one = new Connection(collector.url);
    const answer = one.ask('GET /healthz HTTP/1.1\r\n');
    await request(collector.url, '/healthz'); // the half has been read
    collector.process.child.kill('SIGSTOP');
    one.socket.write('Host: a\r\n\r\n');
    const end = Date.now() + 3500;
    await poll('the time of a head to pass', 10, () => Date.now() > end);
    collector.process.child.kill('SIGCONT');
    return one.got === '' && answer; // else it was too late before the stop
  });
  assert.deepEqual(statuses(late), [200]);
});

test('five hundred connections with five hundred requests each on their way', async (t) => {
  const all = await start(t, 'pipelines');
  const list = crowd(all.collector, 500);
  for (const connection of list) connection.socket.pause();
  const heads = 'HEAD /v1/panel HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(500);
  for (const connection of list) connection.socket.write(heads);
  await poll('the requests to be on their way', 20, () => list.every((connection) => connection.socket.writableLength === 0));
  await assertUnharmed(all);
  for (const connection of list) connection.socket.resume();
  await poll('each to be answered', 60, () => list.every((connection) => statuses(connection.got).length === 500));
});


test('long lists that are asked for on and on are compressed beside everybody else', async (t) => {
  const all = await start(t, 'long-lists');
  const team = { ...bearer(await makeToken(all.collector, 'desk', 'team', '--publish')), 'Content-Type': 'application/json' };
  const publish = async (i) => {
    const body = JSON.stringify({ status: 'doing', text: { nl: Array.from({ length: 100 }, (_, k) => `Zin ${i * k} van bericht ${i}.`).join(' ') } });
    return (await request(all.collector.url, '/v1/actions/WA-1.03/follow-ups', { method: 'POST', body, headers: team })).status;
  };
  await poll('the token to be known', 10, async () => (await publish(0)) === 201);
  for (let i = 1; i < 100; i++) assert.equal(await publish(i), 201);
  const whole = await request(all.collector.url, '/v1/follow-ups', { headers: { 'Accept-Encoding': 'gzip' } });
  assert.equal(whole.headers['content-encoding'], 'gzip');
  assert.equal(JSON.parse(gunzipSync(whole.bytes)).length, 100);
  const same = await request(all.collector.url, '/v1/follow-ups', { headers: { 'Accept-Encoding': 'gzip', 'If-None-Match': whole.headers.etag } });
  assert.equal(same.status, 304);
  const many = insist(all.collector, 16, ['GET /v1/follow-ups HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n']);
  await poll('some to be answered', 30, () => many.counts[200] > 20);
  await assertUnharmed(all);
  await many.end();
  const { 200: whole200, 503: away, ...others } = many.given();
  assert.deepEqual(others, {}, JSON.stringify({ whole200, away }));
});

test('documents that are not taken hold no memory that others need', async (t) => {
  const all = await start(t, 'documents', { BURGERPANEL_MEMORY_MIB: '32' });
  await all.collector.invitations(150_000);
  const events = (await request(all.collector.url, '/v1/events')).text.trimEnd().split('\n').map((line) => JSON.parse(line).jws);
  const { codes } = JSON.parse(Buffer.from(events.at(-1).split('.')[1], 'base64url'));
  const list = crowd(all.collector, 40);
  for (const connection of list) {
    connection.socket.once('data', () => connection.socket.pause());
    connection.socket.write(`GET /v1/documents/${codes} HTTP/1.1\r\nHost: a\r\n\r\n`);
  }
  await poll('all to be answered', 20, () => list.every((connection) => connection.got !== '' || connection.closed));
  for (const connection of list) assert.deepEqual(statuses(connection.got), [200]);
  const batch = `${JSON.stringify('x'.repeat(1024))}\n`.repeat(4000);
  for (let i = 0; i < 5; i++) assert.equal((await post(all.collector.url, '/v1/response-batches', batch, NDJSON)).status, 200);
  await assertUnharmed(all);
  for (const connection of list.slice(0, 3)) {
    connection.socket.resume();
    await poll('a document to be whole', 20, () => connection.got.length > 150_000 * 32);
    const bytes = Buffer.from(connection.got.slice(connection.got.indexOf('\r\n\r\n') + 4), 'latin1');
    assert.equal(createHash('sha256').update(bytes).digest('base64url'), codes);
  }
});

// Busy or not, how much stands in -wal, and how much of it could be put into the store: all, where nobody holds an earlier moment.
function checkpointed(collector) {
  const args = ['-batch', '-cmd', '.timeout 5000', collector.path, 'PRAGMA wal_checkpoint(PASSIVE);'];
  return execFileSync('sqlite3', args, { encoding: 'utf8' }).trim().split('|').map(Number);
}

test('tables that are not taken keep no moment of the store, and no other table waiting', async (t) => {
  const all = await start(t, 'tables');
  const token = await makeToken(all.collector, 'analyst-1', 'analyst', '--exact');
  const path = `/v1/rounds/${ROUND}/options?exact=true`;
  const headers = bearer(token);
  await poll('the token to be known', 5, async () => (await request(all.collector.url, path, { headers })).status === 200);
  const asked = `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${headers.Authorization}\r\n\r\n`;
  const list = crowd(all.collector, 40);
  for (const connection of list) {
    connection.socket.pause();
    connection.socket.write(asked.repeat(500));
  }
  await assertUnharmed(all);
  for (let i = 0; i < 5; i++)
    await poll('a table', 20, async () => (await request(all.collector.url, path, { headers })).status === 200);
  await poll('all that was written to be put into the store', 20, () => {
    const [busy, written, put] = checkpointed(all.collector);
    return busy === 0 && written === put;
  });
});
