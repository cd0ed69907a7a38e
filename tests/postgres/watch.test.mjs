// Goal: postgres-watch.sql tells whoever keeps the database what OPERATING says is to be watched, by a role that may do nothing else, and it tells the truth.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { poll } from '../e2e/lib/poll.mjs';
import { ready } from '../e2e/lib/programs.mjs';
import { enrolled, respond, sendUntilAnswered } from './lib/load.mjs';
import { dsnOf, primaryAndStandby } from './lib/servers.mjs';

const call = promisify(execFile);
const BATCHES = 5;

// Its lines: name and labels → number.
async function watch(server, schema) {
  const dsn = server.dsn.replace('user=postgres', 'user=watch');
  const { stdout } = await call('psql', [dsn, '-qXAt', '-v', 'ON_ERROR_STOP=1', '-v', `schema=${schema}`, '-f', 'packaging/postgres-watch.sql']);
  const lines = stdout.trim().split('\n').map((line) => line.match(/^(burgerpanel_database_[a-z_]+(?:\{[a-z]+="[-A-Za-z0-9_.]+"\})?) ([0-9.]+)$/));
  assert.ok(lines.every(Boolean), stdout);
  return Object.fromEntries(lines.map(([, name, number]) => [name.replace('burgerpanel_database_', ''), Number(number)]));
}

test('standbys and how far they are, the oldest snapshot, dead rows and the age of transactions', async (t) => {
  const [one, two] = await primaryAndStandby({ synchronous: true });
  process.env.KIT_STORE = dsnOf(one);
  const collector = await ready('watch', { codes: 1 });
  t.after(() => collector.process?.child.kill('SIGKILL'));
  await one.sql('CREATE ROLE watch LOGIN');
  await one.sql('GRANT pg_monitor TO watch');
  const now = () => watch(one, collector.schema);
  const [member] = await enrolled(collector, 1);
  for (let revision = 1; revision <= BATCHES; revision++) assert.equal((await sendUntilAnswered(collector, respond(member, revision))).status, 201);

  const dead = await poll('the counters that were replaced to be told', 30, async () => {
    const told = await now();
    return told['dead_rows{table="counts"}'] === BATCHES - 1 && told;
  });
  assert.equal(dead.synchronous_standbys, 1);
  assert.ok(dead['dead_rows{table="tile"}'] >= BATCHES);
  const age = Number(await one.sql("SELECT age(datfrozenxid) FROM pg_database WHERE datname = 'postgres'"));
  assert.ok(dead.transaction_age > BATCHES && dead.transaction_age <= age, `${dead.transaction_age} of ${age}`);
  await poll('the standby to have all', 20, async () => (await now())['standby_lag_bytes{standby="two"}'] === 0);

  await poll('no snapshot to be old', 20, async () => (await now()).oldest_snapshot_seconds === 0); // those of questions come and go
  const reader = execFile('psql', [one.dsn, '-qXAt']);
  reader.stdin.write('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class;\n');
  await poll('the snapshot to be seen', 20, async () => (await now()).oldest_snapshot_seconds > 0.5);
  reader.stdin.end();
  await poll('the snapshot to be gone', 20, async () => (await now()).oldest_snapshot_seconds === 0);

  process.kill(two.process('startup'), 'SIGSTOP'); // it takes what comes and shows nothing of it
  assert.equal((await sendUntilAnswered(collector, respond(member, BATCHES + 1))).status, 201);
  assert.ok((await now())['standby_lag_bytes{standby="two"}'] > 0);
  process.kill(two.process('startup'), 'SIGCONT');
  await two.stop();
  await poll('the standby to be gone', 20, async () => (await now()).synchronous_standbys === 0);
  await collector.stop();
  two.remove();
  one.remove();
});
