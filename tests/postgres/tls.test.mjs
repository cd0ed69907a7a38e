// Goal: TLS by name as OPERATING has it, on both of a collector's ways out: to the database with sslmode=verify-full and a password from ~/.pgpass, and to a
// peer; at its start and again within the sandbox. A name or an authority that is not the certificate's is refused, and told as what it is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { poll } from '../e2e/lib/poll.mjs';
import { freePort } from '../e2e/lib/ports.mjs';
import { assertFailed, freshFolder, ready, run } from '../e2e/lib/programs.mjs';
import { another, Wire } from './lib/another.mjs';
import { enrolled, respond, sendUntilAnswered } from './lib/load.mjs';
import { ownerIds, Server } from './lib/servers.mjs';

const folder = freshFolder('postgres-tls');
const [KEY, CERTIFICATE, PAIR] = ['key.pem', 'localhost.pem', 'pair.pem'].map((name) => join(folder, name));
const SELF_SIGNED = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30', '-subj', '/CN=localhost'];
execFileSync('openssl', [...SELF_SIGNED, '-addext', 'subjectAltName=DNS:localhost', '-keyout', KEY, '-out', CERTIFICATE], { stdio: 'pipe' });
writeFileSync(PAIR, readFileSync(CERTIFICATE, 'utf8') + readFileSync(KEY, 'utf8'), { mode: 0o600 });

// A server that takes TLS alone from the network, with a password, besides what comes by its socket.
async function tlsServer() {
  const server = await new Server().init();
  const { uid, gid } = ownerIds();
  for (const file of [KEY, CERTIFICATE]) {
    const copy = join(server.data, file.slice(folder.length + 1));
    copyFileSync(file, copy);
    chmodSync(copy, 0o600);
    if (uid !== undefined) chownSync(copy, uid, gid);
  }
  writeFileSync(join(server.data, 'pg_hba.conf'), 'local all all trust\nhostssl all serving localhost scram-sha-256\n');
  server.port = await freePort();
  await server.start({ listen_addresses: 'localhost', port: server.port, ssl: 'on', ssl_cert_file: 'localhost.pem', ssl_key_file: 'key.pem' });
  return server;
}

test('a database is reached by its name, in TLS and with a password that stands nowhere else, also when it is reached again', async (t) => {
  const outer = process.env.KIT_STORE;
  const server = await tlsServer();
  t.after(() => {
    process.env.KIT_STORE = outer;
    server.remove();
  });
  process.env.KIT_STORE = `${server.dsn}&port=${server.port}`;
  const psql = (text) => execFileSync('psql', [process.env.KIT_STORE, '-qXAtc', text], { encoding: 'utf8' }).trim();
  const collector = await ready('postgres-tls-collector', { codes: 1 });
  await collector.stop();
  psql("ALTER ROLE serving PASSWORD 'not in the DSN'");
  const at = (host, more) => `postgresql://serving@${host}:${server.port}/postgres?${more}&options=-csearch_path%3D${collector.schema}`;
  const serve = (host, more, language = 'C.UTF-8') =>
    run('burgerpanel-collector', ['serve', '--check', ...collector.words().slice(2), '--store', at(host, more)], { env: { HOME: folder, LC_ALL: language } });
  const verified = `sslmode=verify-full&sslrootcert=${CERTIFICATE}`;

  assertFailed(await serve('localhost', verified), /no password supplied/);
  appendFileSync(join(folder, '.pgpass'), 'localhost:*:postgres:serving:not in the DSN\n', { mode: 0o600 });
  const elsewhere = await serve('127.0.0.1', verified);
  assertFailed(elsewhere, /certificate for "localhost" .*does not match host name "127\.0\.0\.1"/);
  assertFailed(await serve('127.0.0.1', verified, 'nl_NL.UTF-8'), /kwam er niet: .*does not match host name/);
  assertFailed(await serve('localhost', 'sslmode=verify-full&sslrootcert=fixtures/tls/ca.pem'), /certificate verify failed/);
  assertFailed(await serve('localhost', 'sslmode=disable'), /no pg_hba\.conf entry .*no encryption/);

  mkdirSync(join(folder, '.postgresql'));
  copyFileSync(CERTIFICATE, join(folder, '.postgresql', 'root.crt'));
  collector.where[1] = at('localhost', 'sslmode=verify-full');
  await collector.start(undefined, { env: { HOME: folder } });
  const sessions = "FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'burgerpanel'";
  const inTls = () => psql(`SELECT bool_and(ssl) ${sessions}`);
  assert.equal(inTls(), 't');
  const [member] = await enrolled(collector, 1);
  assert.equal((await sendUntilAnswered(collector, respond(member, 1))).status, 201);
  assert.ok(Number(psql(`SELECT count(pg_terminate_backend(pid)) ${sessions}`)) > 0);
  assert.equal((await sendUntilAnswered(collector, respond(member, 2))).status, 201);
  assert.equal(inTls(), 't');
  const { stderr } = await collector.stop();
  assert.match(stderr, /store: opened again/);
  assert.ok(![elsewhere.stderr, stderr].some((text) => text.includes('not in the DSN')));
});

test('a peer is asked and joined by its name, and by no name that its certificate has not', async () => {
  const a = await ready('postgres-tls-peer', { codes: 1, env: { BURGERPANEL_TLS_CERTIFICATE: PAIR, BURGERPANEL_TLS_KEY: PAIR } });
  const byName = a.url.replace('127.0.0.1', 'localhost');
  assert.notEqual(byName, a.url);
  const env = { BURGERPANEL_CA_FILE: CERTIFICATE };
  const b = another(a, 'postgres-tls-asking');
  rmSync(`${b.path}.log-key.checkpoint`);
  const check = (...more) => run('burgerpanel-collector', b.words('serve', '--check', ...more), { env });
  assertFailed(await check('--join', a.url), /can't be joined: .*another name than this address has/);
  const joined = await check('--join', byName);
  assert.equal(joined.code, 0, joined.stderr);

  const wire = new Wire();
  await wire.putBefore(b);
  await b.start(undefined, { env: { ...env, BURGERPANEL_PEERS: byName } });
  wire.cut();
  await poll('the store to be away', 20, () => / error store: /.test(b.process.stderr));
  wire.mend();
  await poll('the store to be there again', 20, () => / store: opened again/.test(b.process.stderr));
  assert.doesNotMatch((await b.stop()).stderr, / peers: /, 'it was heard each time');
  await b.start(undefined, { env: { ...env, BURGERPANEL_PEERS: a.url } });
  assert.match((await b.stop()).stderr, / warning peers: https:\/\/127\.0\.0\.1:\d+ is passed over: .*another name than this address has/);
  wire.end();
  await a.stop();
});
