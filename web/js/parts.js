// What pages are made of, the citizen's and the dashboard's. Each gives an element; no state and no texts.
import { byId, el, icon } from './dom.js';

// What a press starts ends before the next press starts anything: nobody signs or sends twice for a finger that trembles.
function oneAtATime(work) {
  let isBusy = false;
  return async (event) => {
    if (isBusy) return;
    isBusy = true;
    try {
      await work(event);
    } finally {
      isBusy = false;
    }
  };
}

export const button = (text, click, kind = 'secondary', more = {}) =>
  el('button', { type: 'button', class: `button ${kind}`, on: { click: oneAtATime(click) }, ...more }, text);

export const submit = (text) => el('button', { type: 'submit', class: 'button primary' }, text);
export const link = (text, href, more = {}) => el('a', { href, ...more }, text);
export const buttonLink = (text, href, kind = 'primary') => el('a', { href, class: `button ${kind}` }, text);

// A form that the browser never sends itself.
export function form(send, ...children) {
  const sendOnce = oneAtATime(send);
  return el('form', { novalidate: true, on: { submit: (event) => (event.preventDefault(), sendOnce(event)) } }, children);
}

const NOTICE_ICONS = { good: 'check', wait: 'clock', bad: 'cross', doubt: 'warning', news: 'news', calm: 'shield' };

// A block with a colour, a drawing and words for each kind. `title` may be left out.
export const notice = (kind, title, ...children) =>
  el('div', { class: `notice ${kind}` }, icon(NOTICE_ICONS[kind]), el('div', {}, title && el('p', { class: 'title' }, title), children));

export const badge = (kind, text) => el('span', { class: `badge ${kind}` }, icon(NOTICE_ICONS[kind]), text);

// A field with its label, its hint and its fault, in that order for eyes and for ears. `input` has an id.
export function field(input, { label, hint, fault }) {
  const ids = [hint && `${input.id}-hint`, fault && `${input.id}-fault`].filter(Boolean);
  if (ids.length > 0) input.setAttribute('aria-describedby', ids.join(' '));
  if (fault) input.setAttribute('aria-invalid', 'true');
  return el('div', { class: fault ? 'field has-fault' : 'field' },
    el('label', { for: input.id }, label),
    hint && el('p', { class: 'hint', id: `${input.id}-hint` }, hint),
    fault && el('p', { class: 'fault', id: `${input.id}-fault` }, icon('warning'), fault),
    input);
}

// The list on top that names each fault and leads to its field: [{id, text}]. The page gives it the focus.
export const faultList = (title, faults) =>
  el('div', { class: 'faults', id: 'faults', tabindex: -1, role: 'group', 'aria-labelledby': 'faults-title' },
    el('h2', { id: 'faults-title' }, icon('warning'), title),
    el('ul', {}, faults.map(({ id, text }) => el('li', {}, link(text, `#${id}`, { on: { click: (event) => goTo(event, id) } })))));

// The address is the page's own, so a link within the page moves the focus by itself.
function goTo(event, id) {
  event.preventDefault();
  const place = byId(id);
  place?.scrollIntoView({ block: 'center' });
  place?.focus({ preventScroll: true });
}

// Where something is told later, to eyes and ears.
export const live = () => el('div', { role: 'status', class: 'told' });

export const section = (title, ...children) => el('section', {}, el('h2', {}, title), children);
export const more = (title, ...children) => el('details', {}, el('summary', {}, title), el('div', { class: 'inside' }, children));

// A file for the downloads.
export function download(name, content, type = 'application/json') {
  const url = URL.createObjectURL(new Blob([content], { type }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
