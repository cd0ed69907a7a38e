// A crowd that wears a collector out, and beside it a good client that must not notice.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { addFigures, addLatency } from './figures.mjs';
import { assertAccepted, JOSE, post } from './http.mjs';
import { Member } from './member.mjs';
import { ACTION, good, ROUND } from './panel.mjs';
import { slow } from './poll.mjs';
import { ready } from './programs.mjs';
import { Connection, statuses } from './raw.mjs';

export const head = (path, type, fields = '') => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\n${fields}\r\n`;

// A member who sends a response, on one connection, again and again.
class Client {
  constructor(collector, member) {
    const body = member.response(ROUND, ACTION, good);
    this.text = head('/v1/responses', JOSE, `Content-Length: ${body.length}\r\n`) + body;
    this.connection = new Connection(collector.url);
  }

  // The median time of an answer, in milliseconds; each must be one.
  async median(count = 41) {
    const times = [];
    for (let i = 0; i < count; i++) {
      const begun = process.hrtime.bigint();
      const [status] = statuses(await this.connection.ask(this.text));
      assert.ok(status === 200 || status === 201, `answered ${status}`);
      times.push(Number(process.hrtime.bigint() - begun) / 1e6);
    }
    return times.sort((a, b) => a - b)[count >> 1];
  }
}

// A collector and a client that is known to it, with the time that it takes alone. When the test `t` ends, however it does, so do
// the collector, and the sockets and timers that are among `collector.guests`.
export async function start(t, name, env = {}, tls = false) {
  const collector = await ready(`starving-${name}`, { codes: 1, env, tls });
  collector.guests = [];
  t.after(() => {
    for (const guest of collector.guests) guest.destroy();
    return collector.stop();
  });
  const member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(collector.codes[0]), JOSE));
  const client = new Client(collector, member);
  collector.guests.push(client.connection.socket);
  await client.median();
  return { collector, client, alone: await client.median(), attack: name };
}

// Other programs run on this machine too, so the best of three counts; under two milliseconds (of a release build) nobody waits.
export async function assertUnharmed({ client, alone, attack }) {
  const most = 3 * Math.max(alone, 2 * slow);
  let best = Infinity;
  for (let i = 0; i < 3 && best > most; i++) best = Math.min(best, await client.median());
  addLatency(attack, alone, best);
  addFigures({ faults: 1, acknowledged: 1 });
  assert.ok(best <= most, `${best} ms, alone ${alone} ms`);
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

export const leave = (list) => list.forEach((connection) => connection.socket.destroy());
