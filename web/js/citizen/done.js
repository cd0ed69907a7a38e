// Page 9: all that was done, newest first; those about actions that the member spoke of are marked. For anybody to read.
import { el } from '../dom.js';
import * as member from '../member.js';
import { buttonLink } from '../parts.js';
import { t } from '../texts.js';
import { followUp, newestFirst, noteSeen } from './news.js';

const AT_ONCE = 200;

function titled(one) {
  const action = member.actionOf(one.action);
  const isOwn = member.state.responses.some((response) => response.action === one.action);
  return [
    el('h2', {}, el('a', { href: `#/actie/${one.action}`, lang: 'nl' }, action?.title ?? one.action)),
    isOwn && el('p', { class: 'own' }, t.doneYours),
  ];
}

export default async function done() {
  if (!member.state.member) await member.refresh(true);
  const all = newestFirst().slice(0, AT_ONCE);
  return {
    title: t.doneTitle,
    nodes: [
      el('p', { class: 'lead' }, all.length > 0 ? t.doneLead : t.doneNone),
      all.map((one) => followUp(one, titled(one))),
      el('p', {}, buttonLink(t.toActions, member.state.member ? '#/acties' : '#/', 'secondary')),
    ],
    shown: noteSeen,
  };
}
