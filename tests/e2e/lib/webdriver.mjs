// A browser, driven over W3C WebDriver by fetch alone: Debian's chromium through its chromedriver. What the browser keeps, its profile, HOME and
// temporary files, lies in the test's folder. BURGERPANEL_CHROMEDRIVER and BURGERPANEL_CHROMIUM name other programs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { poll, slow } from './poll.mjs';
import { build, freshFolder } from './programs.mjs';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const PATIENCE = 20; // seconds that a state of the page is waited for
const STARTS = 3; // of a browser, before it is said not to start
const patience = () => Date.now() + PATIENCE * slow * 1000;
const FLAGS = ['--headless=new', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions', '--disable-default-apps', '--disable-breakpad'];

// Keys that have no character, as WebDriver writes them.
export const KEY = { tab: '\ue004', enter: '\ue007', escape: '\ue00c', space: ' ', up: '\ue013', down: '\ue015', left: '\ue012', right: '\ue014', home: '\ue011', end: '\ue010', shift: '\ue008', control: '\ue009', backspace: '\ue003' };

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

// What WebDriver says of an element that a page has taken away, or moved on between the look and the press: nothing was done to it.
const DRAWN_ANEW = ['stale element reference', 'no such element'];
const NOT_REACHED = ['element click intercepted', 'element not interactable'];

// One element of a page. What it says is read anew each time. `sought`: what it was found by, {css, text}; where the page has drawn it anew
// since, it is looked for again. One without is that very element and no other.
class Element {
  constructor(browser, id, sought) {
    this.browser = browser;
    this.id = id;
    this.sought = sought;
  }
  async call(method, path, body, passing = []) {
    for (const end = patience(); ; ) {
      try {
        return await this.browser.call(method, `/element/${this.id}${path}`, body);
      } catch (error) {
        const isGone = this.sought && DRAWN_ANEW.includes(error.kind);
        if ((!isGone && !passing.includes(error.kind)) || Date.now() > end) throw error;
        if (isGone) this.id = (await this.browser.find(this.sought.css, this.sought.text)).id;
      }
    }
  }
  click() {
    return this.call('POST', '/click', {}, this.sought ? NOT_REACHED : []);
  }
  clear() {
    return this.call('POST', '/clear', {});
  }
  type(text) {
    return this.call('POST', '/value', { text });
  }
  text() {
    return this.call('GET', '/text');
  }
  attribute(name) {
    return this.call('GET', `/attribute/${name}`);
  }
  property(name) {
    return this.call('GET', `/property/${name}`);
  }
  shown() {
    return this.call('GET', '/displayed');
  }
  box() {
    return this.call('GET', '/rect');
  }
  // What a screen reader is told: the computed role and name.
  role() {
    return this.call('GET', '/computedrole');
  }
  name() {
    return this.call('GET', '/computedlabel');
  }
}

// The path of a download whose name fits, once it is whole in `folder`: it holds something, grows no more, and nothing is on its way. None may be empty.
export function downloaded(folder, name) {
  let before;
  return poll(`${name} to be downloaded`, PATIENCE, () => {
    const names = readdirSync(folder);
    const found = names.find((each) => (name instanceof RegExp ? name.test(each) : each === name));
    if (found === undefined || names.some((each) => each.endsWith('.crdownload'))) return undefined;
    const { size } = statSync(join(folder, found));
    const isWhole = size > 0 && size === before;
    before = size;
    return isWhole && join(folder, found);
  });
}

export class Browser {
  // `width` and `height` in CSS pixels; `lang` as the browser's user has it.
  static async start(name, { width = 1024, height = 900, lang = 'nl' } = {}) {
    const browser = new Browser();
    browser.folder = freshFolder(`browser-${name}`);
    for (const part of ['home', 'tmp', 'profile']) mkdirSync(join(browser.folder, part));
    const env = { ...process.env, HOME: join(browser.folder, 'home'), TMPDIR: join(browser.folder, 'tmp'), LANGUAGE: lang };
    // A group of its own, so that the browser's many processes end with it.
    const child = spawn(process.env.BURGERPANEL_CHROMEDRIVER ?? 'chromedriver', ['--port=0'], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    browser.child = child;
    const group = { kill: (signal) => browser.signal(signal) };
    browser.group = group;
    running.add(group);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
    let ended;
    child.on('error', (error) => (ended = error.message));
    child.on('close', (code) => (ended ??= `code ${code}`));
    const port = await poll('chromedriver to start', 30, () => {
      if (ended !== undefined) throw new Error(`chromedriver ended at once: ${ended}\n${said}`);
      return said.match(/successfully on port (\d+)/)?.[1];
    });
    browser.driver = `http://127.0.0.1:${port}`;
    try {
      await browser.open(width, height, lang);
    } catch (error) {
      await browser.close();
      throw error;
    }
    return browser;
  }

  async open(width, height, lang) {
    const args = [...FLAGS, `--window-size=${width},${height}`, `--lang=${lang}`, `--user-data-dir=${join(this.folder, 'profile')}`];
    if (process.getuid() === 0) args.push('--no-sandbox');
    const options = { args, prefs: { 'intl.accept_languages': lang } };
    if (process.env.BURGERPANEL_CHROMIUM) options.binary = process.env.BURGERPANEL_CHROMIUM;
    const always = { browserName: 'chrome', 'goog:chromeOptions': options, 'goog:loggingPrefs': { browser: 'ALL' } };
    const { sessionId } = await this.begin({ alwaysMatch: always });
    this.session = `/session/${sessionId}`;
    await this.cdp('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  // One that ends before it can be driven, as on a machine that was away for a moment, is started anew.
  async begin(capabilities) {
    for (let tries = 1; ; tries++) {
      try {
        return await this.send('POST', '/session', { capabilities });
      } catch (error) {
        if (error.kind !== 'session not created' || tries === STARTS) throw error;
      }
      rmSync(join(this.folder, 'profile'), { recursive: true, force: true, maxRetries: 5 });
    }
  }

  signal(signal) {
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  async close() {
    if (!this.child) return;
    const { child } = this;
    this.child = undefined;
    const ended = new Promise((done) => child.on('close', done));
    // Not asked to end, which takes it a second: nothing of what it keeps is wanted.
    process.kill(-child.pid, 'SIGKILL');
    await ended;
    running.delete(this.group);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async send(method, path, body) {
    const answer = await fetch(`${this.driver}${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
    const { value } = await answer.json();
    if (answer.ok) return value;
    throw Object.assign(new Error(`${value.error}: ${value.message.split('\n')[0]}`), { kind: value.error });
  }

  call(method, path, body) {
    return this.send(method, `${this.session}${path}`, body);
  }

  // Chromium's own commands, for what WebDriver has none for.
  cdp(cmd, params = {}) {
    return this.call('POST', '/goog/cdp/execute', { cmd, params });
  }

  go(url) {
    return this.call('POST', '/url', { url });
  }
  reload() {
    return this.call('POST', '/refresh', {});
  }
  back() {
    return this.call('POST', '/back', {});
  }
  url() {
    return this.call('GET', '/url');
  }
  title() {
    return this.call('GET', '/title');
  }

  // Runs in the page, past its policy; `args` may hold elements. What it returns must be plain. A promise is waited for.
  run(code, ...args) {
    const plain = args.map((arg) => (arg instanceof Element ? { [ELEMENT]: arg.id } : arg));
    const script = typeof code === 'function' ? `return (${code})(...arguments)` : code;
    return this.call('POST', '/execute/sync', { script, args: plain });
  }

  async all(css) {
    const found = await this.call('POST', '/elements', { using: 'css selector', value: css });
    return found.map((each) => new Element(this, each[ELEMENT]));
  }

  // The first element that fits and is shown, as soon as there is one; with `text` whose text has that in it.
  async find(css, text) {
    try {
      return await poll(`${css}${text === undefined ? '' : ` with ${text}`}`, PATIENCE, () => this.look(css, text));
    } catch (error) {
      throw Object.assign(error, { message: `${error.message}; ${await this.state()}` });
    }
  }

  async look(css, text) {
    for (const element of await this.all(css)) {
      try {
        if ((await element.shown()) && (text === undefined || (await element.text()).includes(text))) return Object.assign(element, { sought: { css, text } });
      } catch (error) {
        if (!DRAWN_ANEW.includes(error.kind)) throw error;
      }
    }
    return undefined;
  }

  // What a test that waited in vain has before it: the address, the page's text, what was said on its console.
  async state() {
    try {
      const [address, text] = await this.run(() => [location.href, (document.querySelector('main') ?? document.body).innerText.slice(0, 300)]);
      const said = (await this.log()).map(({ message }) => message).slice(-5);
      return `at ${address} stands: ${text}${said.length > 0 ? `\non its console: ${said.join('\n')}` : ''}`;
    } catch (error) {
      return `and the page can't be asked: ${error.message}`;
    }
  }

  async click(css, text) {
    await (await this.find(css, text)).click();
  }

  // In place of what stood there; what was typed must be there whole, since a page that draws a field anew under who types would lose some.
  async fill(css, text) {
    const element = await this.find(css);
    await element.clear();
    await element.type(text);
    assert.equal(await element.property('value'), text, `${css} has lost some of what was typed`);
  }

  // Waits for the heading of a page.
  heading(text) {
    return this.find('h1', text);
  }

  async active() {
    return new Element(this, (await this.call('GET', '/element/active'))[ELEMENT]);
  }

  // Presses keys one after the other where the focus is; an array is a chord.
  async press(...keys) {
    const actions = [];
    for (const key of keys) {
      const chord = [key].flat();
      for (const value of chord) actions.push({ type: 'keyDown', value });
      for (const value of [...chord].reverse()) actions.push({ type: 'keyUp', value });
    }
    await this.call('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
    await this.call('DELETE', '/actions');
  }

  // Tabs.
  async newTab() {
    const { handle } = await this.call('POST', '/window/new', { type: 'tab' });
    await this.switchTo(handle);
    return handle;
  }
  tab() {
    return this.call('GET', '/window');
  }
  switchTo(handle) {
    return this.call('POST', '/window', { handle });
  }

  // `zoom`: how many pixels of the screen stand for one of the page.
  resize(width, height, zoom = 1) {
    return this.cdp('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: zoom, mobile: false });
  }

  // Without a connection, the worker's requests among those. Chromium's emulation is a target's own, so each is told.
  async offline(on) {
    await this.call('POST', '/chromium/network_conditions', { network_conditions: { offline: on, latency: 0, download_throughput: -1, upload_throughput: -1 } });
  }

  // Code that runs in each page before its own.
  before(source) {
    return this.cdp('Page.addScriptToEvaluateOnNewDocument', { source });
  }

  // What the page and the browser have said on its console since the last time: [{level, source, message}].
  log() {
    return this.call('POST', '/se/log', { type: 'browser' });
  }

  // A passkey device that says yes, with PRF.
  authenticator() {
    const options = { protocol: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, isUserConsenting: true, extensions: ['prf'] };
    return this.call('POST', '/webauthn/authenticator', options);
  }

  // The state as a picture, build/results/web/NAME.png, to be looked at.
  async picture(name) {
    const folder = join(build.replace(/\/(asan|tsan|cov)$/, ''), 'results', 'web');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.png`), Buffer.from(await this.call('GET', '/screenshot'), 'base64'));
  }

  // Nothing of the page is wider than the window.
  async assertReflows(what) {
    const [wide, width] = await this.run(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= width, `${what}: ${wide} of ${width} pixels wide`);
  }
}
