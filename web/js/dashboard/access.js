// What who is logged in may do, and logging out.
import { el } from '../dom.js';
import { button, buttonLink, link, notice } from '../parts.js';
import { t } from './desk-texts.js';
import { draftedActions, dropAll } from './drafts.js';
import { end, may, session } from './session.js';
import { toTime } from './texts.js';

const can = (what, text, ...more) => el('li', { class: may(what) ? 'can' : 'can-not' }, may(what) ? text : t.canNot[what], may(what) && more);

const rights = () =>
  el('ul', { class: 'rights' },
    can('exact', t.can.exact, ' ', link(t.exactPage, '#/exact')),
    can('comments', t.can.comments, ' ', link(t.commentsPage, '#/opmerkingen')),
    can('publish', t.can.publish));

function facts({ name, role, expiresAt }) {
  const all = [[t.tokenName, name], [t.role, t.roles[role]], [t.validUntil, expiresAt ? toTime(expiresAt) : t.noEnd]];
  return el('dl', { class: 'facts' }, all.map(([label, text]) => el('div', {}, el('dt', {}, label), el('dd', {}, text))));
}

const drafts = () => draftedActions().length > 0 && notice('wait', t.draftsTitle,
  el('ul', {}, draftedActions().map((id) => el('li', {}, link(id, `#/bericht/${encodeURIComponent(id)}`)))), el('p', {}, t.draftsText));

function leave() {
  dropAll();
  end('left');
}

export default async function access() {
  return {
    title: t.accessPage,
    nodes: [
      facts(session.rights),
      rights(),
      session.rights.role === 'auditor' && el('p', {}, t.forAuditors, ' ', buttonLink(t.logPage, '#/logboek', 'secondary')),
      el('p', { class: 'about' }, t.noted),
      drafts(),
      el('p', { class: 'buttons' }, button(t.logOut, leave, 'primary')),
    ],
  };
}
