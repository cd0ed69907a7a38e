// Drawings. Each stands beside cells that say the same, so it is hidden from who does not see it. Places are attributes in per cent of
// the drawing, which is as wide as its cell: nothing is scaled, so lines and letters keep their size.
import { svg } from '../dom.js';
import { toNumber } from './csv.js';
import { heapsOf, placeOf, sideOf } from './figures.js';

export const drawing = (kind, ...parts) => svg('svg', { class: `drawing ${kind}`, 'aria-hidden': 'true', focusable: 'false' }, ...parts);
export const upright = (x, kind, more = {}) => svg('line', { x1: x, x2: x, y1: '0', y2: '100%', class: kind, ...more });
export const flat = (from, to, y, kind) => svg('line', { x1: from, x2: to, y1: y, y2: y, class: kind });

// The scale behind figures: a line at each whole number of a short one, at the ends of another, and in the middle.
function gridOf([min, max]) {
  const step = max - min <= 10 ? 1 : max - min;
  const values = [];
  for (let value = min; value <= max; value += step) values.push(value);
  return [...values.map((value) => upright(placeOf(value, [min, max]), 'grid')), upright('50%', 'middle')];
}

// A dot with its interval, and that of the round before as a ring.
export function dot({ row, before }, measure, question) {
  const range = measure.range(question);
  const place = (one, column) => placeOf(toNumber(one[column]), range);
  const parts = gridOf(range);
  if (toNumber(before?.[measure.at]) !== undefined) parts.push(svg('circle', { cx: place(before, measure.at), cy: '50%', r: 5, class: 'earlier' }));
  if (toNumber(row[measure.at]) !== undefined) {
    const side = sideOf(row, measure, question);
    if (toNumber(row[measure.low]) !== undefined) parts.push(flat(place(row, measure.low), place(row, measure.high), '50%', `interval ${side}`));
    parts.push(svg('circle', { cx: place(row, measure.at), cy: '50%', r: 7, class: `dot ${side}` }));
  }
  return drawing('dots', ...parts);
}

// Lines on one scale, as heaps of dots; a mouse on one is told which it is.
export function crowd(lines, measure, question) {
  const heaps = heapsOf(lines, measure, question);
  const step = Math.min(12, 94 / Math.max(...heaps.map((heap) => heap.lines.length)));
  return drawing('crowd', gridOf(measure.range(question)), heaps.map((heap) => heap.lines.map((line, i) =>
    svg('circle', { cx: heap.place, cy: `${97 - (i + 0.5) * step}%`, r: 5, class: `dot ${sideOf(line.row, measure, question)}` }, svg('title', {}, line.title)))));
}

// A share as a bar, with its interval across the end.
export function bar(row) {
  const place = (column) => placeOf(toNumber(row[column]), [0, 1]);
  return drawing('bars',
    svg('rect', { x: '0', y: '15%', width: '100%', height: '70%', class: 'ground' }),
    row.share !== '' && svg('rect', { x: '0', y: '15%', width: place('share'), height: '70%', class: 'bar-of' }),
    row.ci_low !== '' && [
      flat(place('ci_low'), place('ci_high'), '50%', 'whisker-edge'),
      flat(place('ci_low'), place('ci_high'), '50%', 'whisker'),
    ]);
}
