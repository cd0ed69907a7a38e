// Goal: no answer is lost between a person and the log, and none counts twice: without a connection, when an answer of the collector is lost, in two tabs, when
// the collector is started again or renewed while a page is open, and on a device whose clock is wrong.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { request } from './lib/http.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { Proxy } from './lib/proxy.mjs';
import { PublicLog } from './lib/public-log.mjs';

let collector, log;
const people = new People('offline');
before(async () => {
  collector = await ready('web-offline', { codes: 14 });
  log = new PublicLog(() => collector.url);
  await log.key();
  const { stdout } = await collector.succeed('tokens', 'create', 'auditor', '--role', 'auditor');
  collector.token = stdout.match(/bp_\S+/)[0];
});
after(async () => {
  await people.end();
  log?.close();
  await collector?.stop();
});

// A person behind a proxy of their own, that may be told to lie or to be silent.
async function behind(context, code, options) {
  const proxy = new Proxy(collector);
  await proxy.start();
  context.after(() => proxy.stop());
  const one = await people.meet(context, proxy.url, options);
  if (code) await one.joined(code);
  return { one, proxy };
}

const isResponse = (path) => path === '/v1/responses';
const countOf = (proxy) => proxy.paths.filter(({ path }) => isResponse(path)).length;
const responsesIn = async (one) => {
  const { member } = await one.kept();
  const all = (await log.entries(collector.token)).map((jws) => jws.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url'))));
  return all.filter(([{ kid, typ }]) => kid === member.kid && typ === 'panel-response+jws').map(([, claims]) => claims);
};

test('without a connection the page starts, an answer waits, says so, and goes by itself when there is one', async (context) => {
  const { one } = await behind(context, collector.codes[0]);
  await one.isKept();
  await one.offline(true);
  await one.reload();
  await one.page(t.listTitle);
  await one.find('#offline', t.offline);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer(t.waitTitle);
  await one.picture('offline-waits');
  assert.equal((await responsesIn(one)).length, 0);
  await one.click('a', t.actions);
  await one.find('.badge', t.isWaiting);
  await one.click('a', t.mine);
  await one.find('.badge', t.isWaiting);
  await one.offline(false);
  const { index, jws, receipt } = await one.settled('sent');
  assert.equal(log.receipt(receipt, jws).index, index);
  await one.visit('#/mijn');
  await one.find('.badge', t.isAnswered);
  assert.equal((await responsesIn(one)).length, 1);
});

test('when the collector’s answer is lost after the commit, the very same text goes again and counts once', async (context) => {
  const { one, proxy } = await behind(context, collector.codes[1]);
  let cut = 0;
  proxy.change = (path) => {
    if (isResponse(path) && cut++ < 2) throw new Error('cut off');
  };
  await one.toAction();
  await one.fillIn();
  await one.click('form button[type=submit]');
  const { revision } = await one.settled('sent');
  assert.equal(revision, 1);
  assert.ok(countOf(proxy) >= 3, 'it was sent again');
  await one.page(t.thanksTitle);
  assert.deepEqual((await responsesIn(one)).map((claims) => claims.revision), [1]);
});

test('an enrolment whose answer is lost is taken up again, with the same key', async (context) => {
  const { one, proxy } = await behind(context);
  proxy.change = (path) => {
    if (path === '/v1/members') throw new Error('cut off');
  };
  await one.visit(`#uitnodiging=${collector.codes[2]}`);
  await one.page(t.welcomeTitle);
  await one.push(t.join);
  await one.page(t.consentTitle);
  await one.push(t.agree);
  await one.find('.notice', t.joinLater);
  const { pending } = await one.kept();
  proxy.change = undefined;
  await one.visit(`#uitnodiging=${collector.codes[2]}`);
  await one.page(t.welcomeTitle);
  await one.push(t.join);
  await one.page(t.consentTitle);
  await one.push(t.agree);
  await one.page(t.keepTitle);
  assert.equal((await one.kept()).member.kid, pending.key.kid);
});

test('two tabs: one sends at a time, each shows what the other did, and revisions follow each other', async (context) => {
  const { one } = await behind(context, collector.codes[3]);
  const first = await one.tab();
  await one.toAction();
  await one.fillIn();
  await one.newTab();
  await one.visit();
  await one.page(t.listTitle);
  await one.toAction();
  await one.fillIn();
  await one.choose('importance');
  await one.sendAnswer();
  await one.switchTo(first);
  await one.sendAnswer();
  const claims = await responsesIn(one);
  assert.deepEqual(claims.map(({ revision, answers }) => [revision, answers.importance]), [[1, 1], [2, 4]]);
});

test('a new release while a page is open: the page goes on with its own files, or asks to be loaded again; nothing is mixed', async (context) => {
  const { one, proxy } = await behind(context, collector.codes[4]);
  await one.isKept();
  // From here on the collector serves another release: one module is another.
  const { status, headers, text } = await request(collector.url, '/web/js/citizen/mine.js');
  const renewed = { status, headers: { ...headers, etag: '"renewed"' }, bytes: Buffer.from(`${text}\n// renewed\n`) };
  proxy.change = (path) => (path === '/web/js/citizen/mine.js' ? renewed : undefined);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  await one.click('a', t.mine);
  await one.page(t.mine);
  // Where nothing is kept, the module of the other release is refused by the page that names its hash, and the person is told what to do.
  await one.run(async () => {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  });
  await one.visit('#/acties');
  await one.page(t.listTitle);
  await one.click('a', t.mine);
  await one.page(t.newTitle);
  await one.find('button', t.again);
  assert.equal((await one.kept()).responses.length, 1, 'nothing is lost by it');
});

const sha256 = (bytes) => `sha256-${createHash('sha256').update(bytes).digest('base64')}`;

// The collector's answers, as of a release in which one module is another: that module, and the page that names its hash and is named by its policy.
async function renewedDashboard(path) {
  const [page, module] = await Promise.all(['/dashboard', path].map((each) => request(collector.url, each)));
  const [, map] = page.text.match(/<script type="importmap">(.*?)<\/script>/);
  const bytes = Buffer.from(`${module.text}\n// renewed\n`);
  const renewed = map.replace(sha256(module.bytes), sha256(bytes));
  assert.notEqual(renewed, map);
  const policy = page.headers['content-security-policy'].replace(sha256(map), sha256(renewed));
  const answers = {
    '/dashboard': { ...page, headers: { ...page.headers, 'content-security-policy': policy, etag: '"renewed"' }, bytes: Buffer.from(page.text.replace(map, renewed)) },
    [path]: { ...module, headers: { ...module.headers, etag: '"renewed"' }, bytes },
  };
  return (asked) => answers[asked];
}

test('the dashboard is of the newest release, also where the citizen page of an older one is kept', async (context) => {
  const { one, proxy } = await behind(context);
  await one.page(t.welcomeTitle);
  await one.isKept();
  proxy.change = await renewedDashboard('/web/js/dom.js');
  await one.go(`${one.site}/dashboard`);
  await one.find('main h1[tabindex="-1"]');
  assert.deepEqual(await one.run(async () => (await (await fetch('/web/js/dom.js')).text()).endsWith('// renewed\n')), true);
  await one.visit();
  await one.page(t.welcomeTitle);
  await one.assertQuiet();
});

// The text of a page is of the settings too, which no release tells.
test('whom to call is what the office says now, at the second look at the latest', async (context) => {
  const { one, proxy } = await behind(context);
  await one.page(t.welcomeTitle);
  await one.isKept();
  const page = await request(collector.url, '/privacy');
  const later = { ...page, headers: { ...page.headers, etag: '"later"' }, bytes: Buffer.from(page.text.replace('</main>', '<p>0800 9999</p></main>')) };
  proxy.change = (path) => (path === '/privacy' ? later : undefined);
  await poll('the new text', 20, async () => {
    await one.go(`${one.site}/privacy`);
    return one.run(() => document.body.textContent.includes('0800 9999'));
  });
});

const cutOff = () => {
  throw new Error('cut off');
};

test('a page of somebody else, answered 200 in the place of ours, is not kept', async (context) => {
  const { one, proxy } = await behind(context, collector.codes[12]);
  await one.isKept();
  const stranger = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, bytes: Buffer.from('<!doctype html><title>Onderhoud</title><h1>Onderhoud</h1>') };
  proxy.change = () => stranger;
  const renewals = () => proxy.paths.filter(({ path }) => path === '/').length;
  for (let looks = 0; looks < 3; looks++) {
    const before = renewals();
    await one.visit('#/acties');
    await one.page(t.listTitle);
    await poll('the worker to have asked for the page anew', 20, () => renewals() > before);
  }
  proxy.change = cutOff;
  await one.visit('#/acties');
  await one.page(t.listTitle);
});

test('a collector that is started again takes what waited', async (context) => {
  const { one, proxy } = await behind(context, collector.codes[5]);
  await one.toAction();
  await one.fillIn();
  await collector.stop();
  await one.sendAnswer(t.waitTitle);
  await collector.start();
  const { revision } = await one.settled('sent');
  assert.equal(revision, 1);
  await one.page(t.thanksTitle);
  assert.ok(countOf(proxy) >= 2);
});

const clockOff = (seconds) => `{
  const real = Date;
  const shift = ${seconds} * 1000;
  globalThis.Date = class extends real {
    constructor(...args) { super(...(args.length === 0 ? [real.now() + shift] : args)); }
    static now() { return real.now() + shift; }
  };
}`;

for (const [words, seconds] of [['ahead', 600], ['behind', -600]])
  test(`a device whose clock is ten minutes ${words} enrols and answers`, async (context) => {
    const { one } = await behind(context, undefined, { apart: true });
    await one.before(clockOff(seconds));
    await one.joined(collector.codes[words === 'ahead' ? 6 : 7]);
    await one.toAction();
    await one.fillIn();
    await one.sendAnswer();
    const [{ iat }] = await responsesIn(one);
    assert.ok(Math.abs(iat - Date.now() / 1000) < 120, 'signed by the collector’s clock');
  });

test('an answer that was signed before the clock was known is signed anew, once, and counts once', async (context) => {
  const { one } = await behind(context, collector.codes[8]);
  await one.isKept();
  await one.offline(true);
  await one.run(async (ahead) => {
    const { clock } = await import('/web/js/collector.js');
    clock.ahead = ahead;
  }, 4000);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer(t.waitTitle);
  await one.offline(false);
  const { revision, signedAt } = await one.settled('sent');
  assert.equal(revision, 1);
  assert.ok(Math.abs(signedAt - Date.now() / 1000) < 120);
  assert.equal((await responsesIn(one)).length, 1);
});

test('when the questions are others than were shown, they are shown again with what was given', async (context) => {
  const { one, proxy } = await behind(context, collector.codes[10]);
  const problem = { type: 'urn:burgerpanel:problem:stale-context', title: 'x', status: 409, detail: 'x' };
  proxy.change = (path, answer) =>
    isResponse(path) ? { status: 409, headers: { ...answer.headers, 'content-type': 'application/problem+json' }, bytes: Buffer.from(JSON.stringify(problem)) } : undefined;
  await one.toAction();
  await one.choose('importance', 2);
  await one.choose('noticed', 1);
  await one.sendAnswer(t.changedTitle);
  assert.ok(proxy.paths.some(({ path }, i) => path === '/v1/panel' && proxy.paths.findIndex((each) => isResponse(each.path)) < i), 'the panel is fetched again');
  proxy.change = undefined;
  await one.push(t.answerAgain);
  await one.find('form .question');
  assert.equal(await (await one.find('#q-importance-2')).property('checked'), true);
  await one.sendAnswer();
  assert.equal((await one.settled('sent')).revision, 2);
});

test('of too many an answer goes again when the collector said that it is welcome, and not before', async (context) => {
  const { one, proxy } = await behind(context, collector.codes[11]);
  const problem = { type: 'urn:burgerpanel:problem:too-many', title: 'x', status: 429, detail: 'x' };
  const times = [];
  proxy.change = (path, answer) => {
    if (!isResponse(path) || times.push(Date.now()) > 1) return undefined;
    return { status: 429, headers: { ...answer.headers, 'content-type': 'application/problem+json', 'retry-after': '4' }, bytes: Buffer.from(JSON.stringify(problem)) };
  };
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer(t.waitTitle);
  await one.find('main', t.reasons['too-many']);
  await one.run(() => void dispatchEvent(new Event('online'))); // at which what waits is sent
  await one.settled('sent');
  assert.equal(times.length, 2);
  assert.ok(times[1] - times[0] >= 3000, `${times[1] - times[0]} ms`); // whole seconds
  await one.page(t.thanksTitle);
});

test('what the round no longer takes is said and kept, with the text to copy', async (context) => {
  const { one, proxy } = await behind(context, collector.codes[9]);
  const problem = { type: 'urn:burgerpanel:problem:round-not-open', title: 'x', status: 409, detail: 'x' };
  proxy.change = (path, answer) =>
    isResponse(path) ? { status: 409, headers: { ...answer.headers, 'content-type': 'application/problem+json' }, bytes: Buffer.from(JSON.stringify(problem)) } : undefined;
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer(t.refusedTitle);
  await one.find('main', t.reasons['round-not-open']);
  await one.find('button', t.copyAnswer);
  await one.picture('offline-closed');
  proxy.change = undefined;
  await one.visit('#/mijn');
  await one.settled('sent');
});
