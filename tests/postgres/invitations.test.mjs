// Goal: who hands out 300,000 invitations keeps no member waiting, and a verb that is cut off on the way leaves none that can be used; what it
// left goes with a later one. BURGERPANEL_INVITATIONS: so many instead.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertAccepted, assertProblem, JOSE, keepAlive, post } from '../e2e/lib/http.mjs';
import { parseTable } from '../e2e/lib/csv.mjs';
import { Member } from '../e2e/lib/member.mjs';
import { ACTION, good, ROUND } from '../e2e/lib/panel.mjs';
import { poll } from '../e2e/lib/poll.mjs';
import { ready, start } from '../e2e/lib/programs.mjs';
import { sql } from '../e2e/lib/store.mjs';

const COUNT = Number(process.env.BURGERPANEL_INVITATIONS ?? 300_000);

async function enrolled(collector, code) {
  const member = new Member('wau');
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE));
  return member;
}

// One answer after the other until `ended`; how long each was waited for, in ms.
async function waits(collector, member, ended) {
  const agent = keepAlive();
  const times = [];
  while (!ended()) {
    member.revision = (member.revision ?? 0) + 1;
    const jws = member.response(ROUND, ACTION, good, { revision: member.revision });
    const begun = performance.now();
    assertAccepted(await post(collector.url, '/v1/responses', jws, JOSE, { agent }));
    times.push(performance.now() - begun);
  }
  agent.destroy();
  return times;
}

const unused = async (collector) =>
  Number(parseTable((await collector.succeed('invitations', 'list')).stdout).find((row) => row.state === 'unused').count);

const assertAuditClean = async (collector) => {
  const audit = await collector.run('audit');
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
};

// How many there are, also of a handing out that is not open.
const rows = async (collector) => Number(await sql(collector, 'SELECT count(*) FROM invitation WHERE number > 0'));

const begin = (collector, ...words) => start('burgerpanel-collector', collector.words(...words));

test('a member who sends on and on waits for none of them', async (t) => {
  const collector = await ready('invitations-many', { codes: 1 });
  t.after(() => collector.process?.child.kill('SIGKILL'));
  const member = await enrolled(collector, collector.codes[0]);
  const out = join(collector.folder, 'codes.csv');
  const begun = performance.now();
  const verb = begin(collector, 'invitations', 'create', COUNT, '--out', out);
  const times = await waits(collector, member, () => verb.code !== undefined);
  const took = performance.now() - begun;
  const longest = Math.max(...times);
  t.diagnostic(`${COUNT} in ${Math.round(took)} ms; ${times.length} answers, the longest wait ${Math.round(longest)} ms`);
  assert.equal(verb.code, 0, verb.stderr);
  assert.ok(times.length > 20, `${times.length} answers`);
  assert.ok(longest < took / 5, `an answer took ${longest} ms of the ${took} ms that the verb took`);
  assert.equal(await unused(collector), COUNT);
  const again = performance.now();
  await collector.succeed('invitations', 'create', 1);
  assert.ok(performance.now() - again < took / 10, 'one more at the desk is not looked for a number among all of them');
  const codes = readFileSync(out, 'utf8').trimEnd().split('\r\n');
  for (const row of [codes[1], codes[COUNT]]) await enrolled(collector, row.split(',')[1]);
  await collector.stop();
  await assertAuditClean(collector);
});

test('a verb that is cut off leaves none that can be used, and what it left goes with a later one', async (t) => {
  const collector = await ready('invitations-cut', { codes: 1 });
  t.after(() => collector.process?.child.kill('SIGKILL'));
  const out = join(collector.folder, 'codes.csv');
  const verb = begin(collector, 'invitations', 'create', COUNT, '--out', out);
  await poll('some of them to be there', 60, async () => (await rows(collector)) > 1);
  verb.child.kill('SIGKILL');
  await verb.ended;
  assert.equal(verb.signal, 'SIGKILL', 'it had not ended');
  assert.ok(existsSync(out));
  const left = await rows(collector);
  assert.ok(left > 1 && left <= COUNT, `${left}`);
  const hashes = new Set(readFileSync(out, 'utf8').trimEnd().split('\r\n').slice(1, 60).map((row) => row.split(',')[1]));
  for (const code of hashes) assertProblem(await post(collector.url, '/v1/members', new Member('wau').enrolment(code), JOSE), 403, 'invitation-refused');
  assert.equal(await unused(collector), 1);
  await assertAuditClean(collector);

  const [next] = parseTable((await collector.succeed('invitations', 'create', 1)).stdout);
  assert.equal(Number(next.member), COUNT + 2, 'its numbers are not given again');
  assert.equal(await rows(collector), left + 1, 'it may be under way');
  await sql(collector, 'UPDATE invitation SET member = member - 3700 WHERE number < 0 AND state = 0');
  const [last] = parseTable((await collector.succeed('invitations', 'create', 1)).stdout);
  assert.equal(Number(last.member), COUNT + 3);
  assert.equal(await rows(collector), 3);
  for (const code of [next.code, last.code, collector.codes[0]]) await enrolled(collector, code);
  await collector.stop();
  await assertAuditClean(collector);
});
