// Goal: what an import takes but its office should know of is told with its place: names that lead nowhere, ids that a spreadsheet changes, answers that
// can't be sent together. In the language of the office, and the import is done all the same.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { examplePanel } from './lib/panel.mjs';
import { assertFailed, freshFolder, run } from './lib/programs.mjs';

const ACTIONS = 'id,title,track,lead,related,status\n';

// A collector without anything in it, and a way to import what a test makes.
function empty(name) {
  const folder = freshFolder(`warnings-${name}`);
  const importing = async (noun, text, options) => {
    const file = join(folder, noun === 'panel' ? 'panel.json' : 'actions.csv');
    writeFileSync(file, text);
    const done = await run('burgerpanel-collector', [noun, 'import', file, '--store', `sqlite:${join(folder, 'store.db')}`], options);
    assert.equal(done.code, 0, done.stderr);
    return done.stderr.split('\n').filter((line) => line.startsWith(file)).map((line) => line.slice(file.length));
  };
  importing.folder = folder;
  importing.store = `sqlite:${join(folder, 'store.db')}`;
  return importing;
}

const panelNaming = (...ids) => {
  const panel = examplePanel();
  panel.rounds[0].actions = ids;
  return JSON.stringify(panel);
};

test('references to nothing: both imports say which actions a round names and the list lacks', async () => {
  const importing = empty('references');
  const missing = (ids) => [`: warning: /rounds/0/actions: round 'round-1' names what is not on the action list: ${ids}`];
  assert.deepEqual(await importing('panel', panelNaming('A.1', 'A.2')), missing('A.1, A.2'));
  assert.deepEqual(await importing('actions', `${ACTIONS}A.1,One,,,,running\n`), missing('A.2'));
  assert.deepEqual(await importing('actions', `${ACTIONS}A.1,One,,,,running\nA.2,Two,,,,running\n`), []);
  assert.deepEqual(await importing('panel', panelNaming('A.1', 'A.2', 'A.3')), missing('A.3'));
  // A.2 stays in the store, stopped; the office is told that its new list has left it out.
  assert.deepEqual(await importing('actions', `${ACTIONS}A.1,One,,,,running\nA.3,Three,,,,running\n`), missing('A.2'));
});

test('references to nothing: serve --check says them too', async () => {
  const importing = empty('check');
  await importing('panel', panelNaming('A.1', 'A.2'));
  await importing('actions', `${ACTIONS}A.1,One,,,,running\n`);
  const check = () => run('burgerpanel-collector', ['serve', '--check', '--store', importing.store]);
  const { code, stderr } = await check();
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "warning: /rounds/0/actions: round 'round-1' names what is not on the action list: A.2\n");
  await importing('actions', `${ACTIONS}A.1,One,,,,running\nA.2,Two,,,,running\n`);
  assert.equal((await check()).stderr, '');
});

test('an action list makes no store: that may be a forgotten --config', async () => {
  const importing = empty('list-first');
  const list = join(importing.folder, 'list.csv');
  writeFileSync(list, `${ACTIONS}A.1,One,,,,running\n`);
  assertFailed(await run('burgerpanel-collector', ['actions', 'import', list, '--store', importing.store]), /store\.db/);
  assert.deepEqual(readdirSync(importing.folder), ['list.csv']);
});

test('ids that a spreadsheet changes are named at import', async () => {
  const importing = empty('spreadsheets');
  await importing('panel', JSON.stringify(examplePanel()));
  const told = await importing('actions', `${ACTIONS}007,One,,,,running\n1E5,Two,,,,running\n3-4,Three,,,,running\nWA-1.01,Four,,,,running\n`);
  assert.deepEqual(told.map((line) => line.match(/^: warning: (\S+): a spreadsheet takes /)?.[1]), ['007', '1E5', '3-4']);
  const panel = examplePanel();
  panel.rounds[0].id = '2026-1';
  const [round] = await importing('panel', JSON.stringify(panel));
  assert.match(round, /^: warning: \/rounds\/0\/id: a spreadsheet takes '2026-1'/);
});

test('a questionnaire whose longest answers do not fit into one response is told', async () => {
  const importing = empty('length');
  const panel = examplePanel();
  const texts = Array.from({ length: 8 }, (_, i) => ({ id: `text_${i}`, type: 'text', required: false, maxLength: 4000, label: { nl: 'Tekst' } }));
  panel.questionnaires[0].questions.push(...texts);
  const [long] = await importing('panel', JSON.stringify(panel));
  assert.match(long, /^: warning: \/questionnaires\/0: the longest answers to 'standard-1' take \d+ bytes or more together, and a response holds \d+:/);
});

test('warnings are in Dutch for a Dutch office', async () => {
  const importing = empty('dutch');
  const [told] = await importing('panel', panelNaming('A.1'), { env: { LC_ALL: 'nl_NL.UTF-8' } });
  assert.equal(told, ": waarschuwing: /rounds/0/actions: ronde 'round-1' noemt wat niet op de actielijst staat: A.1");
});
