// A store that an older version has filled, as fixtures/stores keeps it, and what others held of it then.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Key, Member } from './member.mjs';
import { Collector, fixtures, freshFolder } from './programs.mjs';
import { sql } from './store.mjs';

const stored = (name) => join(fixtures, 'stores', name);

export const PANEL = 'old'; // of the store of schema 2
export const CLOSED = 'first'; // since
export const OPEN = 'second';

// What its members, its office and any monitor have of the store of schema 2.
export function heldOf() {
  const held = JSON.parse(readFileSync(stored('schema-2.json'), 'utf8'));
  return { ...held, members: held.members.map((seed) => new Member(PANEL, new Key(Buffer.from(seed, 'hex')))) };
}

export async function oldCollector(name) {
  const collector = new Collector(freshFolder(name));
  await sql(collector, readFileSync(stored('schema-2.sql'), 'utf8'));
  for (const ending of ['.log-key', '.log-key.checkpoint'])
    writeFileSync(collector.path + ending, readFileSync(stored(`schema-2.db${ending}`)), { mode: 0o600 });
  return collector;
}

// The rows that no change of schema may touch, byte for byte.
export const rowsOf = (path) =>
  sql(path, ['entry', 'tile', 'current', 'counts'].map((table) => `SELECT '${table}', * FROM ${table} ORDER BY 2`).join(';'));
