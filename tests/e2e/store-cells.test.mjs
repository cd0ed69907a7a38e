// Goal: whichever cell of a store is changed by hand, and whichever row is taken away, `audit` finds it. What it can't know, since the log
// does not say it and nothing that counts rests on it, is named here, each with its reason: so a column that is added has to be thought about.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assertAccepted, JOSE, keepAlive, post, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ACTION, good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { copyOf, sql } from './lib/store.mjs';

// TABLE.COLUMN, or TABLE. for its rows.
const BESIDE_THE_LOG = {
  'member.enrolled_at': 'the collector’s clock at that moment; nothing else says it',
  'member.stratum': 'not used yet',
  'invitation.number': 'which letter it is; the log names codes alone',
  'invitation.stratum': 'not used yet',
  'panel.number': 'the order of imports, of which the last is held against the log',
  'panel.imported_at': 'as above',
  'document.number': 'the order of documents, found by their hashes',
  'token.': 'who may read is not in the log',
  'token.name': 'as above',
  'token.hash': 'as above',
  'token.exact': 'as above',
  'token.publish': 'as above',
  'token.created_at': 'as above',
  'token.expires_at': 'as above',
  'token.revoked_at': 'as above',
  'access_log.': 'who has read is not in the log',
  'access_log.number': 'as above',
  'access_log.at': 'as above',
  'access_log.rows': 'as above',
  'access_log.token': 'as above',
  'access_log.what': 'as above',
  'change.': 'how often the others were changed; a collector reads them anew',
  'change.members': 'as above',
  'change.catalogue': 'as above',
  'change.wishes': 'as above',
};
const EMPTY = ['pending', 'issuance']; // wishes of a moment; not used yet

const agent = keepAlive();
let original;
let cells; // {table, column, type, where}; one of each column, of its first row that has something there

async function fill() {
  const send = async (path, text) => assertAccepted(await post(original.url, path, text, JOSE, { agent }));
  const members = Array.from({ length: 16 }, () => new Member('wau'));
  for (const [i, member] of members.entries()) await send('/v1/members', member.enrolment(original.codes[i]));
  for (const member of members) await send('/v1/responses', member.response(ROUND, ACTION, good));
  for (const revision of [2, 3]) await send('/v1/responses', members[0].response(ROUND, ACTION, { ...good, importance: 2 }, { revision }));
  await original.release(ROUND);
  await send('/v1/erasures', members[1].erasure({ round: ROUND, action: ACTION }));
  await send('/v1/erasures', members[2].erasure('everything'));
  await original.succeed('invitations', 'withdraw', original.codes[16]);
  const text = join(original.folder, 'done.txt');
  writeFileSync(text, 'Gedaan.');
  await original.succeed('follow-ups', 'publish', ACTION, '--status', 'done', '--text', text);
  const token = (await original.succeed('tokens', 'create', 'desk', '--role', 'analyst', '--exact')).stdout.trim();
  const headers = { Authorization: `Bearer ${token}` };
  const path = `/v1/rounds/${ROUND}/summary?exact=true`;
  await poll('the token to be known', 20, async () => (await request(original.url, path, { headers, agent })).status === 200);
}

async function listCells() {
  const found = [];
  const rows = await sql(original, `SELECT m.name, c.name, c.type, c.pk FROM sqlite_schema m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`);
  const columns = rows.split('\n').map((line) => line.split('|'));
  for (const [table, column, type] of columns) {
    const keys = columns.filter(([of, , , place]) => of === table && place !== '0').map(([, name]) => name);
    const named = keys.length > 0 ? keys : [column];
    const order = table === 'invitation' ? 'number < 0, number' : named.join(', '); // by its hash, which is random, it would be another each time
    const key = await sql(original, `SELECT ${named.map((name) => `quote(${name})`).join(", '|', ")} FROM ${table} WHERE ${column} IS NOT NULL ORDER BY ${order} LIMIT 1`);
    const where = key === '' ? undefined : named.map((name, i) => `${name} IS ${key.split('|').filter((part) => part !== '')[i]}`).join(' AND ');
    found.push({ table, column, type, where });
  }
  return found;
}

before(async () => {
  original = await ready('store-cells', { codes: 18 });
  await fill();
  await original.stop();
  agent.destroy();
  cells = await listCells();
});

// What `audit` says of a copy to which that was done: true, it finds something.
async function isFound(statement) {
  const copy = copyOf(original, 'store-cells-changed');
  await sql(copy, statement);
  const { code, stdout, stderr, signal } = await copy.run('audit');
  assert.equal(signal, null, `${statement}\n${stdout}${stderr}`);
  assert.ok(code === 0 || code === 1, `${statement}\n${stdout}${stderr}`);
  return code === 1;
}

const OTHERWISE = {
  INTEGER: (column) => `${column} + 1000`,
  TEXT: (column) => `${column} || 'X'`,
  BLOB: (column) => `CAST(substr(${column}, 1, length(${column}) - 1) || CASE substr(${column}, -1) WHEN x'7e' THEN x'7f' ELSE x'7e' END AS BLOB)`,
};

test('a store that nobody touched passes', async () => {
  const { code, stdout, stderr } = await original.run('audit');
  assert.equal(code, 0, stdout + stderr);
});

test('each cell that is changed is found, or is beside the log', async () => {
  const missed = [];
  for (const { table, column, type, where } of cells) {
    if (`${table}.${column}` === 'log.number') continue; // a table of one row, by its constraint
    const found = where && (await isFound(`UPDATE ${table} SET ${column} = ${OTHERWISE[type](column)} WHERE ${where}`));
    if (where ? !found : !EMPTY.includes(table)) missed.push(`${table}.${column}`);
  }
  const known = Object.keys(BESIDE_THE_LOG).filter((name) => !name.endsWith('.'));
  assert.deepEqual(missed.filter((name) => !known.includes(name)), [], 'changed, and not found');
  assert.deepEqual(known.filter((name) => !missed.includes(name) && !/stratum$/.test(name)), [], 'found, and said to be beside the log');
});

test('whose an invitation is, is found changed, whatever became of it', async () => {
  for (const number of [1, 3, 17, 18]) // used, by one who has been erased, withdrawn, unused
    assert.ok(await isFound(`UPDATE invitation SET member = member + 1000 WHERE number = ${number}`), `number ${number}`);
});

test('what says that a handing out of invitations counts is found changed, and taken away', async () => {
  for (const statement of ['UPDATE invitation SET state = 0', 'UPDATE invitation SET state = 2', 'UPDATE invitation SET number = number - 1000', `UPDATE invitation SET hash = x'${'00'.repeat(30)}ff01'`, 'DELETE FROM invitation'])
    assert.ok(await isFound(`${statement} WHERE number < 0`), statement);
});

test('each row that is taken away is found, or is beside the log', async () => {
  const tables = new Map(cells.filter(({ where }) => where).map((cell) => [cell.table, cell]));
  assert.ok(tables.size > 15, [...tables.keys()].join());
  const missed = [];
  for (const [table, { where }] of tables) if (!(await isFound(`DELETE FROM ${table} WHERE ${where}`))) missed.push(`${table}.`);
  assert.deepEqual(missed, ['access_log.', 'change.', 'token.']);
});
