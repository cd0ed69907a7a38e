// Goal: what was answered between two publications is not told by their difference. One attack, twice: whoever sees each table, knows when a
// member answered, and has four accomplices in the panel, finds that member's answer where counts are live and each rounded by itself, as they
// once were (a model of it is kept here); of releases the same program learns nothing, since not a byte is told anew.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccepted, JOSE, keepAlive, post } from './lib/http.mjs';
import { ACTION, examplePanel, ROUND } from './lib/panel.mjs';
import { ready } from './lib/programs.mjs';
import { enrolAll, get, TABLES, tablePath } from './lib/reading.mjs';
import { dice } from './lib/tables.mjs';

const OPTIONS = ['yes', 'no', 'unknown'];
const B = 5;
const MEMBERS = 30;
const ACCOMPLICES = [0, 1, 2, 3]; // of those who have answered
const TARGETS = [MEMBERS, MEMBERS + 1, MEMBERS + 2];

const roll = dice(20260102);
const said = Array.from({ length: MEMBERS + TARGETS.length }, () => OPTIONS[roll(3)]);

// The attack. A world lets one `say` and `publish`, which gives what is told of each option; null where it is suppressed.

// How often an option was given, but by the accomplices: they go over to it one by one, until the told count jumps.
async function measure(world, option) {
  const other = OPTIONS.find((one) => one !== option);
  for (const member of ACCOMPLICES) await world.say(member, other);
  const first = (await world.publish())[option];
  for (const [i, member] of ACCOMPLICES.entries()) {
    await world.say(member, option);
    const told = (await world.publish())[option];
    if (told !== first) return told - Math.floor(B / 2) - (i + 1);
  }
  return first - Math.floor(B / 2);
}

async function measureAll(world) {
  const counts = {};
  for (const option of OPTIONS) counts[option] = await measure(world, option);
  return counts;
}

// What has one more; null: nothing has, or more than one.
function onlyRise(before, after) {
  const risen = OPTIONS.filter((option) => after[option] > before[option]);
  return risen.length === 1 ? risen[0] : null;
}

async function attackByWatching(world, target) {
  const before = await world.publish();
  await world.say(target, said[target]);
  return onlyRise(before, await world.publish());
}

async function attackWithAccomplices(world, target) {
  const before = await measureAll(world);
  await world.say(target, said[target]);
  return onlyRise(before, await measureAll(world));
}

// Live counts, each rounded by itself: rule 1, as it was.
function liveWorld() {
  const answers = new Map(said.slice(0, MEMBERS).map((option, member) => [member, option]));
  return {
    say: (member, option) => answers.set(member, option),
    publish() {
      const count = (option) => [...answers.values()].filter((one) => one === option).length;
      const counts = OPTIONS.map(count);
      if (answers.size < 10 || counts.includes(answers.size)) return Object.fromEntries(OPTIONS.map((option) => [option, null]));
      return Object.fromEntries(OPTIONS.map((option, i) => [option, Math.floor((counts[i] + Math.floor(B / 2)) / B) * B]));
    },
  };
}

test('where counts are live and rounded by themselves, watching finds answers, and four accomplices find every one', async () => {
  const watched = liveWorld();
  let found = 0;
  for (const target of TARGETS) {
    const guess = await attackByWatching(watched, target);
    if (guess !== null) assert.equal(guess, said[target]);
    found += guess !== null;
  }
  assert.ok(found > 0, 'none was at the edge of its window');
  const probed = liveWorld();
  for (const target of TARGETS) assert.equal(await attackWithAccomplices(probed, target), said[target]);
});

// The collector itself, with a release as often as anyone could wish.
let collector, members, agent;
const revisions = new Map();
before(async () => {
  const panel = examplePanel();
  panel.disclosure = { releaseInterval: 0 };
  collector = await ready('differencing', { panel, codes: said.length, env: { BURGERPANEL_MEMBER_REVISIONS: '1000' } });
  agent = keepAlive();
  members = await enrolAll(collector, agent);
  for (let member = 0; member < MEMBERS; member++) await say(member, said[member]);
  await collector.release(ROUND);
});
after(async () => {
  agent?.destroy();
  await collector?.stop();
});

async function say(member, option) {
  const revision = (revisions.get(member) ?? 0) + 1;
  revisions.set(member, revision);
  const answers = { importance: 1 + (member % 5), noticed: option, ...(option === 'yes' ? { satisfaction: 1 + (member % 3) } : {}) };
  const response = members[member].response(ROUND, ACTION, answers, { revision });
  assertAccepted(await post(collector.url, '/v1/responses', response, JOSE, { agent }));
}

const published = async () => Object.fromEntries(await Promise.all(TABLES.map(async (table) => [table, (await get(collector, tablePath(table))).text])));

async function told() {
  const rows = (await get(collector, tablePath('options'), undefined, { Accept: 'application/json' })).json();
  return Object.fromEntries(OPTIONS.map((option) => [option, rows.find((row) => row.action === ACTION && row.question === 'noticed' && row.option === option).count]));
}

test('polling after each commit, and two exports around one response, tell nothing', async () => {
  const first = await published();
  const exportTables = async (name) => {
    const folder = await collector.export(ROUND, name);
    return Object.fromEntries(TABLES.map((table) => [table, readFileSync(join(folder, `${table}.csv`), 'utf8')]));
  };
  assert.ok(Object.values(await told()).every((count) => count > 0), 'something is told to begin with');
  assert.deepEqual(await exportTables('before'), first);
  assert.equal(await attackByWatching({ say, publish: told }, TARGETS[0]), null);
  assert.deepEqual(await published(), first);
  assert.deepEqual(await exportTables('after'), first);
});

test('releases made at will, with four accomplices who answer as they like, tell nothing', async () => {
  const first = await published();
  let releases = 0;
  const world = {
    say,
    async publish() {
      releases++;
      assert.match(await collector.release(ROUND), /0 anew, 1 as before/);
      assert.deepEqual(await published(), first, `release ${releases + 1} tells something`);
      return told();
    },
  };
  assert.equal(await attackWithAccomplices(world, TARGETS[1]), null);
  assert.ok(releases > 20, `only ${releases} releases`);
});

test('once ten have answered otherwise, what they said is told together', async () => {
  const first = await published();
  for (let member = 10; member < 20; member++) await say(member, said[member] === 'yes' ? 'no' : 'yes');
  assert.match(await collector.release(ROUND), /1 anew, 0 as before/);
  assert.notDeepEqual(await published(), first);
});
