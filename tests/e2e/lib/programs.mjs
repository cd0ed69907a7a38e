// Starts the real programs. BURGERPANEL_BUILD says where they are, BURGERPANEL_WRAP under which tool they run, if any.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { after } from 'node:test';
import { parseTable } from './csv.mjs';
import { poll, slow } from './poll.mjs';

export const build = resolve(process.env.BURGERPANEL_BUILD ?? 'build');
const wrap = (process.env.BURGERPANEL_WRAP ?? '').split(/\s+/).filter(Boolean);
export const onServer = Boolean(process.env.KIT_STORE); // stores are kept in a PostgreSQL, and not in files
export const fixtures = resolve('fixtures');
// Pages are served where a test is about them: a collector that has others than the log names adds an entry.
const script = basename(process.argv[1] ?? '');
const pages = script.startsWith('web-') ? 'on' : 'off';

// A file whose tests leave something open, such as a server after a failed assertion, would hang the whole run.
setTimeout(() => {
  console.error('this file hangs: something was left open');
  process.exit(1);
}, Math.max(5, Math.min(3 * slow, 9), slow / 2) * 60_000).unref();

const running = new Set();
const endAll = () => running.forEach((child) => child.kill('SIGKILL'));
process.on('exit', endAll);
// What a test that failed has left running ends well before that, so that the others' results are told.
if (script.endsWith('.test.mjs')) after(() => setTimeout(endAll, 20_000 * slow).unref());

// A fresh folder for one test, below the build folder; removed and made anew at each run.
export function freshFolder(name) {
  const folder = join(build, 'e2e', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

// The settings that have a collector serve in TLS by one of the certificates among the fixtures, put into `folder` with its key for
// its owner alone.
export function pair(folder, name = 'good') {
  const file = join(folder, 'served.pem');
  copyFileSync(join(fixtures, 'tls', `${name}.pem`), file);
  chmodSync(file, 0o600);
  return { BURGERPANEL_TLS_CERTIFICATE: file, BURGERPANEL_TLS_KEY: file };
}

export function start(program, args, { env = {}, cwd, input } = {}) {
  const words = [...wrap, join(build, program), ...args.map(String)];
  const child = spawn(words[0], words.slice(1), {
    cwd,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const run = { child, stdout: '', stderr: '' };
  running.add(child);
  child.stdout.setEncoding('utf8').on('data', (text) => (run.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (run.stderr += text));
  run.ended = new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) => {
      running.delete(child);
      run.code = code;
      run.signal = signal;
      done(run);
    });
  });
  if (input !== undefined) child.stdin.end(input);
  return run;
}

// Runs to the end: {code, signal, stdout, stderr}.
export const run = (program, args, options) => start(program, args, options).ended;

// Runs, and takes anything but exit 0 for a failure.
export async function succeed(program, args, options) {
  const done = await run(program, args, options);
  assert.equal(done.code, 0, `${program} ${args.join(' ')}: code ${done.code}\n${done.stdout}${done.stderr}`);
  return done;
}

// What is told of a throw-away server each time that a collector serves.
const OF_THE_SERVER = / warning store: (no synchronous standby is named|the collector's role is a superuser)/;

// Exit 1 with one line on standard error, and nothing said on standard output.
export function assertFailed(done, pattern = /./) {
  assert.equal(done.code, 1, `code ${done.code}, signal ${done.signal}: ${done.stdout}${done.stderr}`);
  const lines = done.stderr.trimEnd().split('\n').filter((line) => !(onServer && OF_THE_SERVER.test(line)));
  assert.equal(lines.length, 1, done.stderr);
  assert.match(lines[0], pattern);
}

// Entries that a log begins with where `ready` has made it: log-opened, panel-imported, actions-imported, invitations-created.
export const BEGUN = 4;

// Few members stand for many here, and one address for all: what these may do is bounded only where a test is about that.
const UNBOUNDED = Object.fromEntries(
  ['MEMBER_RESPONSES', 'MEMBER_REVISIONS', 'ADDRESS_CONNECTIONS', 'ADDRESS_ENROLMENTS', 'ADDRESS_TOKENS'].map((name) => [`BURGERPANEL_${name}`, '0']),
);

// Some words of SQLite's that PostgreSQL has others for, for lib/store.mjs.
const WORDS = `CREATE FUNCTION hex(bytea) RETURNS text LANGUAGE sql AS $$ SELECT encode($1, 'hex') $$;
  CREATE FUNCTION zeroblob(bigint) RETURNS bytea LANGUAGE sql AS $$ SELECT decode(repeat('00', $1::int), 'hex') $$`;

// A new schema in the PostgreSQL of that DSN.
let schemas = 0;
function makeSchema(server) {
  const name = `e2e_${process.pid}_${++schemas}`;
  execFileSync('psql', [server, '-qc', `CREATE SCHEMA ${name}; SET search_path = ${name}; ${WORDS}`]);
  return name;
}

// Has role `serving` be what packaging/postgres-grants.sql makes of it in a schema that has a store.
const MAKE_ROLE = 'DO $$ BEGIN CREATE ROLE serving LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$';
export function grantServing(server, schema) {
  const psql = (...words) => execFileSync('psql', [server, '-qXAtv', 'ON_ERROR_STOP=1', ...words], { encoding: 'utf8' }).trim();
  if (psql('-c', MAKE_ROLE, '-c', `SELECT to_regclass('${schema}.head') IS NULL`) === 't') return;
  psql('-v', `schema=${schema}`, '-v', 'serving=serving', '-f', 'packaging/postgres-grants.sql');
}

// With its store in a file of the folder; or, where KIT_STORE names a PostgreSQL (tests/postgres/server.sh), there, with its keys in the folder: as the
// owner of its tables, and where it serves as `serving`.
export class Collector {
  constructor(folder, store = join(folder, 'store.db'), server = process.env.KIT_STORE) {
    this.folder = folder;
    this.path = store;
    this.server = server;
    this.schema = server ? makeSchema(server) : undefined;
    this.store = this.schema ? `${server}&options=-csearch_path%3D${this.schema}` : `sqlite:${store}`;
    this.name = this.schema ?? basename(store); // by which messages tell it
    this.where = ['--store', this.store];
    if (this.schema) this.where.push('--log-key', `${store}.log-key`, '--operator-key', `${store}.operator-key`);
  }

  // A verb's words with where its store and keys are, as far as they do not say so themselves.
  words(...args) {
    return [...args, ...this.where.filter((_, i) => !args.includes(this.where[i - (i % 2)]))];
  }

  run(...args) {
    return run('burgerpanel-collector', this.words(...args));
  }

  succeed(...args) {
    return succeed('burgerpanel-collector', this.words(...args));
  }

  // `panel` is an object or a path.
  async importPanel(panel = join(fixtures, 'panel.json')) {
    let path = panel;
    if (typeof panel === 'object') {
      path = join(this.folder, 'panel.json');
      writeFileSync(path, JSON.stringify(panel));
    }
    return this.succeed('panel', 'import', path);
  }

  importActions(path = join(fixtures, 'actions.csv')) {
    return this.succeed('actions', 'import', path);
  }

  // The new codes, in order of their numbers.
  async invitations(count) {
    const { stdout } = await this.succeed('invitations', 'create', count);
    const rows = parseTable(stdout);
    assert.equal(rows.length, count);
    return rows.map((row) => row.code);
  }

  async start(listen = '127.0.0.1:0', options = {}) {
    const env = { BURGERPANEL_WEB: pages, ...UNBOUNDED, ...options.env };
    if (this.server) grantServing(this.server, this.schema);
    const where = this.where.map((word) => word.replace(/(?<=^postgresql:.*user=)postgres\b|(?<=^postgresql:\/\/)postgres(?=@)/, 'serving'));
    this.process = start('burgerpanel-collector', ['serve', '--listen', listen, ...where], { ...options, env });
    this.url = await poll('the collector to listen', 20, () => {
      if (this.process.code !== undefined) throw new Error(`the collector ended at once: ${this.process.stderr}`);
      return this.process.stdout.match(/^listening on (https?:\/\/\S+)$/m)?.[1].replace(/\/$/, '');
    });
    return this.url;
  }

  // Asks it to stop, and takes anything but exit 0 for a failure.
  async stop() {
    if (!this.process) return;
    const process = this.process;
    this.process = undefined;
    process.child.kill('SIGTERM');
    await poll('the collector to stop', 40, () => process.code !== undefined);
    assert.equal(process.signal, null, process.stderr);
    assert.equal(process.code, 0, process.stderr);
    assert.doesNotMatch(process.stderr, / sandbox: (?!off)/, 'the sandbox was in the way, or is not there');
    return process;
  }

  // The folder of what `comments export` writes.
  async exportComments(round, name, ...flags) {
    const out = join(this.folder, name);
    await this.succeed('comments', 'export', out, '--round', round, ...flags);
    return out;
  }

  // Makes the round's next release.
  async release(round, ...flags) {
    return (await this.succeed('release', 'create', round, ...flags)).stderr;
  }

  // The folder of what `export` writes.
  async export(round, name, ...flags) {
    const out = join(this.folder, name);
    await this.succeed('export', '--round', round, '--out', out, ...flags);
    return out;
  }
}

// A collector with panel and actions imported, `codes` invitations made, and running with `env` beside the environment;
// with `tls` it serves in TLS.
export async function ready(name, { panel, actions, codes = 0, env, tls = false } = {}) {
  const collector = new Collector(freshFolder(name));
  await collector.importPanel(panel);
  await collector.importActions(actions);
  collector.codes = codes > 0 ? await collector.invitations(codes) : [];
  await collector.start(undefined, { env: { ...(tls ? pair(collector.folder) : {}), ...env } });
  return collector;
}
