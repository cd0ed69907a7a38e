// Goal: `audit` finds whatever was done to a store behind the collector's back, and names the place; an untouched store it passes, also
// beside a running collector.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccepted, JOSE, keepAlive, NDJSON, post } from './lib/http.mjs';
import { b64u, Key, Member } from './lib/member.mjs';
import { ROUND } from './lib/panel.mjs';
import { BEGUN, Collector, freshFolder, ready, onServer } from './lib/programs.mjs';
import { copyOf, LOG, sql } from './lib/store.mjs';
import { answersOf, assertTables, exampleRows } from './lib/tables.mjs';

const MEMBERS = 60;
let original; // stopped
const members = [];
const codes = [];
let size = 0;

async function sendAll(collector, texts, agent) {
  for (let at = 0; at < texts.length; at += 300) {
    const body = texts.slice(at, at + 300).map((text) => `${JSON.stringify(text)}\n`).join('');
    const answer = await post(collector.url, '/v1/response-batches', body, NDJSON, { agent });
    assert.equal(answer.status, 200, answer.text);
    for (const line of answer.text.trimEnd().split('\n')) assert.equal(JSON.parse(line).status, 201, line);
  }
}

before(async () => {
  original = await ready('audit', { codes: MEMBERS + 3 });
  const agent = keepAlive();
  codes.push(...original.codes);
  for (const code of codes.slice(0, MEMBERS)) {
    const member = new Member('wau');
    members.push(member);
    assertAccepted(await post(original.url, '/v1/members', member.enrolment(code), JOSE, { agent }));
  }
  const rows = exampleRows();
  const text = (row) => members[row.member - 1].response(ROUND, row.action, answersOf(row), { revision: Number(row.revision) });
  await sendAll(original, rows.map(text), agent);
  size = BEGUN + MEMBERS + rows.length;
  agent.destroy();
  await original.stop();
});
after(() => original?.stop());

const passes = async (collector, ...args) => {
  const done = await collector.run('audit', ...args);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.equal(done.stdout, '');
  return done;
};

// Exit 1, a line on standard error, and on standard output a line for each of `places`.
async function finds(collector, ...places) {
  const done = await collector.run('audit');
  assert.equal(done.code, 1, done.stdout + done.stderr);
  assert.equal(done.signal, null);
  assert.match(done.stderr, /^[^\n]+\n$/);
  const found = done.stdout + done.stderr;
  for (const place of places) assert.match(found, place);
  return found.trimEnd().split('\n');
}

// Does something while the collector runs.
async function whileRunning(collector, act) {
  await collector.start();
  try {
    return await act();
  } finally {
    await collector.stop();
  }
}

let copies = 0;
const tamper = async (text) => {
  const copy = copyOf(original, `audit-${++copies}`);
  await sql(copy, text);
  return copy;
};

// --- untouched -----------------------------------------------------------------------------------------------------------------

test('an untouched store passes', async () => {
  const { stderr } = await passes(original);
  assert.match(stderr, new RegExp(`\\b${size}\\b.*\\b${MEMBERS}\\b`));
  await passes(copyOf(original, 'audit-copy'));
});

test('--out writes the tables worked out from the log alone', async () => {
  const copy = await tamper("DELETE FROM counts");
  const out = join(copy.folder, 'tables');
  assert.equal((await copy.run('audit', '--out', out)).code, 1);
  assertTables(join(out, ROUND, 'exact'), 'exact');
});

test('a store that has a panel and nothing else passes', async () => {
  const fresh = new Collector(freshFolder('audit-fresh'));
  await fresh.importPanel();
  await passes(fresh);
  await fresh.importActions();
  await passes(fresh);
  await whileRunning(fresh, () => passes(fresh));
  await passes(fresh);
});

test('a store of exactly one and two full tiles, and one more or less, passes', async () => {
  const collector = new Collector(freshFolder('audit-tiles'));
  await collector.importPanel();
  await collector.importActions();
  const [code] = await collector.invitations(1);
  const member = new Member('wau');
  const enrol = async () => assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE));
  await whileRunning(collector, enrol);
  let revision = 0;
  for (const more of [254 - BEGUN, 1, 1, 254, 1, 1]) {
    const texts = Array.from({ length: more }, () =>
      member.response(ROUND, 'WA-1.01', { importance: 3, noticed: 'no' }, { revision: ++revision }),
    );
    await whileRunning(collector, async () => {
      await sendAll(collector, texts);
      const { stderr } = await passes(collector);
      assert.match(stderr, new RegExp(`\\b${BEGUN + revision + 1} entries\\b`));
    });
  }
});

test('members revoked, rounds and actions imported again, tokens made: all that passes', async () => {
  const copy = copyOf(original, 'audit-admin');
  await copy.succeed('members', 'revoke', members.find((m) => !m.key.kid.startsWith('-')).key.kid, '--reason', 'request');
  await copy.importPanel();
  await copy.importActions();
  await copy.succeed('tokens', 'create', 'one', '--role', 'team');
  await copy.succeed('invitations', 'create', 5);
  await copy.succeed('invitations', 'withdraw', codes[MEMBERS]);
  await passes(copy);
});

// --- entries -------------------------------------------------------------------------------------------------------------------

const jwsAt = (collector, index) => sql(collector, `SELECT jws FROM entry WHERE idx = ${index}`);

for (const [part, which] of [['header', 0], ['payload', 1], ['signature', 2]])
  test(`one byte of a stored ${part} changed is found, whichever it is`, async () => {
    for (const at of [0.1, 0.5, 0.9]) {
      const index = BEGUN + MEMBERS + 300;
      const parts = (await jwsAt(original, index)).split('.');
      const place = Math.floor(parts[which].length * at);
      const char = parts[which][place] === 'A' ? 'B' : 'A';
      parts[which] = parts[which].slice(0, place) + char + parts[which].slice(place + 1);
      const copy = await tamper(`UPDATE entry SET jws = '${parts.join('.')}' WHERE idx = ${index}`);
      await finds(copy, new RegExp(`^entry ${index}: `, 'm'));
    }
  });

test('the last character of a signature, whose unused bits must be zero, is looked at too', async () => {
  const jws = await jwsAt(original, 70);
  const ends = 'AQgw'.replace(jws.at(-1), '');
  await finds(await tamper(`UPDATE entry SET jws = '${jws.slice(0, -1)}${ends[0]}' WHERE idx = 70`), /^entry 70: /m);
  const loose = { A: 'B', Q: 'R', g: 'h', w: 'x' }[jws.at(-1)];
  await finds(await tamper(`UPDATE entry SET jws = '${jws.slice(0, -1)}${loose}' WHERE idx = 70`), /^entry 70: /m);
});

test('an enrolment changed is found', async () => {
  const parts = (await jwsAt(original, 5)).split('.');
  const claims = JSON.parse(Buffer.from(parts[1], 'base64url'));
  claims.iat += 1;
  parts[1] = b64u(JSON.stringify(claims));
  await finds(await tamper(`UPDATE entry SET jws = '${parts.join('.')}' WHERE idx = 5`), /^entry 5: /m);
});

test('a response signed anew by the same member, so that its signature counts, is found by the tree', async () => {
  const row = exampleRows()[200];
  const text = members[row.member - 1].response(ROUND, row.action, answersOf(row), { revision: Number(row.revision) });
  const copy = await tamper(`UPDATE entry SET jws = '${text}' WHERE idx = ${BEGUN + MEMBERS + 200}`);
  await finds(copy, new RegExp(`^entry ${BEGUN + MEMBERS + 200}: .*tree`, 'm'), /^checkpoint: /m);
});

test('an entry turned into nothing, into something else, or into more than an entry can be, is found', async () => {
  for (const value of ["''", "'x'", "'a.b.c'", "'{}'", "'\u2603'", ...(onServer ? [] : ['char(0)'])])
    await finds(await tamper(`UPDATE entry SET jws = ${value} WHERE idx = 100`), /^entry 100: /m);
  await finds(await tamper('UPDATE entry SET jws = hex(zeroblob(40000)) WHERE idx = 100'), /\bentry 100: /m);
});

test('a swapped pair of entries is found', async () => {
  const copy = await tamper(
    `UPDATE entry SET idx = -1 WHERE idx = 400; UPDATE entry SET idx = 400 WHERE idx = 401; UPDATE entry SET idx = 401 WHERE idx = -1`,
  );
  await finds(copy, /^entry 400: /m, /^entry 401: /m);
});

test('a removed last entry is found', async () => {
  const copy = await tamper(`DELETE FROM entry WHERE idx = ${size - 1}`);
  await finds(copy, new RegExp(`^checkpoint: .*\\b${size}\\b.*\\b${size - 1}\\b`, 'm'), /^tile 0\/3: /m);
});

test('a removed middle entry is found', async () => {
  await finds(await tamper('DELETE FROM entry WHERE idx = 500'), /^entry 500: .*missing/m);
  await finds(await tamper('DELETE FROM entry WHERE idx = 0'), /^entry 0: .*missing/m);
});

test('an entry added, next to the last or far away, is found, in no time', async () => {
  const jws = await jwsAt(original, 300);
  await finds(await tamper(`INSERT INTO entry VALUES (${size}, '${jws}')`), new RegExp(`^entry ${size}: `, 'm'));
  for (const index of ['1000000', '9007199254740991', '9223372036854775806'])
    await finds(await tamper(`INSERT INTO entry VALUES (${index}, '${jws}')`), new RegExp(`^entry ${size}: .*missing`, 'm'), /^entries from \d+ on: missing/m);
});

test('all entries removed are found', async () => {
  await finds(await tamper('DELETE FROM entry'), /^checkpoint: /m, /^member /m);
});

// --- what is worked out from them ----------------------------------------------------------------------------------------------

// Slot `slot` of a vector of counters, 8 bytes each, little-endian.
const withCount = (hex, slot, value) => {
  const bytes = Buffer.from(hex, 'hex');
  bytes.writeBigInt64LE(BigInt(value), slot * 8);
  return `x'${bytes.toString('hex')}'`;
};

const ROUND_1 = 1n << 20n; // what counters of its actions are kept under
const ACTION_3 = `WHERE place = ${ROUND_1 + 3n}`;

test('a counter changed is found, each by its number', async () => {
  const hex = await sql(original, `SELECT hex(slots) FROM counts ${ACTION_3}`);
  for (const [slot, value] of [[0, 1000], [2, -1], [3, '9223372036854775807']]) {
    const copy = await tamper(`UPDATE counts SET slots = ${withCount(hex, slot, value)} ${ACTION_3}`);
    const lines = await finds(copy, new RegExp(`^counter ${slot} of action WA-1\\.03 in round round-1: ${value} is stored`, 'm'));
    assert.equal(lines.length, 2, 'that and the conclusion');
  }
});

test('counters removed, added or of another length are found', async () => {
  await finds(await tamper(`DELETE FROM counts WHERE place = ${ROUND_1 + 2n}`), /^counter 0 of action WA-1\.02 in round round-1: 0 is stored/m);
  await finds(await tamper(`INSERT INTO counts (place, slots) VALUES (${7n * ROUND_1 + 1n}, zeroblob(8))`), /^counters of action WA-1\.01 in round \?/m);
  await finds(await tamper(`INSERT INTO counts (place, slots) VALUES (${ROUND_1 + 999n}, zeroblob(8))`), /^counters of action \? in round round-1/m);
  await finds(await tamper(`UPDATE counts SET slots = x'00' ${ACTION_3}`), /^counters of action WA-1\.03 in round round-1: /m);
});

test('a member added by hand is found', async () => {
  const key = Buffer.from(new Key().x, 'base64url');
  const copy = await tamper(`INSERT INTO member (number, idx, enrolled_at, revoked_at, key) VALUES (${MEMBERS + 1}, 5, 1, 0, x'${key.toString('hex')}')`);
  await finds(copy, /^member [\w-]{43}: the log has no such enrolment/m);
});

test("a member's key, number or place changed, and a member removed, are found by name", async () => {
  const other = new Key();
  const { kid } = members[9].key;
  const key = Buffer.from(other.x, 'base64url').toString('hex');
  await finds(
    await tamper(`UPDATE member SET key = x'${key}' WHERE number = 10`),
    new RegExp(`^member ${other.kid}: `, 'm'),
    new RegExp(`^member ${kid} \\(entry ${BEGUN + 9}\\): `, 'm'),
  );
  await finds(await tamper('UPDATE member SET idx = 20 WHERE number = 10'), new RegExp(`^member ${kid}: `, 'm'));
  await finds(await tamper('UPDATE member SET number = 1000 WHERE number = 10'), new RegExp(`^member ${kid}: `, 'm'));
  const lines = await finds(await tamper('DELETE FROM member WHERE number = 10'), new RegExp(`^member ${kid} \\(entry ${BEGUN + 9}\\): `, 'm'));
  assert.equal(lines.length, 2);
});

test('a current response changed, removed or added is found', async () => {
  const member = 7;
  const of7 = `(place >> 20) = ${(1n << 31n) + BigInt(member)}`;
  const [action, index] = (await sql(original, `SELECT place & ${ROUND_1 - 1n}, idx FROM current WHERE ${of7} LIMIT 1 OFFSET 3`)).split('|');
  const id = await sql(original, `SELECT id FROM action WHERE number = ${action}`);
  const named = `^current response of member ${members[member - 1].key.kid} to action ${id.replaceAll('.', '\\.')} in round round-1 `;
  const where = `WHERE ${of7} AND (place & ${ROUND_1 - 1n}) = ${action}`;
  const place = new RegExp(`${named}\\(entry ${index}\\): `, 'm');
  for (const change of ['revision = 9', 'replaced = 5', "slots = x'0001'"]) {
    const lines = await finds(await tamper(`UPDATE current SET ${change} ${where}`), place);
    assert.equal(lines.length, 2, change);
  }
  await finds(await tamper(`UPDATE current SET idx = 70 ${where}`), new RegExp(named, 'm'));
  const lines = await finds(await tamper(`DELETE FROM current ${where}`), place);
  assert.equal(lines.length, 2);
  await finds(await tamper(`INSERT INTO current VALUES (${(1n << 51n) + (999n << 20n) + 1n}, 1, 70, -1, x'00')`), /^current response of member \? to action WA-1\.01 in round round-1 /m);
});

test('an invitation made usable again, or used by nobody, is found', async () => {
  const { kid } = members[4].key;
  const place = new RegExp(`^invitation of member ${kid} \\(entry ${BEGUN + 4}\\): `, 'm');
  await finds(await tamper('UPDATE invitation SET state = 0, member = 0 WHERE member = 5'), place);
  await finds(await tamper('UPDATE invitation SET state = 2 WHERE member = 5'), place);
  await finds(await tamper('UPDATE invitation SET member = 6 WHERE member = 5'), place);
  await finds(await tamper('DELETE FROM invitation WHERE member = 5'), place);
  await finds(await tamper(`UPDATE invitation SET state = 1 WHERE number = ${MEMBERS + 1}`), /^invitations used: the store has 61, the log tells of 60/m);
});

test('an invitation reused is found in the log itself', async () => {
  const copy = await tamper('UPDATE invitation SET state = 0, member = 0 WHERE member = 5');
  const second = new Member('wau');
  const { index } = await whileRunning(copy, async () =>
    assertAccepted(await post(copy.url, '/v1/members', second.enrolment(codes[4]), JOSE)),
  );
  await finds(copy, new RegExp(`^entry ${index}: its invitation was used before`, 'm'));
});

// --- the tree and the checkpoint -----------------------------------------------------------------------------------------------

const flipped = async (place, at) => {
  const bytes = Buffer.from(await sql(original, `SELECT hex(hashes) FROM tile WHERE place = ${place}`), 'hex');
  bytes[at] ^= 1;
  return `x'${bytes.toString('hex')}'`;
};
const LEVEL_1 = 2n ** 56n;

test('a hash of a tile changed is found, at level 0 and above', async () => {
  for (const [tile, hash] of [[0, 17], [1, 255], [3, 4]]) {
    const copy = await tamper(`UPDATE tile SET hashes = ${await flipped(tile, 32 * hash + 3)} WHERE place = ${tile}`);
    const lines = await finds(copy, new RegExp(`^entry ${256 * tile + hash}: .*tree`, 'm'));
    assert.equal(lines.length, 2);
  }
  for (const hash of [0, 2]) {
    const copy = await tamper(`UPDATE tile SET hashes = ${await flipped(LEVEL_1, 32 * hash)} WHERE place = ${LEVEL_1}`);
    await finds(copy, new RegExp(`^tile 1/0: hash ${hash} differs`, 'm'));
  }
});

test('a tile removed, cut off or of a broken length is found', async () => {
  for (const [place, name] of [[1, '0/1'], [3, '0/3'], [LEVEL_1, '1/0']]) {
    await finds(await tamper(`DELETE FROM tile WHERE place = ${place}`), new RegExp(`^tile ${name}: 0 hashes`, 'm'));
    await finds(await tamper(`UPDATE tile SET hashes = substr(hashes, 1, 32) WHERE place = ${place}`), new RegExp(`^tile ${name}: 1 hash where`, 'm'));
    for (const value of ["x''", "x'00'", 'zeroblob(100000)'])
      await finds(await tamper(`UPDATE tile SET hashes = ${value} WHERE place = ${place}`), new RegExp(`^tile ${name}: `, 'm'));
  }
});

test('another or a damaged verifier key, and a checkpoint that is missing or damaged, are found', async () => {
  await finds(await tamper(`UPDATE ${LOG} SET verifier = 'nonsense'`), /verifier key/);
  await finds(await tamper(onServer ? 'UPDATE head SET verifier = NULL' : 'DELETE FROM log'), /key/);
  const checkpoint = (copy) => `${copy.path}.log-key.checkpoint`;
  const missing = copyOf(original, 'audit-missing');
  rmSync(checkpoint(missing));
  await finds(missing, /^checkpoint: .*missing/m);
  for (const damage of [(text) => text.replace(String(size), String(size - 1)), () => 'nonsense', (text) => text.slice(0, 60)]) {
    const damaged = copyOf(original, 'audit-damaged');
    writeFileSync(checkpoint(damaged), damage(readFileSync(checkpoint(damaged), 'utf8')));
    await finds(damaged, /checkpoint.*can't be read/);
  }
  const folder = copyOf(original, 'audit-folder');
  rmSync(checkpoint(folder));
  mkdirSync(checkpoint(folder));
  await finds(folder, /checkpoint.*can't be read/);
});

test('the whole log replaced by another of the same size, signed by other members, is found', async () => {
  const other = new Collector(freshFolder('audit-other'));
  await other.importPanel();
  await other.importActions();
  const [code] = await other.invitations(1);
  const member = new Member('wau');
  const texts = Array.from({ length: size - BEGUN - 1 }, (_, i) =>
    member.response(ROUND, 'WA-1.01', { importance: 1, noticed: 'no' }, { revision: i + 1 }),
  );
  await whileRunning(other, async () => {
    assertAccepted(await post(other.url, '/v1/members', member.enrolment(code), JOSE));
    await sendAll(other, texts);
  });
  const copy = copyOf(other, 'audit-replaced');
  for (const file of ['.log-key', '.log-key.checkpoint'])
    writeFileSync(copy.path + file, readFileSync(original.path + file));
  await sql(copy, `UPDATE ${LOG} SET verifier = '${await sql(original, `SELECT verifier FROM ${LOG}`)}'`);
  await finds(copy, /^checkpoint: the root over its \d+ entries is another/m);
});

// --- beside a running collector ------------------------------------------------------------------------------------------------

test('beside a collector under load an untouched store passes, time and again', async () => {
  const copy = copyOf(original, 'audit-load');
  await whileRunning(copy, async () => {
    const agent = keepAlive();
    let revision = 100;
    let loading = true;
    const send = async (text) => assertAccepted(await post(copy.url, '/v1/responses', text, JOSE, { agent }));
    const load = (async () => {
      while (loading) {
        const texts = members.map((m) => m.response(ROUND, 'WA-1.01', { importance: 2, noticed: 'no' }, { revision }));
        revision++;
        await Promise.all(texts.slice(0, 20).map(send));
        await sendAll(copy, texts.slice(20), agent);
      }
    })();
    try {
      for (let i = 0; i < 12; i++) await passes(copy);
    } finally {
      loading = false;
      await load;
      agent.destroy();
    }
  });
  await passes(copy);
});

test('beside a running collector what was done to its store is found', async () => {
  const copy = copyOf(original, 'audit-beside');
  await whileRunning(copy, async () => {
    await passes(copy);
    const hex = await sql(copy, `SELECT hex(slots) FROM counts ${ACTION_3}`);
    await sql(copy, `UPDATE counts SET slots = ${withCount(hex, 1, 77)} ${ACTION_3}`);
    await finds(copy, /^counter 1 of action WA-1\.03 in round round-1: 77 is stored/m);
    await sql(copy, `UPDATE counts SET slots = x'${hex}' ${ACTION_3}`);
    await passes(copy);
  });
});

test('a store that is none, or not there, is told in one line', async () => {
  const missing = new Collector(freshFolder('audit-none'));
  const done = await missing.run('audit');
  assert.equal(done.code, 1);
  assert.match(done.stderr, new RegExp(`^[^\\n]*${missing.name}[^\\n]*\\n$`));
});

test('what an action list or panel that lost its rows makes impossible is told in one line', async () => {
  for (const text of ['DELETE FROM panel', 'DELETE FROM round']) {
    const done = await (await tamper(text)).run('audit');
    assert.equal(done.code, 1);
    assert.match(done.stderr, /^[^\n]+\n$/);
  }
  await finds(await tamper('DELETE FROM action WHERE number = 4'), /^current response of member /m);
  await finds(
    await tamper("UPDATE action SET id = 'x' WHERE number = 4; UPDATE action SET id = 'WA-1.04' WHERE number = 5; UPDATE action SET id = 'WA-1.05' WHERE number = 4"),
    /^current response of member /m,
  );
});
