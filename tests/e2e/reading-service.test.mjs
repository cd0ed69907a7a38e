// Goal: whoever runs the collector can watch it, where they say and nowhere else, in what OpenMetrics allows to the letter; and who finds a hole in it finds
// whom to tell.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertHeaders, assertProblem, JOSE, NDJSON, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { metricsOf, metricsUrl, valueOf } from './lib/openmetrics.mjs';
import { ACTION, good, ROUND } from './lib/panel.mjs';
import { assertFailed, BEGUN, ready, run } from './lib/programs.mjs';

const running = [];
after(async () => {
  for (const collector of running) await collector.stop();
});

async function serve(name, env = {}, codes = 0) {
  const collector = await ready(`reading-service-${name}`, { codes, env });
  running.push(collector);
  return collector;
}

test('metrics count what happened', async () => {
  const collector = await serve('counts', { BURGERPANEL_METRICS_LISTEN: '0' }, 3);
  const before = await metricsOf(collector);
  assert.equal(valueOf(before, 'burgerpanel_log_entries'), BEGUN);
  assert.equal(valueOf(before, 'burgerpanel_healthy'), 1);
  for (const family of ['accepted', 'repeated'])
    for (const kind of ['enrolment', 'response']) assert.equal(valueOf(before, `burgerpanel_${family}`, { kind }), 0);

  const members = collector.codes.map(() => new Member('wau'));
  for (const [i, member] of members.entries())
    assert.equal((await post(collector.url, '/v1/members', member.enrolment(collector.codes[i]), JOSE)).status, 201);
  const signed = members.map((member) => member.response(ROUND, ACTION, good));
  assert.equal((await post(collector.url, '/v1/responses', signed[0], JOSE)).status, 201);
  assert.equal((await post(collector.url, '/v1/responses', signed[0], JOSE)).status, 200);
  assert.equal((await post(collector.url, '/v1/responses', 'x', JOSE)).status, 400);
  assert.equal((await post(collector.url, '/v1/responses', new Member('wau').response(ROUND, ACTION, good), JOSE)).status, 401);
  const stale = members[0].response(ROUND, ACTION, { ...good, importance: 1 });
  const lines = [signed[1], signed[2], stale, 'y'].map((line) => `${JSON.stringify(line)}\n`).join('');
  assert.equal((await post(collector.url, '/v1/response-batches', lines, NDJSON)).status, 200);
  await request(collector.url, '/v1/nothing');

  const now = await metricsOf(collector);
  assert.equal(valueOf(now, 'burgerpanel_accepted', { kind: 'enrolment' }), 3);
  assert.equal(valueOf(now, 'burgerpanel_accepted', { kind: 'response' }), 3);
  assert.equal(valueOf(now, 'burgerpanel_repeated', { kind: 'response' }), 1);
  const reasons = { 'malformed-envelope': 2, 'not-verified': 1, 'stale-revision': 1, 'not-found': 1, unavailable: 0 };
  for (const [reason, count] of Object.entries(reasons))
    assert.equal(valueOf(now, 'burgerpanel_problems', { reason }), count, reason);
  assert.equal(valueOf(now, 'burgerpanel_log_entries'), BEGUN + 6);
  assert.equal(valueOf(now, 'burgerpanel_members'), 3);
  assert.equal(valueOf(now, 'burgerpanel_queue_depth'), 0);
  assert.equal(valueOf(now, 'burgerpanel_batch_size', {}, '_sum'), 8);
  assert.equal(valueOf(now, 'burgerpanel_commit_seconds', {}, '_count'), valueOf(now, 'burgerpanel_batch_size', {}, '_count'));
  assert.ok(valueOf(now, 'burgerpanel_commit_seconds', {}, '_sum') > 0);
  assert.equal(valueOf(now, 'burgerpanel_lane_seconds', {}, '_count'), valueOf(now, 'burgerpanel_batch_size', {}, '_count'));
  assert.equal(valueOf(now, 'burgerpanel_store_entries'), BEGUN + 6);
  for (const family of ['failed_commits', 'store_reopenings']) assert.equal(valueOf(now, `burgerpanel_${family}`), 0);
});

test('metrics are on a listener of their own, of this machine unless it is named, or nowhere', async () => {
  const local = await serve('local', { BURGERPANEL_METRICS_LISTEN: '0' });
  assert.match(metricsUrl(local), /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  await metricsOf(local);
  assertProblem(await request(local.url, '/metrics'), 404, 'not-found');
  assertProblem(await request(metricsUrl(local), '/v1/panel'), 404, 'not-found');
  const named = await serve('named', { BURGERPANEL_METRICS_LISTEN: '[::1]:0' });
  assert.match(metricsUrl(named), /^http:\/\/\[::1\]:[1-9]\d*$/);
  await metricsOf(named);
  const off = await serve('off');
  assert.equal(metricsUrl(off), undefined);
  assertProblem(await request(off.url, '/metrics'), 404, 'not-found');
});

const security = {
  BURGERPANEL_SECURITY_CONTACT: 'mailto:security@example.org',
  BURGERPANEL_SECURITY_EXPIRES: '2035-12-31T23:00:00Z',
  BURGERPANEL_SECURITY_POLICY: 'https://example.org/policy',
};

test('security.txt says what is configured, and is not there when nothing is', async () => {
  const without = await serve('no-security');
  assertProblem(await request(without.url, '/.well-known/security.txt'), 404, 'not-found');
  const collector = await serve('security', security);
  const answer = await request(collector.url, '/.well-known/security.txt');
  assert.equal(answer.status, 200);
  assertHeaders(answer);
  assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(
    answer.text,
    'Contact: mailto:security@example.org\nExpires: 2035-12-31T23:00:00Z\nPolicy: https://example.org/policy\nPreferred-Languages: nl, en\n',
  );
});

test('settings that make no valid security.txt, or no sense, are refused', async () => {
  const bad = [
    [{ BURGERPANEL_SECURITY_CONTACT: 'security@example.org' }, /security_contact/],
    [{ BURGERPANEL_SECURITY_CONTACT: 'mailto:a@example.org\nExpires: x' }, /security_contact/],
    [{ BURGERPANEL_SECURITY_EXPIRES: undefined }, /security_expires/],
    [{ BURGERPANEL_SECURITY_EXPIRES: 'tomorrow' }, /security_expires/],
    [{ BURGERPANEL_SECURITY_CONTACT: undefined }, /security_expires/],
    [{ BURGERPANEL_SECURITY_POLICY: 'http://example.org' }, /security_policy/],
    [{ BURGERPANEL_METRICS_LISTEN: 'some' }, /metrics_listen/],
  ];
  for (const [change, pattern] of bad) {
    const env = { ...security, ...change };
    for (const [name, value] of Object.entries(change)) if (value === undefined) delete env[name];
    assertFailed(await run('burgerpanel-collector', ['serve', '--check'], { env }), pattern);
  }
});
