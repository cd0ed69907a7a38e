// What is for who is logged in: pages in the menu, what stands beside an action, the question whether anybody is still there. Loaded with
// the first token.
import { byId, el } from '../dom.js';
import { button, buttonLink, section } from '../parts.js';
import { commentsOf } from './comments.js';
import { forgetAll } from './desk-data.js';
import { t } from './desk-texts.js';
import * as session from './session.js';

export const isOpen = () => session.session.rights !== undefined;
export const may = (what) => what === 'any' || session.may(what);

export const pages = () => [
  ...(session.may('exact') ? [['#/exact', t.exactPage, ['exact']]] : []),
  ...(session.may('comments') ? [['#/opmerkingen', t.commentsPage, ['opmerkingen']]] : []),
];

// A page that the token does not reach.
export const forbidden = () => ({
  title: t.forbiddenTitle,
  nodes: [el('p', { class: 'lead' }, t.forbiddenText), el('p', {}, buttonLink(t.accessPage, '#/toegang', 'secondary'))],
});

// Beside an action

export const otherFigures = ({ id }, round) =>
  session.may('exact') && el('p', {}, el('a', { href: `#/exact/actie/${encodeURIComponent(id)}/${encodeURIComponent(round.id)}` }, t.toExact));

export const comments = (action, round) =>
  session.may('comments') && section(t.commentsTitle, commentsOf(round, action));

export const writing = ({ id }) =>
  session.may('publish') && el('p', { class: 'buttons' }, buttonLink(t.write, `#/bericht/${encodeURIComponent(id)}`));

// Whether anybody is there. A dialog holds the rest of the page still, and gives the focus back.
function warning() {
  const dialog = el('dialog', { id: 'idle', 'aria-labelledby': 'idle-title', on: { close: () => (session.stay(), dialog.remove()) } },
    el('h2', { id: 'idle-title' }, t.idleTitle),
    el('p', {}, t.idleText),
    el('p', { class: 'buttons' }, button(t.stay, () => dialog.close(), 'primary', { autofocus: true }), button(t.logOut, () => (dialog.remove(), session.end('left')))));
  return dialog;
}

function warn() {
  if (byId('idle')) return;
  const dialog = warning();
  document.body.append(dialog);
  dialog.showModal();
}

function ended(frame) {
  byId('idle')?.remove();
  forgetAll();
  frame.askLogin();
}

export const { resume } = session;

export function start(frame) {
  for (const event of ['pointerdown', 'keydown']) addEventListener(event, session.use);
  session.watch({ idle: warn, ended: () => ended(frame) });
}
