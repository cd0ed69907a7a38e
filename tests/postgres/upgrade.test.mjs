// Goal: a schema that somebody else has brought up to a version that a collector does not know stops that collector, which says why, and nothing else:
// what was acknowledged stays, and it goes on by itself where the version is one that it knows. Whatever opens such a store is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertProblem, request } from '../e2e/lib/http.mjs';
import { poll } from '../e2e/lib/poll.mjs';
import { assertFailed, ready } from '../e2e/lib/programs.mjs';
import { sql } from '../e2e/lib/store.mjs';
import { enrolled, Load, respond, send, sendUntilAnswered } from './lib/load.mjs';

const VERSION = 1; // that this program makes
const setVersion = (collector, version) => sql(collector, `UPDATE head SET version = ${version}`);

test('a schema that has become newer beside a collector, at rest and while it writes', async (t) => {
  const collector = await ready('postgres-upgrade', { codes: 1 });
  t.after(() => collector.process?.child.kill('SIGKILL'));
  const [member] = await enrolled(collector, 1);
  const load = new Load(collector, [member]);
  assert.match((await collector.succeed('store', 'upgrade')).stderr, /is up to date: version 1\n$/);

  await setVersion(collector, VERSION + 1);
  await poll('one at rest to see it', 20, async () => (await request(collector.url, '/healthz')).status === 503);
  assertProblem(await send(collector, respond(member, 1)), 503, 'unavailable');
  await poll('it to say why', 20, () => /error store: can't be opened again: .*made by a newer burgerpanel/.test(collector.process.stderr));
  for (const verb of [['store', 'upgrade'], ['tokens', 'list'], ['audit'], ['serve', '--check']])
    assertFailed(await collector.run(...verb), /made by a newer burgerpanel; use that version or a newer one/);

  await setVersion(collector, VERSION);
  const jws = respond(member, 1);
  load.note(await sendUntilAnswered(collector, jws), jws);
  load.members[0].revision = 1;
  load.begin();
  await load.more(5);
  await setVersion(collector, VERSION + 1);
  await poll('one that writes to see it', 20, async () => (await request(collector.url, '/healthz')).status === 503);
  await setVersion(collector, VERSION);
  await load.more(5);
  await load.end();
  await collector.stop();
  await load.assertKept();
});
