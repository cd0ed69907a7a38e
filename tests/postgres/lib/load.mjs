// Members who answer as long as they are told to, each sending the same bytes until they are answered; what must then be in the log, and what
// they were shown of it.
import assert from 'node:assert/strict';
import { assertAccepted, JOSE, post } from '../../e2e/lib/http.mjs';
import { leafHash, nodeHash, parseVerifierKey, verifyReceipt } from '../../e2e/lib/log.mjs';
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

// The answer says when it was asked for, and when it came, as whole numbers that are in the order of what happens in this process.
let moment = 0;
export async function send(collector, jws) {
  const asked = ++moment;
  const answer = await post(collector.url, '/v1/responses', jws, JOSE);
  return Object.assign(answer, { asked, answered: ++moment });
}

// What is known once the same bytes are answered must have been kept once. A collector that was killed breaks off, which a balancer may tell by 502.
export function sendUntilAnswered(collector, jws) {
  return poll('an answer', 60, async () => {
    const answer = await send(collector, jws).catch(() => undefined);
    if (!answer || answer.status === 502 || answer.status === 503) return undefined;
    assert.ok(answer.status === 201 || answer.status === 200, answer.text);
    return answer;
  });
}

const loads = []; // all of them: what one was shown of a log must hold for what another was

// The roots of the first 0, 1, 2 … of these leaves.
function* rootsOf(leaves) {
  const edge = []; // of whole trees, each smaller than the one before it
  yield undefined;
  for (const [i, leaf] of leaves.entries()) {
    edge.push(leaf);
    for (let size = i + 1; size % 2 === 0; size /= 2) edge.push(nodeHash(...edge.splice(-2)));
    yield edge.reduceRight((right, left) => nodeHash(left, right));
  }
}

// Each is good, over a beginning of what the log has now, and none that was asked for when a larger checkpoint had been shown has a smaller one.
async function assertShown(collector, entries) {
  const verifier = parseVerifierKey(await sql(collector, 'SELECT verifier FROM head'));
  const roots = [...rootsOf(entries.map((jws) => leafHash(jws)))];
  const all = loads.filter((load) => load.collector.schema === collector.schema).flatMap(({ receipts }) => receipts);
  const shown = all.map(({ text, jws, index, ...times }) => {
    const receipt = verifyReceipt(text, jws, verifier);
    assert.equal(receipt.index, index);
    assert.ok(roots[receipt.head.size]?.equals(receipt.head.root), `what was shown over ${receipt.head.size} is not a beginning of the log`);
    return { ...times, size: receipt.head.size };
  });
  const byAnswer = [...shown].sort((a, b) => a.answered - b.answered);
  let [largest, next] = [0, 0];
  for (const { asked, size } of shown.sort((a, b) => a.asked - b.asked)) {
    for (; byAnswer[next].answered < asked; next++) largest = Math.max(largest, byAnswer[next].size);
    assert.ok(size >= largest, `a checkpoint over ${largest} had been shown, and then one over ${size}`);
  }
}

export class Load {
  constructor(collector, members) {
    this.collector = collector;
    this.members = members;
    this.acknowledged = new Map(); // index → the bytes that were acknowledged there
    this.receipts = [];
    loads.push(this);
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

  // An answer of `send`.
  note(answer, jws) {
    const { index, receipt } = answer.json();
    assert.ok(!this.acknowledged.has(index), `entry ${index} was given to two`);
    this.acknowledged.set(index, jws);
    const { asked, answered } = answer;
    this.receipts.push({ text: receipt, jws, index, asked, answered });
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

  // Of what was acknowledged nothing is lost, nothing is there twice, no index is left out, what was shown of the log still is so, and the audit,
  // which holds counters against what they follow from, agrees. The collector has ended.
  async assertKept() {
    assert.ok(this.count > 0);
    const entries = (await sql(this.collector, "SELECT idx || ' ' || jws FROM entry ORDER BY idx")).split('\n').map((line) => line.split(' '));
    entries.forEach(([index], place) => assert.equal(Number(index), place, 'no index is left out'));
    for (const [index, jws] of this.acknowledged) assert.equal(entries[index]?.[1], jws, `entry ${index}`);
    const texts = entries.map(([, jws]) => jws);
    assert.equal(new Set(texts).size, texts.length, 'none twice');
    await assertShown(this.collector, texts);
    const audit = await this.collector.run('audit');
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  }
}
