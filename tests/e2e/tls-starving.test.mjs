// Goal: who takes much and gives little keeps nobody waiting in TLS either: neither by handshakes that never end, nor by answers that are not taken.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { again, assertUnharmed, crowd, leave, memoryOf, start } from './lib/crowd.mjs';
import { NDJSON, post, request } from './lib/http.mjs';
import { poll } from './lib/poll.mjs';
import { address, Connection, statuses } from './lib/raw.mjs';

// What a client says first, taken down from one.
function helloTo(url) {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => {
      socket.once('data', (bytes) => {
        resolve(bytes);
        socket.destroy();
        server.close();
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const connection = new Connection(url.replace(/:\d+$/, `:${server.address().port}`));
      connection.socket.on('close', () => connection.socket.destroy());
    });
  });
}

// Sockets that send `bytes` and then nothing.
function strangers(collector, size, bytes) {
  return Array.from({ length: size }, () => {
    const socket = net.connect(address(collector.url));
    collector.guests.push(socket);
    const stranger = { socket, answered: false, closed: false };
    socket.on('error', () => {});
    socket.on('close', () => (stranger.closed = true));
    socket.on('data', () => (stranger.answered = true));
    if (bytes) socket.write(bytes);
    return stranger;
  });
}

test('handshakes that stop, drip or are none hold nobody up, and are ended in the time of a head', async (t) => {
  const all = await start(t, 'tls-handshakes', { BURGERPANEL_HEAD_SECONDS: '2' }, true);
  const hello = await helloTo(all.collector.url);
  assert.equal(hello[0], 22, 'a handshake');
  const list = [
    ...strangers(all.collector, 500),
    ...strangers(all.collector, 500, hello),
    ...strangers(all.collector, 500, hello.subarray(0, 50)),
    ...strangers(all.collector, 500, Buffer.from('1603010040', 'hex')),
    ...strangers(all.collector, 500, Buffer.alloc(2000, 0x55)),
    ...strangers(all.collector, 500, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  ];
  const dripping = strangers(all.collector, 100, hello.subarray(0, 5));
  let at = 5;
  const drip = again(all.collector, 100, () => dripping.forEach(({ socket }) => socket.write(hello.subarray(at, at + 1))) || at++);
  await assertUnharmed(all);
  await poll('all to be sent away', 30, () => [...list, ...dripping].every((stranger) => stranger.closed));
  drip.destroy();
  await assertUnharmed(all);
});

test('with more half handshakes than there may be connections, newcomers are answered', async (t) => {
  const all = await start(t, 'tls-newcomers', { BURGERPANEL_CONNECTIONS: '64', BURGERPANEL_HEAD_SECONDS: '4' }, true);
  const hello = await helloTo(all.collector.url);
  let list = strangers(all.collector, 300, hello);
  const drip = again(all.collector, 200, () => {
    list = list.filter((stranger) => !stranger.closed);
    list.push(...strangers(all.collector, 300 - list.length, hello));
  });
  await assertUnharmed(all);
  let served = 0;
  for (let i = 0; i < 40; i++) served += await request(all.collector.url, '/v1/panel').then(({ status }) => status === 200, () => false);
  assert.ok(served >= 20, `only ${served} of 40 newcomers were served`);
  drip.destroy();
});

test('handshakes that are begun and left, one after the other, leave nothing behind', async (t) => {
  const all = await start(t, 'tls-left', { ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=1` }, true);
  const hello = await helloTo(all.collector.url);
  const open = () => readdirSync(`/proc/${all.collector.process.child.pid}/fd`).length;
  const idle = open();
  const round = async () => {
    const list = strangers(all.collector, 300, hello);
    await poll('all to be answered in their handshake', 30, () => list.every((stranger) => stranger.answered));
    leave(list);
    await poll('the collector to have let them go', 30, () => open() <= idle);
  };
  await round();
  const before = memoryOf(all.collector);
  for (let i = 0; i < 10; i++) await round();
  const grown = memoryOf(all.collector) - before;
  assert.ok(grown < 30, `${grown} MiB more after 3,000 handshakes`);
  await assertUnharmed(all);
});

test('documents that are not taken wait in files, and are whole for who takes them after all', async (t) => {
  const all = await start(t, 'tls-documents', { BURGERPANEL_MEMORY_MIB: '32' }, true);
  await all.collector.invitations(150_000);
  const events = (await request(all.collector.url, '/v1/events')).text.trimEnd().split('\n').map((line) => JSON.parse(line).jws);
  const { codes } = JSON.parse(Buffer.from(events.at(-1).split('.')[1], 'base64url'));
  const list = crowd(all.collector, 30);
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
