// Goal: who only wants to look around gets both pages with three rounds in them by one command, with links to take part and to log in, and what is
// shown stands up to an audit.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { request } from './lib/http.mjs';
import { poll } from './lib/poll.mjs';
import { freePort } from './lib/ports.mjs';
import { build, freshFolder, succeed } from './lib/programs.mjs';

const ROUNDS = ['voorjaar-2026', 'zomer-2026', 'najaar-2026'];

test('the example has three rounds, says where to look, and ends with Ctrl-C', async (t) => {
  const folder = freshFolder('example');
  const site = `http://127.0.0.1:${await freePort()}`;
  const env = { ...process.env, BUILD: build, PORT: site.split(':')[2] };
  const serving = spawn('fixtures/example/serve.sh', [folder], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [serving.stdout, serving.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = new Promise((done) => serving.on('close', (code) => done(code ?? -1)));
  t.after(() => serving.kill('SIGKILL'));
  await poll('the example to be served', 300, () => {
    assert.equal(serving.exitCode, null, said);
    return said.includes(`listening on ${site}`);
  });
  assert.equal(said.match(new RegExp(`${site}/#uitnodiging=[0-9A-Z-]{29}`, 'g')).length, 2);
  for (const path of ['/', '/dashboard']) assert.equal((await request(site, path)).status, 200);
  const trends = parseTable((await request(site, '/v1/trends?question=importance')).text);
  for (const round of ROUNDS)
    assert.ok(trends.filter((row) => row.round === round && row.disclosure === 'ok').length >= 20, `${round} has figures`);
  const open = (await request(site, '/v1/rounds')).json().rounds.filter((round) => round.open).map((round) => round.id);
  assert.deepEqual(open, [ROUNDS[2]]);
  const [analyst, team] = said.match(/bp_\S+/g);
  const rights = async (token) => (await request(site, '/v1/token', { headers: { Authorization: `Bearer ${token}` } })).json();
  assert.deepEqual([(await rights(analyst)).exact, (await rights(team)).publish], [true, true]);
  serving.kill('SIGINT');
  assert.equal(await ended, 0, said);
  await succeed('burgerpanel-collector', ['audit', '--store', `sqlite:${folder}/burgerpanel.db`]);
});
