// What the page says: the same in both languages, the Dutch in short sentences of plain words, and all of it used.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './kit.mjs';
import en from '../../../web/js/texts.en.js';
import nl from '../../../web/js/texts.nl.js';

const LONGEST = 15; // words of a sentence
const ON_AVERAGE = 8;
const FORBIDDEN = /authentic|valideren|cryptogra|indienen|dient te|submit|account|server|token|hash|JWS|ontvangstbevestiging|middels|teneinde|reeds|derhalve/i;

// Every text with its name, functions asked with a number that is one and one that is many.
function* textsOf(texts, path = '') {
  for (const [name, value] of Object.entries(texts)) {
    if (typeof value === 'function') for (const n of [1, 23]) yield [`${path}${name}(${n})`, value(n, n + 1)];
    else if (typeof value === 'object') yield* textsOf(value, `${path}${name}.`);
    else yield [path + name, value];
  }
}

const namesOf = (texts) => [...textsOf(texts)].map(([name]) => name).sort();
const sentencesOf = (text) => text.split(/(?<=[.!?:])\s+/).filter(Boolean);
const wordsOf = (sentence) => sentence.split(/\s+/).filter((word) => /\p{L}|\p{N}/u.test(word));

test('both languages say the same things', () => {
  assert.deepEqual(namesOf(en), namesOf(nl));
  const same = [...textsOf(nl)].filter(([name, text]) => [...textsOf(en)].some(([other, words]) => other === name && words === text));
  assert.deepEqual(same.map(([name]) => name).sort(), ['later', 'privacy'], 'what is the same in both has been forgotten');
});

test('a Dutch sentence is short and has no word of our trade', () => {
  const lengths = [];
  for (const [name, text] of textsOf(nl)) {
    assert.doesNotMatch(text, FORBIDDEN, name);
    for (const sentence of sentencesOf(text)) {
      const { length } = wordsOf(sentence);
      assert.ok(length <= LONGEST, `${name}: ${length} words: ${sentence}`);
      lengths.push(length);
    }
  }
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  assert.ok(lengths.length > 150 && mean <= ON_AVERAGE, `${lengths.length} sentences of ${mean} words`);
});

test('no text is undefined, empty or left with a mark of its making', () => {
  for (const [name, text] of [...textsOf(nl), ...textsOf(en)]) {
    assert.equal(typeof text, 'string', name);
    assert.match(text, /\S/, name);
    assert.doesNotMatch(text, /undefined|NaN|\$\{|\bTODO\b|"/, name);
  }
});

const sources = () => {
  const pages = readdirSync(join(root, 'web/js/citizen')).map((name) => `citizen/${name}`);
  const shared = ['faults.js', 'fields.js', 'follow-up.js'];
  const scripts = [...pages, ...shared].map((name) => readFileSync(join(root, 'web/js', name), 'utf8'));
  return [...scripts, readFileSync(join(root, 'web/index.html'), 'utf8')].join('\n');
};

test('every text is said somewhere, and what is said is a text', () => {
  const all = sources();
  const unused = Object.keys(nl).filter((name) => !new RegExp(`\\bt\\.${name}\\b|data-text="${name}"`).test(all));
  assert.deepEqual(unused, []);
  const asked = [...all.matchAll(/\bt\.([a-zA-Z]+)/g), ...all.matchAll(/data-text="(\w+)"/g)].map(([, name]) => name);
  assert.ok(asked.length > 150);
  assert.deepEqual(asked.filter((name) => !(name in nl)), []);
});

test('what stands in the page before any script is what the first page says', () => {
  const html = readFileSync(join(root, 'web/index.html'), 'utf8');
  const said = ['welcomeTitle', 'welcomeLead', 'codeLabel', 'codeHint', 'join', 'other', 'anonymousTitle', 'anonymousText', 'help', 'skip', 'takePart', 'codeInMenu', 'news'];
  for (const name of said) assert.ok(html.includes(`>${nl[name]}<`), name);
  for (const [, name, text] of html.matchAll(/data-text="(\w+)">([^<]*)</g)) assert.equal(text, nl[name]);
});

test('the guide for members names what stands on the page, in short sentences', () => {
  const guide = readFileSync(join(root, 'docs/handleiding-panelleden.md'), 'utf8');
  const shown = [...textsOf(nl)].map(([, text]) => text);
  const named = [...guide.matchAll(/\*\*([^*]+)\*\*/g)].map(([, text]) => text).filter((text) => text !== 'dik');
  assert.ok(named.length > 25);
  for (const text of named) assert.ok(shown.includes(text), `the page says nowhere: ${text}`);
  assert.doesNotMatch(guide, FORBIDDEN);
  const prose = guide.replace(/^[#|!].*$/gm, '').replace(/^\s*(-|\d+\.)\s/gm, '\n').split(/\n\s*\n|(?<=[.!?:])\s+/);
  for (const sentence of prose) assert.ok(wordsOf(sentence).length <= 20, sentence);
});
