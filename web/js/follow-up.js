// What was done with answers, as anybody reads it: on the citizen page, on the dashboard, and in the preview of who is about to publish
// it. Whose texts they are is the caller's: `words` is {t, language, toDay}.
import { el } from './dom.js';
import { badge } from './parts.js';
import { labelIn } from './questionnaire.js';

const KINDS = { considered: 'wait', doing: 'wait', done: 'good', notDone: 'bad' };

export const newestFirst = (followUps) => [...followUps].sort((a, b) => b.index - a.index);
export const isReplaced = ({ index }, followUps) => followUps.some(({ replaces }) => replaces === index);

export const statusBadge = ({ status }, { t }) => badge(KINDS[status] ?? 'wait', t.doneStatuses[status] ?? status);

// One of them. `title` stands above it, `mark` beside its status; `replaced`: another stands in for it.
export function followUpArticle(one, words, { title, mark, replaced }) {
  const { text, lang } = labelIn(one.text, words.language);
  const at = Date.parse(one.publishedAt) / 1000;
  return el('article', { class: 'follow-up' }, title,
    el('p', { class: 'badges' }, statusBadge(one, words), mark),
    el('p', { lang, class: 'whole' }, text),
    el('p', { class: 'about' }, [Number.isFinite(at) && words.toDay(at), replaced && words.t.doneReplaced].filter(Boolean).join(' · ')));
}
