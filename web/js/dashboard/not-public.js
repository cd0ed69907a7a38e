// What says that a page is not for publication, above its heading and on each sheet that is printed; and its downloads, which go
// through the page since they need the token.
import { el, put } from '../dom.js';
import { button, download, live } from '../parts.js';
import { t } from './desk-texts.js';
import { toTime } from './texts.js';
import { askAs } from './session.js';

export const notPublic = (text = t.notPublicText) => el('p', { class: 'not-public-mark' }, el('strong', {}, t.notPublic), ' ', text);

// When it was read, that this was noted, and reading it anew.
export const readLine = (at, again) =>
  el('p', { class: 'about' }, t.readAt(toTime(at)), ' ', el('button', { type: 'button', id: 'read-anew', class: 'link', on: { click: again } }, t.readAnew));

async function save(path, told) {
  put(told, t.fetching);
  const { body, problem, name } = await askAs(path, { as: 'bytes' });
  if (!problem) download(name ?? 'tabel.csv', body, 'text/csv');
  put(told, problem ? t.notFetched : t.fetched(name));
}

// `files`: [[text, path]].
export function files(title, groups) {
  const told = live();
  const file = ([text, path]) => el('li', {}, el('button', { type: 'button', class: 'link', on: { click: () => save(path, told) } }, text));
  return el('section', { class: 'downloads' },
    el('h2', {}, title),
    el('p', {}, t.filesText),
    el('div', { class: 'beside' }, groups.map(([name, list]) => el('div', {}, el('h3', {}, name), el('ul', {}, list.map(file))))),
    told);
}
