// Goal: who logs in sees what their token gives and nothing more: exact figures, marked and never mixed with released ones, each reading noted; comments, as text,
// found by words; and is logged out when nobody is there or the token is no more, without losing anything. For anyone, the log.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTable } from './lib/csv.mjs';
import { comma, Desk, fillTwo, LATER, readyTwo, t } from './lib/dashboard.mjs';
import { HOSTILE } from './lib/hostile.mjs';
import { request } from './lib/http.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { Proxy } from './lib/proxy.mjs';
import { bearer, get, makeToken } from './lib/reading.mjs';
import { downloaded, KEY } from './lib/webdriver.mjs';

const TOLD = 'WA-1.03';
const UNTOLD = 'WA-1.01'; // nobody answered about it
const FEW = 'WA-1.02'; // too few did
const UNKNOWN = `bp_${'x'.repeat(43)}`;
let collector, desk, proxy;
const tokens = {};

before(async () => {
  collector = await readyTwo('web-dashboard-desk');
  await fillTwo(collector, (row, i) => HOSTILE[i]);
  for (const round of [ROUND, LATER]) await collector.release(round);
  tokens.plain = await makeToken(collector, 'analist', 'analyst', '--expires', '30');
  tokens.exact = await makeToken(collector, 'analist-exact', 'analyst', '--exact');
  tokens.team = await makeToken(collector, 'team', 'team');
  tokens.bureau = await makeToken(collector, 'bureau', 'team', '--publish', '--exact');
  tokens.auditor = await makeToken(collector, 'rekenkamer', 'auditor');
  await poll('the tokens to be known', 5, async () => (await get(collector, '/v1/token', tokens.auditor)).status === 200);
  proxy = new Proxy(collector);
  await proxy.start();
  desk = await Desk.begin('dashboard-desk', collector.url);
});
after(async () => {
  await desk?.close();
  await proxy?.stop();
  await collector?.stop();
});

// A text as it was before it was guarded against spreadsheets, in profile rfc4180.
const unguard = (cell) => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
const csv = async (path, token) => parseTable((await get(collector, path, token)).text);
const noted = async () => parseTable((await collector.succeed('tokens', 'log')).stdout);
const menu = () => desk.texts('#menu a');
const faults = () => desk.texts('#faults li');

test('a page that needs a token asks for one, says what is wrong with it, and comes back once it is right', async () => {
  await desk.visit('#/exact?ronde=round-1');
  await desk.page(t.logInTitle);
  assert.equal(await (await desk.find('#token')).role(), 'textbox');
  assert.match(await (await desk.find('#token')).name(), new RegExp(t.token));
  await desk.press(KEY.tab, KEY.enter);
  for (const [typed, said] of [['', t.tokenMissing], ['bp_kort', t.tokenShape], [UNKNOWN, t.tokenRefused]]) {
    await desk.fill('#token', typed);
    await desk.press(KEY.enter);
    await poll(said, 20, async () => (await faults())[0] === said);
    assert.equal(await (await desk.active()).attribute('id'), 'faults');
    assert.match(await desk.title(), /^Fout: /);
    await desk.click('#faults a');
    assert.equal(await (await desk.active()).attribute('id'), 'token');
    assert.equal(await (await desk.active()).attribute('aria-invalid'), 'true');
  }
  await desk.picture('desk-login-fault');
  await (await desk.find('#token')).clear();
  await (await desk.find('#token')).type(` ${tokens.exact} `);
  await desk.press(KEY.enter);
  await desk.page(t.exactTitle);
  assert.match(await desk.url(), /#\/exact\?ronde=round-1$/);
  assert.deepEqual(await desk.run(() => [Object.keys(sessionStorage).sort(), Object.keys(localStorage), document.cookie]), [['language', 'token'], [], '']);
  await desk.to('#/inloggen?naar=https://example.org/');
  await desk.logIn(tokens.exact);
  await desk.page(t.accessPage);
  assert.equal(new URL(await desk.url()).origin, desk.site, 'it leads to no other place');
});

test('each role sees its own pages, and what it may not see it is not shown', async () => {
  const anyone = [t.figuresPage, t.logPage];
  const expected = {
    plain: { menu: [...anyone, t.accessPage], can: [], beside: [], closed: ['#/exact', '#/opmerkingen', `#/bericht/${TOLD}`] },
    exact: { menu: [t.figuresPage, t.exactPage, t.logPage, t.accessPage], can: [t.can.exact], beside: [t.toExact], closed: ['#/opmerkingen', `#/bericht/${TOLD}`] },
    team: { menu: [t.figuresPage, t.commentsPage, t.logPage, t.accessPage], can: [t.can.comments], beside: [t.readComments], closed: ['#/exact', `#/bericht/${TOLD}`] },
    bureau: { menu: [t.figuresPage, t.exactPage, t.commentsPage, t.logPage, t.accessPage], can: Object.values(t.can), beside: [t.toExact, t.readComments, t.write], closed: [] },
    auditor: { menu: [...anyone, t.accessPage], can: [], beside: [], closed: ['#/exact', '#/opmerkingen', `#/bericht/${TOLD}`] },
  };
  for (const [who, { menu: pages, can, beside, closed }] of Object.entries(expected)) {
    await desk.visitAs(tokens[who], '#/toegang');
    assert.deepEqual(await menu(), pages, who);
    const shown = await desk.texts('.rights .can');
    assert.equal(shown.length, can.length, who);
    for (const [i, text] of can.entries()) assert.ok(shown[i].startsWith(text), who);
    for (const address of closed) {
      await desk.to(address);
      await desk.page(t.forbiddenTitle);
    }
    await desk.to(`#/actie/${TOLD}/${LATER}`);
    await desk.find('.asked');
    const all = await desk.texts('main :is(a, button)');
    assert.deepEqual([t.toExact, t.readComments, t.write].filter((text) => all.includes(text)), beside, who);
  }
  await desk.visitAs(undefined, '');
  assert.deepEqual(await menu(), [...anyone, t.logIn]);
  await desk.assertQuiet(/ 401 /);
});

test('exact figures are the cells of the exact tables, marked, and each reading is a line of the access log', async () => {
  const start = (await noted()).length;
  await desk.visitAs(tokens.bureau, `#/exact?ronde=${LATER}`);
  await desk.page(t.exactTitle);
  await desk.find('.not-public-mark', t.notPublic);
  await desk.find('.about', 'Het panel heeft dat genoteerd');
  await desk.picture('desk-exact');
  const shown = await desk.rowsOf('.overview');
  assert.deepEqual((await noted()).slice(start).map(({ token, what }) => [token, what]), [['bureau', `exact questions of ${LATER}`]]);
  const rows = (await csv(`/v1/rounds/${LATER}/questions?exact=true`, tokens.exact)).filter(({ question }) => question === 'importance');
  assert.equal(shown.length, rows.length);
  const by = new Map(rows.map((row) => [row.action, row]));
  for (const [name, , mean, interval, n] of shown) {
    const row = by.get(name.match(/WA-\d\.\d\d/)[0]);
    assert.deepEqual([mean, interval, n], [comma(row.mean) || '–', '–', row.n], row.action);
  }
  await desk.to(`#/exact/actie/${FEW}/${ROUND}`);
  await desk.page('Organiseren');
  const mine = async (table) => (await csv(`/v1/rounds/${ROUND}/${table}?exact=true`, tokens.exact)).filter(({ action }) => action === FEW);
  const options = await mine('options');
  for (const question of await mine('questions')) {
    const place = `#vraag-${question.question}`;
    const figures = ['n', 'mean', 'median', 'positive', 'negative', 'net'].map((name) => comma(question[name])).filter(Boolean);
    assert.deepEqual(await desk.texts(`${place} .numbers dd`), figures);
    const shares = options.filter((row) => row.question === question.question);
    assert.deepEqual((await desk.rowsOf(`${place} .shares`)).map((cells) => cells.slice(2)),
      shares.map((row) => [comma(row.share), `${comma(row.ci_low)} – ${comma(row.ci_high)}`, row.count]));
  }
  assert.deepEqual(await desk.texts('.withheld'), [], 'nothing is withheld here');
  assert.deepEqual(await desk.texts('.trend'), [], 'and nothing of a release stands beside it');
  await desk.click('a', t.toReleased);
  await desk.page('Organiseren');
  await desk.find('.withheld', t.withheld);
  assert.deepEqual(await desk.texts('.not-public-mark'), []);
  await desk.assertQuiet();
});

test('what was read is not read again by the way, but when asked for, and by who may no more it is not', async () => {
  await desk.visitAs(tokens.exact, '#/exact');
  await desk.page(t.exactTitle);
  const start = (await noted()).length;
  await desk.click('.views button', t.views.ends);
  await desk.to('#/');
  await desk.page(t.overviewTitle);
  await desk.to('#/exact');
  await desk.page(t.exactTitle);
  assert.equal((await noted()).length, start);
  await desk.click('#read-anew');
  await poll('a line of the access log', 20, async () => (await noted()).length === start + 1);
});

test('exact tables are downloaded byte by byte, and noted', async () => {
  const folder = join(desk.folder, 'downloads');
  mkdirSync(folder);
  await desk.cdp('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
  await desk.visitAs(tokens.exact, `#/exact?ronde=${ROUND}`);
  await desk.page(t.exactTitle);
  const start = (await noted()).length;
  for (const button of await desk.all('.downloads button')) await button.click();
  const names = ['options', 'questions', 'summary'].flatMap((name) => [`wau-${ROUND}-${name}-exact-excel-nl.csv`, `wau-${ROUND}-${name}-exact.csv`]);
  for (const name of names) {
    const table = name.match(/(summary|questions|options)/)[0];
    const path = `/v1/rounds/${ROUND}/${table}?exact=true${name.includes('excel') ? '&profile=excel-nl' : ''}`;
    const answer = await request(collector.url, path, { headers: bearer(tokens.exact) });
    assert.ok(readFileSync(await downloaded(folder, name)).equals(answer.bytes), name);
  }
  assert.deepEqual(readdirSync(folder).sort(), names);
  assert.equal((await noted()).length, start + 12);
});

test('comments of an action are read when asked for, as text, whatever was written', async () => {
  const rows = (await csv(`/v1/rounds/${LATER}/comments`, tokens.team));
  const busiest = TOLD;
  await desk.visitAs(tokens.team, `#/actie/${busiest}/${LATER}`);
  const start = (await noted()).length;
  assert.deepEqual(await desk.texts('.comments'), []);
  await desk.click('#read-comments');
  await desk.find('.comments');
  assert.equal((await noted()).length, start + 1);
  const mine = rows.filter(({ action }) => action === busiest);
  assert.ok(mine.length > 0);
  const shown = await desk.rowsOf('.comments');
  assert.deepEqual(shown.map(([index]) => index), mine.map(({ index }) => index));
  await desk.to(`#/opmerkingen/${LATER}`);
  await desk.page(t.commentsPage);
  assert.ok(rows.filter(({ text }) => HOSTILE.includes(unguard(text))).length > 20);
  assert.deepEqual(await desk.texts('.comments .whole'), rows.slice(0, 50).map(({ text }) => unguard(text)));
  assert.equal(await desk.run(() => document.querySelectorAll('.comments script').length), 0);
  await desk.assertReflows('comments');
  await desk.picture('desk-comments');
  await desk.assertQuiet();
});

test('a long list comes in steps, a word finds its comments, and those without figures are marked', async () => {
  const rows = await csv(`/v1/rounds/${ROUND}/comments`, tokens.team);
  assert.ok(rows.length > 50 && rows.some(({ told }) => told === 'no') && rows.some(({ told }) => told === 'yes'));
  await desk.visitAs(tokens.team, `#/opmerkingen/${ROUND}`);
  await desk.find('#comments-found', t.foundComments(rows.length));
  assert.equal((await desk.rowsOf('.comments')).length, 50);
  await desk.click('button', t.showMore);
  await poll('the next step', 20, async () => (await desk.rowsOf('.comments')).length === Math.min(100, rows.length));
  const marks = await desk.run(() => [...document.querySelectorAll('.comments tbody tr')].map((row) => [row.children[0].textContent, row.querySelector('.badge') !== null]));
  assert.deepEqual(marks, rows.slice(0, 100).map(({ index, told }) => [index, told === 'no']));
  const [word] = rows.map(({ text }) => text.toLowerCase().match(/[a-z]{5,}/)?.[0]).filter(Boolean);
  const found = rows.filter(({ text }) => text.toLowerCase().includes(word));
  await desk.fill('#find-comment', word.toUpperCase());
  await desk.find('#comments-found', t.foundComments(found.length));
  assert.deepEqual((await desk.rowsOf('.comments')).map(([index]) => index), found.slice(0, 50).map(({ index }) => index));
});

test('after half an hour it asks whether anybody is there; after two minutes more the token is gone', async () => {
  await desk.visitAs(tokens.bureau, `#/bericht/${TOLD}`);
  await desk.fill('#q-nl', 'Half geschreven');
  await desk.pass(29);
  await desk.run(() => document.activeElement.blur());
  assert.deepEqual(await desk.all('#idle'), []);
  await desk.pass(1.1);
  await desk.find('#idle', t.idleTitle);
  assert.equal(await (await desk.active()).text(), t.stay, 'the focus is on the way to stay');
  await desk.picture('desk-idle');
  await desk.press(KEY.enter);
  await poll('the question to go', 20, async () => (await desk.all('#idle')).length === 0);
  await desk.pass(31);
  await desk.find('#idle', t.idleTitle);
  await desk.pass(1.1);
  await desk.page(t.logInTitle);
  await desk.find('.notice', t.ended.idle);
  await desk.find('.notice', t.draftIsKept);
  assert.equal(await desk.run(() => sessionStorage.getItem('token')), null);
  await desk.run(() => location.reload());
  await desk.page(t.logInTitle);
  await desk.logIn(tokens.bureau);
  await desk.page(t.writeTitle);
  assert.equal(await (await desk.find('#q-nl')).property('value'), 'Half geschreven');
});

test('a tab that comes back after an hour is logged out', async () => {
  await desk.visitAs(tokens.bureau, '#/toegang');
  await desk.run(() => sessionStorage.setItem('token', JSON.stringify({ ...JSON.parse(sessionStorage.getItem('token')), usedAt: Date.now() - 3_600_000 })));
  await desk.visit('#/toegang');
  await desk.page(t.logInTitle);
  await desk.find('.notice', t.ended.idle);
});

test('a token that is withdrawn meanwhile leads to the login page, and what it may not show is gone', async () => {
  const short = await makeToken(collector, 'kort', 'team', '--publish', '--exact');
  await poll('the token to be known', 5, async () => (await get(collector, '/v1/token', short)).status === 200);
  await desk.visitAs(short, `#/bericht/${TOLD}`);
  await desk.fill('#q-nl', 'Nog niet af');
  await collector.succeed('tokens', 'revoke', 'kort');
  await poll('the token to be refused', 5, async () => (await get(collector, '/v1/token', short)).status === 401);
  await desk.to('#/exact');
  await desk.page(t.logInTitle);
  await desk.find('.notice', t.ended.refused);
  assert.deepEqual(await menu(), [t.figuresPage, t.logPage, t.logIn]);
  await desk.to('#/toegang');
  await desk.page(t.logInTitle);
  await desk.logIn(tokens.bureau);
  await desk.page(t.accessPage);
  await desk.find('.notice', t.draftsTitle);
  await desk.click('.notice a', TOLD);
  await desk.page(t.writeTitle);
  assert.equal(await (await desk.find('#q-nl')).property('value'), 'Nog niet af');
  await desk.assertQuiet(/ 401 /);
});

test('who logs out leaves nothing behind', async () => {
  await desk.to('#/toegang');
  await desk.page(t.accessPage);
  await desk.click('button', t.logOut);
  await desk.find('.notice', t.ended.left);
  assert.deepEqual(await desk.run(() => Object.keys(sessionStorage)), ['language']);
  await desk.to('#/opmerkingen');
  await desk.page(t.logInTitle);
});

test('the log is told as it is, with the signature worked out; a forged one is told', async () => {
  await desk.visitAs(undefined, '#/logboek');
  await desk.page(t.logTitle);
  const [origin, size, root] = (await request(collector.url, '/log/checkpoint')).text.split('\n');
  const facts = await desk.texts('.facts dd');
  for (const each of [origin, size, root]) assert.ok(facts.includes(each), each);
  const { release } = (await request(collector.url, '/v1/service')).json();
  assert.deepEqual(await desk.texts('#release'), [release]);
  assert.deepEqual(await desk.texts('#manifest'), [(await request(collector.url, '/web/manifest')).text]);
  await desk.find('.notice.good', t.signatureGood);
  await desk.find('.notice.good', 'Deze uitgave staat in het logboek: regel ');
  await desk.picture('desk-logbook');
  proxy.change = (path, answer) => (path === '/log/checkpoint' ? { ...answer, bytes: Buffer.from(answer.text.replace(/^\d+$/m, '1')) } : undefined);
  await desk.visit('#/logboek', proxy.url.replace('127.0.0.1', 'localhost'));
  await desk.find('.notice.bad', t.signatureBad);
  proxy.change = undefined;
  await desk.assertQuiet();
});

test('pages for staff fit a phone, each control has a name, and a printed sheet says what it is', async (context) => {
  context.after(() => desk.resize(1280, 900));
  await desk.visitAs(tokens.bureau);
  for (const [width, theme] of [[320, 'light'], [390, 'dark']]) {
    await desk.resize(width, 800);
    await desk.cdp('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: theme }] });
    for (const [name, address] of [['exact', '#/exact'], ['exact-action', `#/exact/actie/${TOLD}/${ROUND}`], ['comments', `#/opmerkingen/${LATER}`], ['access', '#/toegang'], ['write', `#/bericht/${TOLD}`], ['log', '#/logboek'], ['login', '#/inloggen']]) {
      await desk.visit(address);
      await desk.assertReflows(`${name} at ${width}`);
      await desk.picture(`desk-${name}-${theme}-${width}`);
      if (width === 320) for (const element of await desk.all('button, a, input:not([aria-hidden]), select, textarea')) if (await element.shown()) assert.match(await element.name(), /\S/, name);
    }
  }
  await desk.resize(1280, 900);
  await desk.visit(`#/exact/actie/${TOLD}/${ROUND}`);
  await desk.cdp('Emulation.setEmulatedMedia', { media: 'print' });
  const hidden = await desk.run(() => [...document.querySelectorAll('main :is(button, select, input, .downloads), header.site, footer.site')].every((each) => each.getClientRects().length === 0));
  const display = await desk.run(() => getComputedStyle(document.querySelector('.not-public-mark')).display);
  await desk.cdp('Emulation.setEmulatedMedia', { media: '' });
  assert.ok(hidden, 'nothing that can only be pressed');
  assert.equal(display, 'table-header-group', 'on each sheet, as the head of a table is');
});
