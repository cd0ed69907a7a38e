// The table of actions: a row each, with a dot, its interval, and as a ring the round before.
import { el } from '../dom.js';
import { crowd, dot } from './charts.js';
import { MEASURES, moveOf } from './figures.js';
import { figure, interval, link, row, rowHead, table, td, th } from './parts.js';
import { said, t } from './texts.js';

const about = ({ id, lead }) => el('span', { class: 'about' }, [id, lead].filter(Boolean).join(' · '));

function figuresOf(line, { measure, name, question }) {
  if (line.row.disclosure !== 'ok') return [el('td', { role: 'cell', class: 'hidden-figures', colspan: 4 }, t.suppressed)];
  const moved = moveOf(line, measure);
  return [
    td(undefined, 'drawn', dot(line, measure, question)),
    td(name, 'figure strong', figure(line.row[measure.at]), moved && el('span', { class: 'moved' }, t.moved[moved])),
    td(t.intervalColumn, 'figure', interval(line.row[measure.low], line.row[measure.high])),
    td(t.answersColumn, 'figure', figure(line.row.n)),
  ];
}

const lineOf = (line, shown) =>
  row(
    rowHead(link(line.title, shown.addressOf(line)), about(line)),
    figuresOf(line, shown),
    td(t.statusColumn, 'word', t.statuses[line.status] ?? line.status ?? '–'),
    td(t.doneColumn, 'word', line.answered ? t.doneStatuses[line.answered.status] : t.notYet));

function headCell(by, text, { order, sort }, kind) {
  if (!sort) return th(text, { class: kind });
  const sorted = order.by === by ? (order.isDown ? 'descending' : 'ascending') : 'none';
  return th(el('button', { type: 'button', id: `sort-${by}`, on: { click: () => sort(by) } }, text), { class: kind, 'aria-sort': sorted });
}

// The words at the ends of what is drawn.
function endsOf(measure, question) {
  if (measure === MEASURES.net) return t.netEnds;
  return measure.isShare ? [] : [said(question.ends?.min), said(question.ends?.max)];
}

function axis(measure, question) {
  const ends = endsOf(measure, question);
  return el('span', { class: 'axis' }, ...measure.range(question).map((value, i) =>
    el('span', {}, [String(value).replace('-', '−'), ends[i]].filter(Boolean).join(' '))));
}

const headOf = (shown) => [
  headCell('action', t.actionColumn, shown),
  th(axis(shown.measure, shown.question), { class: 'drawn' }),
  headCell('figure', shown.name, shown, 'figure'),
  th(t.intervalColumn, { class: 'figure' }),
  headCell('n', t.answersColumn, shown, 'figure'),
  headCell('status', t.statusColumn, shown, 'word'),
  th(t.doneColumn, { class: 'word' }),
];

// What was left out between two ends, and how to see it.
const gap = ({ left, all }) =>
  row(el('td', { role: 'cell', class: 'between', colspan: 7 }, t.between(left), ' ', el('button', { type: 'button', class: 'link', on: { click: all } }, t.showAll)));

// All of `crowd` on one scale, for the eye alone.
const together = ({ crowd: lines, measure, question }) =>
  lines.length > 0 && el('span', { class: 'together', 'aria-hidden': 'true' }, crowd(lines, measure, question), axis(measure, question));

// `parts`: lists of lines, with `gap` {left, all} between two. `shown`: {measure, name, question, caption, crowd, order, sort, addressOf};
// without `sort` the heads are words alone. `crowd`: lines with a figure.
export const linesTable = (parts, shown, between) =>
  table('overview', [el('span', { class: 'caption' }, shown.caption), together(shown)], headOf(shown),
    parts.flatMap((lines, i) => [i > 0 && gap(between), lines.map((line) => lineOf(line, shown))]));

export const legend = (kinds) =>
  kinds.length > 0 && el('ul', { class: 'legend' }, kinds.map((kind) =>
    el('li', {}, el('span', { class: `key ${kind}` }), t.legend[kind])));
