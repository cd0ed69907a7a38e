// QR codes equal those that another program draws, and are of the size that holds the text.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './kit.mjs';
import { drawings, modules } from '../../../web/js/qr.js';

const folder = join(root, 'tests/vectors/qr');
const asText = (rows) => rows.map((row) => row.map((dark) => (dark ? '#' : '.')).join('')).join('\n');

test('each is, under one of the masks, what qrencode draws', () => {
  const files = readdirSync(folder);
  assert.equal(files.length, 4);
  for (const file of files) {
    const [text, ...rows] = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
    assert.ok(drawings(text).map(asText).includes(rows.join('\n')), text);
  }
});

test('it is as small as the text allows, and there is none of what does not fit', () => {
  for (const [length, size] of [[1, 21], [14, 21], [15, 25], [26, 25], [27, 29], [42, 29], [43, 33], [62, 33], [63, 37], [84, 37], [85, 41], [106, 41]])
    assert.equal(modules('x'.repeat(length)).length, size, `${length} bytes`);
  assert.equal(modules('x'.repeat(107)), undefined);
});

test('of the masks the one that is easiest to read is taken', () => {
  const dark = (rows) => rows.flat().filter(Boolean).length / rows.length ** 2;
  for (const text of ['a', 'https://panel.example.nl/', 'x'.repeat(100)]) {
    assert.ok(drawings(text).map(asText).includes(asText(modules(text))));
    assert.ok(Math.abs(dark(modules(text)) - 0.5) < 0.1, 'about half is dark');
  }
});
