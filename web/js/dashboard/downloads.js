// The files of a release. They are links, so that the browser takes the bytes as they come.
import { el } from '../dom.js';
import { link } from './parts.js';
import { t } from './texts.js';

const TABLES = ['summary', 'questions', 'options'];

export function downloads(round, number) {
  const base = `/v1/rounds/${encodeURIComponent(round)}`;
  const file = (text, path) => el('li', {}, link(text, path, { download: true }));
  const released = (name) => `${base}/releases/${number}/${name}`;
  return el('section', { class: 'downloads' },
    el('h2', {}, t.downloadsTitle),
    el('p', {}, t.downloadsText),
    el('div', { class: 'beside' },
      el('div', {}, el('h3', {}, t.csvTitle),
        el('ul', {}, TABLES.map((name) => file(t.tables[name], released(`${name}.csv`))), file(t.trendsTable, '/v1/trends'))),
      el('div', {}, el('h3', {}, t.excelTitle),
        el('ul', {}, TABLES.map((name) => file(t.tables[name], `${base}/${name}?profile=excel-nl&release=${number}`)),
          file(t.trendsTable, '/v1/trends?profile=excel-nl'))),
      el('div', {}, el('h3', {}, t.aboutTitle),
        el('ul', {}, file('datapackage.json', released('datapackage.json')), file('release.jws', released('release.jws')),
          file('release.tlog-proof', released('release.tlog-proof'))))));
}
