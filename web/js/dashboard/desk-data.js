// What a token gives: exact tables and comments, each with when it was read. Each reading is noted by the collector, so a path is read once
// and kept for as long as somebody is logged in, or until they ask for it anew.
import { readTable } from './csv.js';
import { askAs } from './session.js';

const kept = new Map();
const part = encodeURIComponent;

// {rows, at} of a path that was read, undefined otherwise.
export const readBefore = (path) => kept.get(path);

export async function read(path) {
  if (!kept.has(path)) {
    const { body, problem } = await askAs(path, { as: 'text' });
    if (problem) throw new Error(`${path}: ${problem.type}`);
    kept.set(path, { rows: readTable(body), at: Date.now() / 1000 });
  }
  return kept.get(path);
}

export const forget = (...paths) => paths.forEach((path) => kept.delete(path));
export const forgetAll = () => kept.clear();

// Of all actions, or of one.
const ofAction = (action, before) => (action === undefined ? '' : `${before}action=${part(action)}`);
export const exactPath = (round, table, action) => `/v1/rounds/${part(round)}/${table}?exact=true${ofAction(action, '&')}`;
export const commentsPath = (round, action) => `/v1/rounds/${part(round)}/comments${ofAction(action, '?')}`;
