// Axe over every state of the pages that a person comes to, in two widths: each violation of WCAG 2.2 A and AA and of best practice is a finding, a line
// each, and so is what axe can't decide, but for contrast that it can't compute. First it must find a fault that is put in.
// Usage: BURGERPANEL_BUILD=build node tests/pages/axe.mjs AXE     (AXE: axe.min.js)
import { readFileSync } from 'node:fs';
import { Citizen, siteOf, t } from '../e2e/lib/citizen.mjs';
import { ACTION } from '../e2e/lib/panel.mjs';
import { ready } from '../e2e/lib/programs.mjs';

const axe = readFileSync(process.argv[2], 'utf8');
const OPTIONS = { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } };
const UNDECIDED = ['color-contrast'];

const collector = await ready('pages-axe', { codes: 1, env: { BURGERPANEL_WEB: 'on', BURGERPANEL_WEB_PHONE: '0800 1351', BURGERPANEL_WEB_MAIL: 'panel@example.org' } });
const one = await Citizen.begin('pages-axe');
one.site = siteOf(collector.url);

// What axe finds on the page as it is, `where` before each.
async function findingsOf(where) {
  await one.run(axe);
  const found = await one.run((options) => window.axe.run(document, options), OPTIONS);
  const undecided = found.incomplete.filter(({ id }) => !UNDECIDED.includes(id));
  return [...found.violations, ...undecided].flatMap(({ id, help, nodes }) => nodes.map((node) => `${where}: error: ${id}: ${help}: ${node.html.slice(0, 120)}`));
}

const findings = [];
let states = 0;
async function look(name) {
  for (const width of [360, 1024]) {
    await one.resize(width, 800);
    findings.push(...(await findingsOf(`${name}, ${width} wide`)));
    states++;
  }
}

async function walk() {
  for (const path of ['uitleg', 'privacy', 'toegankelijkheid']) {
    await one.go(`${one.site}/${path}`);
    await one.find('h1');
    await look(`/${path}`);
  }
  await one.visit();
  await one.page(t.welcomeTitle);
  await look('welcome');
  await one.visit('#/herstel');
  await one.page(t.recoverTitle);
  await look('recover');
  await one.visit(`#uitnodiging=${collector.codes[0]}`);
  await one.page(t.welcomeTitle);
  await one.push(t.join);
  await one.page(t.consentTitle);
  await look('consent');
  await one.push(t.agree);
  await one.page(t.keepTitle);
  await look('keep');
  await one.push(t.isKept);
  await one.page(t.listTitle);
  await look('actions');
  await one.toAction(ACTION);
  await look('action');
  await one.click('form button[type=submit]');
  await one.find('#faults');
  await look('faults');
  await one.fillIn();
  await one.sendAnswer();
  await look('thanks');
  for (const address of ['mijn', 'gedaan']) {
    await one.run((to) => void (location.hash = to), `#/${address}`);
    await one.find('h1[tabindex="-1"]');
    await look(address);
  }
}

try {
  await one.go(`${one.site}/uitleg`);
  await one.find('h1');
  await one.run(() => document.documentElement.removeAttribute('lang'));
  if ((await findingsOf('sample')).length === 0) findings.push('tests/pages/axe.mjs:1: error: a page without its language is not found');
  await walk();
} finally {
  await one.close();
  await collector.stop();
}
for (const finding of findings) console.log(finding);
console.log(`${states} states looked at`);
process.exitCode = findings.length > 0 ? 1 : 0;
