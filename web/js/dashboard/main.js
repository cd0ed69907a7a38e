// The frame of the dashboard: which page an address names, its title and focus, and the language. A page is a module whose default
// function gets the address's parts, its params and a `frame`, and gives (a Promise of) {title, nodes}: what stands `above` the heading;
// `shown`, called once it is there. Everything is for anyone and comes from releases (PROTOCOL 8a).
import { byId, el, put } from '../dom.js';
import { panel } from './data.js';
import overview from './overview.js';
import { LANGUAGES, language, said, setLanguage, startLanguage, t } from './texts.js';

const PAGES = {
  '': async () => overview,
  actie: async () => (await import('./action.js')).default,
};

// {name, parts, params} of what stands after the #.
function readAddress() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...parts] = path.split('/').map(decodeURIComponent);
  return { name, parts, params: new URLSearchParams(query) };
}

function showFrame() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-text]')) put(element, t[element.dataset.text]);
  const others = Object.entries(LANGUAGES).filter(([code]) => code !== language);
  put(byId('languages'), others.map(([code, text]) => el('button', { type: 'button', lang: code, on: { click: () => changeLanguage(code) } }, text)));
}

async function showName() {
  put(byId('panel'), said((await panel()).title) ?? t.panel);
}

async function changeLanguage(code) {
  await setLanguage(code);
  await show({ keepFocus: true });
  byId('languages').querySelector('button').focus();
}

function render({ title, above, nodes, shown }, { keepFocus }) {
  document.title = `${title} – ${byId('panel').textContent}`;
  const heading = el('h1', { tabindex: -1 }, title);
  const focused = document.activeElement?.id;
  put(byId('inhoud'), above, heading, nodes);
  shown?.();
  if (keepFocus) return focused && byId(focused)?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  return heading.focus({ preventScroll: true });
}

const lost = async () => ({ title: t.lostTitle, nodes: [el('p', { class: 'lead' }, t.lostText), el('p', {}, el('a', { href: '#/' }, t.toOverview))] });
const wrong = () => ({
  title: t.wrongTitle,
  nodes: [el('p', { class: 'lead' }, t.wrongText), el('p', {}, el('button', { type: 'button', class: 'button primary', on: { click: () => location.reload() } }, t.again))],
});

let turn = 0;

async function show(how = {}) {
  const mine = ++turn;
  const { name, parts, params } = readAddress();
  const page = Object.hasOwn(PAGES, name) ? await PAGES[name]() : lost;
  const [drawn] = await Promise.all([page(parts, params, frame), showName()]);
  if (mine !== turn) return;
  showFrame();
  render(drawn, how);
}

function fail(error) {
  console.error(error);
  showFrame();
  render(wrong(), {});
}

const frame = { go: (where) => (location.hash = where), again: () => show({ keepFocus: true }) };

addEventListener('unhandledrejection', ({ reason }) => fail(reason));
addEventListener('hashchange', () => show());
await startLanguage();
await show({ keepFocus: true }).catch(fail);
