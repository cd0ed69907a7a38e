// The example panel, with more rounds for tests of time and place.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { now } from './member.mjs';
import { fixtures } from './programs.mjs';

export const iso = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
export const examplePanel = () => JSON.parse(readFileSync(join(fixtures, 'panel.json'), 'utf8'));

export const ROUND = 'round-1';
export const ACTION = 'WA-1.01';
export const good = { importance: 4, noticed: 'no' };

const DAY = 86400;

// Beside round-1, which is open: one that has closed, one that opens in an hour, one that opens within the tolerance of iat, one
// of two actions only. `more` are further rounds.
export function panelOfRounds(more = []) {
  const panel = examplePanel();
  const round = (id, opens, closes, actions = 'all') => ({
    id,
    title: { nl: id },
    opensAt: iso(opens),
    closesAt: iso(closes),
    questionnaire: 'standard-1',
    actions,
  });
  const t = now();
  panel.rounds.push(
    round('closed', t - 2 * DAY, t - DAY),
    round('later', t + 3600, t + DAY),
    round('soon', t + 250, t + DAY),
    round('few', t - DAY, t + DAY, ['WA-1.02', 'WA-1.03']),
    ...more.map((r) => round(r.id, r.opens, r.closes, r.actions)),
  );
  return panel;
}
