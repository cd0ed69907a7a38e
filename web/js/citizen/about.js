// What an action is, in one line: id, how far, who.
import { el } from '../dom.js';
import { t } from '../texts.js';

export const about = (action) =>
  el('p', { class: 'about' }, [action.id, t.statuses[action.status] ?? action.status, action.lead].filter(Boolean).join(' · '));
