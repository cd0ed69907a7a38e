// All actions of a round at a glance: a table whose rows hold a dot with its interval. What is chosen stands in the address, so that a
// view can be passed on; a choice draws the rows anew and leaves the focus where it is.
import { byId, el, put } from '../dom.js';
import { dot } from './charts.js';
import * as data from './data.js';
import { downloads } from './downloads.js';
import { linesOf, MEASURES, moveOf, sift, sortLines } from './figures.js';
import { choice, figure, interval, link, row, rowHead, table, td, th } from './parts.js';
import { said, t, toDay } from './texts.js';

const NAMES = { ronde: 'round', vraag: 'question', maat: 'measure', zoek: 'search', spoor: 'track', trekker: 'lead', status: 'status', toon: 'only', volgorde: 'by' };
const AT_ONCE = 200; // rows; the rest when asked for

// What the address says, and what holds when it says nothing.
function readView(params, { rounds, questions }) {
  const view = Object.fromEntries(Object.entries(NAMES).map(([name, key]) => [key, params.get(name) ?? '']));
  const pick = (value, all, otherwise) => (all.includes(value) ? value : otherwise);
  view.isDown = view.by.startsWith('-');
  return {
    ...view,
    round: pick(view.round, rounds, rounds.at(-1)),
    question: pick(view.question, questions.map(({ id }) => id), questions[0]?.id),
    measure: pick(view.measure, Object.keys(MEASURES), 'mean'),
    only: pick(view.only, ['told', 'moved', 'waiting'], ''),
    by: pick(view.by.replace('-', ''), ['action', 'status', 'n', 'figure'], 'figure'),
    isDown: view.by === '' || view.isDown,
  };
}

function writeView(view) {
  const params = new URLSearchParams();
  const written = { ...view, by: `${view.isDown ? '-' : ''}${view.by}` };
  for (const [name, key] of Object.entries(NAMES)) if (written[key]) params.set(name, written[key]);
  history.replaceState(null, '', `#/?${params}`);
}

// The table

const address = (line, view) => `#/actie/${encodeURIComponent(line.id)}/${encodeURIComponent(view.round)}`;
const about = ({ id, lead }) => el('span', { class: 'about' }, [id, lead].filter(Boolean).join(' · '));

function figuresOf(line, view, measure, question) {
  const name = t.measures[view.measure];
  if (line.row.disclosure !== 'ok') return [el('td', { role: 'cell', class: 'hidden-figures', colspan: 4 }, t.suppressed)];
  const moved = moveOf(line, measure);
  return [
    td(undefined, 'drawn', dot(line, measure, question)),
    td(name, 'figure strong', figure(line.row[measure.at]), moved && el('span', { class: 'moved' }, t.moved[moved])),
    td(t.intervalColumn, 'figure', interval(line.row[measure.low], line.row[measure.high])),
    td(t.answersColumn, 'figure', figure(line.row.n)),
  ];
}

const lineOf = (line, view, measure, question) =>
  row(
    rowHead(link(line.title, address(line, view)), about(line)),
    figuresOf(line, view, measure, question),
    td(t.statusColumn, 'word', t.statuses[line.status] ?? line.status ?? '–'),
    td(t.doneColumn, 'word', line.answered ? t.doneStatuses[line.answered.status] : t.notYet));

const sortHead = (by, text, view, again, kind) =>
  th(el('button', { type: 'button', id: `sort-${by}`, on: { click: () => again(by) } }, text),
    { class: kind, 'aria-sort': view.by === by ? (view.isDown ? 'descending' : 'ascending') : 'none' });

// The scale's ends over the drawings.
function axis(measure, question) {
  const ends = measure === MEASURES.net ? t.netEnds : [said(question.ends?.min), said(question.ends?.max)];
  const [min, max] = measure.range(question);
  return el('span', { class: 'axis' }, ...[[min, ends[0]], [max, ends[1]]].map(([value, text]) =>
    el('span', {}, [String(value).replace('-', '−'), text].filter(Boolean).join(' '))));
}

const headOf = (view, measure, question, sortBy) => [
  sortHead('action', t.actionColumn, view, sortBy),
  th(axis(measure, question), { class: 'drawn' }),
  sortHead('figure', t.measures[view.measure], view, sortBy, 'figure'),
  th(t.intervalColumn, { class: 'figure' }),
  sortHead('n', t.answersColumn, view, sortBy, 'figure'),
  sortHead('status', t.statusColumn, view, sortBy, 'word'),
  th(t.doneColumn, { class: 'word' }),
];

const legend = () =>
  el('ul', { class: 'legend' }, ['above', 'around', 'below', 'earlier'].map((kind) =>
    el('li', {}, el('span', { class: `key ${kind}` }), t.legend[kind])));

// The page

const unique = (lines, field) => [...new Set(lines.map((line) => line[field]).filter(Boolean))].sort((a, b) => a.localeCompare(b, 'nl', { numeric: true }));

function fieldsOf(view, known, lines, change) {
  const all = (field) => [['', t.all], ...unique(lines, field).map((value) => [value, field === 'status' ? t.statuses[value] ?? value : value])];
  const pick = (key, label, options) => choice(`pick-${key}`, label, options, view[key], (value) => change({ [key]: value }));
  const isNarrowed = ['only', 'track', 'lead', 'status'].some((key) => view[key]);
  return [el('div', { class: 'sift' },
    el('div', { class: 'field' },
      el('label', { for: 'pick-search' }, t.search),
      el('input', { id: 'pick-search', type: 'search', autocomplete: 'off', value: view.search, on: { input: ({ target }) => change({ search: target.value }) } })),
    pick('round', t.round, known.panel.rounds.filter(({ id }) => known.rounds.includes(id)).map(({ id, title }) => [id, said(title)])),
    pick('question', t.question, known.questions.map(({ id, label }) => [id, said(label)])),
    pick('measure', t.measure, Object.entries(t.measures))),
  el('details', { class: 'choices', open: isNarrowed }, el('summary', {}, t.choices), el('div', { class: 'sift' },
    pick('only', t.only, Object.entries({ '': t.all, ...t.onlyKinds })),
    pick('track', t.track, all('track')),
    pick('lead', t.lead, all('lead')),
    pick('status', t.statusColumn, all('status'))))];
}

function newest(followUps) {
  const found = new Map();
  for (const each of followUps) if (!each.isReplaced && !found.has(each.action)) found.set(each.action, each);
  return found;
}

async function load() {
  const [panel, actions, followUps, questions] = await Promise.all([data.panel(), data.actions(), data.followUps(), data.scales()]);
  return { panel, actions, questions, answered: newest(followUps), rounds: panel.rounds.map(({ id }) => id) };
}

// The rounds that the table tells of, in the panel's order.
function roundsTold(trends, panel) {
  const told = new Set(trends.map(({ round }) => round));
  return panel.rounds.map(({ id }) => id).filter((id) => told.has(id));
}

function drawRows(view, lines, question, sortBy, limit) {
  const measure = MEASURES[view.measure];
  const found = sortLines(sift(lines, view, measure), view.by, view.isDown, measure);
  const shown = found.slice(0, limit);
  put(byId('found'), t.found(found.length));
  put(byId('figure'),
    table('overview', el('span', { class: 'caption' }, said(question.label)), headOf(view, measure, question, sortBy),
      shown.map((line) => lineOf(line, view, measure, question))),
    shown.length < found.length && el('p', {}, el('button', {
      type: 'button', class: 'button secondary', on: { click: () => drawRows(view, lines, question, sortBy, limit + AT_ONCE) } }, t.showMore)));
}

export default async function overview(parts, params, frame) {
  const known = await load();
  const wanted = readView(params, known);
  if (!wanted.question) return { title: t.overviewTitle, nodes: [el('p', { class: 'lead' }, t.noScale)] };
  const trends = await data.trendsOfQuestion(wanted.question);
  known.rounds = roundsTold(trends, known.panel);
  if (known.rounds.length === 0) return { title: t.overviewTitle, nodes: [el('p', { class: 'lead' }, t.noRelease)] };
  const view = readView(params, known);
  const question = known.questions.find(({ id }) => id === view.question);
  const lines = linesOf(trends, known.rounds, view.round, known.actions, known.answered);
  const [last] = (await data.releases(view.round)).slice(-1);

  const draw = () => drawRows(view, lines, question, sortBy, AT_ONCE);
  function sortBy(by) {
    Object.assign(view, { by, isDown: view.by === by ? !view.isDown : by !== 'action' });
    writeView(view);
    draw();
    byId(`sort-${by}`).focus();
  }
  function change(what) {
    Object.assign(view, what);
    writeView(view);
    if ('round' in what || 'question' in what) frame.again();
    else draw();
  }
  return {
    title: t.overviewTitle,
    nodes: [
      el('p', { class: 'lead' }, t.overviewLead),
      el('p', { class: 'about' }, t.releaseLine(last.number, toDay(last.createdAt))),
      fieldsOf(view, known, lines, change),
      el('p', { class: 'found', id: 'found', role: 'status' }),
      legend(),
      el('div', { id: 'figure' }),
      el('p', { class: 'about' }, t.intervalText),
      el('p', { class: 'about' }, t.suppressedText),
      downloads(view.round, last.number),
    ],
    shown: draw,
  };
}
