// The frame of the citizen page: which page an address names, its title and focus, the language, what is told across pages. A page is a
// module whose default function gets the address's parts and a `frame`, and gives (a Promise of) {title, nodes, …}: `heading` where it
// is not the title, its `lang`, what stands `above` it, what it stands in (`around`, a function); `watched`, a function whose text tells
// whether the page is to be drawn anew, which is told by `told` or else by its heading; `renew`, which draws anew what it can, around what
// someone is filling in, and gives whether that is enough; `shown`, called once it is there.
import { byId, el, put } from '../dom.js';
import { notice, button, buttonLink, live } from '../parts.js';
import { LANGUAGES, language, setLanguage, t } from '../texts.js';
import * as member from '../member.js';
import * as store from '../store.js';

const PAGES = {
  '': () => import('./welcome.js'),
  toestemming: () => import('./consent.js'),
  bewaren: () => import('./keep.js'),
  acties: () => import('./actions.js'),
  actie: () => import('./action.js'),
  verstuurd: () => import('./sent.js'),
  mijn: () => import('./mine.js'),
  herstel: () => import('./recover.js'),
  gedaan: () => import('./done.js'),
  gewist: () => import('./erased.js'),
};
const FOR_MEMBERS = ['bewaren', 'acties', 'actie', 'verstuurd', 'mijn'];
const OF_THE_LIST = ['acties', 'actie'];

const main = byId('inhoud');
const stash = {}; // what one page hands to the next, never in an address

// A code in the address is taken out of it before anything else: the address stays in the history, and the code must not.
function takeCode() {
  const [, name, code] = /^#(uitnodiging|herstel)=(.*)$/.exec(location.hash) ?? [];
  if (!name) return;
  stash[name] = decodeURIComponent(code);
  history.replaceState(null, '', name === 'herstel' ? '#/herstel' : '#/');
}

const address = () => location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);

let saidNext; // what is to be said once the next page is there, as {text, kind}

function go(where, said) {
  saidNext = said && { text: said, kind: 'good' };
  stopWatching();
  if (location.hash === where) show();
  else location.hash = where;
}

const replace = (where) => {
  history.replaceState(null, '', where);
  return show();
};

// Read out, and not shown: pages show what they say where it belongs. It goes with the next page.
const say = (text) => put(byId('status'), text);

// The frame around the page

const navigation = () => [
  ...(member.state.member
    ? [['#/acties', t.actions, ['acties', 'actie', 'verstuurd']], ['#/mijn', t.mine, ['mijn', 'bewaren']]]
    : [['#/', t.takePart, ['', 'toestemming']], ['#/herstel', t.codeInMenu, ['herstel']]]),
  ['#/gedaan', t.news, ['gedaan']],
];

// Drawn anew only where something is another, so that the focus stays on what has it.
let drawn;

function showFrame(name) {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-text]')) put(element, t[element.dataset.text]);
  const title = member.state.panel?.title;
  const titled = title?.[language] ?? title?.nl;
  put(byId('panel'), titled ?? t.panel);
  const frameNow = JSON.stringify([language, name, Boolean(member.state.member)]);
  if (frameNow === drawn) return;
  drawn = frameNow;
  const others = Object.entries(LANGUAGES).filter(([code]) => code !== language);
  put(byId('languages'), others.map(([code, text]) =>
    el('button', { type: 'button', lang: code, on: { click: () => changeLanguage(code) } }, text)));
  const menu = byId('menu');
  menu.setAttribute('aria-label', t.pages);
  put(menu, navigation().map(([href, text, names]) => el('a', { href, 'aria-current': names.includes(name) && 'page' }, text)));
}

async function changeLanguage(code) {
  await setLanguage(code);
  await store.setFact('language', code).catch(() => {});
  await show({ keepFocus: true });
  byId('languages').querySelector('button').focus();
}

// What is wrong with all of it, above whichever page.
function alarm() {
  const inDoubt = member.state.responses.some(({ state }) => state === 'doubt');
  const { isRewritten } = member.state;
  return (inDoubt || isRewritten) && notice('doubt', t.alarmTitle, inDoubt && el('p', {}, t.alarmText), isRewritten && el('p', {}, t.notGrown));
}

member.onChange(() => byId('alarm') && put(byId('alarm'), alarm()));

function showOffline() {
  put(byId('offline'), navigator.onLine ? [] : notice('wait', undefined, el('p', {}, t.offline)));
}

// Pages

const fixed = (title, text, ...more) => ({ title, nodes: [el('p', { class: 'lead' }, text), ...more] });
const stranger = () =>
  fixed(t.unknownTitle, t.unknownText,
    el('p', { class: 'buttons' }, buttonLink(t.haveCode, '#/herstel'), buttonLink(t.haveInvitation, '#/', 'secondary')));
const lost = () => fixed(t.unknownPageTitle, t.unknownPageText, el('p', {}, buttonLink(t.toActions, '#/acties')));
const anew = (title, text) => fixed(title, text, el('p', {}, button(t.again, () => location.reload(), 'primary')));

// A list that is not here yet is another thing than one with nothing in it.
function unfetched() {
  const place = live();
  const fetchList = async () => {
    put(place, el('p', { class: 'busy' }, t.loading));
    await member.refresh();
    if (!member.state.actions) put(place, notice('wait', undefined, el('p', {}, t.noAnswerNow)));
  };
  const page = fixed(t.listTitle, t.listUnfetched, el('p', {}, button(t.tryAgain, fetchList, 'primary')), place);
  return { ...page, watched: () => String(Boolean(member.state.actions)) };
}

let turn = 0;

async function pageOf(parts) {
  const [name] = parts;
  if (!(name in PAGES)) return lost();
  if (FOR_MEMBERS.includes(name) && !member.state.member) return stranger();
  if (OF_THE_LIST.includes(name) && !member.state.actions) return unfetched();
  let page;
  try {
    page = await PAGES[name]();
  } catch {
    return navigator.onLine ? anew(t.newTitle, t.newText) : anew(t.noConnectionTitle, t.noConnectionText);
  }
  try {
    return await page.default(parts.slice(1), frame);
  } catch (error) {
    console.error(error);
    return anew(t.wrongTitle, t.wrongText);
  }
}

// The heading is what the focus goes to, so that who hears the page hears where they are; or the list of faults. Who is kept where they were
// is there too when that is gone.
function render({ title, heading: words, lang, above, around, nodes }, { keepFocus }, said) {
  const panel = byId('panel').textContent;
  document.title = `${title} – ${panel}`;
  const heading = el('h1', { tabindex: -1, lang }, words ?? title);
  document.body.classList.remove('starting');
  put(main, el('div', { id: 'alarm' }, alarm()), said && notice(said.kind, said.text), above, around ? around(heading) : heading, nodes);
  if (byId('faults')) return byId('faults').focus();
  if (keepFocus && document.activeElement !== main) return undefined;
  if (!keepFocus) window.scrollTo(0, 0);
  return heading.focus({ preventScroll: true });
}

let stopWatching = () => {};
let isLeaving = false;

// Runs what makes the member another, after which the page goes elsewhere by itself: nothing is drawn in between.
async function leaving(work) {
  isLeaving = true;
  try {
    return await work();
  } finally {
    isLeaving = false;
  }
}

// Draws the page anew when its `watched` gives another text than before, for as long as it is the page; and when the member is another, or
// nobody, as another tab may have it: then whatever stands there, in a form too, is not theirs.
function watch({ watched = () => '', renew }) {
  const whose = () => member.state.member?.key.kid;
  const then = whose();
  let before = watched();
  stopWatching = member.onChange(() => {
    if (isLeaving) return;
    const now = watched();
    const isOthers = whose() !== then;
    if (now === before && !isOthers) return;
    before = now;
    if (isOthers || !renew?.()) show({ keepFocus: true, isNews: true });
  });
}

// Whether a letter is not that of the member, in whose name somebody else at this device would answer.
async function isOfAnother(code) {
  const [{ toInvitation }, { read }] = await Promise.all([import('../key.js'), import('../envelope.js')]);
  try {
    return toInvitation(code) !== read(member.state.member.enrolment.jws).claims.invitation;
  } catch {
    return true;
  }
}

async function showList() {
  const code = stash.uitnodiging;
  delete stash.uitnodiging;
  if (code && (await isOfAnother(code))) saidNext = { text: t.letterOfOther, kind: 'wait' };
  return replace('#/acties');
}

async function show(how = {}) {
  const mine = ++turn;
  const parts = address();
  if (parts[0] === '' && member.state.member) return showList();
  stopWatching();
  stopWatching = () => {};
  const page = await pageOf(parts);
  if (mine !== turn || !page) return undefined;
  const said = saidNext;
  saidNext = undefined;
  if (!how.keepFocus) say(said?.text ?? '');
  else if (how.isNews) say(page.told ?? page.heading ?? page.title);
  showFrame(parts[0]);
  render(page, how, said);
  watch(page);
  page.shown?.();
  return undefined;
}

const frame = { go, replace, leaving, say, stash, again: (how) => show(how) };

// Starting

// What has been filled in is nowhere else: a page with a form stays, and it is told above it. The form of the start has nothing in it yet.
const holdsForm = () => !document.body.classList.contains('starting') && main.querySelector('form');

function tellAbove() {
  byId('wrong')?.remove();
  main.prepend(el('div', { id: 'wrong' }, notice('bad', t.wrongTitle, el('p', {}, t.wrongHere))));
  say(`${t.wrongTitle}. ${t.wrongHere}`);
}

// What went wrong with nobody there to tell it.
function fail(error) {
  console.error(error);
  if (holdsForm()) return tellAbove();
  showFrame('');
  return render(anew(t.wrongTitle, t.wrongText), {});
}

async function startWorker() {
  if (!('serviceWorker' in navigator)) return;
  const policy = window.trustedTypes?.createPolicy('worker', {
    createScriptURL: (url) => (url === '/sw.js' ? url : ''),
  });
  await navigator.serviceWorker.register(policy?.createScriptURL('/sw.js') ?? '/sw.js', { updateViaCache: 'none' }).catch(() => {});
}

// Whether the device keeps anything. A language whose texts can't be had just then is another matter: then it is Dutch.
async function openStore() {
  try {
    const chosen = await store.fact('language');
    if (chosen in LANGUAGES) await setLanguage(chosen).catch(() => {});
    await member.reload();
    return true;
  } catch {
    return false;
  }
}

// The first page needs nothing from the collector, so it waits for nothing.
async function start() {
  takeCode();
  if (!(await openStore())) return render(anew(t.noStoreTitle, t.noStoreText), {});
  const isFirst = address()[0] === '' && !member.state.member;
  const hasPanel = member.state.panel || isFirst || (await member.refresh());
  if (hasPanel) await show({ keepFocus: isFirst });
  else render(anew(t.noConnectionTitle, t.noConnectionText), {});
  showOffline();
  await startWorker();
  await online();
  return undefined;
}

async function online() {
  showOffline();
  const isReached = await member.refresh();
  showFrame(address()[0]);
  if (!isReached || !member.state.member) return;
  await (await import('../signed.js')).send();
  if (member.state.isPartial) await (await import('../own.js')).adoptRest().catch(() => {}); // another time
}

addEventListener('unhandledrejection', ({ reason }) => fail(reason));
addEventListener('hashchange', () => {
  takeCode();
  show();
});
addEventListener('online', online);
addEventListener('offline', showOffline);
start();
