// What the dashboard has from the collector, each path asked for once a visit; all of it is there for anyone. Tables come as CSV, since
// their cells are shown as they stand. A path that fails is asked for again the next time.
import { ask } from '../collector.js';
import { readTable } from './csv.js';

// A newer release came while what was asked for belonged to the one before.
export class Outdated extends Error {}

const asked = new Map();
const etags = new Map();

function once(path, read) {
  if (!asked.has(path)) {
    const promise = read();
    asked.set(path, promise);
    promise.catch(() => asked.delete(path));
  }
  return asked.get(path);
}

async function fetchAs(path, as) {
  const { body, problem, etag } = await ask(path, { as });
  if (problem) throw new Error(`${path}: ${problem.type}`);
  etags.set(path, etag);
  return body;
}

const json = (path) => once(path, () => fetchAs(path, 'json'));
const table = (path) => once(path, async () => readTable(await fetchAs(path, 'text')));
const part = encodeURIComponent;
const list = (ids) => ids.map(part).join();

export const FIRST = 100; // rows that a view begins with

export const panel = () => json('/v1/panel');
// With `ids` (FIRST at most) those alone; so of followUps.
export const actions = async (ids) => (await json(ids ? `/v1/actions?id=${list(ids)}` : '/v1/actions')).actions;
const releasesPath = (round) => `/v1/rounds/${part(round)}/releases`;
export const releases = (round) => json(releasesPath(round));

// What `work` gives, of `trends`, which tells of the newest releases whichever those are by then. Throws Outdated, and forgets all that was asked
// for, where the releases of the round are others than this page was told.
export async function ofNewest(round, work) {
  const told = await work;
  const path = releasesPath(round);
  const { status, body } = await ask(path, { etag: etags.get(path) });
  if (status === 304 || JSON.stringify(body) === JSON.stringify(await releases(round))) return told;
  asked.clear();
  throw new Outdated(path);
}

export const releaseFile = (round, number, file) => `/v1/rounds/${part(round)}/releases/${number}/${file}`;
// All rows of a table, or those of an action.
export const releaseTable = (round, number, name, action) =>
  table(action === undefined ? releaseFile(round, number, `${name}.csv`) : `/v1/rounds/${part(round)}/${name}?release=${number}&action=${part(action)}`);
export const releaseFacts = async (round, number) => (await json(releaseFile(round, number, 'datapackage.json'))).burgerpanel;
// All rows, those about `actions`, or the FIRST ones when sorted so.
export const trendsOfRound = (question, round, { actions: ids, sort } = {}) =>
  table(`/v1/trends?question=${part(question)}&round=${part(round)}${ids ? `&action=${list(ids)}` : ''}${sort ? `&sort=${sort}&limit=${FIRST}` : ''}`);
export const trendsOfAction = (action) => table(`/v1/trends?action=${part(action)}`);

// Asked for anew after something was published here.
export const forgetFollowUps = () => [...asked.keys()].filter((path) => path.startsWith('/v1/follow-ups')).forEach((path) => asked.delete(path));

// What was done with answers, newest first; those that another stands in for are marked.
export async function followUps(ids) {
  const all = await json(ids ? `/v1/follow-ups?action=${list(ids)}` : '/v1/follow-ups');
  const replaced = new Set(all.map(({ replaces }) => replaces));
  return all.map((each) => ({ ...each, isReplaced: replaced.has(each.index) })).reverse();
}
