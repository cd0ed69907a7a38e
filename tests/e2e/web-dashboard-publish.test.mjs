// Goal: who may publish tells what was done with answers, once: by mouse and by keyboard, through faults, seen beforehand as members will see it; neither a double
// press, an answer that was lost, a reload nor a second tab doubles it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Desk, LATER, panelOfTwo, t } from './lib/dashboard.mjs';
import { HOSTILE } from './lib/hostile.mjs';
import { request } from './lib/http.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { Proxy } from './lib/proxy.mjs';
import { bearer, get, makeToken } from './lib/reading.mjs';
import { KEY } from './lib/webdriver.mjs';
import members from '../../web/js/texts.nl.js';

let collector, desk, proxy;
const tokens = {};

before(async () => {
  const panel = panelOfTwo();
  panel.rounds.at(-1).actions = ['WA-1.01', 'WA-1.02', 'WA-1.03', 'WA-1.04', 'WA-1.05', 'WA-1.06'];
  collector = await ready('web-dashboard-publish', { panel });
  tokens.bureau = await makeToken(collector, 'bureau', 'team', '--publish');
  tokens.other = await makeToken(collector, 'ander', 'team', '--publish');
  await poll('the tokens to be known', 5, async () => (await get(collector, '/v1/token', tokens.other)).status === 200);
  proxy = new Proxy(collector);
  await proxy.start();
  desk = await Desk.begin('dashboard-publish', proxy.url);
});
after(async () => {
  await desk?.close();
  await proxy?.stop();
  await collector?.stop();
});
beforeEach(() => {
  proxy.change = undefined;
});

const publishedOf = async (action) => (await get(collector, `/v1/actions/${action}/follow-ups`)).json();
const write = async (action, { status = 2, nl, en } = {}) => {
  await desk.visitAs(tokens.bureau, `#/bericht/${action}`);
  await desk.page(t.writeTitle);
  await desk.click(`#q-status${status === 0 ? '' : `-${status}`}`);
  if (nl) await desk.fill('#q-nl', nl);
  if (en) await desk.fill('#q-en', en);
};
const review = async () => {
  await desk.click('form button[type=submit]');
  await desk.page(t.previewTitle);
};
const faults = () => desk.texts('#faults li');

test('a message is written, seen as members will see it, and made public; then it is there for anyone', async () => {
  await write('WA-1.03', { status: 1, nl: 'Het loket opent <b>in mei</b>.\nEcht.', en: 'The counter opens in May.' });
  await desk.picture('desk-write');
  await review();
  const previews = await desk.run(() => [...document.querySelectorAll('.previews .follow-up')].map((each) => each.outerHTML));
  assert.equal(previews.length, 2);
  assert.deepEqual(await publishedOf('WA-1.03'), [], 'nothing is public before the button is pressed');
  await desk.find('.notice', t.foreverTitle);
  await desk.picture('desk-preview');
  await desk.click('#publish');
  await desk.page(t.publishedTitle);
  const [{ index, publishedAt, ...said }] = await publishedOf('WA-1.03');
  assert.deepEqual(said, { action: 'WA-1.03', round: LATER, status: 'doing', text: { en: 'The counter opens in May.', nl: 'Het loket opent <b>in mei</b>.\nEcht.' }, replaces: null });
  await desk.find('.notice', t.publishedText(index));
  assert.equal(await desk.run(() => Object.keys(sessionStorage).some((name) => name.startsWith('bericht'))), false, 'the draft is gone');
  await desk.go(`${desk.site}/#/gedaan`);
  await desk.find('h1', members.doneTitle);
  const shown = await desk.run(() => {
    const article = document.querySelector('.follow-up').cloneNode(true);
    article.querySelector('h2').remove();
    return article.outerHTML;
  });
  assert.equal(shown, previews[0], 'as the preview had it, to the character');
  await desk.visit('#/actie/WA-1.03/round-2');
  await desk.find('.follow-up', 'Het loket opent <b>in mei</b>.');
  await desk.assertQuiet();
});

test('by keyboard alone: through faults, each of which leads to its field, and a mended one goes by itself', async () => {
  await desk.visitAs(tokens.bureau, '#/bericht/WA-1.04');
  await desk.page(t.writeTitle);
  await desk.run(() => document.querySelector('form button[type=submit]').focus());
  await desk.press(KEY.enter);
  await desk.find('#faults');
  assert.equal(await (await desk.active()).attribute('id'), 'faults');
  assert.deepEqual(await faults(), [members.faultMissing(t.statusLabel), members.faultMissing(t.dutchLabel)]);
  assert.match(await desk.title(), /^Fout: /);
  await desk.picture('desk-write-faults');
  await desk.press(KEY.tab, KEY.enter);
  assert.equal(await (await desk.active()).attribute('id'), 'q-status');
  await desk.press(KEY.space, KEY.down);
  assert.deepEqual(await faults(), [members.faultMissing(t.dutchLabel)]);
  const active = async () => (await desk.active()).attribute('id');
  const order = [];
  for (let i = 0; i < 2; i++) {
    await desk.press(KEY.tab);
    order.push(await active());
  }
  assert.deepEqual(order, ['pick-round', 'q-nl']);
  await (await desk.active()).type('Wij doen het');
  assert.deepEqual(await faults(), []);
  assert.doesNotMatch(await desk.title(), /^Fout/);
  await desk.press(KEY.tab, KEY.tab, KEY.enter);
  await desk.page(t.previewTitle);
  assert.equal(await desk.run(() => document.activeElement.tagName), 'H1');
  await desk.run(() => document.querySelector('.notice.doubt').scrollIntoView());
  await desk.press(KEY.tab, KEY.enter);
  await desk.page(t.publishedTitle);
  assert.deepEqual((await publishedOf('WA-1.04')).map(({ status, text }) => [status, text]), [['doing', { nl: 'Wij doen het' }]]);
});

test('a text is counted in code points, and one that is too long is told and kept', async () => {
  await write('WA-1.05');
  const type = (text) => desk.run((given) => {
    const area = document.querySelector('#q-nl');
    area.value = given;
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }, text);
  await type('\u{1f3db}'.repeat(4000));
  await desk.find('#q-nl-left', members.left(0));
  await type('\u{1f3db}'.repeat(4001));
  await desk.find('#q-nl-left', members.over(1));
  await desk.click('form button[type=submit]');
  await desk.find('#faults');
  assert.deepEqual(await faults(), [members.faultTooLong(t.dutchLabel, 1)]);
  await type('\u{1f3db}'.repeat(4000));
  await review();
  await desk.click('#publish');
  await desk.page(t.publishedTitle);
  assert.equal([...(await publishedOf('WA-1.05'))[0].text.nl].length, 4000);
});

test('what a text holds is text, in the preview as on the page', async () => {
  for (const [i, hostile] of ['<script>alert(1)</script>', '\u202e=1+1 (rechts naar links)'].entries()) {
    assert.ok(HOSTILE.includes(hostile));
    await write(`WA-2.0${i + 1}`, { nl: hostile });
    await review();
    assert.equal((await desk.texts('.previews .whole'))[0], hostile);
    await desk.click('#publish');
    await desk.page(t.publishedTitle);
    assert.equal((await publishedOf(`WA-2.0${i + 1}`))[0].text.nl, hostile);
  }
  await desk.assertQuiet();
});

test('a message stands in for an older one; one that somebody else replaced meanwhile is refused and told', async () => {
  const post = (text, replaces) =>
    request(collector.url, '/v1/actions/WA-1.06/follow-ups', {
      method: 'POST', headers: { 'Content-Type': 'application/json', ...bearer(tokens.other) }, body: JSON.stringify({ status: 'considered', text: { nl: text }, replaces }),
    });
  const first = (await post('eerste')).json().index;
  await write('WA-1.06', { nl: 'tweede' });
  await desk.click(`#pick-replaces option[value="${first}"]`);
  await review();
  await desk.find('p', t.willReplace);
  const other = (await post('van een ander', first)).json().index;
  await desk.click('#publish');
  await desk.page(t.writeTitle);
  await desk.find('#faults');
  assert.deepEqual(await faults(), [t.refusedAt['/replaces']]);
  assert.equal(await (await desk.active()).attribute('id'), 'faults');
  assert.equal(await (await desk.find('#q-nl')).property('value'), 'tweede', 'nothing is lost');
  await desk.click(`#pick-replaces option[value="${other}"]`);
  await review();
  await desk.click('#publish');
  await desk.page(t.publishedTitle);
  assert.deepEqual((await publishedOf('WA-1.06')).map(({ replaces }) => replaces), [null, first, other]);
  await desk.visit('#/actie/WA-1.06/round-2');
  assert.deepEqual(await desk.texts('.follow-up .whole'), ['tweede', 'van een ander', 'eerste']);
  assert.equal((await desk.texts('.follow-up .about')).filter((text) => text.includes(t.doneReplaced)).length, 2);
  await desk.assertQuiet(/ 400 /);
});

test('a button that is pressed twice publishes once', async () => {
  await write('WA-2.03', { nl: 'Een keer' });
  await review();
  await desk.run(() => {
    const button = document.querySelector('#publish');
    button.click();
    button.click();
  });
  await desk.page(t.publishedTitle);
  assert.equal((await publishedOf('WA-2.03')).length, 1);
});

test('an answer that was lost after the commit is found out, and nothing is sent again', async () => {
  await write('WA-2.04', { nl: 'Kwam aan' });
  await review();
  let posts = 0;
  proxy.change = (path, answer) => {
    if (answer.status !== 201) return undefined;
    posts++;
    throw new Error('cut off');
  };
  await desk.click('#publish');
  await desk.page(t.publishedTitle);
  assert.equal(posts, 1);
  assert.equal((await publishedOf('WA-2.04')).length, 1);
});

test('a message that never arrived is told, and is public once when the button is pressed again', async () => {
  await write('WA-2.05', { nl: 'Kwam niet aan' });
  await review();
  await desk.offline(true);
  await desk.click('#publish');
  await desk.page(t.doubtTitle);
  await desk.picture('desk-doubt');
  await desk.offline(false);
  await desk.visit('#/bericht/WA-2.05');
  await desk.page(t.doubtTitle);
  assert.deepEqual(await desk.all('#publish'), [], 'nothing can be sent before it was looked for');
  await desk.click('#look-again');
  await desk.find('.notice.bad', t.problems.notThere);
  assert.deepEqual(await publishedOf('WA-2.05'), []);
  await desk.click('#publish');
  await desk.page(t.publishedTitle);
  assert.equal((await publishedOf('WA-2.05')).length, 1);
});

test('a tab that was copied with its draft finds the message that the other has published', async () => {
  await write('WA-2.06', { nl: 'Twee tabbladen' });
  await review();
  const kept = await desk.run(() => ({ ...sessionStorage }));
  await desk.click('#publish');
  await desk.page(t.publishedTitle);
  await desk.run((all) => Object.entries(all).forEach(([name, value]) => sessionStorage.setItem(name, value)), kept);
  await desk.visit('#/bericht/WA-2.06');
  await desk.page(t.previewTitle);
  await desk.click('#publish');
  await desk.page(t.publishedTitle);
  assert.equal((await publishedOf('WA-2.06')).length, 1);
});

test('a token that runs out between the preview and the button loses nothing', async () => {
  const short = await makeToken(collector, 'kort', 'team', '--publish');
  await poll('the token to be known', 5, async () => (await get(collector, '/v1/token', short)).status === 200);
  await desk.visitAs(short, '#/bericht/WA-3.01');
  await desk.click('#q-status');
  await desk.fill('#q-nl', 'Bijna openbaar');
  await review();
  await collector.succeed('tokens', 'revoke', 'kort');
  await poll('the token to be refused', 5, async () => (await get(collector, '/v1/token', short)).status === 401);
  await desk.click('#publish');
  await desk.page(t.logInTitle);
  await desk.find('.notice', t.draftIsKept);
  assert.deepEqual(await publishedOf('WA-3.01'), []);
  await desk.logIn(tokens.bureau);
  await desk.page(t.previewTitle);
  await desk.click('#publish');
  await desk.page(t.publishedTitle);
  assert.deepEqual((await publishedOf('WA-3.01')).map(({ round, text }) => [round, text.nl]), [[ROUND, 'Bijna openbaar']]);
});
