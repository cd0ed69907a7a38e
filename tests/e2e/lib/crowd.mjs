// A crowd that wears a collector out, and beside it a good client that must not notice.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after } from 'node:test';
import { Worker } from 'node:worker_threads';
import { addFigures, addLatency } from './figures.mjs';
import { assertAccepted, JOSE, post } from './http.mjs';
import { Member } from './member.mjs';
import { ACTION, good, ROUND } from './panel.mjs';
import { slow } from './poll.mjs';
import { ready } from './programs.mjs';
import { Connection, statuses } from './raw.mjs';

export const head = (path, type, fields = '') => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\n${fields}\r\n`;

const PAIRS = 41;

// A member who sends a response, on one connection, again and again.
class Client {
  constructor(collector, member) {
    const body = member.response(ROUND, ACTION, good);
    this.text = head('/v1/responses', JOSE, `Content-Length: ${body.length}\r\n`) + body;
    this.connection = new Connection(collector.url);
  }

  static async enrol(collector) {
    const member = new Member('wau');
    assertAccepted(await post(collector.url, '/v1/members', member.enrolment(collector.codes[0]), JOSE));
    const client = new Client(collector, member);
    await client.time();
    return client;
  }

  // The time of an answer, in milliseconds; it must be one, or where `busy` is said an honest 503.
  async time(busy = false) {
    const begun = process.hrtime.bigint();
    const [status] = statuses(await this.connection.ask(this.text));
    const time = Number(process.hrtime.bigint() - begun) / 1e6;
    assert.ok(status === 200 || status === 201 || (busy && status === 503), `answered ${status}`);
    return time;
  }
}

// A client of a collector that nobody attacks, one in TLS and one in plain for all tests of a script.
const alone = new Map();
after(() => Promise.all([...alone.values()].map(async (made) => {
  const { client, collector } = await made;
  client.connection.socket.destroy();
  await collector.stop();
})));

async function makeAlone(tls) {
  const collector = await ready(`alone-${tls ? 'tls' : 'plain'}-${process.pid}`, { codes: 1, tls });
  return { collector, client: await Client.enrol(collector) };
}

async function clientAlone(tls) {
  if (!alone.has(tls)) alone.set(tls, makeAlone(tls));
  return (await alone.get(tls)).client;
}

// A collector and a client that is known to it; a second code is left. When the test `t` ends, however it does, so do the collector, and the sockets and timers
// that are among `collector.guests`.
export async function start(t, name, env = {}, tls = false) {
  const collector = await ready(`starving-${name}`, { codes: 2, env, tls });
  collector.guests = [];
  t.after(() => {
    for (const guest of collector.guests) guest.destroy();
    return collector.stop();
  });
  const client = await Client.enrol(collector);
  collector.guests.push(client.connection.socket);
  return { collector, client, alone: await clientAlone(tls), attack: name };
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

// The medians of both clients' times, who ask in turn: whatever else this machine does, it does to both.
async function timeBoth({ client, alone: quiet }, busy) {
  const times = { alone: [], beside: [] };
  for (let i = 0; i < PAIRS; i++) {
    times.alone.push(await quiet.time());
    times.beside.push(await client.time(busy));
  }
  return { alone: median(times.alone), beside: median(times.beside) };
}

// The good client waits no more than three times as long as it does alone at that moment: the best of three tells. Beside a crowd whose requests are being
// answered it waits for a core of the machine too, and under two milliseconds (of a release build) nobody does; how many are heard before it
// tests/unit/collector/http/test_loop.c counts.
export async function assertUnharmed(all, busy = false) {
  const least = 2 * slow;
  const excess = ({ alone: quiet, beside }) => beside / Math.max(quiet, least);
  let best;
  for (let i = 0; i < 3 && !(best && excess(best) <= 3); i++) {
    const times = await timeBoth(all, busy);
    if (!best || excess(times) < excess(best)) best = times;
  }
  addLatency(all.attack, best.alone, best.beside);
  addFigures({ faults: 1, acknowledged: 1 });
  assert.ok(excess(best) <= 3, `${best.beside} ms, alone ${best.alone} ms`);
}

export const memoryOf = (collector) =>
  Number(readFileSync(`/proc/${collector.process.child.pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB$/m)[1]) / 1024;

export function crowd(collector, size, bytes, options) {
  const list = Array.from({ length: size }, () => new Connection(collector.url, options));
  for (const { socket } of list) collector.guests.push(socket);
  if (bytes) for (const connection of list) connection.socket.write(bytes);
  return list;
}

// Acts again and again, until the `destroy` of what it gives or the end of the test.
export function again(collector, milliseconds, act) {
  const timer = setInterval(act, milliseconds);
  const guest = { destroy: () => clearInterval(timer) };
  collector.guests.push(guest);
  return guest;
}

// So many connections on a thread of their own, each of which sends one of the texts, the next as soon as an answer has come, on a new
// connection where the other side has closed. `counts` says what came, by status; 0: nothing. `end` or the test's end ends it.
export function insist(collector, size, texts) {
  const counts = new Int32Array(new SharedArrayBuffer(4 * 601));
  const worker = new Worker(new URL('insistent.mjs', import.meta.url), { workerData: { url: collector.url, size, texts, shared: counts.buffer } });
  const ended = once(worker, 'exit');
  const guest = {
    counts,
    given: () => Object.fromEntries([...counts.slice(1, 600).entries()].map(([i, n]) => [i + 1, n]).filter(([, n]) => n > 0)),
    sum: () => counts.slice(0, 600).reduce((sum, n) => sum + n, 0),
    destroy: () => Atomics.store(counts, 600, 1),
    end: async () => {
      guest.destroy();
      assert.deepEqual(await ended, [0]);
    },
  };
  collector.guests.push(guest);
  return guest;
}

export const leave = (list) => list.forEach((connection) => connection.socket.destroy());
