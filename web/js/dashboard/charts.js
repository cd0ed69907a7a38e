// Drawings. Each stands beside cells that say the same, so it is hidden from who does not see it. Places are attributes in per cent of
// the drawing, which is as wide as its cell: nothing is scaled, so lines and letters keep their size.
import { svg } from '../dom.js';
import { toNumber } from './csv.js';
import { placeOf, segmentsOf, sideOf } from './figures.js';

const drawing = (kind, ...parts) => svg('svg', { class: `drawing ${kind}`, 'aria-hidden': 'true', focusable: 'false' }, ...parts);
const upright = (x, kind, more = {}) => svg('line', { x1: x, x2: x, y1: '0', y2: '100%', class: kind, ...more });
const flat = (from, to, y, kind) => svg('line', { x1: from, x2: to, y1: y, y2: y, class: kind });

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
  if (before?.disclosure === 'ok') parts.push(svg('circle', { cx: place(before, measure.at), cy: '50%', r: 5, class: 'earlier' }));
  if (row.disclosure === 'ok') {
    const side = sideOf(row, measure, question);
    if (row[measure.low] !== '') parts.push(flat(place(row, measure.low), place(row, measure.high), '50%', `interval ${side}`));
    parts.push(svg('circle', { cx: place(row, measure.at), cy: '50%', r: 7, class: `dot ${side}` }));
  }
  return drawing('dots', ...parts);
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

const LEFT = 8; // per cent that the scale's words take
const TOP = 6;
const BOTTOM = 86;

// A figure over the rounds; `names` are the rounds'. A round without a figure is a gap, with a dash.
export function trend(rows, names, measure, question) {
  const [min, max] = measure.range(question);
  const y = (value) => `${(BOTTOM - ((value - min) / (max - min)) * (BOTTOM - TOP)).toFixed(2)}%`;
  const x = (i) => `${(LEFT + ((i + 0.5) / rows.length) * (100 - LEFT)).toFixed(2)}%`;
  const points = rows.map((row, i) => ({ i, at: toNumber(row[measure.at]), low: toNumber(row[measure.low]), high: toNumber(row[measure.high]) }));
  const every = Math.ceil(rows.length / 6);
  return drawing('trend',
    [min, (min + max) / 2, max].map((value) => [
      flat(`${LEFT}%`, '100%', y(value), value === (min + max) / 2 ? 'middle' : 'grid'),
      svg('text', { x: '0', y: y(value), class: 'mark-of', dy: '0.35em' }, String(value).replace('-', '−')),
    ]),
    names.map((name, i) => i % every === 0 && svg('text', { x: x(i), y: '97%', class: 'mark-of', 'text-anchor': 'middle' }, name)),
    points.map(({ i, low, high }) => low !== undefined && upright(x(i), 'interval around', { y1: y(low), y2: y(high) })),
    segmentsOf(points).map(([a, b]) => svg('line', { x1: x(a.i), y1: y(a.at), x2: x(b.i), y2: y(b.at), class: 'course' })),
    points.map(({ i, at }) => (at === undefined
      ? svg('text', { x: x(i), y: y((min + max) / 2), class: 'mark-of gap', 'text-anchor': 'middle', dy: '-0.4em' }, '–')
      : svg('circle', { cx: x(i), cy: y(at), r: 7, class: 'dot above' }))));
}
