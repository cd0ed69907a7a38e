// Goal: the dashboard shows anybody what the releases tell and nothing else: every figure is a cell of a table, character for character; what is suppressed is
// said to be; it is sorted, sifted and read by keyboard, on a phone too; and its downloads are the tables' bytes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { siteOf } from './lib/citizen.mjs';
import { parseTable } from './lib/csv.mjs';
import { keepAlive, request } from './lib/http.mjs';
import { examplePanel, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { enrolAll, get, sendAll } from './lib/reading.mjs';
import { answersOf, exampleRows } from './lib/tables.mjs';
import { Browser } from './lib/webdriver.mjs';
import nl from '../../web/js/dashboard/texts.nl.js';
import en from '../../web/js/dashboard/texts.en.js';

const TOLD = 'WA-1.03'; // told in both rounds, and it has moved
const GAP = 'WA-2.03'; // told in the first round alone
const HIDDEN = 'WA-1.01';
const LATER = 'round-2';
const ENTER = '\uE007';
const TAB = '\uE004';
const FIRST_VISIT = { bytes: 33 * 1024, requests: 25 };
let collector, browser;

// Two rounds of the example; in the second the first track alone was answered about, and more kindly.
async function fill() {
  const agent = keepAlive();
  const members = await enrolAll(collector, agent);
  const rows = exampleRows();
  const signed = (round, row, answers) => members[row.member - 1].response(round, row.action, answers, { revision: Number(row.revision) });
  await sendAll(collector, rows.map((row) => signed(ROUND, row, answersOf(row))), agent);
  const kinder = (row) => ({ ...answersOf(row), importance: Math.min(5, answersOf(row).importance + 2) });
  await sendAll(collector, rows.filter(({ action }) => action.startsWith('WA-1.')).map((row) => signed(LATER, row, kinder(row))), agent);
  agent.destroy();
}

before(async () => {
  const panel = examplePanel();
  panel.rounds.push({ ...panel.rounds[0], id: LATER, title: { nl: 'Tweede ronde', en: 'Second round' }, opensAt: '2026-02-01T00:00:00Z' });
  collector = await ready('web-dashboard', { panel, codes: 60 });
  browser = await Browser.start('dashboard', { width: 1280 });
});
after(async () => {
  await browser?.close();
  await collector?.stop();
});

async function visit(address = '') {
  await browser.go('about:blank');
  await browser.go(`${siteOf(collector.url)}/dashboard${address}`);
  await browser.find('h1[tabindex="-1"]');
}

const csv = async (path) => parseTable((await get(collector, path)).text);
const comma = (cell) => cell.replace('.', ',');
const texts = (css) => browser.run((wanted) => [...document.querySelectorAll(wanted)].map((each) => each.textContent), css);
// The rows of a table that is shown: the row's head, then its cells as texts.
const rowsOf = (css) => browser.run((wanted) =>
  [...document.querySelectorAll(`${wanted} tbody tr`)].map((row) => [...row.children].map((cell) => cell.textContent)), css);
const found = (n) => poll(`${n} actions`, 20, async () => (await texts('#found'))[0] === nl.found(n));

async function assertQuiet() {
  const said = (await browser.log()).filter(({ level }) => level === 'SEVERE');
  assert.deepEqual(said.map(({ message }) => message), []);
}

test('before the first release it says that there are no figures yet', async () => {
  await visit();
  await browser.find('.lead', nl.noRelease);
  await visit(`#/actie/${TOLD}/${ROUND}`);
  await browser.find('.lead', nl.noReleaseOfRound);
  await assertQuiet();
  await fill();
  for (const round of [ROUND, LATER]) await collector.succeed('release', 'create', round);
  const text = join(collector.folder, 'text');
  writeFileSync(text, 'Het loket <b>opent</b> in mei.\n');
  await collector.succeed('follow-ups', 'publish', TOLD, '--status', 'doing', '--round', ROUND, '--text', text);
});

test('each figure of the overview is a cell of trends, in both languages, and the order is by figure', async () => {
  const excel = (await get(collector, '/v1/trends?question=importance&profile=excel-nl')).text;
  for (const round of [ROUND, LATER]) {
    const told = (await csv('/v1/trends?question=importance')).filter((row) => row.round === round);
    await visit(`#/?ronde=${round}`);
    await found(36);
    const rows = await rowsOf('.overview');
    assert.equal(rows.length, told.length);
    const by = new Map(told.map((row) => [row.action, row]));
    let last = Infinity;
    for (const [name, drawn, mean, interval, n] of rows) {
      const row = by.get(name.match(/WA-\d\.\d\d/)[0]);
      if (row.disclosure !== 'ok') {
        assert.equal(drawn, nl.suppressed, row.action);
        last = -Infinity;
        continue;
      }
      assert.equal(mean.replace(/[▲▼].*/, ''), comma(row.mean));
      assert.ok(excel.includes(`;${comma(row.mean)};`), 'as the table for Excel has it');
      assert.deepEqual([interval, n], [`${comma(row.mean_low)} – ${comma(row.mean_high)}`, row.n]);
      assert.ok(Number(row.mean) <= last, 'the highest first, those without a figure last');
      last = Number(row.mean);
    }
  }
  await browser.click('#languages button', 'English');
  await browser.find('h1', en.overviewTitle);
  const row = (await csv('/v1/trends?question=importance')).find((each) => each.action === TOLD && each.round === LATER);
  const [, , mean, interval] = (await rowsOf('.overview')).find(([name]) => name.includes(TOLD));
  assert.equal(mean, `${row.mean}${en.moved.up}`);
  assert.equal(interval, `${row.mean_low} – ${row.mean_high}`);
  assert.equal(await browser.run(() => document.documentElement.lang), 'en');
  await browser.picture('dashboard-overview-en');
  await browser.click('#languages button', 'Nederlands');
  await browser.find('h1', nl.overviewTitle);
  await assertQuiet();
});

test('the heads sort by keyboard: the focus stays, and what it is sorted by is told', async () => {
  await visit();
  await found(36);
  await browser.run(() => document.querySelector('#sort-action').focus());
  await browser.press(ENTER);
  const ids = async () => (await rowsOf('.overview')).map(([name]) => name.match(/WA-\d\.\d\d/)[0]);
  const sortOf = () => browser.run(() => [...document.querySelectorAll('.overview thead [aria-sort]')].map((each) => each.getAttribute('aria-sort')));
  assert.deepEqual(await ids(), (await ids()).sort());
  assert.deepEqual(await sortOf(), ['ascending', 'none', 'none', 'none']);
  assert.equal(await (await browser.active()).attribute('id'), 'sort-action');
  await browser.press(ENTER);
  assert.deepEqual(await ids(), (await ids()).sort().reverse());
  assert.deepEqual(await sortOf(), ['descending', 'none', 'none', 'none']);
  assert.match(await browser.url(), /volgorde=-action/);
  await browser.press(TAB);
  assert.equal(await (await browser.active()).attribute('id'), 'sort-figure');
});

test('a view is sifted by words and choices, and its address brings it back', async () => {
  await visit();
  await browser.fill('#pick-search', 'loket');
  await found(1);
  await browser.fill('#pick-search', 'wa-1.');
  await found(6);
  await browser.click('details.choices summary');
  await browser.click('#pick-told option', nl.toldOnly);
  await found(4);
  await browser.click('#pick-told option', nl.all);
  await browser.click('.views button', nl.views.waiting);
  await found(5);
  const url = await browser.url();
  await browser.go('about:blank');
  await browser.go(url);
  await found(5);
  assert.equal((await rowsOf('.overview')).some(([name]) => name.includes(TOLD)), false, 'of this one it was told what was done');
  await browser.click('.views button', nl.views.moved);
  await poll('the moved ones', 20, async () => (await rowsOf('.overview')).every(([, , mean]) => /[▲▼]/.test(mean)));
  assert.ok((await rowsOf('.overview')).some(([name]) => name.includes(TOLD)));
});

test('an action’s tables hold the cells of options, questions and trends', async () => {
  await visit(`#/actie/${TOLD}/${LATER}`);
  const mine = async (table) => (await csv(`/v1/rounds/${LATER}/${table}`)).filter(({ action }) => action === TOLD);
  const [questions, options] = [await mine('questions'), await mine('options')];
  for (const question of questions) {
    const place = `#vraag-${question.question}`;
    if (question.disclosure !== 'ok') {
      assert.deepEqual(await texts(`${place} .withheld`), [nl.withheld]);
      assert.deepEqual(await texts(`${place} table.shares`), []);
      continue;
    }
    const figures = ['n', 'mean', 'median', 'positive', 'negative', 'net'].map((name) => comma(question[name])).filter(Boolean);
    assert.deepEqual(await texts(`${place} .numbers dd`), figures);
    const shares = options.filter((row) => row.question === question.question);
    const expected = shares.map((row) => [comma(row.share), `${comma(row.ci_low)} – ${comma(row.ci_high)}`, row.count]);
    assert.deepEqual((await rowsOf(`${place} .shares`)).map((cells) => cells.slice(2)), expected);
    const widths = await browser.run((wanted) => [...document.querySelectorAll(`${wanted} .bar-of`)].map((bar) => bar.getAttribute('width')), place);
    assert.deepEqual(widths, shares.map((row) => `${(Number(row.share) * 100).toFixed(2)}%`));
  }
  const [followUp] = await texts('.follow-up .whole');
  assert.equal(followUp, 'Het loket <b>opent</b> in mei.', 'what was written is text');
  await browser.picture('dashboard-action');
  await assertQuiet();
});

test('a round without a figure is a gap in the trend, with a dash in its table', async () => {
  await visit(`#/actie/${GAP}/${ROUND}`);
  const trends = (await csv(`/v1/trends?action=${GAP}&question=importance`));
  assert.deepEqual(trends.map(({ disclosure }) => disclosure), ['ok', 'suppressed']);
  assert.deepEqual(await texts('#vraag-importance .trend .gap'), ['–']);
  assert.equal(await browser.run(() => document.querySelectorAll('#vraag-importance .trend .course').length), 0);
  await browser.click('#vraag-importance summary', nl.asTable);
  const [first, second] = await rowsOf('#vraag-importance .rounds');
  assert.deepEqual(first.slice(1, 3), [comma(trends[0].mean), `${comma(trends[0].mean_low)} – ${comma(trends[0].mean_high)}`]);
  assert.deepEqual(second.slice(1), ['–', '–', '–', '–', '–']);
});

test('of an action of which nothing is told no figure stands on the page', async () => {
  await visit(`#/actie/${HIDDEN}/${ROUND}`);
  const said = await texts('.asked .withheld');
  assert.equal(said.length, 5);
  assert.deepEqual(await texts('.asked :is(.figure, dd, svg)'), []);
});

test('downloads are the bytes of the release, with the mark that Excel wants', async () => {
  await visit();
  const links = await browser.run(() => [...document.querySelectorAll('.downloads a')].map((a) => [a.getAttribute('href'), a.hasAttribute('download')]));
  assert.equal(links.length, 11);
  for (const [href, isDownload] of links) {
    assert.ok(isDownload, href);
    const answer = await request(collector.url, href);
    assert.equal(answer.status, 200, href);
    assert.equal(answer.bytes.subarray(0, 3).toString('hex') === 'efbbbf', href.includes('excel-nl'), href);
    const whole = await browser.run(async (path) => (await (await fetch(path)).arrayBuffer()).byteLength, href);
    assert.equal(whole, answer.bytes.length, href);
  }
});

test('nothing is wider than a phone, by day or by night, on any page', async (context) => {
  context.after(() => browser.resize(1280, 900));
  for (const width of [320, 390, 1280])
    for (const theme of ['light', 'dark']) {
      await browser.resize(width, 800);
      await browser.cdp('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: theme }] });
      for (const [name, address] of [['overview', ''], ['action', `#/actie/${TOLD}/${LATER}`], ['lost', '#/elders']]) {
        await visit(address);
        await browser.assertReflows(`${name} at ${width}`);
        await browser.picture(`dashboard-${name}-${theme}-${width}`);
      }
    }
});

test('each control has a name, and a table on a phone is still one', async (context) => {
  context.after(() => browser.resize(1280, 900));
  await browser.resize(390, 800);
  await visit();
  for (const element of await browser.all('button, a, input, select')) if (await element.shown()) assert.match(await element.name(), /\S/);
  for (const [css, role] of [['.overview', 'table'], ['.overview tbody tr', 'row'], ['.overview tbody th', 'rowheader'], ['.overview tbody td', 'cell']])
    assert.equal(await (await browser.find(css)).role(), role);
});

test('a first visit loads little, from here alone', async (context) => {
  await visit();
  await found(36);
  const names = await browser.run(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const paths = ['/dashboard', ...new Set(names.map((name) => new URL(name).pathname))];
  for (const name of names) assert.equal(new URL(name).origin, siteOf(collector.url));
  let bytes = 0;
  for (const path of paths.filter((each) => !each.startsWith('/v1/')))
    bytes += (await request(collector.url, path, { headers: { 'Accept-Encoding': 'gzip' } })).bytes.length;
  context.diagnostic(`${bytes} bytes compressed, ${paths.length} requests`);
  assert.ok(bytes <= FIRST_VISIT.bytes, `${bytes} bytes`);
  assert.ok(paths.length <= FIRST_VISIT.requests, `${paths.length} requests: ${paths}`);
  assert.equal(await browser.run(() => document.cookie), '');
});
