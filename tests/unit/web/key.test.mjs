// The member's key and what brings it back, against the vectors that the C code is held to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex, vector } from './kit.mjs';
import { fromBase64url, toBase64url, utf8 } from '../../../web/js/bytes.js';
import * as keys from '../../../web/js/key.js';

const recovery = vector('protocol2/recovery.json');

test('a secret makes the code, the key and the thumbprint of the vectors', async () => {
  assert.ok(recovery.good.length > 4);
  for (const { secret, panel, code, x, kid } of recovery.good) {
    assert.equal(await keys.toCode(fromHex(secret)), code);
    assert.equal(toHex(await keys.fromCode(code)), secret);
    const key = await keys.makeKey(fromHex(secret), panel);
    assert.equal(key.x, x);
    assert.equal(key.kid, kid);
  }
});

test('a recovery code is read as people type it, and a slip is told', async () => {
  for (const { typed, secret } of recovery.typed) assert.equal(toHex(await keys.fromCode(typed)), secret, typed);
  assert.ok(recovery.refused.length > 20);
  for (const { typed, why } of recovery.refused) await assert.rejects(keys.fromCode(typed), undefined, why);
});

test('an invitation is read as such, and a recovery code is none', () => {
  assert.equal(keys.toInvitation('10ab0cd efgh1jk mnpqrst vwxy0'), '10AB0CD-EFGH1JK-MNPQRST-VWXY0');
  assert.throws(() => keys.toInvitation('10AB0CD-EFGH1JK-MNPQRST-VWXY1'), undefined, 'bits that must be zero');
  assert.throws(() => keys.toInvitation(recovery.good[0].code));
});

test('the thumbprint is that of RFC 8037', async () => {
  const rfc = vector('rfc8037/rfc8037_appendix_a.json');
  assert.equal(await keys.thumbprint(rfc.a2_public_jwk.x), rfc.a3_thumbprint);
});

test('the private half of a key can not be taken out', async () => {
  const key = await keys.makeKey(keys.newSecret(), 'wau');
  assert.equal(key.private.extractable, false);
  for (const format of ['jwk', 'pkcs8', 'raw']) await assert.rejects(crypto.subtle.exportKey(format, key.private));
  assert.deepEqual(Object.keys(key).sort(), ['kid', 'private', 'x']);
});

test('what a key signs verifies, and nothing else does', async () => {
  const key = await keys.makeKey(keys.newSecret(), 'wau');
  const signature = await keys.sign(key, utf8('een antwoord'));
  const publicKey = fromBase64url(key.x);
  assert.ok(await keys.verify(publicKey, signature, utf8('een antwoord')));
  assert.ok(!(await keys.verify(publicKey, signature, utf8('een ander antwoord'))));
  for (const at of [0, 31, 32, 63]) {
    const other = signature.slice();
    other[at] ^= 1;
    assert.ok(!(await keys.verify(publicKey, other, utf8('een antwoord'))), `byte ${at}`);
  }
  assert.ok(!(await keys.verify(publicKey.subarray(1), signature, utf8('een antwoord'))));
});

test('signatures are those of RFC 8032, and a second half of L or more is refused', async () => {
  const { vectors } = vector('rfc8032/ed25519_rfc8032_7.1.json');
  assert.ok(vectors.length >= 4);
  for (const { pk, msg, sig } of vectors) {
    const [publicKey, message, signature] = [pk, msg, sig].map(fromHex);
    assert.ok(await keys.verify(publicKey, signature, message));
    const higher = signature.slice();
    higher.set(addOrder(signature.subarray(32)), 32);
    assert.ok(!(await keys.verify(publicKey, higher, message)), 'the same number plus L');
  }
});

function addOrder(number) {
  const little = (bytes) => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let sum = little(number) + 2n ** 252n + 27742317777372353535851937790883648493n;
  return Uint8Array.from({ length: 32 }, () => {
    const byte = Number(sum & 255n);
    sum >>= 8n;
    return byte;
  });
}

test('the file gives the secret back to who knows the passphrase', async () => {
  const secret = fromHex(recovery.good[4].secret);
  const file = await keys.toFile(secret, 'wau', 'drie fietsen in de re\u0301gen');
  assert.ok(!file.includes(toBase64url(secret)));
  assert.deepEqual(await keys.fromFile(file, 'drie fietsen in de r\u00e9gen'), { secret, panel: 'wau' });
  await assert.rejects(keys.fromFile(file, 'drie fietsen'));
  await assert.rejects(keys.fromFile(file.replace('"wau"', '"ander"'), 'drie fietsen in de régen'), undefined, 'made for another panel');
});

test('what is no such file is refused before anything is worked out', async () => {
  const file = JSON.parse(await keys.toFile(keys.newSecret(), 'wau', 'x'));
  const bad = ['', '{', '[]', 'null', Uint8Array.of(0xff), JSON.stringify({ ...file, rounds: 1e12 }), JSON.stringify({ ...file, rounds: 0.5 }),
    JSON.stringify({ ...file, salt: 3 }), JSON.stringify({ ...file, burgerpanel: 'recovery-2' })];
  for (const one of bad) await assert.rejects(keys.fromFile(one, 'x'), /no recovery file/);
});

test('sealed bytes come back, and lie nowhere in the box', async () => {
  const secret = keys.newSecret();
  const box = await keys.seal(secret);
  assert.deepEqual(await keys.open(box), secret);
  assert.equal(box.key.extractable, false);
  assert.ok(!toHex(box.data).includes(toHex(secret)));
});
