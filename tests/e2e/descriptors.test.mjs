// Goal: a program that is started with its standard input, output or error closed, as by a careless script, fails where it would use them, and
// never takes a file of its own for one: what it says goes into none.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ACTION } from './lib/panel.mjs';
import { build, freshFolder, ready, succeed } from './lib/programs.mjs';

let collector, folder, home;
before(async () => {
  collector = await ready('descriptors', { codes: 1 });
  folder = freshFolder('descriptors-home');
  home = join(folder, 'home');
  await succeed('burgerpanel', ['enrol', collector.url, collector.codes[0], '--home', home]);
});
after(() => collector?.stop());

// Runs with that of the shell's redirections; what was open it gives.
function closed(redirections, program, ...words) {
  const script = `"$@" ${redirections}`;
  return spawnSync('sh', ['-c', script, 'sh', join(build, program), ...words], { encoding: 'utf8', timeout: 60_000 });
}

const held = () => readdirSync(home, { recursive: true }).map((name) => join(home, name)).filter((path) => statSync(path).isFile());

for (const redirections of ['>&-', '2>&-', '<&-', '<&- >&-', '>&- 2>&-', '<&- >&- 2>&-'])
  test(`${redirections}: a member's folder holds what it held, and what was signed`, async () => {
    const shown = closed(redirections, 'burgerpanel', 'actions', '--home', home);
    assert.equal(shown.status, redirections.includes(' >&-') || redirections.startsWith('>&-') ? 1 : 0, 'data that nobody gets is a failure');
    assert.equal(closed(redirections, 'burgerpanel', 'respond', ACTION, 'importance=4', 'noticed=no', '--home', home).status, 0);
    assert.equal(statSync(join(home, 'lock')).size, 0, readFileSync(join(home, 'lock'), 'utf8'));
    for (const path of held()) assert.doesNotMatch(readFileSync(path, 'utf8'), /accepted, entry|open until/, path);
    await succeed('burgerpanel', ['receipts', 'verify', '--home', home]);
  });

test('a sender of webhooks keeps its key', async () => {
  const hooks = join(folder, 'hooks');
  assert.equal(closed('>&- 2>&-', 'burgerpanel-collector', 'hooks', 'key', hooks).status, 1);
  assert.equal(statSync(join(hooks, 'key')).size, 44);
  assert.match((await succeed('burgerpanel-collector', ['hooks', 'key', hooks])).stdout, /^whpk_/);
});
