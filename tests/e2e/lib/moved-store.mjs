// A store with a row of every kind, to be copied, and all that is in one, table for table.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertAccepted, JOSE, post } from './http.mjs';
import { Member } from './member.mjs';
import { good, ROUND } from './panel.mjs';
import { ready } from './programs.mjs';
import { sql } from './store.mjs';

const ACTIONS = ['WA-1.01', 'WA-1.02', 'WA-1.03'];

// Whose rows are nobody's but the database's own.
const OWN = ['change', 'sqlite_sequence', 'issuance'];

// Numbers that a copy gives anew, in the same order.
const ANEW = { pending: 'id', panel: 'number', access_log: 'number', document: 'number' };

// In a copy all invitations are as if each had been handed out by itself (adr/036).
const AS_TABLE = { invitation: '(SELECT hash, number, state, max(member, 0) AS member, stratum FROM invitation WHERE number > 0)' };

// Each table's rows, in one order.
export async function rowsOf(path) {
  const names = (await sql(path, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).split('\n').filter((name) => !OWN.includes(name));
  const rows = {};
  for (const name of names) {
    const all = (await sql(path, `SELECT name FROM pragma_table_info('${name}')`)).split('\n');
    const columns = all.filter((column) => column !== ANEW[name]);
    const list = await sql(path, `SELECT ${columns.map((column) => `quote(${column})`).join(" || '|' || ")} FROM ${AS_TABLE[name] ?? name}`);
    rows[name] = list === '' ? [] : list.split('\n').sort();
  }
  return rows;
}

// A stopped collector: members who answered, revised, were revoked and erased, a release, a follow-up, who read what, a
// definition of before and a wish that nobody has carried out. Some thousands of invitations, so that more than one transaction
// is needed.
export async function fullStore(name) {
  const collector = await ready(name, { codes: 6 });
  const members = [];
  for (const code of collector.codes.slice(0, 4)) {
    const member = new Member('wau');
    member.enrolled = assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE));
    members.push(member);
  }
  const send = async (member, action, revision, more = {}) =>
    assertAccepted(await post(collector.url, '/v1/responses', member.response(ROUND, action, { ...good, ...more }, { revision }), JOSE));
  const entries = [];
  for (const [i, member] of members.entries())
    for (const action of ACTIONS) entries.push(await send(member, action, 1, { importance: 1 + (i % 5) }));
  for (let revision = 2; revision <= 4; revision++) await send(members[0], ACTIONS[0], revision, { comment: `the ${revision}th time` });
  await collector.succeed('release', 'create', ROUND);
  await collector.succeed('invitations', 'withdraw', collector.codes[5]);
  await collector.succeed('members', 'revoke', '2', '--reason', 'abuse');
  await collector.succeed('tokens', 'create', 'team', '--role', 'team', '--expires', '30');
  await collector.succeed('tokens', 'create', 'gone', '--role', 'analyst', '--exact');
  await collector.succeed('tokens', 'revoke', 'gone');
  await collector.export(ROUND, 'exact', '--exact');
  await collector.succeed('erase', entries[4].index, '--reason', 'order', '--yes');
  await collector.succeed('erase', members[2].enrolled.index, '--reason', 'request', '--yes');
  assertAccepted(await post(collector.url, '/v1/erasures', members[3].erasure({ round: ROUND, action: ACTIONS[1] }), JOSE));
  const note = join(collector.folder, 'note.txt');
  writeFileSync(note, 'Gedaan.\n');
  await collector.succeed('follow-ups', 'publish', ACTIONS[0], '--status', 'considered', '--text', note);
  await collector.invitations(5000);
  await collector.stop();
  return collector;
}
