// Somebody at the dashboard, in a browser of their own, and a collector with two rounds of the example for it to show.
import assert from 'node:assert/strict';
import { siteOf } from './citizen.mjs';
import { keepAlive } from './http.mjs';
import { examplePanel, ROUND } from './panel.mjs';
import { ready } from './programs.mjs';
import { enrolAll, sendAll } from './reading.mjs';
import { answersOf, exampleRows } from './tables.mjs';
import { Browser } from './webdriver.mjs';
import deskNl from '../../../web/js/dashboard/desk-texts.nl.js';
import nl from '../../../web/js/dashboard/texts.nl.js';

export const t = { ...nl, ...deskNl };
export const LATER = 'round-2';
export const comma = (cell) => cell.replace('.', ',');

// The example's panel with a second round, of which releases may follow each other at once.
export function panelOfTwo() {
  const panel = examplePanel();
  panel.disclosure = { ...panel.disclosure, releaseInterval: 0 };
  panel.rounds.push({ ...panel.rounds[0], id: LATER, title: { nl: 'Tweede ronde', en: 'Second round' }, opensAt: '2026-02-01T00:00:00Z' });
  return panel;
}

// In the second round the first track alone was answered about, and more kindly. `comment(row, i)`: what is written in it, if anything.
export async function fillTwo(collector, comment = () => undefined) {
  const agent = keepAlive();
  const members = await enrolAll(collector, agent);
  const rows = exampleRows();
  const signed = (round, row, answers) => members[row.member - 1].response(round, row.action, answers, { revision: Number(row.revision) });
  await sendAll(collector, rows.map((row) => signed(ROUND, row, answersOf(row))), agent);
  const kinder = (row, i) => {
    const { comment: ignored, ...answers } = answersOf(row);
    const text = comment(row, i);
    return { ...answers, importance: Math.min(5, answers.importance + 2), ...(text !== undefined && { comment: text }) };
  };
  await sendAll(collector, rows.filter(({ action }) => action.startsWith('WA-1.')).map((row, i) => signed(LATER, row, kinder(row, i))), agent);
  agent.destroy();
  return members;
}

export const readyTwo = (name, options) => ready(name, { panel: panelOfTwo(), codes: 60, ...options });

// The panel with a further round that asks one question of choice and nothing else.
export const CHOICES = 'round-3';
export function panelWithChoices() {
  const panel = panelOfTwo();
  const noticed = panel.questionnaires[0].questions.find(({ id }) => id === 'noticed');
  panel.questionnaires.push({ id: 'choices-1', questions: [noticed] });
  panel.rounds.push({ ...panel.rounds[0], id: CHOICES, title: { nl: 'Derde ronde' }, questionnaire: 'choices-1', actions: ['WA-1.02'], opensAt: '2026-03-01T00:00:00Z' });
  return panel;
}

export class Desk extends Browser {
  // At the dashboard of `url`, a collector's or that of a proxy before it.
  static async begin(name, url) {
    const desk = Object.setPrototypeOf(await Browser.start(name, { width: 1280 }), Desk.prototype);
    desk.site = siteOf(url);
    return desk;
  }

  // The page anew, at an address after the #.
  async visit(address = '', site = this.site) {
    await this.go('about:blank');
    await this.go(`${site}/dashboard${address}`);
    await this.find('h1[tabindex="-1"]');
  }

  page(title) {
    return this.find('h1[tabindex="-1"]', title);
  }

  // Goes to an address without loading the page anew.
  async to(address) {
    await this.run((to) => void (location.hash = to), address);
  }

  push(text) {
    return this.click('button, a.button', text);
  }

  texts(css) {
    return this.run((wanted) => [...document.querySelectorAll(wanted)].map((each) => each.textContent), css);
  }

  // The rows of a table that is shown: the row's head, then its cells as texts.
  rowsOf(css) {
    return this.run((wanted) => [...document.querySelectorAll(`${wanted} tbody tr`)].map((row) => [...row.children].map((cell) => cell.textContent)), css);
  }

  // As somebody does; leads to where the page had been going.
  async logIn(token) {
    await this.fill('#token', token);
    await this.click('form button[type=submit]');
  }

  // Logged in, at an address, by the shortest way; `token` undefined: as anyone.
  async visitAs(token, address = '') {
    await this.go('about:blank');
    await this.go(`${this.site}/uitleg`);
    await this.run((given) => {
      sessionStorage.clear();
      if (given) sessionStorage.setItem('token', JSON.stringify({ token: given, usedAt: Date.now() }));
    }, token ?? null);
    await this.visit(address);
  }

  // The clock of the page goes ahead by so much.
  pass(minutes) {
    return this.run((ms) => {
      const now = Date.now;
      Date.now = () => now() + ms;
    }, minutes * 60_000);
  }

  // Nothing was thrown or refused by the policy. `passing`: what may stand there.
  async assertQuiet(passing = /^$/) {
    const said = (await this.log()).filter(({ level, message }) => level === 'SEVERE' && !passing.test(message));
    assert.deepEqual(said.map(({ message }) => message), []);
  }
}
