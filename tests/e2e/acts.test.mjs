// Goal: what an administrator does and the event that tells of it are one (PROTOCOL 6a): beside a collector under load, killed at
// any moment, where the writer stands still, where two verbs come at once, and without a collector. No verb leaves anything behind
// in the queue.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertAccepted, assertProblem, JOSE, keepAlive, post } from './lib/http.mjs';
import { asListed, Member, now, thumbprint } from './lib/member.mjs';
import { ACTION, examplePanel, good, iso, ROUND } from './lib/panel.mjs';
import { poll, slow } from './lib/poll.mjs';
import { assertFailed, BEGUN, Collector, fixtures, freshFolder, ready, start } from './lib/programs.mjs';
import { parseTable } from './lib/csv.mjs';
import { copyOf, sql } from './lib/store.mjs';
import { dice } from './lib/tables.mjs';

const KILLS = 8;
const seed = Number(process.env.BURGERPANEL_SEED ?? Date.now() % 2 ** 32);

const rowsOf = async (collector, text) => (await sql(collector, text)).split('\n').filter(Boolean).map((row) => row.split('|'));
const claimsOf = (jws) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url'));
const kidOf = (jws) => JSON.parse(Buffer.from(jws.split('.')[0], 'base64url')).kid;

// The events of a store, in order: {index, kind, jws, claims}.
const eventsOf = async (collector) =>
  (await rowsOf(collector, 'SELECT event.idx, kind, jws FROM event JOIN entry USING (idx) ORDER BY idx')).map(([index, kind, jws]) => {
    const claims = claimsOf(jws);
    assert.equal(claims.event, kind);
    return { index: Number(index), kind, jws, claims };
  });

const asked = async (collector) => Number(await sql(collector, 'SELECT count(*) FROM pending WHERE done_at = 0'));
const entryOf = (done) => Number(done.stderr.match(/^entry (\d+)$/m)?.[1] ?? assert.fail(done.stderr));

// Runs a verb without waiting for it.
const begin = (collector, ...args) => start('burgerpanel-collector', collector.words(...args));

function panelUntil(seconds) {
  const panel = examplePanel();
  panel.rounds[0].closesAt = iso(now() + seconds);
  return panel;
}

async function enrolled(collector, code) {
  const member = new Member('wau');
  const { index } = assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE));
  return Object.assign(member, { index });
}

async function passes(collector) {
  const done = await collector.run('audit');
  assert.equal(done.code, 0, done.stdout + done.stderr);
}

test('each verb leaves its event beside a running collector, says where, and is in force behind it', async () => {
  const collector = await ready('acts-verbs', { codes: 3 });
  try {
    const member = await enrolled(collector, collector.codes[0]);
    const revoked = entryOf(await collector.succeed('members', 'revoke', asListed(member.key.kid), '--reason', 'abuse'));
    assertProblem(await post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good), JOSE), 401, 'not-verified');
    entryOf(await collector.succeed('members', 'restore', asListed(member.key.kid)));
    const { index } = assertAccepted(await post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good), JOSE));
    assert.equal(index, revoked + 2);
    entryOf(await collector.succeed('invitations', 'withdraw', '2'));
    assertProblem(await post(collector.url, '/v1/members', new Member('wau').enrolment(collector.codes[1]), JOSE), 403, 'invitation-refused');
    entryOf(await collector.succeed('invitations', 'create', 2, '--replaces', 1));
    entryOf(await collector.importPanel(panelUntil(86400)));
    entryOf(await collector.importActions());
    const events = await eventsOf(collector);
    const expected = ['log-opened', 'panel-imported', 'actions-imported', 'invitations-created', 'member-revoked', 'member-restored',
      'invitation-withdrawn', 'invitations-created', 'panel-imported', 'actions-imported'];
    assert.deepEqual(events.map((event) => event.kind), expected);
    assert.deepEqual(events.find((event) => event.index === revoked).claims.reason, 'abuse');
    assert.equal(events.at(-3).claims.replaces, 1);
    assert.equal(await asked(collector), 0);
    const wrong = await collector.run('members', 'revoke', asListed(member.key.kid));
    assert.equal(wrong.code, 2, 'a reason is asked for');
  } finally {
    await collector.stop();
  }
  await passes(collector);
});

test(`acts beside a collector under load that is killed ${KILLS} times: event and effect together, or neither`, async (t) => {
  t.diagnostic(`BURGERPANEL_SEED=${seed}`);
  const roll = dice(seed);
  const collector = await ready('acts-kill', { codes: 12 });
  const members = [];
  for (const code of collector.codes.slice(0, 8)) members.push(await enrolled(collector, code));
  const target = asListed(members[7].key.kid);
  const handedOut = []; // codes of verbs that said that all is well
  const said = []; // entries that verbs named
  let revision = 0;
  let stopping = false;
  const agent = keepAlive();

  // Members answer all the time; what fails while the collector is away is let go.
  const load = async (member) => {
    while (!stopping)
      await post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good, { revision: ++revision }), JOSE, { agent }).catch(
        () => new Promise((resolve) => setTimeout(resolve, 20)),
      );
  };

  // One verb after the other, whatever becomes of each.
  const administer = async () => {
    for (let n = 0; !stopping; n++) {
      const out = join(collector.folder, `codes-${n}.csv`);
      const path = join(collector.folder, `panel-${n}.json`);
      writeFileSync(path, JSON.stringify(panelUntil(86400 + n)));
      const verbs = [
        ['invitations', 'create', 3, '--out', out],
        ['panel', 'import', path],
        ['members', n % 2 === 0 ? 'revoke' : 'restore', target, ...(n % 2 === 0 ? ['--reason', 'order'] : [])],
        ['invitations', 'create', 1, '--out', `${out}.more`],
      ];
      for (const verb of verbs) {
        const done = await collector.run(...verb);
        assert.ok(done.code === 0 || done.code === 1, done.stderr);
        if (done.code === 0 && /^entry/m.test(done.stderr)) said.push([entryOf(done), verb[1]]);
        const file = verb[0] === 'invitations' ? verb.at(-1) : undefined;
        if (file && done.code === 0) handedOut.push(...parseTable(readFileSync(file, 'utf8')).map((row) => row.code));
        if (file && done.code === 1) assert.equal(existsSync(file), false, 'codes that do not count are taken back');
      }
    }
  };

  const running = Promise.all([...members.slice(0, 7).map(load), administer()]);
  running.catch(() => {}); // looked at below
  for (let kill = 0; kill < KILLS; kill++) {
    const before = said.length;
    await poll('one act more', 30, () => said.length > before);
    await new Promise((resolve) => setTimeout(resolve, roll(700) * slow));
    collector.process.child.kill('SIGKILL');
    await collector.process.ended;
    await collector.start();
  }
  await poll('codes to have been handed out', 30, () => handedOut.length > 0);
  stopping = true;
  await running;
  agent.destroy();
  await poll('what is asked to be carried out', 20, async () => (await asked(collector)) === 0);

  // Each code that was handed out as good can be used, and the store holds those of the events alone.
  await enrolled(collector, handedOut[0]);
  await enrolled(collector, handedOut.at(-1));
  await collector.stop();
  const events = await eventsOf(collector);
  const created = events.filter((event) => event.kind === 'invitations-created').reduce((sum, event) => sum + event.claims.count, 0);
  assert.equal(Number(await sql(collector, 'SELECT count(*) FROM invitation WHERE number > 0')), created);
  const known = { create: 'invitations-created', import: 'panel-imported', revoke: 'member-revoked', restore: 'member-restored' };
  for (const [index, verb] of said) assert.equal(events.find((event) => event.index === index)?.kind, known[verb], `${verb} at ${index}`);
  assert.equal(new Set(said.map(([index]) => index)).size, said.length);
  events.reduce((before, event) => {
    assert.ok(event.claims.iat >= before, 'iat never decreases');
    return event.claims.iat;
  }, 0);
  await passes(collector); // which holds letters, revocations and definition against the events
});

// Verbs wait ten seconds for a writer: beside the other tests.
const queueing = (async () => {
  const collector = await ready('acts-queued', { codes: 2 });
  try {
    const member = await enrolled(collector, collector.codes[0]);
    const size = BEGUN + 1;
    const out = join(collector.folder, 'codes.csv');
    collector.process.child.kill('SIGSTOP');
    const verbs = [
      begin(collector, 'members', 'revoke', asListed(member.key.kid), '--reason', 'error'),
      begin(collector, 'members', 'revoke', asListed(member.key.kid), '--reason', 'order'),
      begin(collector, 'invitations', 'create', 4, '--out', out),
    ];
    await poll('the wishes', 8, async () => (await asked(collector)) === 3);
    assert.equal(parseTable(readFileSync(out, 'utf8')).length, 4, 'the codes are on the disk before they count');
    const [first, second, codes] = await Promise.all(verbs.map((verb) => verb.ended));
    for (const done of [first, second]) {
      assert.equal(done.code, 0, done.stderr);
      assert.match(done.stderr, /^queued\n$/);
    }
    assert.equal(codes.code, 1);
    assert.match(codes.stderr, /does not get to it/);
    assert.equal(existsSync(out), false, 'and taken back where they do not');
    assert.equal(await asked(collector), 2);
    collector.process.child.kill('SIGCONT');
    await poll('what was queued', 10, async () => (await asked(collector)) === 0);
    const events = (await eventsOf(collector)).slice(BEGUN);
    assert.deepEqual(events.map((event) => [event.index, event.kind]), [[size, 'member-revoked']], 'of two the same, one; and no invitations');
  } finally {
    collector.process.child.kill('SIGCONT');
    await collector.stop();
  }
  await passes(collector);
})();
queueing.catch(() => {}); // looked at by the test

test('where the writer stands still a verb is queued, invitations are taken back, and what was queued is done later', () => queueing);

test('an act that another has made impossible meanwhile is refused, and says why', async () => {
  const collector = await ready('acts-refused', { codes: 2 });
  try {
    const member = await enrolled(collector, collector.codes[0]);
    collector.process.child.kill('SIGSTOP');
    const revoke = () => begin(collector, 'members', 'revoke', asListed(member.key.kid), '--reason', 'request');
    const verbs = [revoke(), revoke(), begin(collector, 'invitations', 'withdraw', 2), begin(collector, 'invitations', 'withdraw', 2)];
    await poll('the wishes', 8, async () => (await asked(collector)) === verbs.length);
    collector.process.child.kill('SIGCONT');
    const ended = await Promise.all(verbs.map((verb) => verb.ended));
    for (const [done, pattern] of [[ended.slice(0, 2), /revoked already/], [ended.slice(2), /withdrawn already/]]) {
      assert.deepEqual(done.map((one) => one.code).sort(), [0, 1]);
      assert.match(done.find((one) => one.code === 1).stderr, pattern);
      entryOf(done.find((one) => one.code === 0));
    }
    assert.equal(Number(await sql(collector, 'SELECT count(*) FROM pending')), 0, 'outcomes are read once');
  } finally {
    collector.process.child.kill('SIGCONT');
    await collector.stop();
  }
});

test('eight verbs at once without a collector each get an entry of their own', async () => {
  const collector = new Collector(freshFolder('acts-alone'));
  await collector.importPanel();
  const verbs = [
    ...Array.from({ length: 5 }, () => ['invitations', 'create', 2]),
    ['actions', 'import', join('fixtures', 'actions.csv')],
    ['panel', 'import', join('fixtures', 'panel.json')],
    ['operator', 'change'],
  ];
  const done = await Promise.all(verbs.map((verb) => collector.run(...verb)));
  for (const one of done) assert.equal(one.code, 0, one.stderr);
  assert.deepEqual(done.map(entryOf).sort((a, b) => a - b), Array.from({ length: verbs.length }, (_, i) => i + 2));
  const numbers = done.slice(0, 5).flatMap((one) => parseTable(one.stdout).map((row) => Number(row.member)));
  assert.deepEqual(numbers.sort((a, b) => a - b), Array.from({ length: 10 }, (_, i) => i + 1), 'no two letters of one number');
  assert.equal(Number(await sql(collector, 'SELECT count(*) FROM pending')), 0);
  await passes(collector);
});

test('a collector that starts while a verb serves the store waits for it', async () => {
  const collector = new Collector(freshFolder('acts-starting'));
  await collector.importPanel();
  const many = Array.from({ length: 6 }, () => collector.run('invitations', 'create', 5));
  await collector.start();
  for (const done of await Promise.all(many)) assert.equal(done.code, 0, done.stderr);
  await collector.stop();
  await passes(collector);
});

test('a round closes by itself, in the log before anything that comes after it, and opens again by an import alone', async () => {
  const collector = await ready('acts-closing', { codes: 1, panel: panelUntil(3) });
  try {
    const member = await enrolled(collector, collector.codes[0]);
    const closing = () => eventsOf(collector).then((events) => events.filter((event) => event.kind === 'round-closed'));
    const [closed] = await poll('the round to close with nothing else coming', 30, async () => {
      const found = await closing();
      return found.length > 0 && found;
    });
    const panel = JSON.parse(readFileSync(join(collector.folder, 'panel.json'), 'utf8'));
    assert.equal(closed.claims.round, ROUND);
    assert.ok(closed.claims.iat >= Date.parse(panel.rounds[0].closesAt) / 1000);
    assertProblem(await post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good), JOSE), 409, 'round-not-open');
    await collector.importPanel(panelUntil(86400));
    const { index } = assertAccepted(await post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good), JOSE));
    await collector.importPanel(panelUntil(-60));
    const again = await poll('the round to close again', 30, async () => {
      const found = await closing();
      return found.length === 2 && found[1];
    });
    assert.ok(again.index > index);
    const [imported, next] = (await eventsOf(collector)).slice(-2);
    assert.deepEqual([imported.kind, next.kind], ['panel-imported', 'round-closed']);
  } finally {
    await collector.stop();
  }
  await passes(collector);
});

test('a log does not begin with one key for its checkpoints and its events', async () => {
  const fresh = new Collector(freshFolder('acts-one-key'));
  const [both, other] = ['both', 'other'].map((name) => join(fresh.folder, name));
  const panel = join(fixtures, 'panel.json');
  assertFailed(await fresh.run('panel', 'import', panel, '--log-key', both, '--operator-key', both), /is the log's own key, and can't be the operator's as well/);
  assert.equal((await fresh.succeed('log', 'events', '--log-key', both)).stdout, 'index,at,event,claims\r\n');
  await fresh.succeed('panel', 'import', panel, '--log-key', both, '--operator-key', other);
  await fresh.succeed('audit', '--log-key', both, '--operator-key', other);
  const key = readFileSync(both);
  symlinkSync(both, join(fresh.folder, 'link'));
  for (const name of [both, join(fresh.folder, 'link')])
    for (const verb of ['change', 'change --prepare'])
      assertFailed(await fresh.run('operator', ...verb.split(' '), '--log-key', both, '--operator-key', name), /a change of the second would overwrite the first; copy it/);
  assert.ok(readFileSync(both).equals(key));
  assert.ok(!existsSync(`${both}.next`));
});

test('the operator key is changed beside a collector, and no other is taken', async () => {
  const collector = await ready('acts-operator', { codes: 1 });
  const keyPath = `${collector.path}.operator-key`;
  const before = readFileSync(keyPath, 'utf8');
  try {
    entryOf(await collector.succeed('operator', 'change'));
    await collector.succeed('invitations', 'create', 1);
  } finally {
    await collector.stop();
  }
  const events = await eventsOf(collector);
  const change = events.find((event) => event.kind === 'operator-changed');
  assert.equal(kidOf(change.jws), kidOf(events[0].jws), 'signed by the one before');
  assert.equal(kidOf(events.at(-1).jws), thumbprint(change.claims.operator.x), 'and what follows by the new one');
  assert.notEqual(readFileSync(keyPath, 'utf8'), before);
  assert.equal(existsSync(`${keyPath}.next`), false);
  await passes(collector);

  const old = copyOf(collector, 'acts-operator-old');
  writeFileSync(`${old.path}.operator-key`, before);
  for (const verb of [['serve', '--check'], ['invitations', 'create', 1]]) {
    const done = await old.run(...verb);
    assert.equal(done.code, 1, done.stdout);
    assert.match(done.stderr, /is not the operator key that the log has in force/);
  }
  assert.equal(await asked(old), 0, 'what can not be done is not left behind');
  writeFileSync(`${old.path}.operator-key.next`, readFileSync(keyPath), { mode: 0o600 });
  await old.succeed('invitations', 'create', 1);
  assert.equal(existsSync(`${old.path}.operator-key.next`), false, 'a change that was broken off after its commit is ended');
});
