// One action in one round: for each question the table of its answers, how the scales moved over the rounds, and what was done; for who
// is logged in, what they may do beside it.
import { el, icon } from '../dom.js';
import * as shown from '../follow-up.js';
import { questionOf } from './asked.js';
import * as data from './data.js';
import { choice, link } from './parts.js';
import { published, roundNames, roundsOf } from './sources.js';
import { language, said, t, toDay } from './texts.js';

const words = () => ({ t, language, toDay });

export const followUpsOf = (followUps) =>
  followUps.map((each) => shown.followUpArticle(each, words(), { replaced: each.isReplaced }));

const done = (followUps, ...more) =>
  el('section', { id: 'gedaan' },
    el('h2', {}, t.doneTitle),
    followUps.length === 0 ? el('p', {}, t.doneNone) : followUpsOf(followUps),
    more);

const facts = (action) =>
  el('dl', { class: 'facts' }, [['track', t.track], ['lead', t.lead], ['related', t.related], ['status', t.statusColumn]]
    .filter(([field]) => action[field])
    .map(([field, label]) => el('div', {}, el('dt', {}, label), el('dd', {}, field === 'status' ? t.statuses[action.status] ?? action.status : action[field]))));

export const lost = () => ({ title: t.lostTitle, nodes: [el('p', { class: 'lead' }, t.lostText), el('p', {}, link(t.toOverview, '#/'))] });

const of = (rows, id) => rows.filter(({ action }) => action === id);

// The figures of an action as a source has them: a section a question.
export async function figuresOf(source, panel, id) {
  const [questions, options, trends] = await Promise.all([source.table('questions', id), source.table('options', id), source.trends(id)]);
  const names = new Map(panel.rounds.map((each) => [each.id, said(each.title)]));
  return questions.map((each) => questionOf(each, source.questions.find((asked) => asked.id === each.question),
    options.filter(({ question }) => question === each.question), trends.filter(({ question }) => question === each.question), names));
}

// What an address names: {panel, action, round, source}, the last undefined where there are no figures; undefined when it names nothing.
export async function find(kind, [id, wanted], params) {
  const [panel, actions] = await Promise.all([data.panel(), data.actions([id])]);
  const round = roundsOf(panel).find((each) => each.id === wanted) ?? roundsOf(panel).at(-1);
  const source = round && (await kind.open(panel, round, Number(params.get('uitgave'))));
  const [action = actions[0]] = source ? await source.actions([id]) : [];
  return action && round ? { panel, action, round, source } : undefined;
}

export function roundField(kind, panel, id, round, frame) {
  const rounds = roundNames(roundsOf(panel));
  const goTo = (value) => frame.go(`${kind.action}/${encodeURIComponent(id)}/${encodeURIComponent(value)}`);
  return rounds.length > 1 && choice('pick-round', t.round, rounds, round.id, goTo);
}

export const up = (kind, round) => el('p', { class: 'up' }, el('a', { href: `${kind.overview}?ronde=${encodeURIComponent(round.id)}` }, icon('back'), t.toOverview));

export default async function actionPage(parts, params, frame) {
  const found = await find(published, parts, params);
  if (!found) return lost();
  const { panel, action, round, source } = found;
  const [figures, followUps] = await Promise.all([source ? figuresOf(source, panel, action.id) : [], data.followUps()]);
  const mine = of(followUps, action.id);
  return {
    title: action.title,
    above: up(published, round),
    nodes: [
      el('p', { class: 'about' }, action.id),
      facts(action),
      source?.says,
      roundField(published, panel, action.id, round, frame),
      frame.desk?.otherFigures(action, round),
      figures.length === 0 && el('p', { class: 'lead' }, t.noReleaseOfRound),
      figures,
      frame.desk?.comments(action, round),
      done(mine, frame.desk?.writing(action)),
    ],
  };
}
