// Goal: who audits a collector over HTTP is given lists, documents and files by the one that is audited: what it gives otherwise than its
// log has it is a finding, and stops nobody from finding the rest. The operator here changes what is served, and leaves the store as it is.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { claimsOf, signedEvent } from './lib/forge.mjs';
import { assertAccepted, JOSE, keepAlive, post, request } from './lib/http.mjs';
import { Key, Member } from './lib/member.mjs';
import { ACTION, good, ROUND } from './lib/panel.mjs';
import { ready, run } from './lib/programs.mjs';
import { Proxy, withText } from './lib/proxy.mjs';

const MEMBERS = 12;
const agent = keepAlive();
const members = Array.from({ length: MEMBERS }, () => new Member('wau'));
let collector, proxy, token;

const send = async (path, text) => assertAccepted(await post(collector.url, path, text, JOSE, { agent }));

before(async () => {
  collector = await ready('dishonest-serving', { codes: MEMBERS });
  proxy = new Proxy(collector);
  for (const [i, member] of members.entries()) await send('/v1/members', member.enrolment(collector.codes[i]));
  for (const member of members) await send('/v1/responses', member.response(ROUND, ACTION, good));
  await collector.stop();
  await collector.succeed('release', 'create', ROUND);
  token = join(collector.folder, 'token');
  writeFileSync(token, (await collector.succeed('tokens', 'create', 'auditor', '--role', 'auditor')).stdout);
  await collector.start();
  await proxy.start();
});
after(async () => {
  agent.destroy();
  await proxy?.stop();
  await collector?.stop();
});

// What an audit says to which answers come as `change` makes them; it changed some.
async function audited(change) {
  let changed = 0;
  proxy.change = (path, given) => {
    const other = change(path, given);
    changed += other !== undefined;
    return other;
  };
  try {
    return await run('burgerpanel-collector', ['audit', '--url', proxy.url, '--token-file', token]);
  } finally {
    proxy.change = undefined;
    assert.ok(changed > 0);
  }
}

async function finds(change, ...places) {
  const done = await audited(change);
  assert.equal(done.code, 1, done.stdout + done.stderr);
  for (const place of places) assert.ok(done.stdout.split('\n').includes(place), `${place}\n--\n${done.stdout}`);
  return done.stdout;
}

const eventLines = ({ text }) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line)); // of a page behind the last: none

// The list of events, the release's JWS as `lie` makes it.
const relisting = (lie) => (path, given) => {
  if (!path.startsWith('/v1/events')) return undefined;
  const told = (line) => (claimsOf(line.jws).event === 'release-created' ? { ...line, jws: lie(line.jws) } : line);
  return withText(given, eventLines(given).map((line) => `${JSON.stringify(told(line))}\n`).join(''));
};
const withOtherByte = (jws) => jws.slice(0, -2) + (jws.at(-2) === 'A' ? 'B' : 'A') + jws.at(-1); // of the signature

// The first event of that kind, as it is listed without a lie.
async function listed(kind) {
  const lines = eventLines(await request(collector.url, '/v1/events', { agent }));
  return lines.map(({ index, jws }) => ({ index, ...claimsOf(jws) })).find(({ event }) => event === kind);
}

test('an honest collector is found honest', async () => {
  const done = await audited((path, given) => (path === '/log/key' ? given : undefined));
  assert.equal(done.code, 0, done.stdout + done.stderr);
});

test('a release that is listed otherwise than it is in the log is found, by whatever byte', async () => {
  const { index } = await listed('release-created');
  const place = `entry ${index}: it is not listed as the event that it is`;
  await finds(relisting(withOtherByte), place);
  for (const lie of [{ size: 1_000_000 }, { round: 'round-9' }, { root: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' }])
    await finds(relisting((jws) => signedEvent(new Key(), { ...claimsOf(jws), ...lie })), place);
});

test('a document that is not given is found, and so is what else is wrong', async () => {
  const { index, codes } = await listed('invitations-created');
  const release = await listed('release-created');
  const spoil = relisting(withOtherByte);
  await finds(
    (path, given) => (path === `/v1/documents/${codes}` ? { ...given, status: 404, bytes: Buffer.alloc(0) } : spoil(path, given)),
    `entry ${index}: a document that it names is missing`,
    `entry ${release.index}: it is not listed as the event that it is`,
  );
});

test('a file of a release that can not be made anew is taken as its event names it, and otherwise is found', async () => {
  await send('/v1/erasures', members[0].erasure('everything'));
  const { index, files } = await listed('release-created');
  const [summary] = files.filter(({ name }) => name === 'summary.csv');
  const path = `/v1/rounds/${ROUND}/releases/1/summary.csv`;
  const place = `entry ${index}: release 1 of round ${ROUND}: summary.csv is not what follows from the log`;
  let text;
  const whole = await audited((at, given) => (at === path ? ((text = given.text), given) : undefined));
  assert.equal(whole.code, 0, whole.stdout + whole.stderr);
  assert.equal(createHash('sha256').update(text).digest('base64url'), summary.sha256);
  for (const other of [`${text}0`, text + text.repeat(100), text.slice(0, -1), text.replace(/\d/, (digit) => 9 - digit)])
    await finds((at, given) => (at === path ? withText(given, other) : undefined), place);
  await finds((at, given) => (at === path ? { ...given, status: 404 } : undefined), place);
});
