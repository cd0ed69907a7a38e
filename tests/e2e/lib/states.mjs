// Every state of the pages that a person comes to, one after the other, for what is asked of all of them: accessibility. A walk calls `look(name, how)` at each;
// how.isArrived: the person has just come to this page from another. Browsers take long to start, so one person goes through all states of a kind.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { siteOf, t, WITHOUT_ED25519 } from './citizen.mjs';
import { fillTwo, LATER, panelOfTwo, readyTwo, t as desk } from './dashboard.mjs';
import { request } from './http.mjs';
import { ACTION, examplePanel, ROUND } from './panel.mjs';
import { poll } from './poll.mjs';
import { ready } from './programs.mjs';
import { Proxy } from './proxy.mjs';
import { get, makeToken } from './reading.mjs';
import { KEY } from './webdriver.mjs';
import en from '../../../web/js/dashboard/texts.en.js';

export const TOLD = 'WA-1.03'; // told in both rounds
export const GAP = 'WA-2.03'; // told in the first round alone
export const HIDDEN = 'WA-1.01';

const WEB = { BURGERPANEL_WEB: 'on', BURGERPANEL_WEB_PHONE: '0800 1351', BURGERPANEL_WEB_MAIL: 'panel@example.org' };

// A collector for citizens, with a proxy before it that may be made to lie, and a follow-up about ACTION.
export async function readyForCitizens(name, codes) {
  const collector = await ready(name, { codes, env: WEB });
  await followUp(collector, ACTION, 'done', 'De brief is herschreven.');
  const proxy = new Proxy(collector);
  await proxy.start();
  return { collector, proxy, stop: async () => (await proxy.stop(), await collector.stop()) };
}

// One of two rounds that have a release and a third that has none, with a follow-up about TOLD, and a token that gives all: {collector, proxy, token}.
export async function readyForReaders(name) {
  const panel = panelOfTwo();
  panel.rounds.push({ ...panel.rounds[0], id: 'round-3', title: { nl: 'Derde ronde' }, opensAt: '2026-03-01T00:00:00Z' });
  const collector = await readyTwo(name, { panel, env: WEB });
  await fillTwo(collector, (row, i) => (i % 3 === 0 ? `Opmerking ${i} over ${row.action}` : undefined));
  for (const round of [ROUND, LATER]) await collector.release(round);
  await followUp(collector, TOLD, 'doing', 'Het loket opent in mei.');
  const token = await makeToken(collector, 'bureau', 'team', '--publish', '--exact');
  await poll('the token to be known', 5, async () => (await get(collector, '/v1/token', token)).status === 200);
  const proxy = new Proxy(collector);
  await proxy.start();
  return { collector, proxy, token, stop: async () => (await proxy.stop(), await collector.stop()) };
}

async function followUp(collector, action, status, words) {
  const text = join(collector.folder, 'follow-up.txt');
  writeFileSync(text, `${words}\n`);
  await collector.succeed('follow-ups', 'publish', action, '--status', status, '--text', text);
}

// The citizen page

const isResponse = (path) => path === '/v1/responses';
const refusing = (type) => (path, answer) =>
  isResponse(path) ? { status: 409, headers: { ...answer.headers, 'content-type': 'application/problem+json' }, bytes: Buffer.from(JSON.stringify({ type: `urn:burgerpanel:problem:${type}`, title: 'x', status: 409, detail: 'x' })) } : undefined;
const forging = (path, answer) => (isResponse(path) ? { ...answer, bytes: Buffer.from(JSON.stringify({ ...answer.json(), index: answer.json().index - 1 })) } : undefined);
const failing = (wanted) => (path) => {
  if (path === wanted) throw new Error('cut off');
};

export const goTo = (one, address) => one.run((to) => void (location.hash = to), address);
const openAll = (one) => one.run(() => document.querySelectorAll('main details').forEach((each) => (each.open = true)));

export async function walkDocuments(one, look) {
  for (const path of ['uitleg', 'privacy', 'toegankelijkheid']) {
    await one.go(`${one.site}/${path}`);
    await one.find('h1');
    await look(`/${path}`);
  }
}

async function walkToMember({ one, proxy }, code, look) {
  await one.visit();
  await one.page(t.welcomeTitle);
  await one.find('#panel', examplePanel().title.nl); // which the first page does not wait for
  await look('welcome');
  await one.push(t.join);
  await one.find('#faults');
  await look('welcome, a fault', { isArrived: true });
  await goTo(one, '#/herstel');
  await one.page(t.recoverTitle);
  await look('recover', { isArrived: true });
  await openAll(one);
  await one.push(t.recoverFileUse);
  await one.find('#faults');
  await look('recover by a file, a fault');
  await one.push(t.recover);
  await one.find('#faults', t.recoverEmpty);
  await look('recover, a fault');
  await goTo(one, '#/mijn');
  await one.page(t.unknownTitle);
  await look('a device that knows nobody', { isArrived: true });
  await goTo(one, '#/nergens');
  await one.page(t.unknownPageTitle);
  await look('no such page', { isArrived: true });
  await one.visit(`#uitnodiging=${code}`);
  await one.page(t.welcomeTitle);
  await one.push(t.join);
  await one.page(t.consentTitle);
  await look('consent', { isArrived: true });
  proxy.change = failing('/v1/members');
  await one.push(t.agree);
  await one.find('.notice', t.joinLater);
  await look('consent, no answer');
  proxy.change = undefined;
  await one.push(t.agree);
  await one.page(t.keepTitle);
  await look('keep', { isArrived: true });
  await one.push(t.keepQr);
  await one.find('svg.qr');
  await look('keep, as a QR code');
  await one.push(t.qrHide);
  await one.click('summary', t.keepFile);
  await one.fill('#phrase', 'kort');
  await one.push(t.saveFile);
  await one.find('.fault');
  await look('keep in a file, a fault');
}

async function walkThroughAction({ one }, look) {
  await one.push(t.isKept);
  await one.page(t.listTitle);
  await look('list', { isArrived: true });
  await one.fill('#words', 'xyzzy');
  await one.find('.found', t.foundNone);
  await look('list, nothing found');
  await one.push(t.clearSearch);
  await one.toAction();
  await look('action', { isArrived: true });
  await one.click('form button[type=submit]');
  await one.find('#faults');
  await look('action, faults');
  await one.choose('noticed');
  await one.find('#q-satisfaction');
  await one.fill('#q-comment', 'x'.repeat(1900));
  await look('action, one fault mended and a text near its end');
  await one.reload();
  await one.find('.notice', t.draftFound);
  await look('action, a draft');
}

// What becomes of an answer: it waits, counts, is not taken, is asked anew, is in doubt, is one of two.
async function walkOutcomes({ one, proxy }, look) {
  await one.isKept();
  await one.offline(true);
  await one.fillIn();
  await one.sendAnswer(t.waitTitle);
  await look('waiting, without a connection', { isArrived: true });
  await goTo(one, '#/acties');
  await one.find('.badge', t.isWaiting);
  await look('list, one waits');
  await goTo(one, `#/verstuurd/${ACTION}/${ROUND}`);
  await one.page(t.waitTitle);
  await one.offline(false);
  await one.page(t.thanksTitle);
  await look('thanks');
  await one.toAction();
  await look('action, answered, with what was done');
  const outcomes = [
    ['not taken', 'WA-1.02', refusing('round-not-open'), t.refusedTitle],
    ['a change, not taken', ACTION, refusing('round-not-open'), t.changeRefusedTitle],
    ['asked anew', 'WA-1.03', refusing('stale-context'), t.changedTitle],
    ['in doubt', 'WA-1.04', forging, t.doubtTitle],
  ];
  for (const [name, action, change, title] of outcomes) {
    proxy.change = change;
    await one.toAction(action);
    await one.fillIn();
    await one.sendAnswer(title);
    await openAll(one);
    await look(name, { isArrived: true });
  }
  proxy.change = undefined;
  await walkTwoAnswers({ one }, look);
}

// This device forgets an answer that it gave, and so gives another as if it were the first.
async function walkTwoAnswers({ one }, look) {
  await one.toAction('WA-1.05');
  await one.fillIn();
  await one.sendAnswer();
  await one.run(async (action) => {
    const store = await import('/web/js/store.js');
    await store.dropResponse((await store.responses()).find((each) => each.action === action));
  }, 'WA-1.05');
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.notSentCheck);
  await one.find('.told', t.notSentFound(1));
  await one.push(t.notSentStrange);
  await one.find('.notice', t.notSentHelp(0).split('.')[0]);
  await look('mine, an answer that this device did not send');
  await one.toAction('WA-1.05');
  await one.choose('importance');
  await one.choose('noticed', 2);
  await one.sendAnswer(t.staleTitle);
  await look('two answers', { isArrived: true });
  await one.push(t.staleKeepOther);
  await one.page(t.thanksTitle);
}

async function walkMine({ one }, look) {
  await goTo(one, '#/mijn');
  await one.page(t.mine);
  await look('mine', { isArrived: true });
  await openAll(one);
  await one.push(t.check);
  await one.find('.told .notice');
  await one.fill('#own-code', '000G40R');
  await one.push(t.codeTryIt);
  await one.find('.fault');
  for (const text of [t.eraseAll, t.forget]) await one.push(text);
  await one.push(t.eraseOne);
  await look('mine, all open, checked and asked twice');
  await goTo(one, '#/gedaan');
  await one.page(t.doneTitle);
  await look('what was done', { isArrived: true });
  await goTo(one, '#/actie/WA-9');
  await one.page(t.notOpenTitle);
  await look('an action that is not open', { isArrived: true });
  await one.click('#languages button');
  await one.find('h1', 'not open');
  await look('in English');
  await one.click('#languages button');
  await one.page(t.notOpenTitle);
}

// The collector serves another release while this one is open, and nothing of this one is kept.
async function walkNewRelease({ one, proxy, collector }, look) {
  const { status, headers, text } = await request(collector.url, '/web/js/citizen/mine.js');
  const renewed = { status, headers: { ...headers, etag: '"renewed"' }, bytes: Buffer.from(`${text}\n// renewed\n`) };
  await one.run(async () => {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  });
  proxy.change = (path) => (path === '/web/js/citizen/mine.js' ? renewed : undefined);
  await one.visit('#/acties');
  await one.page(t.listTitle);
  await goTo(one, '#/mijn');
  await one.page(t.newTitle);
  await look('a new release of the page', { isArrived: true });
  proxy.change = undefined;
  await one.visit('#/acties');
  await one.page(t.listTitle);
  await one.run(() => void dispatchEvent(new PromiseRejectionEvent('unhandledrejection', { promise: Promise.resolve(), reason: new Error('made by a test') })));
  await one.page(t.wrongTitle);
  await look('something went wrong', { isArrived: true });
}

async function walkErasing({ one }, look) {
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.eraseAll);
  await one.push(t.eraseSure);
  await one.page(t.erasedTitle);
  await look('erased', { isArrived: true });
}

// Nothing undoes what this does to the browser: it comes last.
async function walkWithoutEd25519({ one }, code, look) {
  await one.becomeAnother();
  await one.before(WITHOUT_ED25519);
  await one.enrol(code);
  await look('keep, in a browser without Ed25519', { isArrived: true });
  await one.push(t.later);
  await one.page(t.listTitle);
  await one.toAction('WA-1.02');
  await one.fillIn();
  await one.sendAnswer();
  await look('thanks, with a word to keep the code', { isArrived: true });
}

// `place`: {one, collector, proxy}; `codes`: two that nobody has used.
export async function walkCitizen(place, codes, look) {
  place.one.site = siteOf(place.proxy.url);
  await walkToMember(place, codes[0], look);
  await walkThroughAction(place, look);
  await walkOutcomes(place, look);
  await walkMine(place, look);
  await walkNewRelease(place, look);
  await walkErasing(place, look);
  await walkWithoutEd25519(place, codes[1], look);
}

// The dashboard

// What a collector tells while nothing has been released; compressed or not.
const untold = (path, answer) => {
  const { 'content-encoding': ignored, ...headers } = answer.headers;
  if (path.startsWith('/v1/trends')) return { ...answer, headers, bytes: Buffer.from('action,question,round,disclosure\r\n') };
  return /\/releases$/.test(path) ? { ...answer, headers, bytes: Buffer.from('[]') } : undefined;
};

export async function walkDashboard({ one, proxy }, look) {
  proxy.change = untold;
  await one.visit();
  await one.find('.lead', desk.noRelease);
  await look('dashboard, nothing released');
  proxy.change = undefined;
  await one.visit(`#/?ronde=${ROUND}`);
  await one.find('.overview tbody tr');
  await look('dashboard, overview');
  await one.click('.views button', desk.views.ends);
  await one.find('.between');
  await look('dashboard, both ends');
  await openAll(one);
  await one.fill('#pick-search', 'xyzzy');
  await one.find('#found', desk.foundEnds(0));
  await look('dashboard, nothing found');
  await one.to(`#/?vraag=noticed`);
  await one.find('#pick-option');
  await look('dashboard, shares of an option', { isArrived: true });
  await one.to(`#/actie/${TOLD}/${LATER}`);
  await one.find('.shares');
  await look('dashboard, action with what was done', { isArrived: true });
  await openAll(one);
  await one.find('.rounds tbody tr');
  await look('dashboard, trend as a table');
  await one.to(`#/actie/${GAP}/${LATER}`);
  await one.find('.about', GAP);
  await look('dashboard, action with a gap', { isArrived: true });
  await one.to(`#/actie/${HIDDEN}/${ROUND}`);
  await one.find('.about', HIDDEN);
  await look('dashboard, action of which nothing is told', { isArrived: true });
  await one.to(`#/actie/${TOLD}/round-3`);
  await one.find('.lead', desk.noReleaseOfRound);
  await look('dashboard, round without a release', { isArrived: true });
  await one.to('#/logboek');
  await one.find('.notice', desk.signatureGood);
  await openAll(one);
  await look('dashboard, log', { isArrived: true });
  await one.to('#/nergens');
  await one.page(desk.lostTitle);
  await look('dashboard, no such page', { isArrived: true });
  proxy.change = failing('/v1/panel');
  await one.visit();
  await one.page(desk.wrongTitle);
  await look('dashboard, something went wrong', { isArrived: true });
  proxy.change = undefined;
  await one.visit();
  await one.click('#languages button');
  await one.page(en.overviewTitle);
  await look('dashboard, in English');
  await one.click('#languages button');
  await one.page(desk.overviewTitle);
}

async function walkLogin({ one, token }, look) {
  await one.visit('#/toegang');
  await one.page(desk.logInTitle);
  await look('desk, login', { isArrived: true });
  await one.logIn('bp_kort');
  await one.find('#faults');
  await look('desk, login, a fault', { isArrived: true });
  await one.fill('#token', token);
  await one.press(KEY.enter);
  await one.page(desk.accessPage);
  await look('desk, what one may do', { isArrived: true });
}

async function walkWriting({ one }, look) {
  await one.to(`#/bericht/${TOLD}`);
  await one.page(desk.writeTitle);
  await look('desk, writing', { isArrived: true });
  await one.push(desk.review);
  await one.find('#faults');
  await look('desk, writing, faults', { isArrived: true });
  await one.click('#q-status');
  await one.fill('#q-nl', 'Het loket is open.');
  await one.fill('#q-en', 'The counter is open.');
  await one.push(desk.review);
  await one.page(desk.previewTitle);
  await look('desk, preview', { isArrived: true });
  await one.push(desk.publish);
  await one.page(desk.publishedTitle);
  await look('desk, published', { isArrived: true });
}

// `one` is a Desk that has just begun.
export async function walkDesk(place, look) {
  const { one } = place;
  await walkLogin(place, look);
  await one.to('#/exact');
  await one.page(desk.exactTitle);
  await look('desk, exact figures', { isArrived: true });
  await one.to(`#/exact/actie/${TOLD}/${ROUND}`);
  await one.find('.shares');
  await look('desk, exact figures of an action', { isArrived: true });
  await one.to(`#/actie/${TOLD}/${LATER}`);
  await one.click('#read-comments');
  await one.find('.comments');
  await look('desk, action with comments');
  await one.to(`#/opmerkingen/${LATER}`);
  await one.page(desk.commentsPage);
  await one.find('.comments');
  await look('desk, all comments');
  await walkWriting(place, look);
  await one.pass(31);
  await one.find('#idle', desk.idleTitle);
  await look('desk, asked whether anybody is there');
  await one.click('#idle button', desk.stay);
  await one.to('#/toegang');
  await one.push(desk.logOut);
  await one.find('.notice', desk.ended.left);
  await look('desk, logged out', { isArrived: true });
}
