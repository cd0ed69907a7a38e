// What was done with the answers: the follow-ups of an action, newest first.
import { el } from '../dom.js';
import * as member from '../member.js';
import { labelIn } from '../questionnaire.js';
import * as store from '../store.js';
import { language, t, toDay } from '../texts.js';
import { badge, more, section } from './parts.js';

const KINDS = { considered: 'wait', doing: 'wait', done: 'good', notDone: 'bad' };
const seconds = (time) => Date.parse(time) / 1000;

export const newestFirst = () => [...member.state.followUps].sort((a, b) => b.index - a.index);
const isReplaced = ({ index }) => member.state.followUps.some(({ replaces }) => replaces === index);
const isNew = ({ action, index }) => index > member.state.seenNews && member.state.responses.some((one) => one.action === action);

const statusBadge = ({ status }) => badge(KINDS[status] ?? 'wait', t.doneStatuses[status] ?? status);

export function followUp(one, title) {
  const { text, lang } = labelIn(one.text, language);
  const at = seconds(one.publishedAt);
  return el('article', { class: 'follow-up' }, title,
    el('p', { class: 'badges' }, statusBadge(one), isNew(one) && badge('news', t.isNews)),
    el('p', { lang, class: 'whole' }, text),
    el('p', { class: 'about' }, [Number.isFinite(at) && toDay(at), isReplaced(one) && t.doneReplaced].filter(Boolean).join(' · ')));
}

// How far it is with an action, by the newest that was said of it; null where nothing was.
export function newestStatus(id) {
  const one = newestFirst().find(({ action }) => action === id);
  return one ? [statusBadge(one), isNew(one) && badge('news', t.isNews)] : null;
}

const allOf = (id) => newestFirst().filter(({ action }) => action === id);

// All of an action; null where there is none.
export function followUps(id) {
  const all = allOf(id);
  return all.length === 0 ? null : section(t.doneSoFar, all.map((one) => followUp(one)));
}

// The same to be opened.
export function foldedFollowUps(id) {
  const all = allOf(id);
  return all.length === 0 ? null : more(t.doneSoFar, all.map((one) => followUp(one)));
}

// What is there by now is no news at the next visit.
export const noteSeen = () => store.setFact('seenNews', Math.max(member.state.seenNews, ...member.state.followUps.map(({ index }) => index)));
