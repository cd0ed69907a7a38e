// A figure over the rounds as a drawing, beside a table that says the same.
import { svg } from '../dom.js';
import { drawing, flat, upright } from './charts.js';
import { toNumber } from './csv.js';
import { segmentsOf, sideOf } from './figures.js';

const LEFT = 8; // per cent that the scale's words take
const TOP = 6;
const BOTTOM = 86;

// A figure over the rounds; `names` are the rounds'. A round without a figure is a gap, with a dash.
export function trend(rows, names, measure, question) {
  const [min, max] = measure.range(question);
  const y = (value) => `${(BOTTOM - ((value - min) / (max - min)) * (BOTTOM - TOP)).toFixed(2)}%`;
  const x = (i) => `${(LEFT + ((i + 0.5) / rows.length) * (100 - LEFT)).toFixed(2)}%`;
  const points = rows.map((row, i) => ({ i, at: toNumber(row[measure.at]), low: toNumber(row[measure.low]), high: toNumber(row[measure.high]), side: sideOf(row, measure, question) }));
  const every = Math.ceil(rows.length / 6);
  return drawing('trend',
    [min, (min + max) / 2, max].map((value) => [
      flat(`${LEFT}%`, '100%', y(value), value === (min + max) / 2 ? 'middle' : 'grid'),
      svg('text', { x: '0', y: y(value), class: 'mark-of', dy: '0.35em' }, String(value).replace('-', '−')),
    ]),
    names.map((name, i) => i % every === 0 && svg('text', { x: x(i), y: '97%', class: 'mark-of', 'text-anchor': 'middle' }, name)),
    points.map(({ i, low, high, side }) => low !== undefined && upright(x(i), `interval ${side}`, { y1: y(low), y2: y(high) })),
    segmentsOf(points).map(([a, b]) => svg('line', { x1: x(a.i), y1: y(a.at), x2: x(b.i), y2: y(b.at), class: 'course' })),
    points.map(({ i, at, side }) => (at === undefined
      ? svg('text', { x: x(i), y: y((min + max) / 2), class: 'mark-of gap', 'text-anchor': 'middle', dy: '-0.4em' }, '–')
      : svg('circle', { cx: x(i), cy: y(at), r: 7, class: `dot ${side}` }))));
}
