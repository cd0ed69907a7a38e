// Goal: what goes wrong on the way to the collector is told by its kind and in the reader's language, and costs nothing: a proxy that
// answers in the collector's place, nobody there, an unknown host, a certificate that nobody vouches for, a receipt that is not one.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Proxy, withText } from './lib/proxy.mjs';
import { fixtures, freshFolder, ready, run } from './lib/programs.mjs';

let folder;
let collector;
let codes;
before(async () => {
  folder = freshFolder('network-errors-homes');
  collector = await ready('network-errors', { codes: 4 });
  codes = [...collector.codes];
});
after(() => collector?.stop());

const AUTHORITY = join(fixtures, 'tls', 'ca.pem'); // a bare machine trusts nobody
const LANGUAGES = { en: 'C.UTF-8', nl: 'nl_NL.UTF-8' };
const member = (language, home, ...args) =>
  run('burgerpanel', [...args, '--home', home], { env: { LC_ALL: LANGUAGES[language], BURGERPANEL_CA_FILE: AUTHORITY } });

// What each of OpenSSL, libcurl and the C library would say; none of it is for a Dutch reader.
const ENGLISH = /\b(the|not|couldn't|connect(ed|ion)?|resolve|peer|timed|certificate|signature|expired)\b/i;

// For localhost and 127.0.0.1, until 2126; made for this test by `openssl req -x509 -newkey ed25519`.
const SELF_SIGNED = {
  key: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIOrWODMhNTUU1nIa1c+4T5TnbH9Hca+FYGcNh70q38We
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBWzCCAQ2gAwIBAgIUM6OSIiA9F24q+T2DavdG0GNWYckwBQYDK2VwMBQxEjAQ
BgNVBAMMCWxvY2FsaG9zdDAgFw0yNjExMjYwODE4MjlaGA8yMTI2MTEwMjA4MTgy
OVowFDESMBAGA1UEAwwJbG9jYWxob3N0MCowBQYDK2VwAyEAgMqseQyBnN+ZpHBB
1KFv+JLTfStm0daLwPwxcNg1LHejbzBtMB0GA1UdDgQWBBRU1P1lzBw5eJyH/UYk
ICxs/YNnNjAfBgNVHSMEGDAWgBRU1P1lzBw5eJyH/UYkICxs/YNnNjAPBgNVHRMB
Af8EBTADAQH/MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAFBgMrZXADQQBI
VDM8+eO/Bxq4MF/cVhpQmV0oOSBLeGY87U0OYBqR9W5QP/X6yPZZ9nIGk2J8gKzh
YGwghpFzASx4lOqdfNkF
-----END CERTIFICATE-----`,
};

// Enrolling at `url` fails with exit 1, in both languages, each time by `pattern`.
async function assertTold(name, url, patterns) {
  for (const [language, pattern] of Object.entries(patterns)) {
    const done = await member(language, join(folder, `${name}-${language}`), 'enrol', url, codes.at(-1));
    assert.equal(done.code, 1, done.stderr);
    assert.match(done.stderr, pattern);
    if (language === 'nl') assert.doesNotMatch(done.stderr.replaceAll(/https?:\S+/g, ''), ENGLISH);
  }
}

async function listening(t, server) {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => (server.closeAllConnections?.(), server.close()));
  return server.address().port;
}

for (const status of [502, 503, 504])
  test(`HTTP ${status} by a proxy is told as a server in between`, async (t) => {
    const port = await listening(t, http.createServer((req, res) => res.writeHead(status, { 'Content-Type': 'text/html' }).end('<h1>Bad Gateway</h1>')));
    await assertTold(`proxy-${status}`, `http://127.0.0.1:${port}`, {
      en: new RegExp(`a server between you and the collector answers .* \\(HTTP ${status}\\); try again later`),
      nl: new RegExp(`een server tussen u en de verzamelaar antwoordt .* \\(HTTP ${status}\\); probeer het later opnieuw`),
    });
  });

test('nobody there', async (t) => {
  const server = http.createServer();
  const port = await new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
  await new Promise((done) => server.close(done));
  await assertTold('nobody', `http://127.0.0.1:${port}`, { en: /nobody listens there/, nl: /daar luistert niemand/ });
});

test('an unknown host', () =>
  assertTold('unknown', 'http://panel.invalid', { en: /the host's name is not known/, nl: /de naam van de host is niet bekend/ }));

test('a connection that breaks off', async (t) => {
  const port = await listening(t, http.createServer((req) => req.socket.destroy()));
  await assertTold('broken', `http://127.0.0.1:${port}`, { en: /the connection broke off/, nl: /de verbinding brak af/ });
});

test('a certificate that is signed by nobody known', async (t) => {
  const port = await listening(t, https.createServer(SELF_SIGNED, (req, res) => res.end()));
  await assertTold('issuer', `https://127.0.0.1:${port}`, {
    en: /certificate is not to be trusted: it is signed by nobody whom this machine trusts/,
    nl: /certificaat van de verzamelaar is niet te vertrouwen: het is ondertekend door niemand die deze machine vertrouwt/,
  });
});

test('a receipt that does not hold is told in the language of the reader', async (t) => {
  const proxy = new Proxy(collector);
  t.after(() => proxy.stop());
  await proxy.start();
  const home = join(folder, 'receipt');
  assert.equal((await member('nl', home, 'enrol', proxy.url, codes.pop())).code, 0);
  proxy.change = (path, answer) =>
    path === '/v1/responses' ? withText(answer, answer.bytes.toString().replace(/\\n\\n([^"]*)"/, '\\n"')) : undefined;
  const done = await member('nl', home, 'respond', 'WA-1.01', 'importance=4', 'noticed=no');
  assert.equal(done.code, 1);
  assert.match(done.stderr, /het ontvangstbewijs klopt niet \(.+\)/);
  assert.doesNotMatch(done.stderr, ENGLISH);
});
