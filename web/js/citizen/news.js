// What was done with the answers: the follow-ups of an action, newest first, those marked that are news to this member.
import * as shown from '../follow-up.js';
import * as member from '../member.js';
import { badge, more, section } from '../parts.js';
import * as store from '../store.js';
import { language, t, toDay } from '../texts.js';

const words = () => ({ t, language, toDay });
const isNew = ({ action, index }) => index > member.state.seenNews && member.state.responses.some((one) => one.action === action);
const newsMark = (one) => isNew(one) && badge('news', t.isNews);

export const newestFirst = () => shown.newestFirst(member.state.followUps);

export const followUp = (one, title) =>
  shown.followUpArticle(one, words(), { title, mark: newsMark(one), replaced: shown.isReplaced(one, member.state.followUps) });

const allOf = (id) => newestFirst().filter(({ action }) => action === id);

// How far it is with an action, by the newest that was said of it; null where nothing was.
export function newestStatus(id) {
  const [one] = allOf(id);
  return one ? [shown.statusBadge(one, words()), newsMark(one)] : null;
}

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
