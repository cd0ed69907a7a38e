// Goal: the example panel goes the whole way on PostgreSQL by one documented command, and its tables are those of SQLite to the last byte.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { build, freshFolder } from '../e2e/lib/programs.mjs';

test('make demo STORE=postgres ends with the tables that are expected', async () => {
  const folder = freshFolder('postgres-demo');
  for (const name of ['burgerpanel', 'burgerpanel-collector']) symlinkSync(join(build, name), join(folder, name));
  const env = { ...process.env, BUILD: folder, STORE: 'postgres', LC_ALL: 'C.UTF-8' };
  delete env.KIT_STORE; // so that it makes a server itself
  const { stdout } = await promisify(execFile)('fixtures/demo.sh', { env, maxBuffer: 2 ** 24 });
  assert.match(stdout, /\d+ tables, each equal to the last byte to fixtures\/expected/);
  assert.match(stdout, /thrown away with its PostgreSQL/);
  for (const kind of ['release', 'exact'])
    for (const name of readdirSync(`fixtures/expected/${kind}`))
      assert.ok(readFileSync(join('fixtures/expected', kind, name)).equals(readFileSync(join(folder, 'demo/tables', kind, name))), `${kind}/${name}`);
});
