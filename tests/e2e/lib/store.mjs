// A store as someone with a shell gets at it: copied, put back, edited with the `sqlite3` command.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Collector, freshFolder } from './programs.mjs';

// Gives what the statements print.
export function sql(path, text) {
  return new Promise((resolve, reject) => {
    const child = spawn('sqlite3', ['-batch', '-bail', path], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (part) => (out += part));
    child.stderr.setEncoding('utf8').on('data', (part) => (errors += part));
    child.on('error', (error) => reject(new Error(`the sqlite3 command is needed: ${error.message}`)));
    child.on('close', (code) => {
      try {
        assert.equal(code, 0, `${text}\n${errors}`);
        resolve(out.trimEnd());
      } catch (error) {
        reject(error);
      }
    });
    child.stdin.end(`.timeout 10000\n${text};\n`);
  });
}

// All files of the store, key and checkpoint among them.
const filesOf = (path) => readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));

// A stopped collector's store, copied to a folder of its own.
export function copyOf(collector, name) {
  const copy = new Collector(freshFolder(name));
  for (const file of filesOf(collector.path)) copyFileSync(join(dirname(collector.path), file), join(copy.folder, file));
  return copy;
}

// Puts the database of `from`, and nothing else, in place of that of `to`.
export function putBack(from, to) {
  for (const file of filesOf(to.path)) if (/-(wal|shm)$/.test(file)) rmSync(join(to.folder, file));
  for (const file of filesOf(from.path))
    if (!/\.(log-key|operator-key|lock)/.test(file)) copyFileSync(join(from.folder, file), join(to.folder, file));
}
