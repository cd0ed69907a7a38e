// One action in one round: for each question a table whose rows hold a bar, how the scales moved over the rounds, and what was done.
import { el } from '../dom.js';
import { bar, trend } from './charts.js';
import * as data from './data.js';
import { MEASURES } from './figures.js';
import { choice, figure, interval, link, more, row, rowHead, table, td, th } from './parts.js';
import { language, said, t, toDay } from './texts.js';

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

function questionOf(each, question, options, trends, names) {
  const isTold = each.disclosure === 'ok';
  const isScale = each.type === 'scale';
  return el('section', { class: 'asked', id: `vraag-${each.question}` },
    el('h2', {}, question ? said(question.label) : each.question),
    isTold ? [numbersOf(each), options.length > 0 && sharesOf(question, options)] : el('p', { class: 'withheld' }, t.withheld),
    isScale && trendOf(question, trends, names));
}

const followUp = ({ publishedAt, status, text, isReplaced }) =>
  el('article', { class: 'follow-up' },
    el('h3', {}, t.doneStatuses[status]),
    el('p', { class: 'about' }, toDay(publishedAt), isReplaced && ` · ${t.replaced}`),
    el('p', { class: 'whole', lang: text[language] ? language : 'nl' }, said(text)));

const done = (followUps) =>
  el('section', {},
    el('h2', {}, t.doneTitle),
    followUps.length === 0 ? el('p', {}, t.doneNone) : followUps.map(followUp));

const facts = (action) =>
  el('dl', { class: 'facts' }, [['track', t.track], ['lead', t.lead], ['related', t.related], ['status', t.statusColumn]]
    .filter(([field]) => action[field])
    .map(([field, label]) => el('div', {}, el('dt', {}, label), el('dd', {}, field === 'status' ? t.statuses[action.status] ?? action.status : action[field]))));

const lost = () => ({ title: t.lostTitle, nodes: [el('p', { class: 'lead' }, t.lostText), el('p', {}, link(t.toOverview, '#/'))] });

const of = (rows, id) => rows.filter(({ action }) => action === id);

async function load(id, round) {
  const [questions, options, trends, followUps] = await Promise.all([
    data.roundTable(round, 'questions'), data.roundTable(round, 'options'), data.trendsOfAction(id), data.followUps()]);
  return { questions: of(questions, id), options: of(options, id), trends, followUps: of(followUps, id) };
}

export default async function actionPage([id, wanted], params, frame) {
  const [panel, actions] = await Promise.all([data.panel(), data.actions()]);
  const action = actions.find((each) => each.id === id);
  const round = panel.rounds.find((each) => each.id === wanted) ?? panel.rounds.at(-1);
  if (!action || !round) return lost();
  const told = await load(id, round.id);
  const asked = panel.questionnaires.find((each) => each.id === round.questionnaire)?.questions ?? [];
  const names = new Map(panel.rounds.map((each) => [each.id, said(each.title)]));
  const rounds = panel.rounds.map((each) => [each.id, said(each.title)]);
  return {
    title: action.title,
    above: el('p', { class: 'up' }, link(t.toOverview, `#/?ronde=${encodeURIComponent(round.id)}`)),
    nodes: [
      el('p', { class: 'about' }, id),
      facts(action),
      rounds.length > 1 && choice('pick-round', t.round, rounds, round.id, (value) => frame.go(`#/actie/${encodeURIComponent(id)}/${encodeURIComponent(value)}`)),
      told.questions.length === 0 && el('p', { class: 'lead' }, t.noReleaseOfRound),
      told.questions.map((each) => questionOf(each, asked.find(({ id: name }) => name === each.question),
        told.options.filter(({ question }) => question === each.question), told.trends.filter(({ question }) => question === each.question), names)),
      done(told.followUps),
    ],
  };
}
