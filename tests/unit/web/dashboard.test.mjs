// The dashboard's pure modules: cells stay texts, gaps stay gaps, and what it says is the same in both languages.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './kit.mjs';
import * as data from '../../../web/js/dashboard/data.js';
import { readTable, toCell, toNumber } from '../../../web/js/dashboard/csv.js';
import { heapsOf, linesOf, MEASURES, moveOf, placeOf, segmentsOf, sideOf, sift, sortLines, viewOf } from '../../../web/js/dashboard/figures.js';
import deskEn from '../../../web/js/dashboard/desk-texts.en.js';
import deskNl from '../../../web/js/dashboard/desk-texts.nl.js';
import { stateOf } from '../../../web/js/dashboard/session.js';
import en from '../../../web/js/dashboard/texts.en.js';
import nl from '../../../web/js/dashboard/texts.nl.js';

const SCALE = { min: 1, max: 5 };

test('a table is read cell by cell, as text', () => {
  const rows = readTable('a,b,c\r\n"x, ""y""\r\nz",2.5000,\r\n\'=1,\'\'-2,-0.4000\r\n');
  assert.deepEqual(rows, [{ a: 'x, "y"\r\nz', b: '2.5000', c: '' }, { a: '=1', b: "'-2", c: '-0.4000' }]);
  assert.deepEqual(readTable('a,b\r\n'), []);
  assert.throws(() => readTable('a,b\r\n"x'), /none/);
});

test('the tables of the example are read whole, with as many rows as the file has', () => {
  for (const name of ['summary', 'questions', 'options']) {
    const text = readFileSync(join(root, `fixtures/expected/release/${name}.csv`), 'utf8');
    const rows = readTable(text);
    assert.equal(rows.length, text.trimEnd().split('\r\n').length - 1, name);
    for (const row of rows) assert.match(row.disclosure, /^(ok|suppressed)$/, name);
  }
});

test('a figure is its cell, in Dutch with a comma; none is no number', () => {
  assert.equal(toCell('2.5000', 'en'), '2.5000');
  assert.equal(toCell('-0.4000', 'nl'), '-0,4000');
  assert.equal(toNumber(''), undefined);
  assert.equal(toNumber('0.0000'), 0);
});

test('a place is in per cent of the scale, and a side is that of the whole interval', () => {
  assert.equal(placeOf(1, [1, 5]), '0.00%');
  assert.equal(placeOf(4, [1, 5]), '75.00%');
  const side = (low, high) => sideOf({ mean_low: low, mean_high: high }, MEASURES.mean, SCALE);
  assert.deepEqual([side('3.0001', '4.0000'), side('2.0000', '2.9999'), side('2.9000', '3.1000'), side('', '')], ['above', 'below', 'around', 'plain']);
  assert.equal(sideOf({ ci_low: '0.9000', ci_high: '0.9500' }, MEASURES.share), 'plain', 'half of the people is no middle of a scale');
});

const row = (action, round, mean, low, high, disclosure = 'ok') => ({ action, round, n: mean && '20', mean, mean_low: low, mean_high: high, disclosure });
const trends = [
  row('A-10', 'one', '2.0000', '1.8000', '2.2000'), row('A-10', 'two', '4.0000', '3.8000', '4.2000'),
  row('A-2', 'one', '3.0000', '2.5000', '3.5000'), row('A-2', 'two', '3.2000', '2.7000', '3.7000'),
  row('A-3', 'one', '3.0000', '2.5000', '3.5000'), row('A-3', 'two', '', '', '', 'suppressed'),
];
const actions = [{ id: 'A-10', title: 'Loket', lead: 'BZK', status: 'done' }, { id: 'A-2', title: 'Brief', lead: 'VNG', status: 'running' }];
const ofRound = (round) => trends.filter((each) => each.round === round);
const lines = () => linesOf(ofRound('two'), ofRound('one'), actions, new Map([['A-2', { status: 'done' }]]));
const idsOf = (found) => found.map(({ id }) => id);

test('an action has moved where two intervals do not touch, and only there', () => {
  assert.deepEqual(lines().map((line) => moveOf(line, MEASURES.mean)), ['up', undefined, undefined]);
  assert.deepEqual(viewOf('moved', lines(), MEASURES.mean).map(idsOf), [['A-10']]);
  assert.deepEqual(viewOf('moved', linesOf(ofRound('one'), [], actions, new Map()), MEASURES.mean), [[]], 'the first round has none before it');
});

test('lines are found by words, fields, and what is told', () => {
  const find = (wanted) => idsOf(sift(lines(), wanted));
  assert.deepEqual(find({}), ['A-10', 'A-2', 'A-3']);
  assert.deepEqual(find({ search: 'loKET a-10' }), ['A-10']);
  assert.deepEqual(find({ lead: 'VNG' }), ['A-2']);
  assert.deepEqual(find({ told: 'ja' }), ['A-10', 'A-2']);
});

test('lines lie on the scale as heaps, each in the one that is nearest', () => {
  const at = (id, mean) => ({ id, row: { mean } });
  const found = heapsOf([at('A-1', '5.0000'), at('A-3', '3.0400'), at('A-4', '1.0000'), at('A-5', '2.9600')], MEASURES.mean, SCALE);
  assert.deepEqual(found.map((heap) => [heap.place, idsOf(heap.lines)]), [['0.00%', ['A-4']], ['50.00%', ['A-3', 'A-5']], ['100.00%', ['A-1']]]);
  assert.deepEqual(heapsOf([], MEASURES.mean, SCALE), []);
});

test('both ends are seen of a long list, without what has no figure, and a short one is whole', () => {
  const many = (count) => Array.from({ length: count }, (_, i) => ({ id: `A-${i}`, row: { mean: i === 0 ? '' : `${i}.0000` } }));
  assert.deepEqual(viewOf('ends', many(20), MEASURES.mean).map(idsOf),
    [['A-1', 'A-2', 'A-3', 'A-4', 'A-5'], ['A-15', 'A-16', 'A-17', 'A-18', 'A-19']]);
  assert.deepEqual(viewOf('ends', many(11), MEASURES.mean).map((part) => part.length), [10]);
  assert.deepEqual(viewOf('waiting', lines(), MEASURES.mean).map(idsOf), [['A-10', 'A-3']]);
  assert.deepEqual(viewOf('', lines(), MEASURES.mean).map(idsOf), [['A-10', 'A-2', 'A-3']]);
});

test('after half an hour somebody is asked whether they are there, and two minutes later they are not', () => {
  const minutes = (n) => stateOf(n * 60_000);
  assert.deepEqual([0, 29.99, 30, 31.99, 32, 600].map(minutes), ['used', 'used', 'idle', 'idle', 'gone', 'gone']);
});

test('what has no figure comes last in either direction, and ids go by their numbers', () => {
  const sorted = (by, isDown) => idsOf(sortLines(lines(), by, isDown, MEASURES.mean));
  assert.deepEqual(sorted('figure', true), ['A-10', 'A-2', 'A-3']);
  assert.deepEqual(sorted('figure', false), ['A-2', 'A-10', 'A-3']);
  assert.deepEqual(sorted('action', false), ['A-2', 'A-3', 'A-10']);
});

test('a round without a figure is a gap in the line, never a zero', () => {
  const [a, b, gap, c] = [{ at: 1 }, { at: 2 }, { at: undefined }, { at: 0 }];
  assert.deepEqual(segmentsOf([a, b, gap, c]), [[a, b]]);
  assert.deepEqual(segmentsOf([c]), []);
});

function* textsOf(texts, path = '') {
  for (const [name, value] of Object.entries(texts)) {
    if (typeof value === 'function') for (const n of [1, 23]) yield [`${path}${name}(${n})`, value(n, '1 mei')];
    else if (typeof value === 'object') yield* textsOf(value, `${path}${name}.`);
    else yield [path + name, value];
  }
}

const pages = () => {
  const folder = join(root, 'web/js/dashboard');
  const others = ['web/js/follow-up.js', 'web/dashboard.html'].map((name) => readFileSync(join(root, name), 'utf8'));
  return [...readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')), ...others].join('\n');
};

test('both languages say the same things, the Dutch in short sentences, and all of it is used', () => {
  const namesOf = (texts) => [...textsOf(texts)].map(([name]) => name).sort();
  for (const [dutch, english] of [[nl, en], [deskNl, deskEn]]) assert.deepEqual(namesOf(english), namesOf(dutch));
  const all = { ...nl, ...deskNl };
  assert.equal(Object.keys(all).length, Object.keys(nl).length + Object.keys(deskNl).length, 'no text of the one stands in for one of the other');
  for (const [name, text] of textsOf(all))
    for (const sentence of text.split(/(?<=[.!?:])\s+/)) assert.ok(sentence.split(/\s+/).length <= 15, `${name}: ${sentence}`);
  for (const [name, text] of [...textsOf(all), ...textsOf({ ...en, ...deskEn })]) assert.doesNotMatch(text, /undefined|NaN|\$\{|"/, name);
  const used = new Set([...pages().matchAll(/\bt\.([a-zA-Z]+)/g), ...pages().matchAll(/data-text="(\w+)"/g)].map(([, name]) => name));
  assert.deepEqual([...used].sort(), Object.keys(all).sort());
});

test('a page for anyone has no text of those for staff', () => {
  const folder = join(root, 'web/js/dashboard');
  for (const name of ['main', 'overview', 'lines', 'sources', 'downloads', 'action', 'asked'])
    for (const [, text] of readFileSync(join(folder, `${name}.js`), 'utf8').matchAll(/\bt\.([a-zA-Z]+)/g)) assert.ok(text in nl, `${name}: ${text}`);
});

test('what stands in the page before any script is what the page says', () => {
  const html = readFileSync(join(root, 'web/dashboard.html'), 'utf8');
  for (const name of ['overviewTitle', 'overviewLead']) assert.ok(html.includes(`>${nl[name]}<`), name);
  for (const [, name, text] of html.matchAll(/data-text="(\w+)">([^<]*)</g)) assert.equal(text, nl[name]);
});

test('what belongs to the newest release is given while that is the newest, and else all is asked anew', async () => {
  let releases = [{ number: 1 }];
  const asked = [];
  globalThis.fetch = async (path, { headers }) => {
    asked.push(path);
    if (path.startsWith('/v1/trends')) return new Response('n\r\n1\r\n');
    const etag = `"${releases.length}"`;
    const isKnown = headers['If-None-Match'] === etag;
    return new Response(isKnown ? null : JSON.stringify(releases), { status: isKnown ? 304 : 200, headers: { ETag: etag } });
  };
  const trends = () => data.ofNewest('r', data.trendsOfAction('A-1'));
  assert.equal((await data.releases('r')).length, 1);
  assert.deepEqual(await trends(), [{ n: '1' }]);
  releases = [{ number: 1 }, { number: 2 }];
  await assert.rejects(trends(), data.Outdated);
  assert.equal((await data.releases('r')).length, 2);
  assert.deepEqual(await trends(), [{ n: '1' }]);
  assert.equal(asked.filter((path) => path.startsWith('/v1/trends')).length, 2, 'once before, and once anew');
});
