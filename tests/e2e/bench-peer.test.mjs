// Goal: the service that the bench compares the collector with is as careful as it says: what the collector refuses of a response it
// refuses too, and what it answers 201 lies in its file.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { JOSE, post } from './lib/http.mjs';
import { Member, newCode } from './lib/member.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { fixtures, freshFolder } from './lib/programs.mjs';

const GOOD = { importance: 4, noticed: 'yes', satisfaction: 3 };
let folder;
let peer;
let url;
before(async () => {
  folder = freshFolder('bench-peer');
  peer = spawn(process.execPath, ['tests/bench/peer.mjs', folder, join(fixtures, 'panel.json')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  peer.stdout.on('data', (text) => (said += text));
  url = await poll('the peer to listen', 20, () => said.match(/^listening on (\S+)$/m)?.[1]);
});
after(() => peer?.kill());

const log = () => readFileSync(join(folder, 'peer.log'), 'utf8').split('\n').filter(Boolean);
const send = (path, jws, type = JOSE) => post(url, path, jws, type);

test('it takes what is right, stores it, and refuses what the collector refuses', async () => {
  const member = new Member('wau');
  const code = newCode();
  const enrolment = member.enrolment(code);
  assert.equal((await send('/v1/members', enrolment)).status, 201);
  assert.equal((await send('/v1/members', new Member('wau').enrolment(code))).status, 403, "another's code");
  const response = member.response(ROUND, 'WA-1.01', GOOD);
  assert.equal((await send('/v1/responses', response)).status, 201);
  assert.deepEqual(log(), [enrolment, response]);
  const revised = (change, forge) => member.response(ROUND, 'WA-1.02', GOOD, change, forge);
  for (const [jws, status, what] of [
    [response, 409, 'the same revision'],
    [revised({}, { signer: new Member('wau').key }), 401, "another's signature"],
    [new Member('wau').response(ROUND, 'WA-1.01', GOOD), 401, 'a stranger'],
    [revised({ aud: 'other' }), 400, 'another panel'],
    [revised({ more: 1 }), 400, 'a claim too many'],
    [revised({ answers: { ...GOOD, importance: 6 } }), 400, 'an answer that does not fit'],
    [revised({ answers: { importance: 4 } }), 400, 'an answer missing'],
    [revised({ answers: { ...GOOD, noticed: 'no' } }), 400, 'an answer that was not asked'],
    [revised({}, { header: { alg: 'none', kid: member.key.kid, typ: 'panel-response+jws' } }), 400, 'another algorithm'],
    [`${revised({})}=`, 400, 'padding'],
  ])
    assert.equal((await send('/v1/responses', jws)).status, status, what);
  assert.equal((await send('/v1/responses', revised({}), 'text/plain')).status, 415);
  assert.equal(log().length, 2, 'nothing of what was refused');
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => send('/v1/responses', member.response(ROUND, `WA-9.${i + 10}`, GOOD))));
  assert.deepEqual([...new Set(answers.map((a) => a.status))], [201]);
  assert.equal(new Set(answers.map((a) => JSON.parse(a.text ?? a.body).index)).size, 40);
  assert.equal(log().length, 42);
});
