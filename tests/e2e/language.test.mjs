// Goal: who reads Dutch reads Dutch: also where a library, the system or a reader of files says what is wrong; and one of a thing is not told as several.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { examplePanel } from './lib/panel.mjs';
import { fixtures, freshFolder, run } from './lib/programs.mjs';

const folder = freshFolder('language');
const store = `sqlite:${join(folder, 'store.db')}`;
const dutch = (...args) => run('burgerpanel-collector', [...args, '--store', store], { env: { LC_ALL: 'nl_NL.UTF-8' } });
const english = (...args) => run('burgerpanel-collector', [...args, '--store', store]);

const file = (name, text) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

before(async () => {
  assert.equal((await english('panel', 'import', join(fixtures, 'panel.json'))).code, 0);
  assert.equal((await english('actions', 'import', join(fixtures, 'actions.csv'))).code, 0);
});

test('what is wrong with a file is said in Dutch, the words of its reader too', async () => {
  const cases = [
    ['panel', file('cut.json', '{'), /byte 1: kan niet als JSON worden gelezen: naam van een lid verwacht/],
    ['panel', file('bom.json', '\ufeff{}'), /byte 0: .*: byte order mark; bewaar het bestand zonder/],
    ['panel', file('twice.json', '{"id":"a","id":"b"}'), /lid staat er twee keer/],
    ['actions', file('quote.csv', 'id,title,track,lead,related,status\na"b,c,,,,done\n'), /regel 2: .*: aanhalingsteken in een veld dat er niet mee begint/],
    ['actions', file('open.csv', 'id,title,track,lead,related,status\n"a,c,,,,done\n'), /aanhalingsteken dat nooit gesloten wordt/],
  ];
  for (const [noun, path, words] of cases) {
    const { code, stderr } = await dutch(noun, 'import', path);
    assert.equal(code, 1);
    assert.match(stderr, words);
    assert.match(stderr, /: 1 fout; niets is ingelezen\n$/);
  }
});

test("what the system and the store say is in Dutch too", async () => {
  assert.match((await dutch('panel', 'import', join(folder, 'nothing'))).stderr, /nothing kan niet gelezen worden: bestaat niet\n$/);
  assert.match((await dutch('panel', 'import', folder)).stderr, /kan niet gelezen worden: is een map\n$/);
  assert.match((await dutch('invitations', 'create', '1', '--out', join(folder, 'nothing', 'codes.csv'))).stderr, /bestaat niet; er zijn geen uitnodigingen gemaakt\n$/);
  const broken = join(folder, 'broken.db');
  writeFileSync(broken, 'no database at all, but long enough to be taken for one. '.repeat(20));
  const { stderr } = await run('burgerpanel-collector', ['actions', 'list', '--store', `sqlite:${broken}`], { env: { LC_ALL: 'nl_NL.UTF-8' } });
  assert.match(stderr, /dit bestand is geen opslag van burgerpanel; noem een ander met --store\n$/);
  const folderAsStore = await run('burgerpanel-collector', ['actions', 'list', '--store', `sqlite:${folder}`], { env: { LC_ALL: 'nl_NL.UTF-8' } });
  assert.match(folderAsStore.stderr, /: de opslag kan niet geopend worden\n$/);
});

test('one of a thing is told as one, in both languages', async () => {
  const wrong = examplePanel();
  wrong.id = 'A';
  assert.match((await english('panel', 'import', file('wrong.json', JSON.stringify(wrong)))).stderr, /: 1 fault; nothing was imported\n$/);
  wrong.rounds[0].id = 'A';
  assert.match((await english('panel', 'import', file('wrong.json', JSON.stringify(wrong)))).stderr, /: 2 faults; nothing was imported\n$/);
  const other = ['--store', `sqlite:${join(folder, 'one.db')}`];
  await run('burgerpanel-collector', ['panel', 'import', join(fixtures, 'panel.json'), ...other]);
  const alone = run('burgerpanel-collector', ['actions', 'import', file('one.csv', 'id,title,track,lead,related,status\nA.1,One,,,,done\n'), ...other]);
  assert.equal((await alone).stdout, '1 action: 1 added, 0 changed, 0 stopped\n');
  assert.match((await english('audit')).stderr, /3 entries, 0 invitations, 0 members, 0 current responses: all as the log says\n$/);
});

// Written after they were stored, codes that nobody could read were live.
test('codes that can not be written are not made, to a full disk or a closed pipe', async () => {
  const count = async () => (await english('invitations', 'list')).stdout;
  const before = await count();
  const collector = join(process.env.BURGERPANEL_BUILD ?? 'build', 'burgerpanel-collector');
  for (const sink of ['/dev/full', '&-']) {
    const done = spawnSync('sh', ['-c', `exec "$0" invitations create 3 --store "$1" >${sink}`, collector, store], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    assert.equal(done.status, 1, done.stderr);
    assert.match(done.stderr, /the codes can't be written: .*; no invitations were made\n/, sink);
    assert.equal(await count(), before);
  }
});

test('verbs that did something say what', async () => {
  const { stdout } = await english('invitations', 'create', '2');
  const [, first] = stdout.split('\r\n')[1].split(',');
  assert.match((await english('invitations', 'withdraw', first)).stderr, /^the invitation is withdrawn\nentry \d+\n$/);
  await english('tokens', 'create', 'office', '--role', 'analyst');
  assert.match((await english('tokens', 'revoke', 'office')).stderr, /^token 'office' is revoked\n$/);
  const out = join(folder, 'codes.csv');
  assert.match((await english('invitations', 'create', '1', '--out', out)).stderr, /^1 invitation written to .*codes\.csv\nentry \d+\n$/);
  assert.match((await dutch('invitations', 'create', '3', '--out', `${out}.more`)).stderr, /^3 uitnodigingen geschreven naar .*codes\.csv\.more\nregel \d+\n$/);
});
