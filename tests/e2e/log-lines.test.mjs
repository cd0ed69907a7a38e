// Goal: who asks too much is told so each time, and whoever reads the collector's log only once: nobody fills it from outside.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { request } from './lib/http.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { bearer, makeToken } from './lib/reading.mjs';

const AT_ONCE = 120; // beyond all that may wait or be on their way
const TURNED_AWAY = 300;

for (const table of ['options', 'options/metadata'])
  test(`of all who are turned away from ${table} the log has one line a minute at most`, async (t) => {
    const begun = Date.now();
    const collector = await ready(`log-lines-${table.replace('/', '-')}`);
    t.after(() => collector.stop());
    const headers = bearer(await makeToken(collector, 'analyst-1', 'analyst', '--exact'));
    const path = `/v1/rounds/${ROUND}/${table}?exact=true`;
    const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
    t.after(() => agent.destroy());
    await poll('the token to be known', 5, async () => (await request(collector.url, path, { headers })).status === 200);
    let turnedAway = 0;
    await poll('enough to be turned away', 30, async () => {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => request(collector.url, path, { headers, agent })));
      for (const { status } of answers) assert.ok([200, 503].includes(status), status);
      turnedAway += answers.filter(({ status }) => status === 503).length;
      return turnedAway >= TURNED_AWAY;
    });
    await poll('one to be made again', 5, async () => (await request(collector.url, path, { headers })).status === 200);
    const lines = collector.process.stderr.split('\n').filter((line) => /^\S+ \w+ (tables|metadata): /.test(line));
    assert.ok(lines.some((line) => / warning (tables|metadata): /.test(line)), collector.process.stderr);
    assert.ok(lines.length <= 2 + Math.floor((Date.now() - begun) / 60_000) * 2, lines.join('\n'));
  });
