// What the dashboard has from the collector, each path asked for once a visit; all of it is there for anyone. Tables come as CSV, since
// their cells are shown as they stand. A path that fails is asked for again the next time.
import { ask } from '../collector.js';
import { readTable } from './csv.js';

const asked = new Map();

function once(path, read) {
  if (!asked.has(path)) {
    const promise = read();
    asked.set(path, promise);
    promise.catch(() => asked.delete(path));
  }
  return asked.get(path);
}

async function fetchJson(path) {
  const { body, problem } = await ask(path);
  if (problem) throw new Error(`${path}: ${problem.type}`);
  return body;
}

async function fetchTable(path) {
  const { body, problem } = await ask(path, { as: 'text' });
  if (problem) throw new Error(`${path}: ${problem.type}`);
  return readTable(body);
}

const json = (path) => once(path, () => fetchJson(path));
const table = (path) => once(path, () => fetchTable(path));
const part = encodeURIComponent;

export const panel = () => json('/v1/panel');
export const actions = async () => (await json('/v1/actions')).actions;
export const releases = (round) => json(`/v1/rounds/${part(round)}/releases`);
// Of the newest release; without rows where there is none, which is not asked for in vain.
export const roundTable = async (round, name) => ((await releases(round)).length > 0 ? table(`/v1/rounds/${part(round)}/${name}`) : []);
export const trendsOfQuestion = (question) => table(`/v1/trends?question=${part(question)}`);
export const trendsOfAction = (action) => table(`/v1/trends?action=${part(action)}`);

// What was done with answers, newest first; those that another stands in for are marked.
export async function followUps() {
  const all = await json('/v1/follow-ups');
  const replaced = new Set(all.map(({ replaces }) => replaces));
  return all.map((each) => ({ ...each, isReplaced: replaced.has(each.index) })).reverse();
}

// Scales of all questionnaires, each id once, as the last questionnaire that has it asks it.
export async function scales() {
  const { questionnaires } = await panel();
  const found = new Map();
  for (const { questions } of questionnaires) for (const question of questions) if (question.type === 'scale') found.set(question.id, question);
  return [...found.values()];
}
