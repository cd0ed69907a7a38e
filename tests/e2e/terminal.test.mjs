// Goal: nothing that somebody else wrote moves the reader's terminal: no control character and no bidirectional override comes out
// of either program, from titles, ids, file names and a collector's answers, in words or as --json.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { examplePanel } from './lib/panel.mjs';
import { Collector, freshFolder, run } from './lib/programs.mjs';

const EVIL = '\u009b31m\u0085\u202egpj.\u2066\u2028';
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/u;
const isClean = (done, what) => {
  for (const text of [done.stdout, done.stderr])
    assert.ok(!hidden.test(text), `${what}: ${JSON.stringify(text.slice(0, 2000))}`);
};

// What a verb of the collector shows on a terminal: script(1) runs it on one, whose line ends are CR LF.
function onTerminal(...args) {
  const program = resolve(process.env.BURGERPANEL_BUILD ?? 'build', 'burgerpanel-collector');
  const command = [program, ...args, '--store', collector.store].map((word) => `'${word}'`).join(' ');
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const done = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8', env, timeout: 60_000 });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  return done;
}

let collector;
let folder;
before(async () => {
  folder = freshFolder('terminal');
  collector = new Collector(folder);
  const panel = examplePanel();
  panel.title.nl = `Panel ${EVIL}`;
  panel.rounds[0].title.nl = `Ronde ${EVIL}`;
  panel.questionnaires[0].questions[0].label.nl = `Vraag ${EVIL}`;
  await collector.importPanel(panel);
  writeFileSync(join(folder, 'actions.csv'), `id,title,track,lead,related,status\nA-1,"Titel ${EVIL}","${EVIL}","${EVIL}","${EVIL}",running\n`);
  await collector.importActions(join(folder, 'actions.csv'));
});
after(() => collector?.stop());

test('faults in files name ids, members and the files themselves without harm', async () => {
  const name = join(folder, `${EVIL}.json`);
  writeFileSync(name, JSON.stringify({ ...examplePanel(), [EVIL]: 1, id: EVIL }));
  const panel = await collector.run('panel', 'import', name);
  assert.equal(panel.code, 1);
  assert.match(panel.stderr, /does not belong here/);
  isClean(panel, 'panel import');
  writeFileSync(join(folder, 'again.csv'), `id,title,track,lead,related,status\n"${EVIL}",t,t,t,t,"${EVIL}"\n`);
  const actions = await collector.run('actions', 'import', join(folder, 'again.csv'));
  assert.equal(actions.code, 1);
  isClean(actions, 'actions import');
  for (const words of [[EVIL], ['members', 'revoke', EVIL], ['panel', 'show', `--${EVIL}`], ['panel', 'import', EVIL]])
    isClean(await collector.run(...words), words.join(' '));
});

test('what the collector lists is clean on a terminal and whole in a file', async () => {
  const show = await collector.succeed('panel', 'show');
  assert.equal(JSON.parse(show.stdout).title.nl, `Panel ${EVIL}`);
  assert.ok(hidden.test(show.stdout), 'byte for byte what was imported');
  const list = await collector.succeed('actions', 'list');
  assert.ok(list.stdout.includes(EVIL));
  const seen = onTerminal('panel', 'show');
  isClean(seen, 'panel show');
  assert.equal(JSON.parse(seen.stdout).title.nl, `Panel ${EVIL}`, 'escaped, it means the same');
  const listed = onTerminal('actions', 'list');
  assert.match(listed.stdout, /Titel \?31m/);
  isClean(listed, 'actions list');
});

test("the member's program shows a panel's titles without harm", async () => {
  const [code] = await collector.invitations(1);
  await collector.start();
  const home = join(folder, 'home');
  isClean(await run('burgerpanel', ['enrol', collector.url, code, '--home', home]), 'enrol');
  const list = await run('burgerpanel', ['actions', '--home', home]);
  assert.match(list.stdout, /Titel \?31m/);
  isClean(list, 'actions');
  const json = await run('burgerpanel', ['actions', '--json', '--home', home]);
  isClean(json, 'actions --json');
  assert.equal(JSON.parse(json.stdout)[0].title, `Titel ${EVIL}`);
  const respond = await run('burgerpanel', ['respond', 'A-1', 'importance=4', 'noticed=no', `comment=${EVIL}`, '--home', home]);
  assert.equal(respond.code, 0, respond.stderr);
  isClean(respond, 'respond');
  for (const args of [['answers', 'show'], ['answers', 'show', 'A-1'], ['answers', 'show', '--json'], ['receipts', 'list'], ['status']])
    isClean(await run('burgerpanel', [...args, '--home', home]), args.join(' '));
  for (const args of [['respond', EVIL], ['respond', 'A-1', '--round', EVIL], ['status', '--json'], [EVIL], ['batch', EVIL, EVIL]])
    isClean(await run('burgerpanel', [...args, '--home', home]), args.join(' '));
});

test("the member's program shows a collector's answers without harm", async () => {
  const answer = { type: `urn:burgerpanel:problem:${EVIL}`, title: EVIL, detail: EVIL, errors: [{ pointer: EVIL, detail: EVIL }] };
  const server = createServer((request, response) => {
    response.writeHead(400, { 'Content-Type': 'application/problem+json', ETag: '"x"' });
    response.end(JSON.stringify(answer));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const done = await run('burgerpanel', ['enrol', url, '0000000-0000000-0000000-00000', '--home', join(folder, 'nobody')]);
  assert.notEqual(done.code, 0);
  isClean(done, 'enrol');
  await new Promise((resolve) => server.close(resolve));
});
