// A person at the citizen page, in a browser of their own: goes where a person goes, by what stands on the page. Texts are those of the
// page's own files, so that a test says which text and not its wording.
import assert from 'node:assert/strict';
import { poll } from './poll.mjs';
import { ACTION, ROUND } from './panel.mjs';
import { Browser } from './webdriver.mjs';
import nl from '../../../web/js/texts.nl.js';

export const t = nl;

// For `before`, and before what a worker runs: a browser of before Ed25519, that has no locks and no channels between tabs either.
export const WITHOUT_ED25519 = `{
  for (const name of globalThis.SubtleCrypto ? ['importKey', 'generateKey', 'sign', 'verify'] : []) {
    const real = SubtleCrypto.prototype[name];
    SubtleCrypto.prototype[name] = function (...args) {
      const named = args.find((arg) => arg === 'Ed25519' || arg?.name === 'Ed25519');
      return named ? Promise.reject(new DOMException('no Ed25519', 'NotSupportedError')) : real.apply(this, args);
    };
  }
  if (globalThis.Navigator) Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
  delete globalThis.BroadcastChannel;
}`;


// Passkeys want a host name.
export const siteOf = (url) => url.replace('127.0.0.1', 'localhost');

export class Citizen extends Browser {
  static async begin(name) {
    return Object.setPrototypeOf(await Browser.start(name), Citizen.prototype);
  }

  // As the page has noticed it too, which moves what stands below its notice.
  async offline(on) {
    await super.offline(on);
    await poll(`the page to know that it is ${on ? 'offline' : 'online'}`, 20, () =>
      this.run((wanted) => {
        const place = document.getElementById('offline');
        return navigator.onLine !== wanted && (!place || place.hasChildNodes() === wanted);
      }, on));
  }

  // Another person takes the seat: of the one before nothing is left.
  async becomeAnother() {
    await this.offline(false);
    await this.go('about:blank');
    await this.cdp('Storage.clearDataForOrigin', { origin: this.site, storageTypes: 'all' });
    await this.cdp('Emulation.setEmulatedMedia', { features: [] });
    await this.log();
  }

  // The page anew, at an address after the #.
  async visit(address = '') {
    await this.go('about:blank');
    await this.go(`${this.site}/${address}`);
  }

  // Waits for the page of that heading, and that it is the one that scripts have drawn.
  page(title) {
    return this.find('h1[tabindex="-1"]', title);
  }

  async push(text) {
    await this.click('button, a.button', text);
  }

  // From the link in a letter to the page with the recovery code; gives the code.
  async enrol(code) {
    await this.visit(`#uitnodiging=${code}`);
    await this.page(t.welcomeTitle);
    await this.push(t.join);
    await this.page(t.consentTitle);
    await this.push(t.agree);
    await this.page(t.keepTitle);
    return this.recoveryCode();
  }

  async recoveryCode() {
    return (await (await this.find('#recovery')).text()).replace(/\s/g, '');
  }

  async joined(code) {
    const recovery = await this.enrol(code);
    await this.push(t.isKept);
    await this.page(t.listTitle);
    return recovery;
  }

  async toAction(action = ACTION, round = ROUND) {
    // The page that is left may have a form as well.
    await this.run((address) => {
      if (location.hash === address) return;
      for (const form of document.forms) form.dataset.left = '';
      location.hash = address;
    }, `#/actie/${action}/${round}`);
    await this.find('form:not([data-left]) .question');
    await this.find('form:not([data-left]) button[type=submit]');
  }

  // Chooses by the place of a value in its question.
  async choose(question, place = 0) {
    await this.click(`#q-${question}${place === 0 ? '' : `-${place}`}`);
  }

  // The answers that most tests give: importance 4, noticed no.
  async fillIn() {
    await this.choose('importance', 3);
    await this.choose('noticed', 1);
  }

  async sendAnswer(outcome = t.thanksTitle) {
    await this.click('form button[type=submit]');
    await this.page(outcome);
  }

  async restore(code) {
    await this.visit('#/herstel');
    await this.page(t.recoverTitle);
    await this.fill('#recovery-code', code);
    await this.click('button[type=submit]', t.recover);
  }

  // The faults on top, as texts.
  async faults() {
    await this.find('#faults');
    return this.run(() => [...document.querySelectorAll('#faults li')].map((each) => each.textContent));
  }

  // What this device keeps, by the page's own store: {member, head, …} and all responses.
  kept() {
    return this.run(async () => {
      const store = await import('/web/js/store.js');
      const names = ['member', 'pending', 'recovery', 'head', 'erasures'];
      const facts = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await store.fact(name)])));
      if (facts.member) facts.member = { kid: facts.member.key.kid, index: facts.member.enrolment.index, isSealed: facts.member.key.sealed !== undefined };
      return { ...facts, recovery: facts.recovery !== undefined, responses: await store.responses() };
    });
  }

  // Waits until the worker keeps the pages, so that a start without a connection works.
  async isKept() {
    await poll('the worker to keep the pages', 20, () =>
      this.run(async () => {
        const { active } = (await navigator.serviceWorker.getRegistration()) ?? {};
        return active?.state === 'activated' && navigator.serviceWorker.controller !== null;
      }));
  }

  // Waits for this device's newest response about an action to be in a state, as the store has it.
  settled(state, action = ACTION) {
    return poll(`the response to be ${state}`, 40, async () => {
      const { responses } = await this.kept();
      const one = responses.filter((each) => each.action === action).at(-1);
      return one?.state === state && one;
    });
  }

  // Nothing was thrown or refused by the policy. `passing`: what may stand there.
  async assertQuiet(passing = /^$/) {
    const said = (await this.log()).filter(({ level, message }) => level === 'SEVERE' && !passing.test(message));
    assert.deepEqual(said.map(({ message }) => message), []);
  }
}

// Browsers for one file of tests. They take long to start, so who has gone leaves theirs to the next.
export class People {
  constructor(name) {
    this.name = name;
    this.all = [];
    this.idle = [];
  }

  // A person at `url`, the collector's or that of a proxy before it, for as long as the test `context` runs. `apart`: what the test does to
  // this browser stays in it, so that nobody gets it afterwards.
  async meet(context, url, { width = 1024, height = 900, apart = false } = {}) {
    let one = this.idle.pop();
    if (one) await one.becomeAnother();
    else {
      one = await Citizen.begin(`${this.name}-${this.all.length}`);
      this.all.push(one);
    }
    if (!apart) context.after(() => this.idle.push(one));
    one.site = siteOf(url);
    await one.resize(width, height);
    await one.visit();
    return one;
  }

  end() {
    return Promise.all(this.all.map((one) => one.close()));
  }
}
