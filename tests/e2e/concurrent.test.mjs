// Goal: eight clients at once, single and batched, with enrolments, reads, imports, exports and a revocation between, lose and
// double nothing. Also what ThreadSanitizer watches.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertAccepted, JOSE, keepAlive, NDJSON, post, request } from './lib/http.mjs';
import { asListed, Member } from './lib/member.mjs';
import { ROUND } from './lib/panel.mjs';
import { BEGUN, ready } from './lib/programs.mjs';
import { sql } from './lib/store.mjs';

const CLIENTS = 8;
const MEMBERS = 4; // of each client
const ACTIONS = ['WA-1.01', 'WA-1.02', 'WA-1.03', 'WA-1.04', 'WA-1.05', 'WA-1.06'];
const REVISIONS = 3;

let collector;
before(async () => {
  collector = await ready('concurrent', { codes: CLIENTS * MEMBERS + 1 });
});
after(() => collector?.stop());

async function client(number, codes, indexes) {
  const agent = keepAlive();
  try {
    for (const code of codes) {
      const member = new Member('wau');
      const enrolment = member.enrolment(code);
      // Twice at the same time: one of them is the first.
      const both = await Promise.all([1, 2].map(() => post(collector.url, '/v1/members', enrolment, JOSE, { agent })));
      assert.deepEqual(both.map((a) => a.status).sort(), [200, 201]);
      indexes.push(both[0].json().index);
      for (let revision = 1; revision <= REVISIONS; revision++) {
        const answers = { importance: 1 + ((number + revision) % 5), noticed: 'no' };
        const texts = ACTIONS.map((action) => member.response(ROUND, action, answers, { revision }));
        if (revision === 2) {
          const body = texts.map((t) => `${JSON.stringify(t)}\n`).join('');
          const answer = await post(collector.url, '/v1/response-batches', body, NDJSON, { agent });
          for (const line of answer.text.trimEnd().split('\n')) {
            const { status, index } = JSON.parse(line);
            assert.equal(status, 201, line);
            indexes.push(index);
          }
        } else {
          const all = await Promise.all(
            texts.flatMap((t) => [t, t]).map((t) => post(collector.url, '/v1/responses', t, JOSE, { agent })),
          );
          const fresh = all.filter((a) => a.status === 201);
          assert.equal(fresh.length, texts.length, all.map((a) => a.status).join());
          assert.equal(all.filter((a) => a.status === 200).length, texts.length);
          indexes.push(...fresh.map((a) => a.json().index));
        }
        const read = await request(collector.url, ['/v1/panel', '/v1/actions', '/healthz'][revision - 1], { agent });
        assert.equal(read.status, 200);
      }
    }
  } finally {
    agent.destroy();
  }
}

test('eight clients at once', async () => {
  const indexes = [];
  const codes = [...collector.codes];
  const extra = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', extra.enrolment(codes.pop()), JOSE));
  const clients = Array.from({ length: CLIENTS }, (_, i) =>
    client(i, codes.slice(i * MEMBERS, (i + 1) * MEMBERS), indexes),
  );
  const admin = (async () => {
    await collector.importPanel();
    await collector.importActions();
    await collector.succeed('members', 'revoke', asListed(extra.key.kid), '--reason', 'request');
    await collector.succeed('invitations', 'create', 2);
    await collector.export(ROUND, 'meanwhile', '--exact');
  })();
  await Promise.all([...clients, admin]);

  const count = CLIENTS * MEMBERS * (1 + ACTIONS.length * REVISIONS);
  const events = (await sql(collector, 'SELECT idx FROM event')).trim().split('\n').map(Number);
  assert.equal(events.length, BEGUN + 4, 'what the log began with, and what the administrator did meanwhile');
  const all = [...indexes, ...events, BEGUN].sort((a, b) => a - b); // BEGUN is the extra member's
  assert.deepEqual(all, Array.from({ length: count + events.length + 1 }, (_, i) => i));

  const summary = parseTable(readFileSync(join(await collector.export(ROUND, 'exact', '--exact'), 'summary.csv'), 'utf8'));
  for (const row of summary)
    assert.equal(row.respondents, ACTIONS.includes(row.action) ? String(CLIENTS * MEMBERS) : '0', row.action);
});
