// What the dashboard's pages are made of. Each gives an element; no state.
import { el } from '../dom.js';
import { language } from './texts.js';
import { toCell } from './csv.js';

export const link = (text, href, more = {}) => el('a', { href, ...more }, text);

// A figure, as its cell has it; a dash where there is none.
export const figure = (cell) => (cell === '' || cell === undefined ? '–' : toCell(cell, language));
export const interval = (low, high) => (low === '' || low === undefined ? '–' : [toCell(low, language), ' – ', toCell(high, language)].join(''));

// A table keeps its roles where a narrow screen lays its rows out as blocks.
export const table = (kind, caption, head, rows) =>
  el('table', { class: `table ${kind}`, role: 'table' },
    el('caption', {}, caption),
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, head)),
    el('tbody', { role: 'rowgroup' }, rows));

export const th = (text, more = {}) => el('th', { scope: 'col', role: 'columnheader', ...more }, text);
export const row = (...cells) => el('tr', { role: 'row' }, cells);
export const rowHead = (...children) => el('th', { scope: 'row', role: 'rowheader' }, children);

// `label` is the column's, told before the cell where columns are laid out as blocks.
export const td = (label, kind, ...children) => el('td', { role: 'cell', class: kind, 'data-label': label }, children);

export const choice = (id, label, options, value, change) =>
  el('div', { class: 'field' },
    el('label', { for: id }, label),
    el('select', { id, on: { change: ({ target }) => change(target.value) } },
      options.map(([key, text]) => el('option', { value: key, selected: key === value }, text))));
