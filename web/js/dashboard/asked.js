// One question about one action: its figures, the table of its answers with bars, and how a scale went over the rounds.
import { el } from '../dom.js';
import { bar } from './charts.js';
import { MEASURES } from './figures.js';
import { figure, interval, row, rowHead, table, td, th } from './parts.js';
import { more } from '../parts.js';
import { said, t } from './texts.js';
import { trend } from './trend.js';

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
