// Goal: whatever an operator does to the log, to the store or to what people were asked comes out: `audit` finds it and names the
// place, or notes the event by which it was done. The operator here has store, log key and operator key.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { claimsOf, entriesOf, eventsOf, operatorOf, rewrite, sha256, signedEvent } from './lib/forge.mjs';
import { assertAccepted, assertProblem, JOSE, keepAlive, post } from './lib/http.mjs';
import { asListed, Key, Member, newCode, now } from './lib/member.mjs';
import { ACTION, examplePanel, good, iso, ROUND } from './lib/panel.mjs';
import { oldCollector } from './lib/old-store.mjs';
import { poll } from './lib/poll.mjs';
import { fixtures, ready, run } from './lib/programs.mjs';
import { asBytes, asText, copyOf, sql, testOfFiles } from './lib/store.mjs';

const MEMBERS = 20;
const agent = keepAlive();
let original; // stopped; its first release is in the log
let members;
let lastResponse; // the index of member 0's response

const send = (collector, path, text) => post(collector.url, path, text, JOSE, { agent });
const enrol = async (collector, member, code) => assertAccepted(await send(collector, '/v1/members', member.enrolment(code)));
const respond = async (collector, member, change = {}, action = ACTION) =>
  assertAccepted(await send(collector, '/v1/responses', member.response(ROUND, action, good, change)));

async function whileRunning(collector, act) {
  await collector.start();
  try {
    return await act();
  } finally {
    await collector.stop();
  }
}

let copies = 0;
const copy = () => copyOf(original, `dishonest-${++copies}`);

// What `audit` prints: exit 0, and the notes.
async function passes(collector, ...notes) {
  const done = await collector.run('audit');
  assert.equal(done.code, 0, done.stdout + done.stderr);
  for (const note of notes) assert.match(done.stdout, note);
  return done.stdout;
}

// Exit 1, and a line for each of `places`.
async function finds(collector, ...places) {
  const done = await collector.run('audit');
  assert.equal(done.code, 1, done.stdout + done.stderr);
  for (const place of places) assert.match(done.stdout, place);
  return done.stdout.trimEnd().split('\n');
}

before(async () => {
  original = await ready('dishonest', { codes: MEMBERS + 2 });
  members = Array.from({ length: MEMBERS }, () => new Member('wau'));
  for (const [i, member] of members.entries()) await enrol(original, member, original.codes[i]);
  for (const member of members) ({ index: lastResponse } = await respond(original, member));
  lastResponse -= MEMBERS - 1;
  await original.stop();
  await original.succeed('release', 'create', ROUND);
});
after(() => {
  agent.destroy();
  return original?.stop();
});

test('an honest collector is found honest', async () => {
  assert.equal(await passes(original), '');
});

// The hash of a code's 16 bytes, in hexadecimal.
function hashOfCode(code) {
  const bits = [...code.replaceAll('-', '')].map((c) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(c).toString(2).padStart(5, '0'));
  const bytes = bits.join('').slice(0, 128).match(/.{8}/g).map((byte) => parseInt(byte, 2));
  return createHash('sha256').update(Buffer.from(bytes)).digest('hex');
}

// --- members -------------------------------------------------------------------------------------------------------------------

test('members invented with invitations put straight into the store are found, over HTTP too', async (t) => {
  const it = copy();
  const codes = Array.from({ length: 3 }, () => newCode());
  for (const [i, code] of codes.entries())
    await sql(it, `INSERT INTO invitation (hash, number, state, member) VALUES (x'${hashOfCode(code)}', ${900 + i}, 0, 0)`);
  const token = (await it.succeed('tokens', 'create', 'auditor', '--role', 'auditor')).stdout.trim();
  const tokenFile = join(it.folder, 'token');
  writeFileSync(tokenFile, token);
  await it.start();
  t.after(() => it.stop());
  const indexes = [];
  for (const code of codes) {
    const invented = new Member('wau');
    indexes.push((await enrol(it, invented, code)).index);
    await respond(it, invented);
  }
  const found = indexes.map((index) => new RegExp(`^entry ${index}: its invitation was never created$`, 'm'));
  await finds(it, ...found);
  const elsewhere = await run('burgerpanel-collector', ['audit', '--url', it.url, '--token-file', tokenFile]);
  assert.equal(elsewhere.code, 1, elsewhere.stdout + elsewhere.stderr);
  for (const place of found) assert.match(elsewhere.stdout, place);
});

test('a member put straight into the store is found', async () => {
  const it = copy();
  const key = Buffer.from(new Key().x, 'base64url').toString('hex');
  await sql(it, `INSERT INTO member (number, idx, enrolled_at, revoked_at, key) VALUES (${MEMBERS + 1}, 5, 1, 0, x'${key}')`);
  await finds(it, /^member [\w-]{43}: the log has no such enrolment$/m);
});

test('a revocation undone in the store is found, and each response that followed', async () => {
  const it = copy();
  const [member] = members;
  await it.succeed('members', 'revoke', asListed(member.key.kid), '--reason', 'abuse');
  await passes(it);
  await sql(it, 'UPDATE member SET revoked_at = 0 WHERE number = 1');
  const { index } = await whileRunning(it, () => respond(it, member, { revision: 2 }));
  await finds(
    it,
    new RegExp(`^entry ${index}: its member had been revoked$`, 'm'),
    new RegExp(`^member ${member.key.kid}: revoked by an event, and not in the store$`, 'm'),
  );
});

test('somebody revoked in the store alone is found', async () => {
  const it = copy();
  await sql(it, 'UPDATE member SET revoked_at = 1800000000 WHERE number = 1');
  await finds(it, new RegExp(`^member ${members[0].key.kid}: revoked in the store, and no event says so$`, 'm'));
});

test('an invitation withdrawn in the store alone, or made usable again, is found', async () => {
  const it = copy();
  await sql(it, `UPDATE invitation SET state = 2 WHERE number = ${MEMBERS + 1}`);
  await finds(it, /^invitation [\w-]{43}: unused as the log says, and not in the store$/m);
  const other = copy();
  await other.succeed('invitations', 'withdraw', original.codes[MEMBERS]);
  await passes(other);
  await sql(other, `UPDATE invitation SET state = 0 WHERE number = ${MEMBERS + 1}`);
  const { index } = await whileRunning(other, () => enrol(other, new Member('wau'), original.codes[MEMBERS]));
  await finds(other, new RegExp(`^entry ${index}: its invitation had been withdrawn$`, 'm'));
});

test('invitations in place of others are noted', async () => {
  const it = copy();
  await it.succeed('invitations', 'create', 2, '--replaces', 1);
  await passes(it, /^note: entry \d+ made 2 invitations, 1 of them in place of others$/m);
});

// --- rounds --------------------------------------------------------------------------------------------------------------------

// The example's panel, whose round closes at that second.
function closingAt(when) {
  const panel = examplePanel();
  panel.rounds[0].closesAt = iso(when);
  return panel;
}

async function closedBy(collector) {
  return (await poll('the round to be closed in the log', 40, async () => eventsOf(await entriesOf(collector), 'round-closed')[0]))
    .index;
}

test('a late response let in behind the back of the log is found; a round opened again by an import is noted', async () => {
  const it = copy();
  await it.importPanel(closingAt(now() - 1));
  const closed = await whileRunning(it, async () => {
    const index = await closedBy(it);
    assertProblem(await send(it, '/v1/responses', members[1].response(ROUND, ACTION, good, { revision: 2 })), 409, 'round-not-open');
    return index;
  });
  await passes(it);

  const open = copyOf(it, 'dishonest-opened');
  await open.importPanel(examplePanel());
  await whileRunning(open, () => respond(open, members[1], { revision: 2 }));
  await passes(open, new RegExp(`^note: entry ${closed + 1} opened round ${ROUND} again$`, 'm'));

  await sql(it, `DELETE FROM event WHERE kind = 'round-closed'; UPDATE panel SET json = replace(json, '${closingAt(now()).rounds[0].closesAt.slice(0, 4)}-', '2099-')`);
  const stored = JSON.parse(await sql(it, 'SELECT json FROM panel ORDER BY number DESC LIMIT 1'));
  stored.rounds[0].opensAt = '2026-01-01T00:00:00Z';
  await sql(it, `UPDATE panel SET json = '${JSON.stringify(stored).replaceAll("'", "''")}'`);
  const { index } = await whileRunning(it, () => respond(it, members[1], { revision: 2 }));
  await finds(
    it,
    new RegExp(`^entry ${index}: its round had been closed by entry ${closed}$`, 'm'),
    new RegExp(`^entry ${closed}: it is not listed as the event that it is$`, 'm'),
    /^panel definition: the one in the store is not the one that the log put in force$/m,
  );
});

// --- what was asked ------------------------------------------------------------------------------------------------------------

test("an answered action's title turned round by an import is noted, and in the store alone it is found", async () => {
  const it = copy();
  const list = join(it.folder, 'actions.csv');
  const lines = readFileSync(join(fixtures, 'actions.csv'), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.startsWith(`${ACTION},`));
  writeFileSync(list, lines.map((line, i) => (i === at ? line.replace(/^([^,]+),/, '$1,Niet ') : line)).join('\n'));
  await it.importActions(list);
  await passes(it, new RegExp(`^note: entry \\d+ changed the title of action ${ACTION} after the first response to it$`, 'm'));

  const store = copy();
  await sql(store, `UPDATE action SET title = 'Niet' WHERE id = '${ACTION}'`);
  await finds(store, /^action list: the one in the store is not the one that the log put in force$/m);
});

test('disclosure loosened and restored before the first release is noted both times; afterwards it can not be', async () => {
  const it = await ready('dishonest-loose');
  await it.stop();
  const loose = examplePanel();
  loose.disclosure = { minRespondents: 3, roundTo: 3 };
  await it.importPanel(loose);
  await it.importPanel(examplePanel());
  await passes(
    it,
    /^note: entry \d+ changed disclosure: minRespondents 10 to 3, roundTo 5 to 3, /m,
    /^note: entry \d+ changed disclosure: minRespondents 3 to 10, roundTo 3 to 5, /m,
  );
  const released = copy();
  const path = join(released.folder, 'loose.json');
  writeFileSync(path, JSON.stringify(loose));
  assert.equal((await released.run('panel', 'import', path)).code, 1);
  await sql(released, `UPDATE panel SET json = '${JSON.stringify(loose).replaceAll("'", "''")}'`);
  await finds(released, /^panel definition: the one in the store is not the one that the log put in force$/m);
});

// --- erasures ------------------------------------------------------------------------------------------------------------------

const scope = { round: ROUND, action: ACTION };

async function erased(name) {
  const it = copyOf(original, name);
  const answer = await whileRunning(it, async () => assertAccepted(await send(it, '/v1/erasures', members[0].erasure(scope))));
  assert.deepEqual(answer.erased, [lastResponse]);
  return { it, request: answer.index };
}

test('an erased response is passed, also when another follows it', async () => {
  const { it } = await erased('dishonest-erased');
  assert.match(await passes(it), /^note: entry \d+: release 1 of round round-1 is not checkable any more/m);
  await whileRunning(it, () => respond(it, members[0], { revision: 5 }));
  await passes(it);
});

test('an erased response put back is found', async () => {
  const { it, request } = await erased('dishonest-put-back');
  const was = await sql(original, `SELECT jws FROM entry WHERE idx = ${lastResponse}`);
  await sql(it, `UPDATE entry SET jws = '${was}' WHERE idx = ${lastResponse}`);
  await finds(it, new RegExp(`^entry ${request + 1}: entry ${lastResponse}, which it says is erased, is still there$`, 'm'));
});

test('a text taken away without an event is found', async () => {
  const it = copy();
  await sql(it, `UPDATE entry SET jws = '' WHERE idx = ${lastResponse}`);
  await finds(it, new RegExp(`^entry ${lastResponse}: its text is missing, and no event says that it was erased$`, 'm'));
});

test('an erasure under cover of a request by nobody, or for something else, is found though all hashes hold', async () => {
  const { it, request } = await erased('dishonest-cover');
  const stranger = new Member('wau');
  await rewrite(it, { [request]: stranger.erasure(scope) });
  await finds(it, new RegExp(`^an erasure was asked for by ${stranger.key.kid}, who was no member$`, 'm'));
  await rewrite(it, { [request]: members[0].erasure('everything') });
  await finds(it, new RegExp(`^entry ${request + 1}: it erases another number of enrolments than was asked$`, 'm'));
  await rewrite(it, { [request]: members[1].erasure(scope, {}, { signer: stranger.key }) });
  await finds(it, new RegExp(`^entry ${request}: its signature does not count$`, 'm'));
  await rewrite(it, { [request]: members[1].erasure(scope) });
  const response = lastResponse + 1;
  await finds(it, new RegExp(`^entry ${request + 1}: the response that it says is erased is still there, as entry ${response}$`, 'm'));
});

test('an erasure that names more than was gone, or that nobody asked for, is found though all hashes hold', async () => {
  const { it, request } = await erased('dishonest-more');
  const operator = operatorOf(it);
  const [event] = eventsOf(await entriesOf(it), 'entries-erased');
  assert.equal(event.index, request + 1);
  const sign = (change) => ({ [event.index]: signedEvent(operator, { ...event.claims, ...change }) });
  await rewrite(it, sign({ entries: [lastResponse, lastResponse + 1] }));
  await finds(it, new RegExp(`^entry ${event.index}: entry ${lastResponse + 1}, which it says is erased, is still there$`, 'm'));
  await rewrite(it, sign({ request: lastResponse + 1 }));
  await finds(it, new RegExp(`^entry ${event.index}: entry ${lastResponse + 1} is no request that was still open$`, 'm'));
  await rewrite(it, sign({}));
  await passes(it);
});

// --- releases ------------------------------------------------------------------------------------------------------------------

test('a file of a release changed in the store is found', async () => {
  const it = copy();
  await sql(it, `UPDATE release_file SET bytes = ${asBytes(`replace(${asText('bytes')}, '20', '25')`)} WHERE name = 'summary.csv'`);
  await finds(it, /^release 1 of round round-1: summary\.csv in the store is not the one that entry \d+ names$/m);
  const gone = copy();
  await sql(gone, "DELETE FROM release_file WHERE name = 'options.csv'");
  await finds(gone, /^release 1 of round round-1: options\.csv in the store is not the one that entry \d+ names$/m);
  const row = copy();
  await sql(row, 'DELETE FROM release');
  await finds(row, /^releases of round round-1: the store has 0, the log tells of 1$/m);
});

test('a release made of other figures than the log has is found though file, event and all hashes agree', async () => {
  const it = copy();
  const [event] = eventsOf(await entriesOf(it), 'release-created');
  const text = await sql(it, `SELECT ${asText('bytes')} FROM release_file WHERE name = 'summary.csv'`);
  const turned = `${text.split('\n').map((line) => line.replace('\r', '').replace(/,20,ok,/, ',25,ok,')).join('\r\n')}\r\n`;
  await sql(it, `UPDATE release_file SET bytes = x'${Buffer.from(turned).toString('hex')}' WHERE name = 'summary.csv'`);
  const files = event.claims.files.map((file) =>
    file.name === 'summary.csv' ? { name: file.name, bytes: Buffer.byteLength(turned), sha256: sha256(turned) } : file,
  );
  await rewrite(it, { [event.index]: signedEvent(operatorOf(it), { ...event.claims, files }) });
  const lines = await finds(it, new RegExp(`^entry ${event.index}: release 1 of round round-1: summary\\.csv is not what follows from the log$`, 'm'));
  assert.equal(lines.length, 1);
});

test('a release over another root, or out of its turn, is found though all hashes agree', async () => {
  const it = copy();
  const [event] = eventsOf(await entriesOf(it), 'release-created');
  const sign = (change) => ({ [event.index]: signedEvent(operatorOf(it), { ...event.claims, ...change }) });
  await rewrite(it, sign({ root: sha256('another') }));
  await finds(it, new RegExp(`^entry ${event.index}: the log of ${event.claims.size} entries that its release rests on has another root$`, 'm'));
  await rewrite(it, sign({ number: 2 }));
  await finds(it, new RegExp(`^entry ${event.index}: it is not the next release of its round$`, 'm'));
  await rewrite(it, sign({ minRespondents: 3 }));
  await finds(it, new RegExp(`^entry ${event.index}: it was not made by the disclosure rule in force$`, 'm'));
});

// --- ten releases ---------------------------------------------------------------------------------------------------------------

test('ten releases, between which people answer anew, join and erase, and the list is put in another order, are all worked out anew', async () => {
  const panel = examplePanel();
  panel.disclosure.releaseInterval = 0;
  const it = await ready('dishonest-ten', { panel, codes: 45 });
  const people = it.codes.map(() => new Member('wau'));
  const revisions = new Map();
  const answer = (member, action, importance) => {
    const key = `${member.key.kid} ${action}`;
    revisions.set(key, (revisions.get(key) ?? 0) + 1);
    return respond(it, member, { revision: revisions.get(key), answers: { importance, noticed: importance % 2 === 0 ? 'no' : 'unknown' } }, action);
  };
  const lines = readFileSync(join(fixtures, 'actions.csv'), 'utf8').trimEnd().split('\n');
  let joined = 0;
  for (let release = 1; release <= 10; release++) {
    for (; joined < 18 + 3 * release && joined < 45; joined++) await enrol(it, people[joined], it.codes[joined]);
    for (const [i, member] of people.slice(0, joined).entries()) {
      if ((i + release) % 2 === 0) await answer(member, ACTION, 1 + ((i * release) % 5));
      if (i < 2 * release) await answer(member, 'WA-1.02', 1 + (i % 5));
    }
    if (release === 4) {
      const turned = join(it.folder, 'turned.csv');
      writeFileSync(turned, [lines[0], ...lines.slice(1).reverse(), 'WA-9.99,Nieuw,,,,running'].join('\n'));
      await it.importActions(turned);
    }
    await it.succeed('release', 'create', ROUND);
    const before = await passes(it);
    assert.equal(before, '');
  }
  const versions = await it.succeed('release', 'list');
  assert.match(versions.stdout, /^round-1,10,/m);
  assertAccepted(await send(it, '/v1/erasures', people[0].erasure('everything')));
  await it.succeed('release', 'create', ROUND);
  const notes = await passes(it);
  assert.equal(notes.match(/is not checkable any more/g).length, 10, 'all but the one made since');
  await it.stop();
  await sql(it, `UPDATE release_file SET bytes = ${asBytes(`${asText('bytes')} || ' '`)} WHERE number = 10 AND name = 'questions.csv'`);
  await finds(it, /^release 10 of round round-1: questions\.csv in the store/m, /^entry \d+: release 10 of round round-1: questions\.csv is not what follows/m);
});

// --- events --------------------------------------------------------------------------------------------------------------------

test('an event removed, unlisted or signed anew is found', async () => {
  const [event] = eventsOf(await entriesOf(original), 'invitations-created');
  const removed = copy();
  await sql(removed, `DELETE FROM entry WHERE idx = ${event.index}`);
  await finds(removed, new RegExp(`^entry ${event.index}: it is missing$`, 'm'));
  const unlisted = copy();
  await sql(unlisted, `DELETE FROM event WHERE idx = ${event.index}`);
  await finds(unlisted, new RegExp(`^entry ${event.index}: it is not listed as the event that it is$`, 'm'));
  const anew = copy();
  const text = signedEvent(operatorOf(anew), { ...event.claims, iat: event.claims.iat - 1 });
  await sql(anew, `UPDATE entry SET jws = '${text}' WHERE idx = ${event.index}`);
  await finds(anew, new RegExp(`^entry ${event.index}: it is not the one that the tree was built over$`, 'm'));
});

test('an event by another key, back in time, or without its document is found though all hashes hold', async () => {
  const it = copy();
  const [event] = eventsOf(await entriesOf(it), 'invitations-created');
  await rewrite(it, { [event.index]: signedEvent(new Key(), event.claims) });
  await finds(it, new RegExp(`^entry ${event.index}: it is not signed by the operator's key$`, 'm'));
  await rewrite(it, { [event.index]: signedEvent(operatorOf(it), { ...event.claims, iat: 1 }) });
  await finds(it, new RegExp(`^entry ${event.index}: its time lies before that of the event before it$`, 'm'));
  await rewrite(it, { [event.index]: event.jws });
  await passes(it);
  await sql(it, `DELETE FROM document WHERE hash = x'${Buffer.from(event.claims.codes, 'base64url').toString('hex')}'`);
  await finds(it, new RegExp(`^entry ${event.index}: a document that it names is missing$`, 'm'));
});

test('an enrolment that stands for another key is found though all hashes hold', async () => {
  const it = copy();
  const index = Number(await sql(it, 'SELECT idx FROM member WHERE number = 1'));
  const claims = claimsOf(await sql(it, `SELECT jws FROM entry WHERE idx = ${index}`));
  const other = new Member('wau');
  await rewrite(it, { [index]: other.enrolment(claims.invitation) });
  await finds(
    it,
    new RegExp(`^entry ${lastResponse}: nobody with this key has enrolled$`, 'm'),
    new RegExp(`^member ${members[0].key.kid}: the log has no such enrolment$`, 'm'),
  );
});

// --- logs of before protocol 2 -------------------------------------------------------------------------------------------------

testOfFiles('an older log is passed with a note, before and after its upgrade, and what is done to it afterwards is found', async () => {
  const it = await oldCollector('dishonest-older');
  const code = newCode();
  assert.equal(await passes(it), '', 'no event tells anything yet');
  await whileRunning(it, async () => {});
  const [upgraded] = eventsOf(await entriesOf(it), 'log-upgraded');
  const note = new RegExp(`^note: ${upgraded.index} entries of before protocol 2: `, 'm');
  await passes(it, note);

  const revoked = copyOf(it, 'dishonest-older-revoked');
  const kid = (await revoked.succeed('members', 'list')).stdout.split('\n')[1].split(',')[1];
  await revoked.succeed('members', 'revoke', kid, '--reason', 'order');
  await passes(revoked, note);
  await sql(revoked, 'UPDATE member SET revoked_at = 0');
  await finds(revoked, /: revoked by an event, and not in the store$/m);

  const invented = copyOf(it, 'dishonest-older-invented');
  await sql(invented, `INSERT INTO invitation (hash, number, state, member) VALUES (x'${hashOfCode(code)}', 990, 0, 0)`);
  const { index } = await whileRunning(invented, () => enrol(invented, new Member('old'), code));
  await finds(invented, new RegExp(`^entry ${index}: its invitation was never created$`, 'm'));

  const sign = (change) => ({ [upgraded.index]: signedEvent(operatorOf(it), { ...upgraded.claims, ...change }) });
  await rewrite(it, sign({ size: upgraded.index - 1 }));
  await finds(it, new RegExp(`^entry ${upgraded.index}: it can't stand here$`, 'm'));
  await rewrite(it, sign({ invitations: { ...upgraded.claims.invitations, used: upgraded.claims.invitations.used + 5 } }));
  await finds(it, new RegExp(`^entry ${upgraded.index}: the log tells of another number of used invitations$`, 'm'));
  await rewrite(it, sign({ revoked: [upgraded.index] }));
  await finds(it, new RegExp(`^entry ${upgraded.index}: entry ${upgraded.index}, which it says is revoked, is no enrolment$`, 'm'));
});
