// Goal: whatever message the connection to the database breaks at while a response is committed, the response is there once or not at all, its
// member is told nothing that is not so, and the same bytes sent again say which: 200 where it was kept, 201 where it was not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem, NDJSON, post } from '../e2e/lib/http.mjs';
import { metricsOf, valueOf } from '../e2e/lib/openmetrics.mjs';
import { ready } from '../e2e/lib/programs.mjs';
import { sql } from '../e2e/lib/store.mjs';
import { CUTS, Cutter } from './lib/cutter.mjs';
import { enrolled, Load, respond, send, sendUntilAnswered } from './lib/load.mjs';

const ACTIONS = [1, 2, 3, 4, 5, 6].map((number) => `WA-1.0${number}`); // a batch has one response to each
const KEPT = { 'before COMMIT is passed on': 201 }; // and 200 by all others
let collector, cutter, member, load;
let revision = 0;

before(async () => {
  collector = await ready('postgres-cuts', { codes: 1 });
  [member] = await enrolled(collector, 1);
  load = new Load(collector, [member]);
  await collector.stop();
  cutter = new Cutter(new URL(process.env.KIT_STORE.replace('///', '//x/')).searchParams.get('host'));
  collector.where[1] = `${await cutter.start()}&options=-csearch_path%3D${collector.schema}`;
  await collector.start(undefined, { env: { BURGERPANEL_METRICS_LISTEN: '0' } });
});
after(async () => {
  await collector?.stop();
  cutter?.stop();
});

const timesKept = async (jws) => Number(await sql(collector, `SELECT count(*) FROM entry WHERE jws = '${jws}'`));

for (const [name, cut] of Object.entries(CUTS)) {
  test(`cut ${name}: one response`, async () => {
    const jws = respond(member, ++revision);
    const isCut = cutter.arm(cut);
    assertProblem(await send(collector, jws), 503, 'unavailable');
    await isCut;
    const status = KEPT[name] ?? 200;
    assert.equal(await timesKept(jws), status === 200 ? 1 : 0);
    const answer = await sendUntilAnswered(collector, jws);
    assert.equal(answer.status, status, answer.text);
    load.note(answer, jws);
    assert.equal(await timesKept(jws), 1);
  });

  test(`cut ${name}: a batch`, async () => {
    revision++;
    const texts = ACTIONS.map((action) => respond(member, revision, action));
    const lines = texts.map((jws) => `${JSON.stringify(jws)}\n`).join('');
    const isCut = cutter.arm(cut);
    assertProblem(await post(collector.url, '/v1/response-batches', lines, NDJSON), 503, 'unavailable');
    await isCut;
    for (const jws of texts) {
      const answer = await sendUntilAnswered(collector, jws);
      assert.equal(answer.status, KEPT[name] ?? 200, answer.text);
      load.note(answer, jws);
    }
  });
}

test('each was counted as one whose outcome is not known, after which the store was opened again', async () => {
  const metrics = await metricsOf(collector);
  for (const family of ['failed_commits', 'store_reopenings']) assert.equal(valueOf(metrics, `burgerpanel_${family}`), 2 * Object.keys(CUTS).length, family);
});

test('of all that was acknowledged nothing is lost and nothing is there twice', async () => {
  await collector.stop();
  assert.equal(load.count, Object.keys(CUTS).length * (ACTIONS.length + 1));
  await load.assertKept();
});
