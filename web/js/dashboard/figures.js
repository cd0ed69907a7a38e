// What is drawn and in which order, from cells. Nothing here is shown as a figure. Pure.
//
// A measure is the mean or the net of a scale, or the share of an option: MEASURES names its columns in `trends`, `questions` or
// `options`. A line is one action in one round: {id, title, track, lead, status, row, before, answered}: `row` and `before` of the round's
// own table and of that of the round before it; `answered`, what was last said of what was done.
import { toNumber } from './csv.js';

export const MEASURES = {
  mean: { at: 'mean', low: 'mean_low', high: 'mean_high', range: ({ min, max }) => [min, max] },
  net: { at: 'net', low: 'net_low', high: 'net_high', range: () => [-1, 1] },
  share: { at: 'share', low: 'ci_low', high: 'ci_high', range: () => [0, 1], isShare: true },
};

// Where a figure lies between the ends of its scale, as an SVG attribute in per cent.
export function placeOf(value, [min, max]) {
  return `${(((value - min) / (max - min)) * 100).toFixed(2)}%`;
}

// On which side of the middle of the scale an interval lies whole, 'around' when it does not; 'plain' where a middle says nothing or there
// is no interval.
export function sideOf(row, measure, question) {
  const [min, max] = measure.range(question);
  const [low, high] = [toNumber(row[measure.low]), toNumber(row[measure.high])];
  if (measure.isShare || low === undefined) return 'plain';
  if (low > (min + max) / 2) return 'above';
  return high < (min + max) / 2 ? 'below' : 'around';
}

// Whether an action has moved: 'up' or 'down' where the intervals of two rounds do not touch.
export function moveOf({ row, before }, measure) {
  if (!before) return undefined;
  if (toNumber(row[measure.low]) > toNumber(before[measure.high])) return 'up';
  return toNumber(row[measure.high]) < toNumber(before[measure.low]) ? 'down' : undefined;
}

// The lines of a round: `rows` of it, `earlier` of the round before, in the order of the actions.
export function linesOf(rows, earlier, actions, answered) {
  const known = new Map(actions.map((action) => [action.id, action]));
  const places = new Map(actions.map(({ id }, i) => [id, i]));
  const placeIn = ({ action }) => places.get(action) ?? places.size;
  const before = new Map(earlier.map((row) => [row.action, row]));
  return [...rows].sort((one, other) => placeIn(one) - placeIn(other)).map((row) => ({
    ...(known.get(row.action) ?? { id: row.action, title: row.action }), row, before: before.get(row.action), answered: answered.get(row.action),
  }));
}

const has = (text, words) => words.every((word) => text.includes(word));
export const wordsOf = (text) => (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
export const hasWords = (text, words) => has(text.toLowerCase(), words);

// `wanted`: {search, track, lead, status, told}, each empty when all will do; `told`: with figures alone.
export function sift(lines, wanted) {
  const words = wordsOf(wanted.search);
  return lines.filter((line) =>
    hasWords(`${line.id} ${line.title} ${line.lead ?? ''}`, words) &&
    ['track', 'lead', 'status'].every((field) => !wanted[field] || line[field] === wanted[field]) &&
    (!wanted.told || line.row.disclosure === 'ok'));
}

const KEYS = {
  action: (line) => line.id,
  status: (line) => line.status,
  n: ({ row }) => toNumber(row.n),
  figure: ({ row }, measure) => toNumber(row[measure.at]),
};
const compare = (a, b) => (typeof a === 'string' ? a.localeCompare(b, 'nl', { numeric: true }) : a - b);

// By a column, those without a figure last either way; what is alike keeps the order of the list.
export function sortLines(lines, by, isDown, measure) {
  const keyOf = KEYS[by];
  return [...lines].sort((one, other) => {
    const [a, b] = [keyOf(one, measure), keyOf(other, measure)];
    if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
    return isDown ? compare(b, a) : compare(a, b);
  });
}

const END = 5; // lines at each end

export const withFigure = (lines, measure) => lines.filter(({ row }) => toNumber(row[measure.at]) !== undefined);

// What a view shows of lines in their order: lists of lines, with what is left out between two. `ends`: both ends of those that have a
// figure; `moved`, `waiting`: those that have moved, those of which nothing has been said yet.
export function viewOf(view, lines, measure) {
  if (view === 'moved') return [lines.filter((line) => moveOf(line, measure))];
  if (view === 'waiting') return [lines.filter((line) => !line.answered)];
  if (view !== 'ends') return [lines];
  const told = withFigure(lines, measure);
  return told.length <= 2 * END ? [told] : [told.slice(0, END), told.slice(-END)];
}

const HEAPS = 41; // side by side on a scale

// Lines that have a figure, as heaps on the scale from its low end on: [{place, lines}], without empty ones.
export function heapsOf(lines, measure, question) {
  const [min, max] = measure.range(question);
  const heaps = Array.from({ length: HEAPS }, (_, i) => ({ place: placeOf(i, [0, HEAPS - 1]), lines: [] }));
  for (const line of lines) {
    const part = (toNumber(line.row[measure.at]) - min) / (max - min);
    heaps[Math.round(part * (HEAPS - 1))].lines.push(line);
  }
  return heaps.filter((heap) => heap.lines.length > 0);
}

// The lines between points of a trend: pairs of neighbours that both have a figure, so that a gap stays one.
export const segmentsOf = (points) =>
  points.slice(1).flatMap((point, i) => (point.at === undefined || points[i].at === undefined ? [] : [[points[i], point]]));
