// Goal: the dashboard shows anybody what the releases tell and nothing else: every figure is a cell of a table, character for character; what is suppressed is
// said to be; it is sorted, sifted and read by keyboard, on a phone too; and its downloads are the tables' bytes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { siteOf } from './lib/citizen.mjs';
import { parseTable } from './lib/csv.mjs';
import { CHOICES, comma, Desk, fillTwo, LATER, panelWithChoices } from './lib/dashboard.mjs';
import { request } from './lib/http.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { get, sendAll } from './lib/reading.mjs';
import nl from '../../web/js/dashboard/texts.nl.js';
import en from '../../web/js/dashboard/texts.en.js';

const TOLD = 'WA-1.03'; // told in both rounds, and it has moved
const GAP = 'WA-2.03'; // told in the first round alone
const HIDDEN = 'WA-1.01';
const ENTER = '\uE007';
const TAB = '\uE004';
const FIRST_VISIT = { bytes: 34 * 1024, requests: 25 };
let collector, browser, members;

before(async () => {
  collector = await ready('web-dashboard', { panel: panelWithChoices(), codes: 60 });
  browser = await Desk.begin('dashboard', collector.url);
});
after(async () => {
  await browser?.close();
  await collector?.stop();
});

const visit = (address) => browser.visit(address);
const texts = (css) => browser.texts(css);
const rowsOf = (css) => browser.rowsOf(css);
const assertQuiet = () => browser.assertQuiet();
const found = (n) => poll(`${n} actions`, 20, async () => (await texts('#found'))[0] === nl.found(n));
const csv = async (path) => parseTable((await get(collector, path)).text);

test('before the first release it says that there are no figures yet', async () => {
  await visit();
  await browser.find('.lead', nl.noRelease);
  await visit(`#/actie/${TOLD}/${ROUND}`);
  await browser.find('.lead', nl.noReleaseOfRound);
  await assertQuiet();
  members = await fillTwo(collector);
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

test('all actions that are told lie on one scale, a dot each, over the table; what is sifted out is gone there too', async () => {
  await visit();
  await found(36);
  const dots = () => texts('.crowd title');
  const told = (await texts('.overview tbody tr')).length - (await texts('.overview .hidden-figures')).length;
  assert.equal((await dots()).length, told);
  assert.ok(told > 1, `${told} told`);
  const [first] = await texts('.overview tbody tr th a');
  await browser.fill('#pick-search', first);
  await poll('a dot alone', 20, async () => (await dots()).length === 1);
  assert.deepEqual(await browser.run(() => [...document.querySelectorAll('.crowd title')].map((each) => each.textContent)), [first]);
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

test('a point of a trend has the colour of the side on which its interval lies whole', async () => {
  const sides = (rows) => rows.filter(({ mean }) => mean !== '').map((row) => (Number(row.mean_low) > 3 ? 'above' : Number(row.mean_high) < 3 ? 'below' : 'around'));
  const seen = new Set();
  for (const action of [TOLD, GAP, 'WA-1.02']) {
    await visit(`#/actie/${action}/${ROUND}`);
    const wanted = sides(await csv(`/v1/trends?action=${action}&question=importance`));
    const drawn = (kind) => browser.run((name) => [...document.querySelectorAll(`#vraag-importance .trend .${name}`)].map((each) => each.getAttribute('class')), kind);
    assert.deepEqual(await drawn('dot'), wanted.map((side) => `dot ${side}`), action);
    assert.deepEqual(await drawn('interval'), wanted.map((side) => `interval ${side}`), action);
    wanted.forEach((side) => seen.add(side));
  }
  assert.ok(seen.size > 1, [...seen].join());
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

const idsShown = async () => (await rowsOf('.overview')).map(([name]) => name.match(/WA-\d\.\d\d/)?.[0]);

test('both ends are seen at once: the highest, how many are between, the lowest', async () => {
  const told = (await csv(`/v1/trends?question=importance&round=${ROUND}`)).filter(({ disclosure }) => disclosure === 'ok');
  const means = told.map(({ mean }) => mean).sort((a, b) => b - a);
  await visit(`#/?ronde=${ROUND}`);
  await found(36);
  assert.deepEqual(await texts('.views button'), [nl.views.all, nl.views.ends, `${nl.views.waiting} (35)`], 'the first round has moved from nothing');
  await browser.click('.views button', nl.views.ends);
  await browser.find('#found', nl.foundEnds(10));
  assert.equal(await (await browser.active()).attribute('aria-pressed'), 'true');
  const rows = await rowsOf('.overview');
  assert.deepEqual(rows.filter((cells) => cells.length > 1).map(([, , mean]) => mean), [...means.slice(0, 5), ...means.slice(-5)].map(comma));
  assert.deepEqual(rows[5], [`${nl.between(told.length - 10)} ${nl.showAll}`]);
  assert.deepEqual(await texts('.overview thead button'), [], 'there is one order');
  await browser.click('.between button');
  await found(36);
});

test('what waits begins with the least content', async () => {
  await visit(`#/?ronde=${ROUND}&beeld=waiting`);
  await found(35);
  const means = (await rowsOf('.overview')).map(([, , mean]) => mean).filter((mean) => /\d/.test(mean)).map((mean) => Number(mean.replace(',', '.')));
  assert.ok(means.length > 20);
  assert.deepEqual(means, [...means].sort((a, b) => a - b));
  assert.ok(!(await idsShown()).includes(TOLD));
});

test('of a choice the share of an answer is shown, as options has it, beside that of the round before', async () => {
  for (const [question, option] of [['noticed', 'no'], ['channels', 'phone']]) {
    await visit(`#/?ronde=${LATER}&vraag=${question}&antwoord=${option}`);
    await found(36);
    const told = (await csv(`/v1/rounds/${LATER}/options`)).filter((row) => row.question === question && row.option === option);
    const by = new Map(told.map((row) => [row.action, row]));
    let shown = 0;
    for (const [name, drawn, share, interval, n] of await rowsOf('.overview')) {
      const row = by.get(name.match(/WA-\d\.\d\d/)[0]);
      if (row.disclosure !== 'ok') assert.equal(drawn, nl.suppressed);
      else assert.deepEqual([share.replace(/[▲▼].*/, ''), interval, n], [comma(row.share), `${comma(row.ci_low)} – ${comma(row.ci_high)}`, row.n]);
      shown += row.disclosure === 'ok';
    }
    assert.ok(shown > 0, question);
    assert.equal(await browser.run(() => document.querySelectorAll('.drawing .earlier').length) > 0, true, 'rings of the round before');
  }
  await browser.click('#pick-option option', 'Website');
  await poll('another answer', 20, async () => (await texts('.overview .caption'))[0].endsWith('Website'));
  assert.match(await browser.url(), /antwoord=website/);
  await assertQuiet();
});

test('figures of a release that came while the page was open stand under its name, not under that of the one before', async () => {
  const [first, second] = [1, 2].map((number) => nl.releaseLine(number, '').split(',')[0]);
  await visit(`#/?ronde=${LATER}`);
  await found(36);
  await browser.find('.about', first);
  await collector.release(LATER);
  await browser.click('#pick-question option[value=satisfaction]');
  await browser.find('.about', second);
  await found(36);
  assert.match(await browser.url(), /vraag=satisfaction/, 'what was chosen stays');
  assert.equal((await texts('.about')).filter((text) => text.startsWith(first)).length, 0);
  assert.ok((await texts('.downloads')).length > 0);
  await assertQuiet();
});

test('an older release can be chosen: marked as such, with the figures that it had', async () => {
  await visit(`#/?ronde=${LATER}`);
  await found(36);
  await browser.find('.about', nl.releaseLine(2, '').split(',')[0]);
  await browser.click('details.choices summary');
  const [newest, older] = await texts('#pick-release option');
  assert.ok(newest.startsWith('2') && newest.includes('nieuwste') && older.startsWith('1'));
  await browser.click('#pick-release option', older);
  await browser.find('.mark-line', 'is niet de nieuwste');
  assert.match(await browser.url(), /uitgave=1/);
  const told = (await csv(`/v1/rounds/${LATER}/releases/1/questions.csv`)).filter(({ question }) => question === 'importance');
  const by = new Map(told.map((row) => [row.action, row]));
  for (const [name, drawn, mean, interval] of await rowsOf('.overview')) {
    const row = by.get(name.match(/WA-\d\.\d\d/)[0]);
    if (row.disclosure !== 'ok') assert.equal(drawn, nl.suppressed);
    else assert.deepEqual([mean, interval], [comma(row.mean), '–']);
  }
  assert.deepEqual(await texts('.views button'), [nl.views.all, nl.views.ends, `${nl.views.waiting} (35)`], 'it is compared with no other round');
  const links = await browser.run(() => [...document.querySelectorAll('.downloads a')].map((a) => a.getAttribute('href')));
  assert.ok(links.includes(`/v1/rounds/${LATER}/releases/1/questions.csv`));
  await browser.picture('dashboard-older');
  await browser.click('.overview a', 'Fundament');
  await browser.find('h1[tabindex="-1"]', 'Fundament');
  await browser.find('.mark-line', 'is niet de nieuwste');
  await browser.click('.mark-line a', nl.toNewest);
  await browser.find('h1', nl.overviewTitle);
  await poll('the newest', 20, async () => (await texts('.mark-line')).length === 0);
  await assertQuiet();
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

test('a round that asks no scale is there too, by the shares of its answers', async () => {
  const answered = members.map((member, i) => member.response(CHOICES, 'WA-1.02', { noticed: ['yes', 'no', 'unknown'][i % 3] }, { revision: 1 }));
  await sendAll(collector, answered);
  await collector.release(CHOICES);
  await visit();
  await found(1);
  assert.deepEqual(await texts('#pick-question option'), ['Merkt u al iets van deze actie?'], 'the newest round is shown, with what it asks');
  const [told] = (await csv(`/v1/rounds/${CHOICES}/options`)).filter(({ option }) => option === 'yes');
  assert.equal(told.disclosure, 'ok');
  const [[name, , share, interval, n]] = await rowsOf('.overview');
  assert.match(name, /WA-1\.02/);
  assert.deepEqual([share, interval, n], [comma(told.share), `${comma(told.ci_low)} – ${comma(told.ci_high)}`, told.n]);
  await assertQuiet();
});
