// Where a view's figures come from: a release, for anyone. exact.js has sources of the same shape for who has the right to more; no view
// takes from two.
//
//   published.open(panel, round, number)    Promise of a source: release `number` of the round, or its newest; undefined before the first
//   published.overview  .action             where the addresses of its views begin
//   source: {
//     table(name, action)     Promise of rows of `questions`, `options` or `summary`; with `action` of that one alone
//     rows(question, option, sort)  Promise of {rows, earlier, isPart}: of the figure that is shown, and (a Promise) of the round before;
//                             with `sort` perhaps the first of that order alone, as `isPart` says
//     trends(action)          Promise of rows of `trends`
//     actions(ids)            Promise of those, or all, as they were then
//     questions               the same
//     views                   which views of it there are (figures.js)
//     number, isNewest, all   of the release
//     says, downloads         elements: what it is; its files
//   }
import { el } from '../dom.js';
import * as data from './data.js';
import { downloads } from './downloads.js';
import { link } from './parts.js';
import { said, t, toDay } from './texts.js';

export const questionsOf = (panel, round) => panel.questionnaires.find(({ id }) => id === round.questionnaire)?.questions ?? [];

const isAlike = (one, other) => one && one.type === other.type && one.min === other.min && one.max === other.max;

// The last round before this one that has a release and asks the same.
async function roundBefore(panel, round, question) {
  for (const each of panel.rounds.slice(0, panel.rounds.indexOf(round)).reverse()) {
    const asked = questionsOf(panel, each).find(({ id }) => id === question.id);
    if (isAlike(asked, question) && (await data.releases(each.id)).length > 0) return each;
  }
  return undefined;
}

const tableOf = (round, number) => (name, action) => data.releaseTable(round.id, number, name, action);
const newestTable = async (round, name) => data.releaseTable(round.id, (await data.releases(round.id)).at(-1).number, name);
const ofOption = (rows, question, option) => rows.filter((row) => row.question === question.id && row.option === option);

// The share of an option, here and in the round before.
async function shares(panel, round, table, question, option) {
  const before = await roundBefore(panel, round, question);
  const [rows, earlier] = await Promise.all([table('options'), before ? newestTable(before, 'options') : []]);
  return { rows: ofOption(rows, question, option), earlier: ofOption(earlier, question, option) };
}

// A scale, from the table that has its intervals. Where the first rows are not all, the round before is asked about those alone.
async function scale(panel, round, question, sort) {
  const [before, rows] = await Promise.all([roundBefore(panel, round, question), data.trendsOfRound(question.id, round.id, { sort })]);
  const isPart = sort !== undefined && rows.length === data.FIRST;
  const earlier = before && data.trendsOfRound(question.id, before.id, { actions: isPart ? rows.map(({ action }) => action) : undefined });
  return { rows, earlier: earlier ?? [], isPart };
}

const actionOf = ({ action, title, track, lead, related, status }) => ({ id: action, title, track, lead, related, status });

async function newest(panel, round, release) {
  const table = tableOf(round, release.number);
  return {
    table,
    rows: (question, option, sort) => (option === undefined ? data.ofNewest(round.id, scale(panel, round, question, sort)) : shares(panel, round, table, question, option)),
    trends: (action) => data.ofNewest(round.id, data.trendsOfAction(action)),
    actions: data.actions,
    questions: questionsOf(panel, round),
  };
}

// Of an older one no table has intervals of means, and none compares it with other rounds.
async function older(round, release) {
  const table = tableOf(round, release.number);
  const [summary, facts] = await Promise.all([table('summary'), data.releaseFacts(round.id, release.number)]);
  const ofQuestion = async ({ id }) => (await table('questions')).filter(({ question }) => question === id);
  return {
    table,
    rows: async (question, option) => ({
      rows: option === undefined ? await ofQuestion(question) : ofOption(await table('options'), question, option), earlier: [],
    }),
    trends: async () => [],
    actions: async (ids) => summary.map(actionOf).filter(({ id }) => !ids || ids.includes(id)),
    questions: facts.questionnaire.questions,
  };
}

const releaseLine = ({ number, createdAt }) => el('p', { class: 'about' }, t.releaseLine(number, toDay(createdAt)));
const olderLine = ({ number, createdAt }, address) =>
  el('p', { class: 'mark-line older' }, el('strong', {}, t.olderLine(number, toDay(createdAt))), ' ', t.olderText, ' ', link(t.toNewest, address));

export const published = {
  overview: '#/',
  action: '#/actie',
  async open(panel, round, number) {
    const all = await data.releases(round.id);
    const release = all.find((each) => each.number === number) ?? all.at(-1);
    if (!release) return undefined;
    const isNewest = release === all.at(-1);
    return {
      ...(await (isNewest ? newest(panel, round, release) : older(round, release))),
      views: isNewest ? ['', 'ends', 'moved', 'waiting'] : ['', 'ends', 'waiting'],
      number: release.number,
      isNewest,
      all,
      says: isNewest ? releaseLine(release) : olderLine(release, `#/?ronde=${encodeURIComponent(round.id)}`),
      downloads: downloads(round.id, release.number),
    };
  },
};

// Rounds that may have figures: those that have opened. newestRound: the last of them that has any.
export const roundsOf = (panel) => panel.rounds.filter(({ opensAt }) => Date.parse(opensAt) <= Date.now());
export const roundNames = (rounds) => rounds.map(({ id, title }) => [id, said(title)]);
export async function newestRound(kind, panel) {
  for (const round of roundsOf(panel).reverse()) if (await kind.open(panel, round)) return round;
  return undefined;
}
