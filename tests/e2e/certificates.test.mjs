// Goal: over https each fault of a collector's certificate is told as what it is, by both programs, nothing is sent to who has such a
// one, and an organisation's own authority can be trusted.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newCode } from './lib/member.mjs';
import { fixtures, freshFolder, run } from './lib/programs.mjs';

const AUTHORITY = join(fixtures, 'tls', 'ca.pem');
const ANOTHER = join(fixtures, 'tls', 'elsewhere.pem'); // has signed nothing
const NAMES = ['good', 'expired', 'elsewhere'];
const asked = [];
const servers = new Map();
let folder;
before(async () => {
  folder = freshFolder('certificates');
  for (const name of NAMES) {
    const pem = readFileSync(join(fixtures, 'tls', `${name}.pem`));
    const server = https.createServer({ cert: pem, key: pem }, (request, response) => {
      asked.push(name);
      response.writeHead(404).end();
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    servers.set(name, server);
  }
});
after(() => servers.forEach((server) => server.close()));

const url = (name) => `https://127.0.0.1:${servers.get(name).address().port}`;
const both = (name, env) => [
  run('burgerpanel', ['enrol', url(name), newCode(), '--home', join(folder, 'home')], { env }),
  run('burgerpanel-collector', ['audit', '--url', url(name)], { env: { ...env, BURGERPANEL_TOKEN: 'bp_x' } }),
];

async function assertTold(name, authority, english, dutch) {
  for (const [language, wanted] of [['C.UTF-8', english], ['nl_NL.UTF-8', dutch]])
    for (const done of await Promise.all(both(name, { LC_ALL: language, BURGERPANEL_CA_FILE: authority }))) {
      assert.equal(done.code, 1, done.stderr);
      assert.match(done.stderr, wanted);
    }
  assert.ok(!asked.includes(name), 'a request was sent');
}

test('one that has expired', () => assertTold('expired', AUTHORITY, /it is not valid today/, /het is vandaag niet geldig/));

test('one of another name', () =>
  assertTold('elsewhere', AUTHORITY, /it is for another name than this address has/, /voor een andere naam dan dit adres heeft/));

test('one that nobody known has signed, as long as the authority is not named', async () => {
  await assertTold('good', ANOTHER, /signed by nobody whom this machine trusts/, /ondertekend door niemand die deze machine vertrouwt/);
  await assertTold('good', '', /whom this machine trusts/, /deze machine vertrouwt/); // a bare machine has no list
  for (const done of await Promise.all(both('good', { BURGERPANEL_CA_FILE: AUTHORITY }))) assert.match(done.stderr, /HTTP 404|nothing here/i, done.stderr);
  assert.ok(asked.includes('good'));
});

test('one where there is no list of authorities', () =>
  assertTold('expired', join(folder, 'no-such-file'), /there is no list .* install ca-certificates/, /er is geen lijst .* installeer ca-certificates/));
