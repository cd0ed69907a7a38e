// Goal: a page believes nothing that it can check: receipts that don't hold, a log that was rewritten or has shrunk are told, kept and never called counted; and
// whatever others wrote is text, in a page that runs nothing but its own modules.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { HOSTILE, readyHostile } from './lib/hostile.mjs';
import { ready } from './lib/programs.mjs';
import { Proxy } from './lib/proxy.mjs';

let collector, proxy;
const people = new People('hostile');
before(async () => {
  collector = await ready('web-hostile', { codes: 17 });
  proxy = new Proxy(collector);
  await proxy.start();
});
after(async () => {
  await people.end();
  await proxy?.stop();
  await collector?.stop();
});

const changed = (answer, change) => ({ ...answer, bytes: Buffer.from(JSON.stringify(change(answer.json()))) });
const flip = (text) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1);
const lines = (receipt, change) => change(receipt.split('\n')).join('\n');

// What a lying collector may do to a receipt {index, receipt}.
const FORGERIES = {
  'another hash': ({ index, receipt, ...rest }) => ({ ...rest, index, receipt: lines(receipt, (all) => [...all.slice(0, 2), flip(all[2]), ...all.slice(3)]) }),
  'another index': ({ index, receipt, ...rest }) => ({ ...rest, index: index - 1, receipt: receipt.replace(/^index \d+$/m, `index ${index - 1}`) }),
  'the index of another answer': ({ index, ...rest }) => ({ ...rest, index: index - 1 }),
  'another signature': ({ receipt, ...rest }) => ({ ...rest, receipt: receipt.replace(/(\u2014 \S+ .{40})(.)/, (all, before, one) => before + (one === 'A' ? 'B' : 'A')) }),
  'another root': ({ receipt, ...rest }) => ({ ...rest, receipt: receipt.replace(/\n\n(\S+)\n(\d+)\n(.)/, (all, name, size, one) => `\n\n${name}\n${size}\n${one === 'A' ? 'B' : 'A'}`) }),
  'an empty receipt': (told) => ({ ...told, receipt: '' }),
};

test('a receipt that does not hold is told, kept as evidence, and never called counted', async (context) => {
  const one = await people.meet(context, proxy.url);
  await one.joined(collector.codes[0]);
  let action = 0;
  for (const [name, forge] of Object.entries(FORGERIES)) {
    const id = `WA-1.0${++action}`;
    proxy.change = (path, answer) => (path === '/v1/responses' ? changed(answer, forge) : undefined);
    await one.toAction(id);
    await one.fillIn();
    await one.sendAnswer(t.doubtTitle);
    if (action === 1) await one.picture('hostile-doubt');
    const kept = (await one.kept()).responses.find((each) => each.action === id);
    assert.equal(kept.state, 'doubt', name);
    assert.ok(kept.evidence.index !== undefined && kept.reason.why !== '', name);
    await one.find('.notice.doubt', t.alarmTitle);
  }
  proxy.change = undefined;
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.find('.badge.doubt', t.doubtTitle);
  await one.push(t.check);
  await one.find('.told', t.checkBad(Object.keys(FORGERIES).length));
});

test('at enrolment a receipt that does not hold stops everything', async (context) => {
  const one = await people.meet(context, proxy.url);
  proxy.change = (path, answer) => (path === '/v1/members' ? changed(answer, FORGERIES['another signature']) : undefined);
  await one.visit(`#uitnodiging=${collector.codes[1]}`);
  await one.page(t.welcomeTitle);
  await one.push(t.join);
  await one.page(t.consentTitle);
  await one.push(t.agree);
  await one.find('.notice.doubt', t.joinDoubt);
  proxy.change = undefined;
  assert.equal((await one.kept()).member, null);
});

test('a log that shrinks, or is another than it was, is found', async (context) => {
  const one = await people.meet(context, proxy.url);
  await one.joined(collector.codes[2]);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  const early = (await one.kept()).responses[0].receipt;
  await one.toAction('WA-1.02');
  await one.fillIn();
  await one.sendAnswer();
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.check);
  await one.find('.told', t.checkGood(3));
  proxy.change = (path, answer) => (path === '/log/checkpoint' ? { ...answer, bytes: Buffer.from(early.slice(early.indexOf('\n\n') + 2)) } : undefined);
  await one.push(t.check);
  await one.find('.told', t.notGrown);
  assert.equal((await one.all('.told .notice.good')).length, 0, 'all is well is not said beside it');
  await one.visit('#/acties');
  await one.find('#alarm .notice', t.notGrown);
  await one.visit('#/mijn');
  await one.page(t.mine);
  // The log has grown, and its tiles do not lead from what it was to what it is.
  const other = await people.meet(context, collector.url);
  await other.joined(collector.codes[3]);
  proxy.change = (path, answer) => {
    if (!path.startsWith('/log/tile/0/')) return undefined;
    const bytes = Buffer.from(answer.bytes);
    bytes[0] ^= 1;
    return { ...answer, bytes };
  };
  await one.push(t.check);
  await one.find('.told', t.notGrown);
  proxy.change = undefined;
  await one.push(t.check);
  await one.find('.told', t.checkGood(3));
  assert.equal((await one.all('#alarm .notice')).length, 0);
});

test('what is no answer of the collector is taken for none: an answer waits', async (context) => {
  const one = await people.meet(context, proxy.url);
  await one.joined(collector.codes[4]);
  const portal = { status: 200, headers: { 'content-type': 'text/html' }, bytes: Buffer.from('<h1>Log in to the wifi</h1>') };
  proxy.change = (path) => (path === '/v1/responses' ? portal : undefined);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer(t.waitTitle);
  proxy.change = undefined;
  await one.settled('sent');
});

// The collector's HTTP says 408 of a body that came too slowly, a proxy says 404 or 413 in its own words: none of it is of the answer.
test('a problem that is not of the API turns nothing down: an answer waits', async (context) => {
  const one = await people.meet(context, proxy.url);
  await one.joined(collector.codes[14]);
  const kinds = [[408, 'about:blank'], [404, 'about:blank'], [413, 'about:blank'], [415, 'urn:burgerpanel:problem:unsupported-media-type']];
  for (const [status, type] of kinds) {
    const problem = { status, headers: { 'content-type': 'application/problem+json' }, bytes: Buffer.from(JSON.stringify({ type, status, title: 'x', detail: 'x' })) };
    proxy.change = (path) => (path === '/v1/responses' ? problem : undefined);
    await one.toAction();
    await one.fillIn();
    await one.sendAnswer(t.waitTitle);
    assert.equal((await one.kept()).responses.at(-1).state, 'waiting', `${status}`);
    proxy.change = undefined;
    await one.settled('sent');
  }
});

// The log's key, a receipt: what can't be had just then is neither a doubt nor a failure of the page.
test('what is not to be had just then is told as that, and the same button goes on from there; a proof that does not hold is told too', async (context) => {
  const away = (asked) => (path, answer) => (path.startsWith(asked) ? { ...answer, status: 503, bytes: Buffer.from('{}') } : undefined);
  const one = await people.meet(context, proxy.url);
  proxy.change = away('/log/key');
  await one.visit(`#uitnodiging=${collector.codes[16]}`);
  await one.page(t.welcomeTitle);
  await one.push(t.join);
  await one.page(t.consentTitle);
  await one.push(t.agree);
  await one.find('.notice.wait', t.joinLater);
  proxy.change = undefined;
  await one.push(t.agree);
  await one.page(t.keepTitle);
  const code = await one.recoveryCode();
  const other = await people.meet(context, proxy.url);
  proxy.change = (path, answer) => (path.startsWith('/v1/receipts/') ? { ...answer, bytes: Buffer.from(answer.text.replace('index ', 'index 1')) } : undefined);
  await other.restore(code);
  await other.find('.notice.doubt', t.joinDoubt);
  proxy.change = undefined;
  await other.restore(code);
  await other.page(t.mine);
  await other.toAction();
  await other.fillIn();
  await other.sendAnswer();
  proxy.change = away('/v1/receipts/');
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.notSentCheck);
  await one.find('.told', t.notSentFound(1));
  await one.push(t.notSentOwn);
  await one.find('.notice.wait', t.noAnswerNow);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer(t.staleTitle);
  await one.push(t.staleKeepOther);
  await one.find('.told .notice.wait', t.noAnswerNow);
  proxy.change = undefined;
  await one.push(t.staleKeepOther);
  await one.page(t.thanksTitle);
});

test('nothing is taken off the device on the word of a collector that has no proof of erasing', async (context) => {
  const one = await people.meet(context, proxy.url);
  await one.joined(collector.codes[15]);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  const before = await one.kept();
  proxy.change = (path, answer) => (path === '/v1/erasures' ? changed(answer, FORGERIES['another hash']) : undefined);
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.eraseAll);
  await one.push(t.eraseSure);
  await one.find('.notice.bad', t.eraseDoubt);
  const { member, responses } = await one.kept();
  assert.deepEqual([member, responses], [before.member, before.responses]);
  proxy.change = undefined;
  await one.push(t.eraseAll);
  await one.push(t.eraseSure);
  await one.page(t.erasedTitle);
});

test('texts that others wrote are shown as they are and run nothing', async (context) => {
  const hostile = await readyHostile('web-hostile-texts');
  context.after(() => hostile.stop());
  const [code] = await hostile.invitations(1);
  const one = await people.meet(context, hostile.url);
  await one.joined(code);
  await one.push(t.more(HOSTILE.length - 20));
  const titles = await one.run(() => [...document.querySelectorAll('.card h2')].map((each) => each.textContent));
  const shown = (text) => text.replace(/\s+/g, ' ').trim();
  assert.deepEqual(titles.map(shown), HOSTILE.map(shown));
  await one.picture('hostile-list');
  await one.toAction(`H-${HOSTILE.indexOf('<script>alert(1)</script>')}`);
  assert.equal(await (await one.find('h1')).text(), '<script>alert(1)</script>');
  await one.choose('importance');
  await one.choose('noticed', 1);
  await one.fill('#q-comment', '<img src=x onerror="document.title=1">');
  await one.sendAnswer();
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.click('summary');
  await one.find('dd', '<img src=x onerror');
  assert.equal((await one.all('main img, main script, main iframe, [style]')).length, 0);
  await one.assertQuiet();
});
