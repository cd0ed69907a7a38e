// All actions of a round at a glance: a table whose rows hold a dot with its interval, in the view that is picked: all of them, both ends,
// what moved, what waits for a word. What is chosen stands in the address, so that a view can be passed on; a choice draws the rows
// anew and leaves the focus where it is.
import { byId, el, put } from '../dom.js';
import * as data from './data.js';
import { linesOf, MEASURES, sift, sortLines, viewOf, withFigure } from './figures.js';
import { legend, linesTable } from './lines.js';
import { choice } from './parts.js';
import { newestRound, published, roundNames, roundsOf } from './sources.js';
import { said, t, toDay } from './texts.js';

const NAMES = {
  ronde: 'round', uitgave: 'release', vraag: 'question', antwoord: 'option', maat: 'measure', beeld: 'view', zoek: 'search', spoor: 'track',
  trekker: 'lead', status: 'status', cijfers: 'told', volgorde: 'by',
};
const AT_ONCE = 200; // rows; the rest when asked for
const CROWD = 400; // on one scale; more are a smear
const NARROWS = ['view', 'search', 'track', 'lead', 'status', 'told'];
const DRAWN_ANEW = ['round', 'release', 'question', 'option'];

const pick = (value, all, otherwise) => (all.includes(value) ? value : otherwise);
const readAddress = (params) => Object.fromEntries(Object.entries(NAMES).map(([name, key]) => [key, params.get(name) ?? '']));

// What the address says, and what holds where it says nothing. Least content first is the order of those that wait.
function readView(wanted, views, questions) {
  const question = questions.find(({ id }) => id === wanted.question) ?? questions.find(({ type }) => type === 'scale') ?? questions[0];
  const view = pick(wanted.view, views, '');
  return {
    ...wanted,
    view,
    question: question?.id,
    option: question?.options && pick(wanted.option, question.options.map(({ value }) => value), question.options[0].value),
    measure: question?.options ? 'share' : pick(wanted.measure, ['mean', 'net'], 'mean'),
    by: pick(wanted.by.replace('-', ''), ['action', 'status', 'n', 'figure'], 'figure'),
    isDown: wanted.by === '' ? view !== 'waiting' : wanted.by.startsWith('-'),
  };
}

function writeView(view, kind) {
  const params = new URLSearchParams();
  const written = { ...view, by: `${view.isDown ? '-' : ''}${view.by}` };
  for (const [name, key] of Object.entries(NAMES)) if (written[key]) params.set(name, written[key]);
  history.replaceState(null, '', `${kind.overview}?${params}`);
}

// In which order the collector is asked for the first rows; undefined where the view needs all.
let isWhole = false; // all were asked for in this visit
function sortOf(view) {
  const column = { figure: view.measure, n: 'n' }[view.by];
  return isWhole || !column || NARROWS.some((key) => view[key]) ? undefined : `${view.isDown ? '-' : ''}${column}`;
}

// Fields

const optionsOf = (question) => question.options.map(({ value, label }) => [value, said(label)]);
const unique = (lines, field) => [...new Set(lines.map((line) => line[field]).filter(Boolean))].sort((a, b) => a.localeCompare(b, 'nl', { numeric: true }));

const searchField = (view, change) =>
  el('div', { class: 'field' },
    el('label', { for: 'pick-search' }, t.search),
    el('input', { id: 'pick-search', type: 'search', autocomplete: 'off', value: view.search, on: { input: ({ target }) => change({ search: target.value }) } }));

function releaseField(source, pickOf) {
  if (!source.all || source.all.length < 2) return false;
  const newest = source.all.at(-1).number;
  const options = [...source.all].reverse().map(({ number, createdAt }) =>
    [number === newest ? '' : String(number), t.releaseOption(number, toDay(createdAt), number === newest)]);
  return pickOf('release', t.release, options, source.isNewest ? '' : String(source.number));
}

function fieldsOf(view, { panel, source, questions, question, lines, isPart }, change) {
  const pickOf = (key, label, options, value = view[key]) => choice(`pick-${key}`, label, options, value, (chosen) => change({ [key]: chosen }));
  const all = (field) => [['', t.all], ...unique(lines, field).map((value) => [value, field === 'status' ? t.statuses[value] ?? value : value])];
  const isNarrowed = ['told', 'track', 'lead', 'status'].some((key) => view[key]) || !(source.isNewest ?? true);
  return [
    el('div', { class: 'sift' },
      searchField(view, change),
      pickOf('round', t.round, roundNames(roundsOf(panel))),
      pickOf('question', t.question, questions.map(({ id, label }) => [id, said(label)])),
      question.options ? pickOf('option', t.option, optionsOf(question)) : pickOf('measure', t.measure, ['mean', 'net'].map((key) => [key, t.measures[key]]))),
    !isPart && el('details', { class: 'choices', open: isNarrowed }, el('summary', {}, t.choices), el('div', { class: 'sift' },
      releaseField(source, pickOf),
      pickOf('told', t.only, [['', t.all], ['ja', t.toldOnly]]),
      pickOf('track', t.track, all('track')),
      pickOf('lead', t.lead, all('lead')),
      pickOf('status', t.statusColumn, all('status'))))];
}

// Where not all is there nothing is counted, and each view loads the rest.
function viewsOf({ views, view, isPart, change }, counts) {
  const choose = (key) => {
    isWhole = true;
    return change({ view: key, by: 'figure', isDown: key !== 'waiting' });
  };
  const words = (key) => (isPart && key === '' ? t.loadAll : [t.views[key || 'all'], !isPart && key in counts && ` (${counts[key]})`]);
  return el('div', { class: 'views', role: 'group', 'aria-label': t.view }, views.map((key) =>
    el('button', { type: 'button', id: `view-${key || 'all'}`, 'aria-pressed': String(!isPart && view.view === key), on: { click: () => choose(key) } }, words(key))));
}

// The rows

const newestOfEach = (followUps) => new Map(followUps.filter(({ isReplaced }) => !isReplaced).reverse().map((each) => [each.action, each]));

const captionOf = (question, option) =>
  [said(question.label), option && said(question.options.find(({ value }) => value === option).label)].filter(Boolean).join(' – ');

// Draws what `state` {views, view, lines, isPart, question, change, sort} comes to, `limit` rows of it.
function drawRows(state, limit = AT_ONCE) {
  const { view, lines, isPart, question, change } = state;
  const measure = MEASURES[view.measure];
  const isEnds = view.view === 'ends';
  const found = sortLines(sift(lines, view), isEnds ? 'figure' : view.by, isEnds || view.isDown, measure);
  const parts = viewOf(view.view, found, measure);
  const count = parts.flat().length;
  const told = withFigure(found, measure);
  const shown = parts.length > 1 ? parts : [parts[0].slice(0, limit)];
  const counts = Object.fromEntries(['moved', 'waiting'].map((key) => [key, viewOf(key, found, measure)[0].length]));
  put(byId('views'), viewsOf(state, counts));
  put(byId('found'), isPart ? t.foundFirst(count) : isEnds ? t.foundEnds(count) : t.found(count));
  put(byId('figure'),
    count > 0 && linesTable(shown, {
      measure, question, name: t.measures[view.measure], caption: captionOf(question, view.option), crowd: isPart || told.length > CROWD ? [] : told, order: view, sort: !isEnds && state.sort,
      addressOf: ({ id }) => state.addressOf(id),
    }, { left: told.length - count, all: () => change({ view: '' }) }),
    count > limit && el('p', {}, el('button', { type: 'button', class: 'button secondary', on: { click: () => showMore(state, limit) } }, t.showMore)));
}

// The focus goes to the first of those that have come.
function showMore(state, limit) {
  drawRows(state, limit + AT_ONCE);
  byId('figure').querySelectorAll('tbody th a')[limit].focus();
}

// The page

async function load(kind, params) {
  const panel = await data.panel();
  const wanted = readAddress(params);
  const round = roundsOf(panel).find(({ id }) => id === wanted.round) ?? (await newestRound(kind, panel));
  const source = round && (await kind.open(panel, round, Number(wanted.release)));
  if (!source) return { panel, round };
  const questions = source.questions.filter(({ type, options }) => type === 'scale' || options);
  const view = readView({ ...wanted, round: round.id, release: source.isNewest === false ? String(source.number) : '' }, source.views, questions);
  const question = questions.find(({ id }) => id === view.question);
  if (!question) return { panel, round, source };
  const { rows, isPart, ...found } = await source.rows(question, view.option, sortOf(view));
  const ids = isPart ? rows.map(({ action }) => action) : undefined;
  const [earlier, actions, followUps] = await Promise.all([found.earlier, source.actions(ids), data.followUps(ids)]);
  return { panel, round, source, questions, view, question, earlier, isPart, lines: linesOf(rows, earlier, actions, newestOfEach(followUps)) };
}

// Of a round without figures, or a panel without any.
function emptyPage({ panel, round, source }, kind, frame) {
  if (!round) return [el('p', { class: 'lead' }, t.noRelease)];
  const goTo = (id) => frame.go(`${kind.overview}?ronde=${encodeURIComponent(id)}`);
  return [
    source?.says,
    choice('pick-round', t.round, roundNames(roundsOf(panel)), round.id, goTo),
    el('p', { class: 'lead' }, source ? t.noQuestion : t.noReleaseOfRound),
    source?.downloads,
  ];
}

const focusOn = (id) => byId(id)?.focus({ preventScroll: true });

// What is shown, and what choices make of it.
function stateOf({ round, source, view, lines, isPart, earlier, question }, kind, frame) {
  const release = source.isNewest === false ? `?uitgave=${source.number}` : '';
  const views = source.views.filter((key) => key !== 'moved' || view.view === key || earlier.length > 0);
  const state = { views, view, lines, isPart, question };
  state.addressOf = (id) => `${kind.action}/${encodeURIComponent(id)}/${encodeURIComponent(round.id)}${release}`;
  state.sort = (by) => {
    Object.assign(view, { by, isDown: view.by === by ? !view.isDown : by !== 'action' });
    writeView(view, kind);
    if (isPart) return frame.again();
    drawRows(state);
    return focusOn(`sort-${by}`);
  };
  state.change = (what) => {
    Object.assign(view, what, 'round' in what && { release: '' });
    writeView(view, kind);
    if (isPart || DRAWN_ANEW.some((key) => key in what)) return frame.again();
    drawRows(state);
    return 'view' in what && focusOn(`view-${view.view || 'all'}`);
  };
  return state;
}

export async function overviewOf(kind, params, frame) {
  const known = await load(kind, params);
  const title = kind.title ?? t.overviewTitle;
  if (!known.question) return { title, nodes: emptyPage(known, kind, frame) };
  const { source, view, earlier, lines } = known;
  const state = stateOf(known, kind, frame);
  const isScale = view.measure !== 'share';
  const hasInterval = lines.some(({ row }) => row[MEASURES[view.measure].low]);
  return {
    title,
    nodes: [
      el('p', { class: 'lead' }, isScale ? t.overviewLead : t.shareLead),
      source.says,
      el('div', { id: 'views' }),
      fieldsOf(view, known, state.change),
      el('div', { class: 'found' },
        el('p', { id: 'found', role: 'status' }),
        legend([...(isScale && hasInterval ? ['above', 'around', 'below'] : []), ...(earlier.length > 0 ? ['earlier'] : [])])),
      el('div', { id: 'figure' }),
      hasInterval && el('p', { class: 'about' }, t.intervalText),
      kind === published && el('p', { class: 'about' }, t.suppressedText),
      source.downloads,
    ],
    shown: () => drawRows(state),
  };
}

export default (parts, params, frame) => overviewOf(published, params, frame);
