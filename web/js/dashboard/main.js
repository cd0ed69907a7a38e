// The frame of the dashboard: which page an address names, its title and focus, the language, who is logged in. A page is a module whose
// default function gets the address's parts, its params and a `frame`, and gives (a Promise of) {title, nodes}: what stands `above` the
// heading; `mark`, what kind of page it is where not anyone may see it; `shown`, called once it is there. What anyone reads comes from
// releases (PROTOCOL 8a); all that needs a token comes with desk.js, which is loaded with the first.
import { byId, el, put } from '../dom.js';
import { Outdated, panel } from './data.js';
import overview from './overview.js';
import { LANGUAGES, language, said, setLanguage, startLanguage, t } from './texts.js';

const PAGES = {
  '': async () => overview,
  actie: async () => (await import('./action.js')).default,
  logboek: async () => (await import('./logbook.js')).default,
  inloggen: async () => (await import('./login.js')).default,
  toegang: async () => (await import('./access.js')).default,
  exact: async () => (await import('./exact.js')).default,
  opmerkingen: async () => (await import('./comments.js')).default,
  bericht: async () => (await import('./publish.js')).default,
};
const RIGHTS = { toegang: 'any', exact: 'exact', opmerkingen: 'comments', bericht: 'publish' };

// {name, parts, params} of what stands after the #.
function readAddress() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...parts] = path.split('/').map(decodeURIComponent);
  return { name, parts, params: new URLSearchParams(query) };
}

// The frame around the page

const button = (text, click, more = {}) => el('button', { type: 'button', on: { click }, ...more }, text);

function navigation(name) {
  const pages = [
    ['#/', t.figuresPage, ['', 'actie']],
    ...(frame.desk?.pages() ?? []),
    ['#/logboek', t.logPage, ['logboek']],
    ...(frame.desk?.isOpen() ? [['#/toegang', t.accessPage, ['toegang']]] : [['#/inloggen', t.logIn, ['inloggen']]]),
  ];
  return pages.map(([href, text, names]) => el('a', { href, 'aria-current': names.includes(name) && 'page' }, text));
}

function showFrame() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-text]')) put(element, t[element.dataset.text]);
  const others = Object.entries(LANGUAGES).filter(([code]) => code !== language);
  put(byId('languages'), others.map(([code, text]) => button(text, () => changeLanguage(code), { lang: code })));
  byId('menu').setAttribute('aria-label', t.pages);
  put(byId('menu'), navigation(readAddress().name));
}

async function showName() {
  put(byId('panel'), said((await panel()).title) ?? t.panel);
}

async function changeLanguage(code) {
  await setLanguage(code);
  await show({ keepFocus: true });
  byId('languages').querySelector('button').focus();
}

function render({ title, above, nodes, mark, shown }, { keepFocus }) {
  document.title = `${title} – ${byId('panel').textContent}`;
  document.body.classList.toggle('not-public', mark !== undefined);
  const heading = el('h1', { tabindex: -1 }, title);
  const focused = document.activeElement?.id;
  put(byId('inhoud'), mark, above, heading, nodes);
  shown?.();
  if (byId('faults')) return byId('faults').focus();
  if (keepFocus) return focused && byId(focused)?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  return heading.focus({ preventScroll: true });
}

// Pages

const lost = async () => ({ title: t.lostTitle, nodes: [el('p', { class: 'lead' }, t.lostText), el('p', {}, el('a', { href: '#/' }, t.toOverview))] });
const wrong = () => ({
  title: t.wrongTitle,
  nodes: [el('p', { class: 'lead' }, t.wrongText), el('p', {}, button(t.again, () => location.reload(), { class: 'button primary' }))],
});

// In place of a page that needs a token: logging in leads back to it.
function askLogin() {
  history.replaceState(null, '', `#/inloggen?naar=${encodeURIComponent(location.hash)}`);
  return show();
}

// A newer release that comes while a page is put together has it put together once more.
async function drawPage(page, ...given) {
  try {
    return await page(...given);
  } catch (error) {
    if (!(error instanceof Outdated)) throw error;
    return page(...given);
  }
}

let turn = 0;

async function show(how = {}) {
  const mine = ++turn;
  const { name, parts, params } = readAddress();
  if (name in RIGHTS && !frame.desk?.isOpen()) return askLogin();
  const isForbidden = name in RIGHTS && !frame.desk.may(RIGHTS[name]);
  const page = isForbidden ? frame.desk.forbidden : Object.hasOwn(PAGES, name) ? await PAGES[name]() : lost;
  const [drawn] = await Promise.all([drawPage(page, parts, params, frame), showName()]);
  if (mine !== turn) return undefined;
  showFrame();
  return render(drawn, how);
}

// A token that ran out meanwhile is no fault: desk.js has asked for another.
function fail(error) {
  if (error.name === 'SessionEnded') return;
  console.error(error);
  showFrame();
  render(wrong(), {});
}

// What is for who is logged in: desk.js, once there is or was a token.
async function openDesk() {
  if (frame.desk) return frame.desk;
  frame.desk = await import('./desk.js');
  frame.desk.start(frame);
  return frame.desk;
}

const frame = { desk: undefined, openDesk, askLogin, go: (where) => (location.hash = where), show: () => show(), again: () => show({ keepFocus: true }) };

async function start() {
  await startLanguage();
  if (sessionStorage.getItem('token')) await (await openDesk()).resume();
  await show({ keepFocus: true });
}

addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  fail(event.reason);
});
addEventListener('hashchange', () => show());
await start().catch(fail);
