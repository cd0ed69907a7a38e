// Goal: the office's mail merge gets a link beside each code that brings a member to the page with the code filled in, and the same file still serves the desk.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { ready, run, succeed } from './lib/programs.mjs';

let collector;
before(async () => {
  collector = await ready('letters');
});
after(() => collector?.stop());

test('each code has its link, at the address that was named and behind a #', async () => {
  for (const [typed, site] of [['https://panel.example.nl', 'https://panel.example.nl'], ['HTTPS://Panel.example.nl/', 'https://panel.example.nl'], ['http://127.0.0.1:8080', 'http://127.0.0.1:8080']]) {
    const { stdout } = await collector.succeed('invitations', 'create', 2, '--url', typed);
    const rows = parseTable(stdout);
    assert.equal(rows.length, 2);
    for (const row of rows) {
      assert.deepEqual(Object.keys(row), ['member', 'code', 'link']);
      assert.equal(row.link, `${site}/#uitnodiging=${row.code}`);
    }
  }
  assert.deepEqual(Object.keys(parseTable((await collector.succeed('invitations', 'create', 1)).stdout)[0]), ['member', 'code']);
});

test('an address that no link can begin with is refused, and no code is made', async () => {
  for (const url of ['panel.example.nl', 'ftp://panel.example.nl', 'https://panel.example.nl/#x', 'https://']) {
    const done = await collector.run('invitations', 'create', 1, '--url', url);
    assert.equal(done.code, 2, `${url}: ${done.stdout}${done.stderr}`);
    assert.equal(done.stdout, '');
  }
  const exposed = await collector.run('invitations', 'create', 1, '--url', 'http://panel.example.nl');
  assert.match(exposed.stderr, /these links are http/);
});

test('the file with links is one that batch takes', async () => {
  const file = join(collector.folder, 'invitations.csv');
  await collector.succeed('invitations', 'create', 1, '--url', 'https://panel.example.nl', '--out', file);
  const [{ member }] = parseTable(readFileSync(file, 'utf8'));
  const responses = join(collector.folder, 'responses.csv');
  writeFileSync(responses, `member,action,importance,noticed\n${member},WA-1.01,4,no\n`);
  const words = ['batch', collector.url, '--invitations', file, '--responses', responses, '--homes', join(collector.folder, 'homes')];
  const done = await run('burgerpanel', words);
  assert.equal(done.code, 0, done.stderr);
  await succeed('burgerpanel', words);
});
