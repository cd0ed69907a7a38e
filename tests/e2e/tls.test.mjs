// Goal: the collector ends TLS itself as the NCSC's guidelines have it, refuses to be read on the way, and changes its certificate
// without anybody noticing but by the new one.
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { JOSE, post, request, TRUST } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ACTION, good, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { assertFailed, Collector, fixtures, freshFolder, pair, run, succeed } from './lib/programs.mjs';
import { address, connect, Connection, raw, statuses } from './lib/raw.mjs';

const AUTHORITY = join(fixtures, 'tls', 'ca.pem');

async function imported(name) {
  const collector = new Collector(freshFolder(`tls-${name}`));
  await collector.importPanel();
  await collector.importActions();
  return collector;
}

let collector;
before(async () => {
  collector = await imported('served');
  collector.codes = await collector.invitations(20);
  await collector.start(undefined, { env: pair(collector.folder) });
});
const shaken = [];
after(() => {
  for (const socket of shaken) socket.destroy();
  return collector?.stop();
});

// The handshake by itself: the socket, or the error's code.
function shake(options) {
  return new Promise((resolve) => {
    const socket = tls.connect({ ...TRUST, ...address(collector.url), ...options }, () => resolve(socket));
    shaken.push(socket);
    socket.on('error', (error) => resolve(error.code));
  });
}

const only = (version, ciphers) => ({ minVersion: version, maxVersion: version, ciphers });

test('TLS 1.1 and before are refused, 1.2 and 1.3 are taken', async () => {
  for (const version of ['TLSv1', 'TLSv1.1']) assert.equal(await shake(only(version, 'ALL:@SECLEVEL=0')), 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const socket = await shake(only(version));
    assert.equal(socket.getProtocol(), version);
    socket.destroy();
  }
});

test('every good suite is taken for a key on a curve, and no other', async () => {
  for (const suite of ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-ECDSA-AES128-GCM-SHA256']) {
    const socket = await shake(only('TLSv1.2', suite));
    assert.equal(socket.getCipher?.().name, suite);
    socket.destroy();
  }
  for (const suite of ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']) {
    const socket = await shake(only('TLSv1.3', suite));
    assert.equal(socket.getCipher?.().name, suite);
    socket.destroy();
  }
  for (const suite of ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-ECDSA-AES128-CCM', 'AES128-GCM-SHA256', 'DHE-RSA-AES128-GCM-SHA256'])
    assert.match(String(await shake(only('TLSv1.2', `${suite}:@SECLEVEL=0`))), /HANDSHAKE_FAILURE/, suite);
});

test('the protocol is http/1.1 for who asks for one, and nobody gets another', async () => {
  const socket = await shake({ ALPNProtocols: ['h2', 'http/1.1'] });
  assert.equal(socket.alpnProtocol, 'http/1.1');
  socket.destroy();
  assert.match(String(await shake({ ALPNProtocols: ['h2'] })), /NO_APPLICATION_PROTOCOL/);
});

test('a session is resumed by its ticket', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const first = await shake(only(version));
    let session;
    first.on('session', (one) => (session = one));
    first.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    first.resume();
    const ticket = await poll('a ticket', 10, () => session ?? (version === 'TLSv1.2' && first.getSession()));
    first.destroy();
    const second = await shake({ ...only(version), session: ticket });
    assert.ok(second.isSessionReused(), version);
    second.destroy();
  }
});

test('a second handshake in a session ends it', async () => {
  const socket = await shake(only('TLSv1.2'));
  const ended = new Promise((resolve) => socket.on('close', resolve));
  socket.renegotiate({}, () => {});
  await ended;
  assert.equal((await request(collector.url, '/healthz')).status, 200);
});

test('every answer says that the browser is to come by https', async () => {
  for (const path of ['/healthz', '/v1/panel', '/v1/nothing'])
    assert.equal((await request(collector.url, path)).headers['strict-transport-security'], 'max-age=31536000', path);
  assert.match(await raw(collector.url, 'nonsense\r\n\r\n'), /^Strict-Transport-Security: max-age=31536000\r$/m);
});

test('the member\'s program enrols and answers over it', async () => {
  const home = join(collector.folder, 'home');
  const env = { BURGERPANEL_CA_FILE: AUTHORITY };
  await succeed('burgerpanel', ['enrol', collector.url, collector.codes[0], '--home', home], { env });
  await succeed('burgerpanel', ['respond', 'WA-1.01', 'importance=4', 'noticed=no', '--home', home], { env });
  assert.equal(readdirSync(join(home, 'sent')).length, 1);
});

// What two readers could take for different things is refused in TLS as it is in plain (heads.test.mjs has all of it).
const TYPE = 'Host: a\r\nContent-Type: application/jose\r\n';
const refused = [
  ['two lengths that differ', `POST /v1/responses HTTP/1.1\r\n${TYPE}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`, 400],
  ['a length and chunks', `POST /v1/responses HTTP/1.1\r\n${TYPE}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['chunks', `POST /v1/responses HTTP/1.1\r\n${TYPE}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, 411],
  ['a blank before a colon', 'GET /v1/panel HTTP/1.1\r\nHost : a\r\n\r\n', 400],
  ['two Hosts', 'GET /v1/panel HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
  ['lines that end in a line feed alone', 'GET /v1/panel HTTP/1.1\nHost: a\n\n', 400],
  ['a folded line', 'GET /v1/panel HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n', 400],
  ['a NUL in the target', 'GET /v1/panel\0x HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['version 2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  ['fields without end', `GET /v1/panel HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(20_000)}\r\n`, 431],
];
for (const [what, bytes, status] of refused)
  test(`refused in TLS: ${what}`, async () => {
    const got = await raw(collector.url, `${bytes}GET /v1/panel HTTP/1.1\r\nHost: a\r\n\r\n`);
    assert.deepEqual(statuses(got), [status], got.slice(0, 300));
  });

test('a head that comes in records of a byte each is one, and requests in one record are answered in order', async () => {
  const connection = new Connection(collector.url);
  shaken.push(connection.socket);
  for (const byte of '\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r') {
    connection.socket.write(byte);
    await new Promise(setImmediate);
  }
  assert.match(await connection.ask('\n'), /^HTTP\/1\.1 200 /);
  connection.socket.destroy();
  const three = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2) + 'GET /v1/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  assert.deepEqual(statuses(await raw(collector.url, three)), [200, 200, 404]);
});

// All that comes from the collector on a connection through a relay, as the types of its records.
async function recordTypes(asked, version) {
  const parts = [];
  const relay = net.createServer((near) => {
    const far = net.connect(address(collector.url));
    near.pipe(far).on('error', () => near.destroy());
    far.on('data', (part) => parts.push(part)).pipe(near).on('error', () => far.destroy());
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const socket = tls.connect({ ...TRUST, host: '127.0.0.1', port: relay.address().port, ...only(version) }, () => socket.write(asked));
  shaken.push(socket);
  socket.resume();
  await new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject)).finally(() => relay.close());
  const types = [];
  const bytes = Buffer.concat(parts);
  for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) types.push(bytes[at]);
  return types;
}

test('a connection that ends says so within TLS, so that an answer that was cut off is seen', async () => {
  const types = await recordTypes('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 'TLSv1.2');
  assert.equal(types.at(-1), 21, `${types}`);
  assert.equal(types.filter((type) => type === 21).length, 1);
});

test('HTTP in plain is no handshake, and gets no answer in plain', async () => {
  const got = await raw(collector.url.replace('https:', 'http:'), 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.doesNotMatch(got, /HTTP/);
});

// The certificate.

test('a certificate is changed under load: no request is lost, and those who come get the new one', async (t) => {
  const other = await imported('changed');
  t.after(() => other.stop());
  const [code] = await other.invitations(1);
  await other.start(undefined, { env: pair(other.folder) });
  const member = new Member('wau');
  assert.equal((await post(other.url, '/v1/members', member.enrolment(code), JOSE)).status, 201);
  const kept = new Connection(other.url);
  t.after(() => kept.socket.destroy());
  assert.match(await kept.get('/healthz'), /^HTTP\/1\.1 200 /);
  const subject = () => kept.socket.getPeerCertificate().subject.CN;
  const named = async () => {
    const socket = connect(other.url, { session: undefined });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    const name = socket.getPeerCertificate().subject.CN;
    socket.destroy();
    return name;
  };
  let going = true;
  let revision = 0;
  const agent = new https.Agent({ ...TRUST, keepAlive: true, maxSockets: 2 });
  const sent = [0, 0, 0, 0];
  const load = Promise.all(
    [undefined, undefined, agent, agent].map(async (one, i) => {
      for (; going; sent[i]++) {
        const body = member.response(ROUND, ACTION, good, { revision: ++revision });
        const { status } = i < 2 ? await request(other.url, '/healthz', { agent: one }) : await post(other.url, '/v1/responses', body, JOSE, { agent: one });
        assert.ok(status < 300 || status === 409, `answered ${status}`);
      }
    }),
  );
  // Each of the four has had five answers more; or one of them was lost, which ends the test.
  const someMore = (when) => {
    const enough = sent.map((count) => count + 5);
    return Promise.race([load, poll(`requests ${when}`, 20, () => !going || sent.every((count, i) => count >= enough[i]))]);
  };
  try {
    await someMore('before the certificate is changed');
    for (const name of ['elsewhere', 'good', 'elsewhere']) {
      pair(other.folder, name);
      other.process.child.kill('SIGHUP');
      await Promise.race([load, poll('the new certificate', 20, async () => !going || (await named()) === name)]);
      assert.match(await kept.get('/healthz'), /^HTTP\/1\.1 200 /, 'a connection of before goes on');
      assert.equal(subject(), 'good');
      await someMore('after it was changed');
    }
  } finally {
    going = false;
    await load.finally(() => agent.destroy());
  }
});

test('a new pair that is broken is told, and the one before stays', async () => {
  const file = join(collector.folder, 'served.pem');
  const whole = readFileSync(file);
  const complaints = () => collector.process.stderr.split('\n').filter((line) => /error tls: the certificate that was in force stays/.test(line)).length;
  for (const [content, mode] of [['nonsense', 0o600], [whole.subarray(0, 500), 0o600], [whole, 0o640]]) {
    const before = complaints();
    writeFileSync(file, content);
    chmodSync(file, mode);
    collector.process.child.kill('SIGHUP');
    await poll('a complaint', 10, () => complaints() > before);
    assert.equal((await request(collector.url, '/healthz')).status, 200);
  }
  writeFileSync(file, whole);
  chmodSync(file, 0o600);
});

test('SIGHUP changes nothing where there is no TLS', async (t) => {
  const plain = await imported('hangup');
  t.after(() => plain.stop());
  await plain.start();
  plain.process.child.kill('SIGHUP');
  for (let i = 0; i < 20; i++) assert.equal((await request(plain.url, '/healthz')).status, 200);
});

// What serve refuses, --check refuses with the same words.
async function assertBothRefuse(one, pattern, env, ...more) {
  for (const flags of [['--check'], []])
    assertFailed(await run('burgerpanel-collector', ['serve', '--store', one.store, ...more, ...flags], { env }), pattern);
}

test('a key that others may read, is not the certificate\'s, is none or is missing is refused with what to do', async () => {
  const one = await imported('refused');
  const env = pair(one.folder);
  const listen = ['--listen', '127.0.0.1:0'];
  chmodSync(env.BURGERPANEL_TLS_KEY, 0o640);
  await assertBothRefuse(one, /others may read the key .*; give `chmod 600 /, env, ...listen);
  chmodSync(env.BURGERPANEL_TLS_KEY, 0o600);
  await assertBothRefuse(one, /is not that of the certificate .*; give the two that were made together/, { ...env, BURGERPANEL_TLS_CERTIFICATE: join(fixtures, 'tls', 'elsewhere.pem') }, ...listen);
  await assertBothRefuse(one, /are no certificate and key in PEM/, { ...env, BURGERPANEL_TLS_CERTIFICATE: join(fixtures, 'panel.json') }, ...listen);
  await assertBothRefuse(one, /no-such\.pem can't be read/, { ...env, BURGERPANEL_TLS_CERTIFICATE: join(one.folder, 'no-such.pem') }, ...listen);
  for (const key of Object.keys(env)) await assertBothRefuse(one, /give both or none/, { [key]: env[key] }, ...listen);
  const dutch = await run('burgerpanel-collector', ['serve', '--store', one.store, ...listen], { env: { BURGERPANEL_TLS_KEY: 'x', LC_ALL: 'nl_NL.UTF-8' } });
  assertFailed(dutch, /geef beide of geen/);
});

test('beyond this machine it listens in TLS, or behind a proxy that says so, and not otherwise', async () => {
  const one = await imported('listen');
  for (const listen of ['0.0.0.0:0', '[::]:0']) await assertBothRefuse(one, /can't listen on .*without TLS .*tls_certificate and tls_key, or say --behind-proxy/, {}, '--listen', listen);
  await assertBothRefuse(one, /without TLS/, { BURGERPANEL_METRICS_LISTEN: '0.0.0.0:0' }, '--listen', '127.0.0.1:0');
  const taken = [
    [['--listen', '0.0.0.0:0', '--behind-proxy'], {}],
    [['--listen', '0.0.0.0:0'], { BURGERPANEL_BEHIND_PROXY: 'on' }],
    [['--listen', '0.0.0.0:0'], { ...pair(one.folder), BURGERPANEL_METRICS_LISTEN: '0.0.0.0:0' }],
    [['--listen', '127.0.0.2:0'], {}],
    [['--listen', '[::ffff:127.0.0.1]:0'], {}],
  ];
  for (const [flags, env] of taken) {
    const done = await run('burgerpanel-collector', ['serve', '--check', '--store', one.store, ...flags], { env });
    assert.equal(done.code, 0, done.stderr);
  }
});

test('figures for this machine are served in plain beside it', async (t) => {
  const one = await imported('metrics');
  t.after(() => one.stop());
  await one.start(undefined, { env: { ...pair(one.folder), BURGERPANEL_METRICS_LISTEN: '0' } });
  const metrics = one.process.stdout.match(/^metrics on (http:\/\/\S+)$/m)[1];
  assert.equal((await request(metrics, '/metrics')).status, 200);
  assert.match(one.url, /^https:/);
});
