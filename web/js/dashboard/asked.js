// One question about one action: its figures, the table of its answers with bars, and how a scale went over the rounds.
import { el, svg } from '../dom.js';
import { bar, drawing, flat, upright } from './charts.js';
import { toNumber } from './csv.js';
import { MEASURES, segmentsOf, sideOf } from './figures.js';
import { figure, interval, row, rowHead, table, td, th } from './parts.js';
import { more } from '../parts.js';
import { said, t } from './texts.js';

// The words of an option: its label, or of a scale the number and at the ends their words.
function optionText(question, option) {
  const label = question?.options?.find(({ value }) => value === option)?.label;
  if (label) return said(label);
  const end = { [question?.min]: 'min', [question?.max]: 'max' }[option];
  const words = question?.ends?.[end];
  return words ? `${option} ${said(words)}` : option;
}

const shareRow = (question, each) =>
  row(
    rowHead(optionText(question, each.option)),
    td(undefined, 'drawn', bar(each)),
    td(t.shareColumn, 'figure strong', figure(each.share)),
    td(t.intervalColumn, 'figure', interval(each.ci_low, each.ci_high)),
    td(t.countColumn, 'figure', figure(each.count)));

const sharesOf = (question, rows) =>
  table('shares', t.sharesCaption,
    [th(t.optionColumn), th(el('span', { class: 'axis' }, el('span', {}, '0'), el('span', {}, '1')), { class: 'drawn' }),
      th(t.shareColumn, { class: 'figure' }), th(t.intervalColumn, { class: 'figure' }), th(t.countColumn, { class: 'figure' })],
    rows.map((each) => shareRow(question, each)));

const NUMBERS = ['n', 'mean', 'median', 'positive', 'negative', 'net'];

// The figures of a question, as `questions` has them; those that its type does not have are left out.
function numbersOf(each) {
  const told = NUMBERS.filter((name) => each[name] !== '');
  return el('dl', { class: 'numbers' }, told.map((name) => el('div', {}, el('dt', {}, t.numbers[name]), el('dd', {}, figure(each[name])))));
}

const LEFT = 8; // per cent that the scale's words take
const TOP = 6;
const BOTTOM = 86;

// A figure over the rounds as a drawing, beside a table that says the same; `names` are the rounds'. A round without a figure is a gap, with a dash.
function trend(rows, names, measure, question) {
  const [min, max] = measure.range(question);
  const y = (value) => `${(BOTTOM - ((value - min) / (max - min)) * (BOTTOM - TOP)).toFixed(2)}%`;
  const x = (i) => `${(LEFT + ((i + 0.5) / rows.length) * (100 - LEFT)).toFixed(2)}%`;
  const points = rows.map((row, i) => ({ i, at: toNumber(row[measure.at]), low: toNumber(row[measure.low]), high: toNumber(row[measure.high]), side: sideOf(row, measure, question) }));
  const every = Math.ceil(rows.length / 6);
  return drawing('trend',
    [min, (min + max) / 2, max].map((value) => [
      flat(`${LEFT}%`, '100%', y(value), value === (min + max) / 2 ? 'middle' : 'grid'),
      svg('text', { x: '0', y: y(value), class: 'mark-of', dy: '0.35em' }, String(value).replace('-', '−')),
    ]),
    names.map((name, i) => i % every === 0 && svg('text', { x: x(i), y: '97%', class: 'mark-of', 'text-anchor': 'middle' }, name)),
    points.map(({ i, low, high, side }) => low !== undefined && upright(x(i), `interval ${side}`, { y1: y(low), y2: y(high) })),
    segmentsOf(points).map(([a, b]) => svg('line', { x1: x(a.i), y1: y(a.at), x2: x(b.i), y2: y(b.at), class: 'course' })),
    points.map(({ i, at, side }) => (at === undefined
      ? svg('text', { x: x(i), y: y((min + max) / 2), class: 'mark-of gap', 'text-anchor': 'middle', dy: '-0.4em' }, '–')
      : svg('circle', { cx: x(i), cy: y(at), r: 7, class: `dot ${side}` }))));
}

const trendRow = (each, names) =>
  row(
    rowHead(names.get(each.round) ?? each.round),
    ...['mean', 'net'].flatMap((measure) => [
      td(t.measures[measure], 'figure strong', figure(each[measure])),
      td(t.intervalColumn, 'figure', interval(each[`${measure}_low`], each[`${measure}_high`])),
    ]),
    td(t.answersColumn, 'figure', figure(each.n)));

function trendOf(question, rows, names) {
  if (rows.length < 2 || !question || rows.every(({ disclosure }) => disclosure !== 'ok')) return [];
  const head = [th(t.round), ...['mean', 'net'].flatMap((measure) =>
    [th(t.measures[measure], { class: 'figure' }), th(t.intervalColumn, { class: 'figure' })]), th(t.answersColumn, { class: 'figure' })];
  return [
    el('h3', {}, t.trendTitle),
    trend(rows, rows.map((each) => names.get(each.round) ?? each.round), MEASURES.mean, question),
    more(t.asTable, table('rounds', t.trendCaption, head, rows.map((each) => trendRow(each, names)))),
  ];
}

// What `each` row of `questions` tells, with its rows of `options` and, of a scale, of `trends`; `question` as it was asked; `names` of rounds.
export function questionOf(each, question, options, trends, names) {
  const isTold = each.disclosure === 'ok';
  const isScale = each.type === 'scale';
  return el('section', { class: 'asked', id: `vraag-${each.question}` },
    el('h2', {}, question ? said(question.label) : each.question),
    isTold ? [numbersOf(each), options.length > 0 && sharesOf(question, options)] : el('p', { class: 'withheld' }, t.withheld),
    isScale && trendOf(question, trends, names));
}
