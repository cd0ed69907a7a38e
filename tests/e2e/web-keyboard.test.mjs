// Goal: everything that a person does here is done by keyboard alone: tab, shift and tab, arrows, space, enter and what is typed. After each press the focus is
// somewhere: nobody is thrown back to the top of the page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Citizen, t } from './lib/citizen.mjs';
import { Desk, LATER, t as desk } from './lib/dashboard.mjs';
import { request } from './lib/http.mjs';
import { ACTION, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { readyForCitizens, readyForReaders, TOLD } from './lib/states.mjs';
import { downloaded, KEY } from './lib/webdriver.mjs';

const BACK = [KEY.shift, KEY.tab];
let citizens, readers;
before(async () => {
  [citizens, readers] = await Promise.all([readyForCitizens('web-keyboard-citizens', 1), readyForReaders('web-keyboard-readers')]);
});
after(async () => {
  await citizens?.stop();
  await readers?.stop();
});

// How many presses of tab away what is looked for stands, in the order of the document; negative: before where the focus is.
const distanceTo = (css, text) => {
  const isShown = (each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('[aria-hidden=true]');
  const isStop = (each) => {
    if (each.type !== 'radio') return each.tabIndex >= 0 && isShown(each);
    const group = [...document.querySelectorAll(`input[name="${each.name}"]`)];
    return isShown(each) && each === (group.find((one) => one === document.activeElement) ?? group.find((one) => one.checked) ?? group[0]);
  };
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(isStop);
  const wanted = stops.findIndex((each) => each.matches(css) && (text === null || each.textContent.includes(text)));
  const active = document.activeElement;
  const at = stops.indexOf(active);
  if (wanted < 0) return null;
  if (at >= 0) return wanted - at;
  const before = stops.filter((each) => active.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_PRECEDING || each.contains(active)).length;
  return wanted >= before ? wanted - before + 1 : wanted - before;
};

// Goes there by the tab key, which must lead there.
async function tabTo(one, css, text) {
  const [distance] = await poll(`${css} ${text ?? ''}`, 20, async () => {
    const found = await one.run(distanceTo, css, text ?? null);
    return found !== null && [found];
  });
  if (distance !== 0) await one.press(...Array(Math.abs(distance)).fill(distance > 0 ? KEY.tab : BACK));
  const is = () => one.run((wanted, words) => document.activeElement.matches(wanted) && (words === null || document.activeElement.textContent.includes(words)), css, text ?? null);
  assert.ok(await is(), `${css} ${text ?? ''} can't be reached by keyboard; the focus is on ${await one.run(() => document.activeElement.outerHTML.slice(0, 120))}`);
}

// Presses, and sees that the focus is not lost.
async function press(one, ...keys) {
  await one.press(...keys);
  await poll('the focus to be somewhere', 20, () => one.run(() => document.activeElement !== document.body));
}

const enter = async (one, css, text) => {
  await tabTo(one, css, text);
  await press(one, KEY.enter);
};
const isOnHeading = (one, title) => poll(`the focus on ${title}`, 20, () => one.run((text) => document.activeElement.tagName === 'H1' && document.activeElement.textContent.includes(text), title));

async function withBrowser(begin, work) {
  const one = await begin;
  try {
    await work(one);
  } finally {
    await one.close();
  }
}

async function enrol(one) {
  await one.visit(`#uitnodiging=${citizens.collector.codes[0]}`);
  await one.page(t.welcomeTitle);
  await enter(one, 'main button', t.join);
  await isOnHeading(one, t.consentTitle);
  await enter(one, 'main button', t.agree);
  await isOnHeading(one, t.keepTitle);
  await enter(one, 'summary', t.keepFile);
  await tabTo(one, '#phrase');
  await press(one, ...'kort', KEY.enter);
  await one.find('.fault', t.passphraseShort);
  assert.equal(await (await one.active()).attribute('id'), 'phrase', 'the field with the fault has the focus');
  await press(one, ...' maar nu lang genoeg', KEY.enter);
  await one.find('.told', t.fileSaved);
  await enter(one, 'main button', t.isKept);
  await isOnHeading(one, t.listTitle);
}

async function findAction(one) {
  await enter(one, 'main button', t.more(16));
  assert.equal(await one.run(() => [...document.querySelectorAll('.card a')].indexOf(document.activeElement)), 20, 'the first of those that came');
  await tabTo(one, '#words');
  await press(one, ...'xyzzy');
  await enter(one, 'main button', t.clearSearch);
  await tabTo(one, '#words');
  await press(one, ...ACTION.toLowerCase());
  await one.find('.found', t.found(1));
  await enter(one, '.card a');
  await one.find('#q-importance');
}

async function answerThroughFaults(one) {
  await enter(one, 'form button[type=submit]');
  assert.equal((await one.faults()).length, 2);
  await press(one, KEY.tab, KEY.enter);
  assert.equal(await (await one.active()).attribute('id'), 'q-importance', 'a fault leads to its field');
  await press(one, KEY.space, KEY.down, KEY.down);
  assert.equal((await one.faults()).length, 1);
  await tabTo(one, '#q-noticed');
  await press(one, KEY.space);
  await tabTo(one, '#q-satisfaction');
  await press(one, KEY.down);
  await tabTo(one, '#q-channels');
  await press(one, KEY.space);
  await tabTo(one, '#q-comment');
  await press(one, ...'Met de toetsen');
  await enter(one, 'form button[type=submit]');
  await isOnHeading(one, t.thanksTitle);
  const [{ answers }] = (await one.kept()).responses;
  assert.deepEqual(answers, { importance: 3, noticed: 'yes', satisfaction: 2, channels: ['website'], comment: 'Met de toetsen' });
}

async function correct(one) {
  await enter(one, 'nav a', t.mine);
  await isOnHeading(one, t.mine);
  await enter(one, 'summary', t.yourAnswer);
  await enter(one, '.card a.button', t.change);
  await one.find('#q-importance');
  await tabTo(one, 'input[name="q-importance"], [id^="q-importance"]');
  await press(one, KEY.down);
  await enter(one, 'form button[type=submit]', t.changeIt);
  await isOnHeading(one, t.thanksTitle);
  const { answers, revision } = (await one.kept()).responses.at(-1);
  assert.deepEqual([revision, answers.importance], [2, 4]);
}

async function verifyAndErase(one) {
  await enter(one, 'nav a', t.mine);
  await isOnHeading(one, t.mine);
  await enter(one, 'main button', t.check);
  await one.find('.told', t.checkGood(3));
  await enter(one, 'main button', t.notSentCheck);
  await one.find('.told', t.notSentNone);
  await tabTo(one, '#own-code');
  await press(one, ...'000G40R-40M30E2-09185GR-38E1YZ4', KEY.enter);
  await one.find('.notice', t.codeOther);
  const { index } = (await one.kept()).responses.at(-1);
  await enter(one, 'main button', t.eraseAll);
  assert.equal(await (await one.active()).text(), t.eraseSure, 'the question has the focus');
  await enter(one, 'main button', t.keepAll);
  assert.equal(await (await one.active()).text(), t.eraseAll, 'who says no is back where they were');
  await enter(one, 'main button', t.eraseAll);
  await press(one, KEY.enter);
  await isOnHeading(one, t.erasedTitle);
  assert.equal((await request(citizens.collector.url, `/v1/entries/${index}/state`)).json().state, 'erased');
}

test('the citizen: from the link through a code, faults and a correction to the check and the erasure', () =>
  withBrowser(Citizen.begin('keyboard-citizen'), async (one) => {
    one.site = citizens.proxy.url.replace('127.0.0.1', 'localhost');
    await enrol(one);
    await findAction(one);
    await answerThroughFaults(one);
    await correct(one);
    await verifyAndErase(one);
  }));

async function lookAround(one) {
  await one.visit(`#/?ronde=${ROUND}`);
  await one.find('.overview tbody tr');
  await enter(one, '.views button', desk.views.ends);
  await enter(one, '.between button', desk.showAll);
  await tabTo(one, '#pick-search');
  await press(one, ...'wa-1.');
  await one.find('#found', desk.found(6));
  await enter(one, 'summary', desk.choices);
  await tabTo(one, '#pick-told');
  await press(one, KEY.down);
  await one.find('#found', desk.found(4));
  await enter(one, '#sort-action');
  assert.equal(await (await one.active()).attribute('id'), 'sort-action');
  await enter(one, '.overview th a');
  await one.find('.shares');
  await isOnHeading(one, '');
}

async function download(one) {
  await one.cdp('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: one.folder });
  await enter(one, '.up a');
  await one.page(desk.overviewTitle);
  await enter(one, '.downloads a', desk.tables.questions);
  assert.match(readFileSync(await downloaded(one.folder, /questions.*\.csv$/), 'utf8'), /^round,action,question/);
}

async function publish(one) {
  await enter(one, 'nav a', desk.logIn);
  await isOnHeading(one, desk.logInTitle);
  await tabTo(one, '#token');
  await press(one, ...readers.token, KEY.enter);
  await isOnHeading(one, desk.accessPage);
  await one.to(`#/actie/${TOLD}/${LATER}`);
  await one.find('.shares');
  await enter(one, 'summary', desk.asTable);
  await one.find('.rounds');
  await enter(one, '#read-comments');
  await one.find('.comments');
  await enter(one, 'main a', desk.write);
  await isOnHeading(one, desk.writeTitle);
  await enter(one, 'form button[type=submit]');
  await one.find('#faults');
  await press(one, KEY.tab, KEY.enter);
  assert.equal(await (await one.active()).attribute('id'), 'q-status');
  await press(one, KEY.space, KEY.down);
  await tabTo(one, '#q-nl');
  await press(one, ...'Met de toetsen');
  await enter(one, 'form button[type=submit]');
  await isOnHeading(one, desk.previewTitle);
  await enter(one, '#publish');
  await isOnHeading(one, desk.publishedTitle);
  const all = (await request(readers.collector.url, '/v1/follow-ups')).json();
  assert.equal(all.at(-1).text.nl, 'Met de toetsen');
  await enter(one, 'nav a', desk.accessPage);
  await enter(one, 'main button', desk.logOut);
  await isOnHeading(one, desk.logInTitle);
}

test('the dashboard: find, sort, read, download; log in, write, publish, log out', () =>
  withBrowser(Desk.begin('keyboard-desk', readers.proxy.url), async (one) => {
    await lookAround(one);
    await download(one);
    await publish(one);
  }));
