// Goal: every state of the pages is there for who reads them narrow, spaced, in forced colours, without motion, on paper, by ear or without a mouse: what
// tests/e2e/lib/access.mjs asks of each holds of all that tests/e2e/lib/states.mjs comes to.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect } from './lib/access.mjs';
import { Citizen, siteOf } from './lib/citizen.mjs';
import { Desk } from './lib/dashboard.mjs';
import { readyForCitizens, readyForReaders, walkCitizen, walkDashboard, walkDesk, walkDocuments } from './lib/states.mjs';

let citizens, readers;
before(async () => {
  [citizens, readers] = await Promise.all([readyForCitizens('web-access-citizens', 2), readyForReaders('web-access-readers')]);
});
after(async () => {
  await citizens?.stop();
  await readers?.stop();
});

// Goes with `walk` through states, and holds each against what is asked of all.
async function assertAll(context, walk, one, least) {
  const findings = [];
  let states = 0;
  await walk(async (name, how) => {
    findings.push(...(await inspect(one, how)).map((line) => `${name}: ${line}`));
    states++;
  });
  context.diagnostic(`${states} states`);
  assert.ok(states >= least, `${states} states`);
  assert.deepEqual(findings, []);
}

// What is put into a page, and what is to be found of it.
const FAULTS = {
  'p id="bad-wide"': [/pixels wide where/],
  'p id="bad-cut"': [/text is cut off: <p id="bad-cut"/],
  'button id="bad-bare"': [/not seen in forced colours: <button id="bad-bare"/],
  'button id="bad-moves"': [/may move: <button id="bad-moves"/, /target of \d+ by \d+: <button id="bad-moves"/],
  'button id="bad-name"': [/no button of that name is told: <button id="bad-name"/],
  'button id="bad-rim"': [/no line around what has the focus: <button id="bad-rim"/, /printed: <button id="bad-rim"/],
  'button id="bad-order" tabindex="1"': [/the tab key comes to/],
  'button id="bad-late"': [/read after what stands below or beside it: <button id="bad-late"/],
  'h1 id="bad-head"': [/2 headings of the first level/, /the title 'x' does not name/, /the focus of who comes here is on/],
};
const FAULTY = `
  #bad-wide { width: 500px } #bad-cut { height: 20px; overflow: hidden } #bad-bare { border: 0; background: none } #bad-late { position: absolute; top: 0; left: 0 }
  #bad-moves { transition: color 1s; width: 9px } #bad-rim { display: block !important } #bad-rim:focus { outline: none; box-shadow: none }`;

test('a fault of each kind that is put into a page is found', async () => {
  const one = await Citizen.begin('access-sample');
  try {
    await one.go(`${siteOf(citizens.proxy.url)}/uitleg`);
    await one.find('h1');
    await one.run((faults, style) => {
      for (const [name, ...attributes] of faults.map((fault) => fault.split(' '))) {
        const element = document.querySelector('main').appendChild(document.createElement(name));
        for (const [key, value] of attributes.map((each) => each.split('='))) element.setAttribute(key, value.replaceAll('"', ''));
        if (element.id !== 'bad-name') element.textContent = 'fout '.repeat(60);
      }
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      document.adoptedStyleSheets.push(sheet);
      document.title = 'x';
    }, Object.keys(FAULTS), FAULTY);
    const findings = (await inspect(one, { isArrived: true })).join('\n');
    for (const patterns of Object.values(FAULTS)) for (const pattern of patterns) assert.match(findings, pattern);
  } finally {
    await one.close();
  }
});

test('the citizen page, in every state', async (context) => {
  const one = await Citizen.begin('access-citizen');
  one.site = siteOf(citizens.proxy.url);
  try {
    await assertAll(context, async (look) => {
      await walkDocuments(one, look);
      await walkCitizen({ ...citizens, one }, citizens.collector.codes, look);
    }, one, 35);
  } finally {
    await one.close();
  }
});

test('the dashboard, in every state that anyone sees', async (context) => {
  const one = await Desk.begin('access-reader', readers.proxy.url);
  try {
    await assertAll(context, (look) => walkDashboard({ ...readers, one }, look), one, 14);
  } finally {
    await one.close();
  }
});

test('the dashboard, in every state that staff see', async (context) => {
  const one = await Desk.begin('access-desk', readers.proxy.url);
  try {
    await assertAll(context, (look) => walkDesk({ ...readers, one }, look), one, 13);
  } finally {
    await one.close();
  }
});
