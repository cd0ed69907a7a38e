// Goal: what became of an action, and when, is told from the lists that the log names: the list itself says only how it is now.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertProblem } from './lib/http.mjs';
import { Collector, freshFolder } from './lib/programs.mjs';
import { get } from './lib/reading.mjs';

const folder = freshFolder('action-history');
const imported = []; // the entries of the imports
let collector;

async function importList(...rows) {
  const path = join(folder, 'actions.csv');
  writeFileSync(path, ['id,title,track,lead,related,status', ...rows, ''].join('\n'));
  await collector.importActions(path);
  const answer = await get(collector, '/v1/actions');
  imported.push(Number(answer.headers['document-index']));
}

before(async () => {
  collector = new Collector(folder);
  await collector.importPanel();
  const path = join(folder, 'actions.csv');
  writeFileSync(path, 'id,title,track,lead,related,status\nA-1,Een loket,,VNG,,planned\nA-2,Twee,,,,running\n');
  await collector.importActions(path);
  await collector.start();
  imported.push(Number((await get(collector, '/v1/actions')).headers['document-index']));
});
after(() => collector?.stop());

const history = async (id) => (await get(collector, `/v1/actions/${id}/history`)).json();
const changes = async (id) => (await history(id)).map(({ index, changes: list }) => [index, ...list.map(({ field, from, to }) => `${field}: ${from} → ${to}`)]);

test('an action is told as it came into the list', async () => {
  assert.deepEqual(await changes('A-1'), [[imported[0], 'title: null → Een loket', 'track: null → ', 'lead: null → VNG', 'related: null → ', 'status: null → planned']]);
  const [{ at }] = await history('A-1');
  assert.ok(Math.abs(Date.parse(at) - Date.now()) < 120_000, at);
});

test('each import beside the running collector adds what it changed, and nothing where it changed nothing', async () => {
  const before = await get(collector, '/v1/actions/A-1/history');
  await importList('A-2,Twee,,,,running', 'A-1,Een loket,,VNG,,running'); // another order
  await importList('A-1,"Eén loket",,VNG,,done', 'A-2,Twee,,,,running');
  const told = await changes('A-1');
  assert.deepEqual(told.slice(1), [[imported[1], 'status: planned → running'], [imported[2], 'title: Een loket → Eén loket', 'status: running → done']]);
  assert.equal((await changes('A-2')).length, 1);
  const now = await get(collector, '/v1/actions/A-1/history', undefined, { 'If-None-Match': before.headers.etag });
  assert.equal(now.status, 200, 'another tag');
  assert.equal((await get(collector, '/v1/actions/A-1/history', undefined, { 'If-None-Match': now.headers.etag })).status, 304);
});

test('what a file leaves out is told as the list has it then, and what never was is not there', async () => {
  await importList('A-1,"Eén loket",,VNG,,done', 'A-3,Drie,,,,planned');
  const told = await changes('A-2');
  assert.equal(told.length, 2);
  assert.equal(told[1][0], imported[3]);
  assert.match(told[1].at(-1), /^status: running → (stopped|null)$/);
  assert.equal((await changes('A-3'))[0][0], imported[3]);
  assertProblem(await get(collector, '/v1/actions/A-9/history'), 404, 'not-found');
});
