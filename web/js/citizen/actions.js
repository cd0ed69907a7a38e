// Page 4: the actions about which the member may give an answer, sought and sifted, with how far each is.
import { el, icon, put } from '../dom.js';
import * as member from '../member.js';
import { badge, button, buttonLink, notice } from '../parts.js';
import { labelIn } from '../questionnaire.js';
import { language, t, toDay } from '../texts.js';
import { about } from './about.js';

const AT_ONCE = 20;

const opensAt = (round) => Date.parse(round.opensAt) / 1000;
const closesAt = (round) => Date.parse(round.closesAt) / 1000;

export const hasNews = (id) =>
  member.state.followUps.some(({ action, index }) => action === id && index > member.state.seenNews) &&
  member.state.responses.some((one) => one.action === id);

// What became of an answer in a word, and of a change also that the answer before it counts. `words`: for the states doubt and stale.
export function answerBadges(one, words = { doubt: t.isFailed, stale: t.isFailed }) {
  const counts = member.counting(one);
  const failed = counts ? t.isChangeFailed : t.isFailed;
  const how = {
    waiting: () => (member.isNotTaken(one) ? badge('bad', failed) : badge('wait', t.isWaiting)),
    doubt: () => badge('doubt', words.doubt),
    stale: () => badge('bad', words.stale),
    refused: () => badge('bad', failed),
  };
  return [counts && badge('good', t.isAnswered), how[one.state]?.()];
}

const addressOf = ({ round, action }, isOnly) => `#/actie/${action.id}${isOnly ? '' : `/${round.id}`}`;

function card(place, isOnly) {
  const { round, action, one } = place;
  const title = labelIn(round.title, language);
  return el('li', { class: one ? 'card is-answered' : 'card' },
    el('h2', {}, el('a', { href: addressOf(place, isOnly), lang: 'nl' }, action.title, icon('next'))),
    about(action),
    !isOnly && el('p', { class: 'about', lang: title.lang }, title.text),
    (one || hasNews(action.id)) && el('p', { class: 'badges' }, one && answerBadges(one), hasNews(action.id) && badge('news', t.isNews)));
}

const isCounted = (one) => one && (member.counting(one) || !member.isNotTaken(one));
const SIFTS = {
  all: () => true,
  open: ({ one }) => !isCounted(one),
  answered: ({ one }) => isCounted(one),
  news: ({ action }) => hasNews(action.id),
};

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const isMeant = ({ action }, words) => {
  const all = plain([action.id, action.title, action.track, action.lead, action.related].join(' '));
  return words.every((word) => all.includes(word));
};

// What was sought stays while the page is open, so that who comes back from an action finds their place.
const wanted = { words: '', track: '', sift: 'all', shown: AT_ONCE };

const select = (id, label, value, options, change) =>
  el('div', { class: 'field' }, el('label', { for: id }, label),
    el('select', { id, on: { change } }, options.map(([key, text]) => el('option', { value: key, selected: key === value }, text))));

function nextRound() {
  const coming = (member.state.panel?.rounds ?? []).map(opensAt).filter((at) => at * 1000 > Date.now());
  return coming.length > 0 ? t.listNext(toDay(Math.min(...coming))) : '';
}

// What the page shows, as far as it may become another while it is open.
const watched = () =>
  JSON.stringify([member.state.documents, member.open().length, member.state.responses.map(({ state, reason }) => [state, reason?.type]), member.state.followUps.length]);

function closed() {
  const told = `${t.listClosed} ${nextRound()}`;
  return {
    title: t.listTitle,
    told,
    watched,
    nodes: [el('p', { class: 'lead' }, told), el('p', {}, buttonLink(t.mine, '#/mijn', 'secondary'))],
  };
}

function progress(places) {
  const answered = places.filter(({ one }) => isCounted(one)).length;
  return el('div', { class: 'progress' },
    el('label', { for: 'progress' }, t.progress(answered, places.length)),
    el('progress', { id: 'progress', max: places.length, value: String(answered) }));
}

const reminder = () =>
  notice('wait', t.keepReminderTitle, el('p', {}, t.keepReminderText), el('p', {}, buttonLink(t.keepReminder, '#/bewaren', 'secondary')));

const placesNow = () => member.open().map((place) => ({ ...place, one: member.current(place.round.id, place.action.id) }));

export default function actions(parts, frame) {
  let places = placesNow();
  if (places.length === 0) return closed();
  const head = el('div', {});
  const list = el('ul', { class: 'cards' });
  const found = el('p', { class: 'found', role: 'status' });
  const rest = el('p', {});

  function fillHead() {
    const until = Math.min(...places.map(({ round }) => closesAt(round)));
    put(head, el('p', { class: 'lead' }, `${t.listOpen(places.length)} ${t.listUntil(toDay(until))}`), progress(places));
  }

  function fill(focusAt) {
    const isOnly = new Set(places.map(({ round }) => round.id)).size === 1;
    const words = plain(wanted.words).split(/\s+/).filter(Boolean);
    const meant = places.filter((place) =>
      isMeant(place, words) && (wanted.track === '' || place.action.track === wanted.track) && SIFTS[wanted.sift](place));
    put(found, meant.length > 0 ? t.found(meant.length) : t.foundNone);
    put(list, meant.slice(0, wanted.shown).map((place) => card(place, isOnly)));
    const left = meant.length - wanted.shown;
    put(rest, left > 0 && button(t.more(Math.min(left, AT_ONCE)), () => {
      wanted.shown += AT_ONCE;
      fill(wanted.shown - AT_ONCE);
    }), meant.length === 0 && button(t.clearSearch, () => {
      Object.assign(wanted, { words: '', track: '', sift: 'all', shown: AT_ONCE });
      frame.again();
    }));
    if (focusAt !== undefined) list.children[focusAt]?.querySelector('a').focus();
  }

  const sift = (change) => {
    Object.assign(wanted, change, { shown: AT_ONCE });
    fill();
  };
  const tracks = [...new Set(places.map(({ action }) => action.track))].filter(Boolean);
  // Around what is being sought.
  const renew = () => {
    places = placesNow();
    if (places.length === 0) return false;
    fillHead();
    fill();
    return true;
  };
  renew();
  return {
    title: t.listTitle,
    told: t.listOpen(places.length),
    watched,
    renew,
    nodes: [
      member.state.hasRecovery && member.state.responses.length > 0 && reminder(),
      head,
      el('search', { class: 'sift' },
        el('div', { class: 'field wide' }, el('label', { for: 'words' }, t.search),
          el('input', { id: 'words', type: 'search', value: wanted.words, autocomplete: 'off', on: { input: (event) => sift({ words: event.target.value }) } })),
        select('track', t.track, wanted.track, [['', t.allTracks], ...tracks.map((track) => [track, track])], (event) => sift({ track: event.target.value })),
        select('sift', t.show, wanted.sift, [['all', t.showAll], ['open', t.showOpen], ['answered', t.showAnswered], ['news', t.showNews]], (event) => sift({ sift: event.target.value }))),
      found,
      list,
      rest,
    ],
  };
}

// The next one that has no answer yet, behind this one if there is any.
export function nextOpen(round, action) {
  const places = member.open();
  const at = places.findIndex((place) => place.round.id === round && place.action.id === action);
  const turned = [...places.slice(at + 1), ...places.slice(0, Math.max(at, 0))];
  const next = turned.find((place) => !isCounted(member.current(place.round.id, place.action.id)));
  return next && addressOf(next, false);
}
