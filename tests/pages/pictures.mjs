// Pictures of the pages for docs/ and the README: three rounds of example data, a member with a telephone and an official at a desk. What is seen is
// what chromium draws; pngquant makes it small. A page in two languages is pictured in Dutch.
// Usage: BURGERPANEL_BUILD=build node tests/pages/pictures.mjs FOLDER
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Citizen, siteOf, t } from '../e2e/lib/citizen.mjs';
import { parseTable } from '../e2e/lib/csv.mjs';
import { Desk } from '../e2e/lib/dashboard.mjs';
import { build, Collector, freshFolder } from '../e2e/lib/programs.mjs';

const LARGEST = 64 * 1024; // bytes of one picture
const TELEPHONE = { width: 390, height: 844 };
const DESK = { width: 1100, height: 820 };
const ROUND = 'najaar-2026';
const ACTION = 'WA-1.03';
const COLOURS = 48;

const out = resolve(process.argv[2] ?? assert.fail('which folder?'));
mkdirSync(out, { recursive: true });

function keep(name, base64) {
  const file = join(out, `${name}.png`);
  const small = execFileSync('pngquant', ['--strip', '--speed', '1', String(COLOURS), '-'], { input: Buffer.from(base64, 'base64') });
  assert.ok(small.length <= LARGEST, `${name}: ${small.length} bytes, more than ${LARGEST}`);
  writeFileSync(file, small);
  console.log(`${String(small.length).padStart(6)}  ${name}`);
}

// The window as it stands; the page's top, or from `css` on.
async function picture(browser, name, css) {
  await browser.run((wanted) => {
    document.activeElement?.blur();
    if (wanted) document.querySelector(wanted).scrollIntoView();
    else window.scrollTo(0, 0);
  }, css ?? null);
  keep(name, await browser.call('GET', '/screenshot'));
}

async function pictureMember(collector, codes) {
  const citizen = await Citizen.begin('pictures-member');
  try {
    citizen.site = siteOf(collector.url);
    await citizen.cdp('Emulation.setDeviceMetricsOverride', { ...TELEPHONE, deviceScaleFactor: 1, mobile: true });
    await citizen.visit(`#uitnodiging=${codes[0]}`);
    await citizen.page(t.welcomeTitle);
    await picture(citizen, 'member-1-welcome');
    await citizen.push(t.join);
    await citizen.page(t.consentTitle);
    await picture(citizen, 'member-2-terms');
    await citizen.push(t.agree);
    await citizen.page(t.keepTitle);
    await picture(citizen, 'member-3-recovery-code');
    await citizen.push(t.isKept);
    await citizen.page(t.listTitle);
    await picture(citizen, 'member-4-actions');
    await citizen.toAction(ACTION, ROUND);
    await picture(citizen, 'member-5-action', 'form .question');
    await citizen.click('form button[type=submit]');
    await citizen.find('#faults');
    await picture(citizen, 'member-6-faults');
    await citizen.fillIn();
    await citizen.sendAnswer();
    await picture(citizen, 'member-7-counted');
    await citizen.visit('#/mijn');
    await citizen.page(t.mine);
    await picture(citizen, 'member-8-mine');
    await citizen.visit('#/gedaan');
    await citizen.page(t.doneTitle);
    await picture(citizen, 'member-9-what-was-done');
  } finally {
    await citizen.close();
  }
}

async function tokenOf(collector, ...words) {
  const { stdout } = await collector.succeed('tokens', 'create', ...words);
  return stdout.match(/bp_\S+/)[0];
}

async function pictureDesk(collector) {
  const desk = await Desk.begin('pictures-desk', collector.url);
  try {
    await desk.resize(DESK.width, DESK.height);
    await desk.cdp('Emulation.setScrollbarsHidden', { hidden: true });
    await desk.visit();
    await desk.find('.overview tbody tr');
    await picture(desk, 'dashboard-1-overview');
    await desk.visit(`#/actie/${ACTION}/${ROUND}`);
    await desk.find('table tbody tr');
    await picture(desk, 'dashboard-2-action', 'main h2');
    await desk.visitAs(await tokenOf(collector, 'analist', '--role', 'analyst', '--exact'), '#/exact');
    await desk.find('.overview tbody tr');
    await picture(desk, 'dashboard-3-exact');
    await desk.visitAs(await tokenOf(collector, 'bureau', '--role', 'team', '--publish'), `#/bericht/${ACTION}`);
    await desk.find('form');
    await picture(desk, 'dashboard-4-what-was-done', 'form');
  } finally {
    await desk.close();
  }
}

const folder = freshFolder('pictures');
execFileSync('fixtures/example/fill.sh', [folder, 'http://localhost'], { env: { ...process.env, BUILD: build }, stdio: ['ignore', 'ignore', 'inherit'] });
const collector = new Collector(folder, join(folder, 'burgerpanel.db'));
await collector.start(undefined, { env: { BURGERPANEL_WEB: 'on' } });
try {
  await pictureMember(collector, parseTable(readFileSync(join(folder, 'unused.csv'), 'utf8')).map(({ code }) => code));
  await pictureDesk(collector);
} finally {
  await collector.stop();
}
const total = readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
console.log(`${String(total).padStart(6)}  in all`);
