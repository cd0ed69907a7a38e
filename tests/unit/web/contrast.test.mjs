// The colours of page.css, by day and by night: every pair that stands on another has the contrast that WCAG 1.4.3 and 1.4.11 ask.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './kit.mjs';

const css = readFileSync(join(root, 'web/page.css'), 'utf8');
const [day, night] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block);

// name → #rrggbb; what a theme's token leaves to us.
function coloursOf(block) {
  const found = {};
  for (const [, name, value] of block.matchAll(/--([\w-]+): (?:var\([\w-]+, )?(#[0-9a-f]{3,6})\)?;/g))
    found[name] = value.length === 4 ? value.replace(/[0-9a-f]/g, '$&$&') : value;
  return found;
}

const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const luminance = (colour) =>
  [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255)).reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);

function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['paper', 'card'];
const TONES = ['good', 'wait', 'bad', 'doubt', 'news'];
const TEXT = [
  ...GROUNDS.flatMap((ground) => ['ink', 'soft', 'link', 'link-over', 'bad', 'news'].map((ink) => [ink, ground])),
  ...TONES.flatMap((tone) => [[tone, `${tone}-soft`], ['ink', `${tone}-soft`], ['soft', `${tone}-soft`], ['link', `${tone}-soft`]]),
  ['on-action', 'action'],
  ['on-action', 'action-over'],
  ['link', 'tint'],
  ['link-over', 'tint'],
  ['ink', 'tint'],
];
const SHAPES = [
  ...GROUNDS.flatMap((ground) => ['edge', 'action', ...TONES].map((line) => [line, ground])),
  ...TONES.map((tone) => ['on-mark', tone]),
  ['focus-line', 'focus-ring'],
  ['action', 'tint'],
];

for (const [name, block] of [['by day', day], ['by night', night]])
  test(`colours can be told apart ${name}`, () => {
    const colours = { ...coloursOf(day), ...coloursOf(block) };
    for (const [pairs, least] of [[TEXT, 4.5], [SHAPES, 3]])
      for (const [a, b] of pairs) {
        assert.ok(colours[a] && colours[b], `${a} or ${b} is no colour of page.css`);
        const ratio = contrast(colours[a], colours[b]);
        assert.ok(ratio >= least, `${a} on ${b}: ${ratio.toFixed(2)}, and ${least} is asked`);
      }
  });

test('every colour of the day has its own by night, but what is the same in both', () => {
  const missing = Object.keys(coloursOf(day)).filter((name) => !(name in coloursOf(night)));
  assert.deepEqual(missing, ['focus-ring']);
});

test('contrast is worked out as WCAG has it', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});
