// Texts that stand for bytes, strict both ways, and codes as people type them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from './kit.mjs';
import * as bytes from '../../../web/js/bytes.js';

test('base64url comes back whatever its length', () => {
  for (let length = 0; length < 70; length++) {
    const some = bytes.randomBytes(length);
    const text = bytes.toBase64url(some);
    assert.equal(text, Buffer.from(some).toString('base64url'));
    assert.deepEqual(bytes.fromBase64url(text), some);
    assert.deepEqual(bytes.fromBase64(bytes.toBase64(some)), some);
  }
});

test('base64url that is not as we write it is refused', () => {
  for (const bad of ['A', 'AB', 'AAB', 'AA==', 'AA A', 'A+A/', 'AAAA\n', 'é'])
    assert.throws(() => bytes.fromBase64url(bad), undefined, bad);
  for (const bad of ['AA', 'AB==', 'AAB=', 'A-_A', 'AAA=\n', '====']) assert.throws(() => bytes.fromBase64(bad), undefined, bad);
});

test('bytes that are no UTF-8 are no text', () => {
  assert.equal(bytes.text(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41)), '\ufeffA', 'the byte order mark stays');
  assert.throws(() => bytes.text(Uint8Array.of(0xc3, 0x28)));
});

const INVITATION = 26;

test('an invitation code is written highest bit first in groups', () => {
  const samples = {
    '00000000000000000000000000000000': '0000000-0000000-0000000-00000',
    '80000000000000000000000000000000': 'G000000-0000000-0000000-00000',
    '00000000000000000000000000000001': '0000000-0000000-0000000-00004',
    ffffffffffffffffffffffffffffffff: 'ZZZZZZZ-ZZZZZZZ-ZZZZZZZ-ZZZZW',
    '0123456789abcdef01234567890b2d4f': undefined,
  };
  for (const [hex, code] of Object.entries(samples)) {
    const written = bytes.toCrockford(fromHex(hex), INVITATION);
    if (code) assert.equal(written, code);
    assert.equal(toHex(bytes.fromCrockford(written, INVITATION).bytes), hex);
  }
});

test('a code is read as people receive and type it', () => {
  const first = toHex(bytes.fromCrockford('10AB0CD-EFGH1JK-MNPQRST-VWXY0', INVITATION).bytes);
  const same = [
    '10ab0cdefgh1jkmnpqrstvwxy0',
    'loABoCD-EFGHiJK-MNPQRST-VWXYo',
    ' I0AB0CD–EFGHLJK—MNPQRST−VWXYO\r\n',
    '„10AB0CD_EFGH1JK.MNPQRST/VWXY0”!',
    '\ufeff10AB0CD\u00a0EFGH1JK\u2011MNPQRST\u00adVWXY0',
  ];
  for (const typed of same) assert.equal(toHex(bytes.fromCrockford(typed, INVITATION).bytes), first, typed);
});

test('what is no code is refused, and the message does not show it', () => {
  const bad = ['', '10AB0CD-EFGH1JK-MNPQRST-VWXY', '10AB0CD-EFGH1JK-MNPQRST-VWXY00', '10AB0CDUEFGH1JKMNPQRSTVWXY', 'É0AB0CD-EFGH1JK-MNPQRST-VWXY0',
    'E\u03010AB0CD-EFGH1JK-MNPQRST-VWXY', 'ı0AB0CD-EFGH1JK-MNPQRST-VWXY0', '²0AB0CD-EFGH1JK-MNPQRST-VWXY0'];
  for (const typed of bad)
    assert.throws(() => bytes.fromCrockford(typed, INVITATION), (error) => !typed || !error.message.includes(typed), typed);
});
