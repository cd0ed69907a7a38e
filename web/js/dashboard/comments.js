// What people wrote in their own words, for the team: of an action, beside its figures, and of a round as a whole. Read when asked for,
// since each reading is noted; found by words; a long list comes in steps.
import { el, put } from '../dom.js';
import { badge, button, notice } from '../parts.js';
import * as data from './data.js';
import { commentsPath, forget, read, readBefore } from './desk-data.js';
import { t } from './desk-texts.js';
import { hasWords, wordsOf } from './figures.js';
import { files, notPublic, readLine } from './not-public.js';
import { choice, link, row, rowHead, table, td, th } from './parts.js';
import { questionsOf, roundNames, roundsOf } from './sources.js';
import { said } from './texts.js';

const AT_ONCE = 50;

const untold = () => badge('doubt', t.untold);

// One comment. `shown`: {isOfOne, labels}: whether the list is of one action; the labels of text questions, where there are several.
const commentRow = ({ action, question, index, text, told }, { isOfOne, labels, round, titles }) =>
  row(
    rowHead(index),
    td(t.textColumn, 'said',
      !isOfOne && el('p', { class: 'about' }, link(titles.get(action) ?? action, `#/actie/${encodeURIComponent(action)}/${encodeURIComponent(round.id)}`)),
      labels.size > 1 && el('p', { class: 'about' }, labels.get(question) ?? question),
      el('p', { class: 'whole', dir: 'auto' }, text),
      told === 'no' && untold()));

function listOf(rows, shown) {
  const found = el('p', { class: 'found', role: 'status', id: 'comments-found', tabindex: -1 });
  const body = el('div', {});
  let words = [];
  function draw(limit) {
    const all = rows.filter(({ text }) => hasWords(text, words));
    put(found, t.foundComments(all.length));
    put(body,
      all.length > 0 && table('comments', t.commentsCaption, [th(t.indexColumn), th(t.textColumn)], all.slice(0, limit).map((each) => commentRow(each, shown))),
      all.length > limit && el('p', {}, button(t.showMore, () => showMore(limit))));
  }
  // The focus goes to the first of those that have come.
  function showMore(limit) {
    draw(limit + AT_ONCE);
    const row = body.querySelectorAll('tbody tr')[limit];
    row.tabIndex = -1;
    row.focus();
  }
  const search = el('input', { id: 'find-comment', type: 'search', autocomplete: 'off', on: { input: ({ target }) => ((words = wordsOf(target.value)), draw(AT_ONCE)) } });
  draw(AT_ONCE);
  return [el('div', { class: 'field' }, el('label', { for: 'find-comment' }, t.findComment), search), found, body];
}

async function shownOf(round, isOfOne) {
  const [panel, actions] = await Promise.all([data.panel(), data.actions()]);
  const asked = questionsOf(panel, round).filter(({ type }) => type === 'text');
  return { round, isOfOne, labels: new Map(asked.map(({ id, label }) => [id, said(label)])), titles: new Map(actions.map(({ id, title }) => [id, title])) };
}

const warned = (rows, isOfOne) =>
  rows.some(({ told }) => told === 'no') && notice('doubt', isOfOne ? t.untoldHere : t.untoldTitle, el('p', {}, t.untoldText));

// Those about an action, in a place of their own; asked for by a button unless the round's have been read.
export function commentsOf(round, action) {
  const path = commentsPath(round.id, action.id);
  const place = el('div', { id: 'comments' });
  async function fill() {
    const { rows, at } = await read(path);
    const shown = await shownOf(round, true);
    put(place, notPublic(t.commentsMark), readLine(at, anew), warned(rows, true), rows.length > 0 ? listOf(rows, shown) : el('p', { id: 'comments-found', tabindex: -1 }, t.noComments));
    place.querySelector('#comments-found').focus({ preventScroll: true });
  }
  const anew = () => (forget(path), fill());
  put(place, el('p', {}, t.commentsText), el('p', {}, button(readBefore(path) ? t.showComments : t.readComments, fill, 'secondary', { id: 'read-comments' })));
  return place;
}

// All of a round.
export default async function commentsPage([wanted], params, frame) {
  const panel = await data.panel();
  const rounds = roundsOf(panel);
  const round = rounds.find(({ id }) => id === wanted) ?? rounds.at(-1);
  if (!round) return { title: t.commentsPage, mark: notPublic(), nodes: [el('p', { class: 'lead' }, t.noRelease)] };
  const path = commentsPath(round.id);
  const [{ rows, at }, shown] = await Promise.all([read(path), shownOf(round, false)]);
  const anew = () => (forget(path), frame.again());
  return {
    title: t.commentsPage,
    mark: notPublic(),
    nodes: [
      readLine(at, anew),
      rounds.length > 1 && choice('pick-round', t.round, roundNames(rounds), round.id, (id) => frame.go(`#/opmerkingen/${encodeURIComponent(id)}`)),
      warned(rows, false),
      rows.length > 0 ? listOf(rows, shown) : el('p', { class: 'lead' }, t.noComments),
      files(t.commentsFiles, [[t.csvTitle, [[t.commentsTable, path]]], [t.excelTitle, [[t.commentsTable, `${path}?profile=excel-nl`]]]]),
    ],
  };
}
