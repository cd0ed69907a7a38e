// The example responses and the tables expected of them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTable } from './csv.mjs';
import { fixtures } from './programs.mjs';

// Numbers that look random but are the same at each run.
export function dice(seed) {
  return (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
}

export function shuffle(list, roll) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = roll(i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
}

// The answers of a row of fixtures/responses.csv as claims.
export function answersOf(row) {
  const answers = {};
  for (const id of ['importance', 'satisfaction']) if (row[id] !== '') answers[id] = Number(row[id]);
  if (row.noticed !== '') answers.noticed = row.noticed;
  if (row.channels !== '') answers.channels = row.channels.split('|');
  if (row.comment !== '') answers.comment = row.comment;
  return answers;
}

// The folder holds the three tables, each equal to the last byte to fixtures/expected.
export function assertTables(folder, kind) {
  const expected = join(fixtures, 'expected', kind);
  const names = readdirSync(expected).sort();
  assert.deepEqual(readdirSync(folder).filter((n) => n.endsWith('.csv')).sort(), names);
  for (const name of names)
    assert.ok(readFileSync(join(folder, name)).equals(readFileSync(join(expected, name))), `${kind}/${name} differs`);
}

// One row a response, as the panel office typed them in.
export const exampleRows = () => parseTable(readFileSync(join(fixtures, 'responses.csv'), 'utf8'));
