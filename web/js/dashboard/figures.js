// What is drawn and in which order, from cells. Nothing here is shown as a figure. Pure.
//
// A measure is the mean or the net of a scale: MEASURES names its columns in `trends`. A line is one action in one round:
// {id, title, track, lead, status, row, before, answered}: `row` and `before` of `trends`, the round's own and that of the round before it.
import { toNumber } from './csv.js';

export const MEASURES = {
  mean: { at: 'mean', low: 'mean_low', high: 'mean_high', range: ({ min, max }) => [min, max] },
  net: { at: 'net', low: 'net_low', high: 'net_high', range: () => [-1, 1] },
};

// Where a figure lies between the ends of its scale, as an SVG attribute in per cent.
export function placeOf(value, [min, max]) {
  return `${(((value - min) / (max - min)) * 100).toFixed(2)}%`;
}

// On which side of the middle of the scale an interval lies whole; 'around' when it does not, or there is none.
export function sideOf(row, measure, question) {
  const [min, max] = measure.range(question);
  const [low, high] = [toNumber(row[measure.low]), toNumber(row[measure.high])];
  if (low > (min + max) / 2) return 'above';
  return high < (min + max) / 2 ? 'below' : 'around';
}

// Whether an action has moved: 'up' or 'down' where the intervals of two rounds do not touch.
export function moveOf({ row, before }, measure) {
  if (!row || !before) return undefined;
  if (toNumber(row[measure.low]) > toNumber(before[measure.high])) return 'up';
  return toNumber(row[measure.high]) < toNumber(before[measure.low]) ? 'down' : undefined;
}

// The lines of a round: what `trends` tells of one question, in the order of the action list.
export function linesOf(trends, rounds, round, actions, answered) {
  const known = new Map(actions.map((action) => [action.id, action]));
  const before = rounds[rounds.indexOf(round) - 1];
  const rowsOf = (wanted) => new Map(trends.filter((row) => row.round === wanted).map((row) => [row.action, row]));
  const earlier = rowsOf(before);
  return [...rowsOf(round)].map(([id, row]) => ({
    ...(known.get(id) ?? { id, title: id }), row, before: earlier.get(id), answered: answered.get(id),
  }));
}

const has = (text, words) => words.every((word) => text.includes(word));

// `wanted`: {search, track, lead, status, only}, each empty when all will do.
export function sift(lines, wanted, measure) {
  const words = (wanted.search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const kinds = {
    waiting: (line) => !line.answered,
    moved: (line) => moveOf(line, measure) !== undefined,
    told: ({ row }) => row.disclosure === 'ok',
  };
  return lines.filter((line) =>
    has(`${line.id} ${line.title} ${line.lead ?? ''}`.toLowerCase(), words) &&
    ['track', 'lead', 'status'].every((field) => !wanted[field] || line[field] === wanted[field]) &&
    (!wanted.only || kinds[wanted.only](line)));
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

// The lines between points of a trend: pairs of neighbours that both have a figure, so that a gap stays one.
export const segmentsOf = (points) =>
  points.slice(1).flatMap((point, i) => (point.at === undefined || points[i].at === undefined ? [] : [[points[i], point]]));
