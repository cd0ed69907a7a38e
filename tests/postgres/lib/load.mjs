// Members who answer as long as they are told to, each sending the same bytes until they are answered, and what must then be in the log.
import assert from 'node:assert/strict';
import { assertAccepted, JOSE, post } from '../../e2e/lib/http.mjs';
import { Member } from '../../e2e/lib/member.mjs';
import { ACTION, good, ROUND } from '../../e2e/lib/panel.mjs';
import { poll } from '../../e2e/lib/poll.mjs';
import { sql } from '../../e2e/lib/store.mjs';

export async function enrolled(collector, count) {
  const members = Array.from({ length: count }, () => new Member('wau'));
  for (const [i, member] of members.entries())
    assertAccepted(await post(collector.url, '/v1/members', member.enrolment(collector.codes[i]), JOSE));
  return members;
}

export const respond = (member, revision, action = ACTION) => member.response(ROUND, action, good, { revision });

export const send = (collector, jws) => post(collector.url, '/v1/responses', jws, JOSE);

// What is known once the same bytes are answered must have been kept once. A collector that was killed breaks off.
export function sendUntilAnswered(collector, jws) {
  return poll('an answer', 60, async () => {
    const answer = await send(collector, jws).catch(() => undefined);
    if (!answer || answer.status === 503) return undefined;
    assert.ok(answer.status === 201 || answer.status === 200, answer.text);
    return answer;
  });
}

export class Load {
  constructor(collector, members) {
    this.collector = collector;
    this.members = members;
    this.acknowledged = new Map(); // index → the bytes that were acknowledged there
    this.unavailable = 0;
  }

  get count() {
    return this.acknowledged.size;
  }

  begin() {
    this.stopping = false;
    this.writers = this.members.map((member) => this.#write(member));
    for (const writer of this.writers) writer.catch(() => {}); // looked at by `end`
  }

  async #write(member) {
    while (!this.stopping) {
      member.revision = (member.revision ?? 0) + 1;
      const jws = respond(member, member.revision);
      const answer = await sendUntilAnswered(this.collector, jws);
      this.note(answer, jws);
    }
  }

  note(answer, jws) {
    const { index } = answer.json();
    assert.ok(!this.acknowledged.has(index), `entry ${index} was given to two`);
    this.acknowledged.set(index, jws);
  }

  // Waits until `count` more have been acknowledged.
  more(count) {
    const before = this.count;
    return poll('responses to be taken', 60, () => this.count >= before + count);
  }

  async end() {
    this.stopping = true;
    await Promise.all(this.writers);
  }

  // Of what was acknowledged nothing is lost, nothing is there twice, no index is left out, and the audit agrees. The collector has ended.
  async assertKept() {
    assert.ok(this.count > 0);
    const entries = (await sql(this.collector, "SELECT idx || ' ' || jws FROM entry ORDER BY idx")).split('\n').map((line) => line.split(' '));
    entries.forEach(([index], place) => assert.equal(Number(index), place, 'no index is left out'));
    for (const [index, jws] of this.acknowledged) assert.equal(entries[index]?.[1], jws, `entry ${index}`);
    assert.equal(new Set(entries.map(([, jws]) => jws)).size, entries.length, 'none twice');
    const audit = await this.collector.run('audit');
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  }
}
