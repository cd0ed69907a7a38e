// Goal: the whole walk once, with the real client, short enough to be watched by valgrind: enrol, answer, revise, send in
// batches, refuse, stop, start again, tables.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccepted, assertProblem, JOSE, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ACTION, good, ROUND } from './lib/panel.mjs';
import { freshFolder, ready, succeed } from './lib/programs.mjs';
import { assertTables } from './lib/tables.mjs';
import { fixtures } from './lib/programs.mjs';
import { writeFileSync } from 'node:fs';
import { parseTable } from './lib/csv.mjs';

let collector;
before(async () => {
  collector = await ready('walk', { codes: 60 });
});
after(() => collector?.stop());

test('the example responses, sent by `burgerpanel batch`, give the expected tables', async () => {
  const folder = freshFolder('walk-client');
  const invitations = join(folder, 'invitations.csv');
  writeFileSync(invitations, `member,code\n${collector.codes.map((code, i) => `${i + 1},${code}\n`).join('')}`);
  await succeed('burgerpanel', [
    'batch',
    collector.url,
    '--invitations',
    invitations,
    '--responses',
    join(fixtures, 'responses.csv'),
    '--homes',
    join(folder, 'homes'),
  ]);
  await collector.release(ROUND);
  assertTables(await collector.export(ROUND, 'release'), 'release');
  assertTables(await collector.export(ROUND, 'exact', '--exact'), 'exact');
});

test('single responses, refusals and reads', async () => {
  const [code] = await collector.invitations(1);
  const member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE));
  const text = member.response(ROUND, ACTION, good);
  const { index } = assertAccepted(await post(collector.url, '/v1/responses', text, JOSE));
  const two = member.response(ROUND, ACTION, good, { revision: 2 });
  assert.equal(assertAccepted(await post(collector.url, '/v1/responses', two, JOSE)).replaced, index);
  assertProblem(await post(collector.url, '/v1/responses', text, JOSE), 409, 'stale-revision');
  assertProblem(await post(collector.url, '/v1/responses', 'x.y', JOSE), 400, 'malformed-envelope');
  const bad = member.response(ROUND, ACTION, { importance: 9, other: 1 });
  assertProblem(await post(collector.url, '/v1/responses', bad, JOSE), 400, 'invalid-response');
  for (const path of ['/v1/panel', '/v1/actions', '/v1/actions/WA-1.01', '/healthz'])
    assert.equal((await request(collector.url, path)).status, 200);
  assertProblem(await request(collector.url, '/nope'), 404, 'not-found');
  await collector.stop();
  await collector.start();
  assert.equal(assertAccepted(await post(collector.url, '/v1/responses', two, JOSE), 200).replaced, index);
  const summary = parseTable(readFileSync(join(await collector.export(ROUND, 'after', '--exact'), 'summary.csv'), 'utf8'));
  assert.equal(summary[0].respondents, '1');
});
