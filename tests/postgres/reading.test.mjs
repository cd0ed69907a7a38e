// Goal: with read_store what takes long is read at a standby, also beside the collector, and nothing else is; a standby of another log is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccepted, JOSE, post, request } from '../e2e/lib/http.mjs';
import { Member } from '../e2e/lib/member.mjs';
import { ACTION, good, ROUND } from '../e2e/lib/panel.mjs';
import { poll } from '../e2e/lib/poll.mjs';
import { assertFailed, ready, run } from '../e2e/lib/programs.mjs';
import { parseTable } from '../e2e/lib/csv.mjs';
import { dsnOf, primaryAndStandby } from './lib/servers.mjs';

const respondents = async (url, token) => {
  const answer = await request(url, `/v1/rounds/${ROUND}/summary?exact=true`, { headers: { authorization: `Bearer ${token}`, accept: 'text/csv' } });
  assert.equal(answer.status, 200, answer.text);
  return Number(parseTable(answer.text).find((row) => row.action === ACTION).respondents);
};

test('tables and audits come from the standby, what a member sends and asks from the primary', async (t) => {
  const [one, two] = await primaryAndStandby({ synchronous: false });
  t.after(() => [two, one].forEach((server) => server.remove()));
  process.env.KIT_STORE = dsnOf(one);
  const at = (schema) => `${dsnOf(two)}${dsnOf(two).includes('?') ? '&' : '?'}options=-csearch_path%3D${schema}`;
  const collector = await ready('reading-standby', { codes: 2 });
  t.after(() => collector.stop());
  const token = (await collector.succeed('tokens', 'create', 'desk', '--role', 'analyst', '--exact')).stdout.trim();
  await collector.stop();
  const env = { BURGERPANEL_READ_STORE: at(collector.schema) };
  await collector.start(undefined, { env });
  const members = collector.codes.map(() => new Member('wau'));
  const answer = async (i) => {
    assertAccepted(await post(collector.url, '/v1/members', members[i].enrolment(collector.codes[i]), JOSE));
    assertAccepted(await post(collector.url, '/v1/responses', members[i].response(ROUND, ACTION, good), JOSE));
  };
  await answer(0);
  await poll('the table of the standby to have it', 20, async () => (await respondents(collector.url, token)) === 1);
  const keys = ['--log-key', `${collector.path}.log-key`, '--operator-key', `${collector.path}.operator-key`];
  const audit = await run('burgerpanel-collector', ['audit', ...keys], { env: { ...env, BURGERPANEL_STORE: collector.store } });
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);

  await two.sql('SELECT pg_wal_replay_pause()');
  await answer(1);
  assert.equal(await respondents(collector.url, token), 1, 'the standby stands still');
  await two.stop();
  const away = await request(collector.url, `/v1/rounds/${ROUND}/summary?exact=true`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(away.status, 503);
  assertAccepted(await post(collector.url, '/v1/responses', members[1].response(ROUND, 'WA-1.02', good), JOSE));
});

test('a standby of another log is refused, and one of a file is none', async (t) => {
  const [one, two] = await primaryAndStandby({ synchronous: false });
  t.after(() => [two, one].forEach((server) => server.remove()));
  process.env.KIT_STORE = dsnOf(one);
  const mine = await ready('reading-mine');
  const other = await ready('reading-other');
  await other.stop();
  await mine.stop();
  const keys = ['--log-key', `${mine.path}.log-key`, '--operator-key', `${mine.path}.operator-key`];
  const words = ['--store', mine.store, ...keys];
  const env = { BURGERPANEL_READ_STORE: other.store };
  const refused = await run('burgerpanel-collector', ['serve', '--listen', '127.0.0.1:0', ...words], { env });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /read_store is of another log than the store/);
  const elsewhere = await run('burgerpanel-collector', ['audit', ...keys], { env: { ...env, BURGERPANEL_STORE: mine.store } });
  assert.equal(elsewhere.code, 1, 'the log there is of another key');
  const named = await run('burgerpanel-collector', ['audit', ...words], { env });
  assert.equal(named.code, 0, `the store that is named is the one that is audited: ${named.stderr}`);
  const file = await run('burgerpanel-collector', ['audit', '--store', 'sqlite:nowhere.db'], { env });
  assert.match(file.stderr, /read_store \(environment.*\) is a standby of a store in PostgreSQL; both are/);
});
