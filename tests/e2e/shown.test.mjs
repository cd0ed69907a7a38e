// Goal: who audits a collector over HTTP also learns whether what it shows to anyone, questions, actions and follow-ups, is what its log has: here
// through a hand that changes it on the way, while the log stays as it is.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ACTION, examplePanel, ROUND } from './lib/panel.mjs';
import { ready, run } from './lib/programs.mjs';
import { Proxy, withText } from './lib/proxy.mjs';

let collector, proxy, token;
const published = [];

const publish = async (text, ...more) => {
  const path = join(collector.folder, 'text.txt');
  writeFileSync(path, text);
  const { stderr } = await collector.succeed('follow-ups', 'publish', ACTION, '--status', 'doing', '--text', path, ...more);
  published.push(Number(stderr.match(/entry (\d+)/)[1]));
};

before(async () => {
  collector = await ready('shown', {});
  await collector.stop();
  token = join(collector.folder, 'token');
  writeFileSync(token, (await collector.succeed('tokens', 'create', 'auditor', '--role', 'auditor')).stdout);
  await collector.start();
  await publish('In mei.', '--round', ROUND);
  await publish('In juni.', '--replaces', published[0]);
  proxy = new Proxy(collector);
  await proxy.start();
});
after(async () => {
  await proxy?.stop();
  await collector?.stop();
});

const audit = () => run('burgerpanel-collector', ['audit', '--url', proxy.url, '--token-file', token]);

test('what is shown as the log has it passes, also where it is shown a moment late', async () => {
  const done = await audit();
  assert.equal(done.code, 0, done.stdout + done.stderr);
  let asked = 0;
  proxy.change = (path, answer) => (path === '/v1/actions' && asked++ < 3 ? withText(answer, answer.text.replace('"title":"', '"title":"Old ')) : undefined);
  const late = await audit();
  proxy.change = undefined;
  assert.equal(late.code, 0, late.stdout + late.stderr);
  assert.ok(asked > 3);
});

test('what is imported while it looks is no finding', async () => {
  let imported;
  proxy.change = (path) => {
    if (path === '/v1/follow-ups') return undefined;
    if (path.startsWith('/v1/entries') && !imported) imported = collector.importPanel({ ...examplePanel(), title: { nl: 'Anders' } });
    return undefined;
  };
  const done = await audit();
  proxy.change = undefined;
  await imported;
  assert.equal(done.code, 0, done.stdout + done.stderr);
});

for (const [what, path, from, to, found] of [
  ['a question', '/v1/panel', '"label":{"nl":"', '"label":{"nl":"Niet ', /^panel definition: the one that is shown is not the one that the log put in force$/m],
  ['an action', '/v1/actions', '"title":"', '"title":"Niet ', /^action list: the one that is shown is not the one that the log put in force$/m],
  ['a follow-up', '/v1/follow-ups', 'In mei.', 'In 2031.', () => `entry ${published[0]}: the follow-up that is shown as its is not what the log has`],
  ['what a follow-up stands in for', '/v1/follow-ups', /"replaces":\d+/, '"replaces":null', () => `entry ${published[1]}: the follow-up that is shown as its is not what the log has`],
  ['a follow-up less', '/v1/follow-ups', /^\[.*?\},/, '[', () => `entry ${published[0]}: the follow-up that it publishes is not shown`],
]) {
  test(`${what} that is shown otherwise is found`, async () => {
    let changed = 0;
    proxy.change = (at, answer) => {
      if (at !== path) return undefined;
      const text = answer.text.replace(from, to);
      changed += text !== answer.text;
      return withText(answer, text);
    };
    const done = await audit();
    proxy.change = undefined;
    assert.ok(changed > 0);
    assert.equal(done.code, 1, done.stdout + done.stderr);
    if (found instanceof RegExp) assert.match(done.stdout, found);
    else assert.ok(done.stdout.split('\n').includes(found()), done.stdout);
  });
}
