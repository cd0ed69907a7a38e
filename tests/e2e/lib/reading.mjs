// What the tests of the reading side share: a collector full of the example's responses, and tokens to read it with.
import assert from 'node:assert/strict';
import { keepAlive, NDJSON, JOSE, post, request, assertAccepted } from './http.mjs';
import { Member } from './member.mjs';
import { ROUND } from './panel.mjs';
import { ready } from './programs.mjs';
import { answersOf, exampleRows } from './tables.mjs';

export const TABLES = ['summary', 'questions', 'options'];
export const tablePath = (table, query = '') => `/v1/rounds/${ROUND}/${table}${query}`;

// Enrols a member with each of the collector's codes.
export async function enrolAll(collector, agent) {
  const members = [];
  for (const code of collector.codes) {
    const member = new Member('wau');
    assertAccepted(await post(collector.url, '/v1/members', member.enrolment(code), JOSE, { agent }));
    members.push(member);
  }
  return members;
}

export async function sendAll(collector, signed, agent) {
  for (let at = 0; at < signed.length; at += 500) {
    const lines = signed.slice(at, at + 500);
    const body = lines.map((l) => `${JSON.stringify(l)}\n`).join('');
    const answer = await post(collector.url, '/v1/response-batches', body, NDJSON, { agent, headers: { Prefer: 'return=minimal' } });
    assert.equal(answer.status, 200, answer.text);
    for (const line of answer.text.trimEnd().split('\n')) assert.equal(JSON.parse(line).status, 201, line);
  }
}

// A running collector that holds the example's responses. Its data is settled: nothing is sent to it any more.
export async function readyExample(name, options = {}) {
  const collector = await ready(name, { codes: 60, ...options });
  const agent = keepAlive();
  const members = await enrolAll(collector, agent);
  await sendAll(
    collector,
    exampleRows().map((row) =>
      members[row.member - 1].response(ROUND, row.action, answersOf(row), { revision: Number(row.revision) }),
    ),
    agent,
  );
  agent.destroy();
  return collector;
}

// The same, and its first release.
export async function readyReleased(name, options) {
  const collector = await readyExample(name, options);
  await collector.release(ROUND);
  return collector;
}

// A new access token; the running collector knows it within a second.
export async function makeToken(collector, name, role, ...more) {
  const { stdout } = await collector.succeed('tokens', 'create', name, '--role', role, ...more);
  const token = stdout.match(/bp_[A-Za-z0-9_-]{43}/)?.[0];
  assert.ok(token, stdout);
  return token;
}

export const bearer = (token) => ({ Authorization: `Bearer ${token}` });

export const get = (collector, path, token, headers = {}, method = 'GET') =>
  request(collector.url, path, { method, headers: { ...(token === undefined ? {} : bearer(token)), ...headers } });

// A text cell as it was before it was guarded against spreadsheets that would run or change it (PROTOCOL 7).
const MONTHS = 'jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sept?|okt|oct|nov|dec|januari|january|februari|february|maart|march|april|juni|june|juli|july|augustus|august|september|oktober|october|november|december';
const PART = `[\\d .,\\-/:+%()$€]|(?<=[\\d.,])e(?=[\\d+-])|(?<=\\d)t(?=\\d)|(?<=\\d)z|(?<![a-z])(?:am|pm|${MONTHS})(?![a-z])`;
const CHANGED = new RegExp(`^'+(?:(?:true|false|waar|onwaar)$|(?=.*\\d)(?:${PART})+$)`, 'i');
const STAYS = /^'+(0|[1-9]\d{0,10})$/;
export const unguard = (cell) => (/^'+[=+\-@\t\r]/.test(cell) || (CHANGED.test(cell) && !STAYS.test(cell)) ? cell.slice(1) : cell);
