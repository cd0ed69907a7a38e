// A store as someone with a shell gets at it: copied, put back, edited with the `sqlite3` command; or with `psql`, where KIT_STORE
// names a PostgreSQL (tests/postgres/server.sh).
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { Collector, freshFolder, onServer } from './programs.mjs';

// Gives what the command prints that is given `text`.
function shell(command, args, text) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (part) => (out += part));
    child.stderr.setEncoding('utf8').on('data', (part) => (errors += part));
    child.on('error', (error) => reject(new Error(`the ${command} command is needed: ${error.message}`)));
    child.on('close', (code) => {
      try {
        assert.equal(code, 0, `${text}\n${errors}`);
        resolve(out.trimEnd());
      } catch (error) {
        reject(error);
      }
    });
    child.stdin.end(text);
  });
}

const onFile = (path, text) => shell('sqlite3', ['-batch', '-bail', path], `.timeout 10000\n${text};\n`);

const wordsOfPsql = () => [process.env.KIT_STORE, '-qXAtv', 'ON_ERROR_STOP=1'];
export const psql = (text) => shell('psql', wordsOfPsql(), `${text};\n`);
const psqlAtOnce = (statements) => execFileSync('psql', wordsOfPsql(), { input: ['BEGIN', ...statements, 'COMMIT;\n'].join(';\n') });

// Bytes in hex, as SQLite writes them.
const spoken = (text) => text.replace(/x'([0-9a-f]*)'/gi, String.raw`'\x$1'::bytea`);

const PAST_TRIGGERS = 'SET session_replication_role = replica'; // as who owns the tables can

// Runs statements on the store of a collector, or on the file at a path; gives what they print, columns parted by '|'.
export const sql = (store, text) =>
  store.schema ? psql(`SET search_path = ${store.schema}; ${PAST_TRIGGERS}; ${spoken(text)}`) : onFile(store.path ?? store, text);

// Another program that has the write lock of the store in that file, until what is given is called.
export async function holdWrites(path) {
  const child = spawn('sqlite3', ['-batch', '-bail', path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  child.stdin.write(".timeout 10000\nBEGIN IMMEDIATE;\nSELECT 'held';\n");
  const [said] = await Promise.race([once(child.stdout, 'data'), ended]);
  assert.equal(String(said), 'held\n');
  return async () => {
    child.stdin.end('COMMIT;\n');
    assert.deepEqual(await ended, [0, null]);
  };
}

export const LOG = onServer ? 'head' : 'log'; // the table that has the verifier
export const asText = (bytes) => (onServer ? `convert_from(${bytes}, 'UTF8')` : `CAST(${bytes} AS TEXT)`);
export const asBytes = (text) => (onServer ? `convert_to(${text}, 'UTF8')` : `CAST(${text} AS BLOB)`);

// All files of the store, key and checkpoint among them.
const filesOf = (path) => readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));

const TABLES = ['lane', 'head', 'entry', 'tile', 'current', 'counts', 'member', 'invitation', 'panel', 'round', 'action', 'token', 'pending',
  'document', 'event', 'release', 'release_file', 'access_log', 'erased', 'erasure', 'revision'];
const NUMBERED = { panel: 'number', pending: 'id', access_log: 'number' }; // by the server

// Whether a text, or bytes, are in the store's file, or in a row of its tables.
export async function holds(collector, bytes) {
  if (!onServer) return readFileSync(collector.path).includes(bytes);
  const text = typeof bytes === 'string' ? bytes : bytes.toString('hex');
  const ask = (table) => `SELECT 1 FROM ${table} AS row WHERE strpos(row::text, '${text}') > 0`;
  return (await sql(collector, TABLES.map(ask).join(' UNION '))) !== '';
}

// A test of what is so where the store is a file. Each stands in the list of what is left out on a server, with its reason.
export function testOfFiles(title, run) {
  if (!onServer) return test(title, run);
  const left = readFileSync('tests/postgres/left-out.txt', 'utf8').split('\n');
  return assert.ok(left.some((line) => line.startsWith(`${basename(process.argv[1])} "${title}": `)), `"${title}" is not in the list`);
}

// What `from` holds, into the empty tables of `to`.
const fill = (from, to) => [
  ...TABLES.map((table) => `INSERT INTO ${to}.${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${from}.${table}`),
  ...Object.entries(NUMBERED).map(([table, column]) =>
    `SELECT setval(pg_get_serial_sequence('${to}.${table}', '${column}'), coalesce(max(${column}), 0) + 1, false) FROM ${to}.${table}`),
];

// Columns that SQLite's tables do not have may be left out by a hand.
const copySchema = (from, to) => psqlAtOnce([
  ...TABLES.map((table) => `CREATE TABLE ${to}.${table} (LIKE ${from}.${table} INCLUDING ALL)`),
  ...fill(from, to),
  ...['tile ALTER width', 'counts ALTER size', 'member ALTER change'].map((column) => `ALTER TABLE ${to}.${column} SET DEFAULT 0`),
]);

// A stopped collector's store, copied to a folder of its own, or a schema; what is beside it to the folder.
export function copyOf(collector, name) {
  const copy = new Collector(freshFolder(name));
  for (const file of filesOf(collector.path)) copyFileSync(join(dirname(collector.path), file), join(copy.folder, file));
  if (onServer) copySchema(collector.schema, copy.schema);
  return copy;
}

// Puts the database of `from`, and nothing else, in place of that of `to`.
export function putBack(from, to) {
  if (onServer) {
    psqlAtOnce([`TRUNCATE ${TABLES.map((table) => `${to.schema}.${table}`).join(', ')}`, ...fill(from.schema, to.schema)]);
    return;
  }
  for (const file of filesOf(to.path)) if (/-(wal|shm)$/.test(file)) rmSync(join(to.folder, file));
  for (const file of filesOf(from.path))
    if (!/\.(log-key|operator-key|lock)/.test(file)) copyFileSync(join(from.folder, file), join(to.folder, file));
}
