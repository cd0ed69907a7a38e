// Axe over every state of the pages that a person comes to (tests/e2e/lib/states.mjs), in two widths: each violation of WCAG 2.2 A and AA and of best practice is
// a finding, a line each, and so is what axe can't decide, but for contrast that it can't compute. First it must find a fault that is put in.
// Usage: BURGERPANEL_BUILD=build node tests/pages/axe.mjs AXE     (AXE: axe.min.js)
import { readFileSync } from 'node:fs';
import { Citizen, siteOf } from '../e2e/lib/citizen.mjs';
import { Desk } from '../e2e/lib/dashboard.mjs';
import { readyForCitizens, readyForReaders, walkCitizen, walkDashboard, walkDesk, walkDocuments } from '../e2e/lib/states.mjs';

const axe = readFileSync(process.argv[2], 'utf8');
const OPTIONS = { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }, resultTypes: ['violations', 'incomplete'] };
const UNDECIDED = ['color-contrast'];

const findings = [];
let states = 0;

// What axe finds on the page as it is, `where` before each.
async function findingsOf(one, where) {
  const isThere = await one.run(() => 'axe' in window);
  if (!isThere) await one.run(axe);
  const found = await one.run((options) => window.axe.run(document, options), OPTIONS);
  const undecided = found.incomplete.filter(({ id }) => !UNDECIDED.includes(id));
  return [...found.violations, ...undecided].flatMap(({ id, help, nodes }) => nodes.map((node) => `${where}: error: ${id}: ${help}: ${node.html.slice(0, 120)}`));
}

const looker = (one) => async (name) => {
  for (const width of [360, 1024]) {
    await one.resize(width, 800);
    findings.push(...(await findingsOf(one, `${name}, ${width} wide`)));
    states++;
  }
};

async function assertFindsFault(one) {
  await one.go(`${one.site}/uitleg`);
  await one.find('h1');
  await one.run(() => document.documentElement.removeAttribute('lang'));
  if ((await findingsOf(one, 'sample')).length === 0) findings.push('tests/pages/axe.mjs:1: error: a page without its language is not found');
}

async function lookAtCitizenPage() {
  const place = await readyForCitizens('axe-citizen', 2);
  place.one = await Citizen.begin('axe-citizen');
  place.one.site = siteOf(place.proxy.url);
  try {
    await assertFindsFault(place.one);
    await walkDocuments(place.one, looker(place.one));
    await walkCitizen(place, place.collector.codes, looker(place.one));
  } finally {
    await place.one.close();
    await place.stop();
  }
}

async function lookAtDashboard() {
  const place = await readyForReaders('axe-readers');
  place.one = await Desk.begin('axe-readers', place.proxy.url);
  try {
    await walkDashboard(place, looker(place.one));
    await walkDesk(place, looker(place.one));
  } finally {
    await place.one.close();
    await place.stop();
  }
}

// Beside each other: they wait for pages more than they compute.
const results = await Promise.allSettled([lookAtCitizenPage(), lookAtDashboard()]);
for (const { reason } of results) if (reason) findings.push(`tests/pages/axe.mjs:1: error: ${reason.stack}`);
for (const finding of findings) console.log(finding);
console.log(`${states} states looked at`);
process.exitCode = findings.length > 0 ? 1 : 0;
