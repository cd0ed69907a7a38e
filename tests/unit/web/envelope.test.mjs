// Envelopes as PROTOCOL 3 to 5c have them, and the claims in them.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { vector } from './kit.mjs';
import { fromBase64url, sha256, toBase64url } from '../../../web/js/bytes.js';
import * as envelope from '../../../web/js/envelope.js';
import { makeKey, newSecret } from '../../../web/js/key.js';

const key = await makeKey(newSecret(), 'wau');
const part = (jws, n) => JSON.parse(Buffer.from(jws.split('.')[n], 'base64url'));
const claims = { round: 'round-1', action: 'WA-1.01', revision: 1, answers: { importance: 4, noticed: 'no' } };

test('another program verifies what is signed here', async () => {
  const jws = await envelope.sign(key, envelope.RESPONSE, envelope.response('wau', 1790000000, claims));
  const end = jws.lastIndexOf('.');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.x }, format: 'jwk' });
  assert.ok(verify(null, Buffer.from(jws.slice(0, end)), publicKey, Buffer.from(jws.slice(end + 1), 'base64url')));
  assert.deepEqual(part(jws, 0), { alg: 'Ed25519', kid: key.kid, typ: 'panel-response+jws' });
  assert.ok(await envelope.verify(jws, key.x));
  assert.ok(!(await envelope.verify(jws.replace('.ey', '.eY'), key.x)));
});

test('claims are exactly those of the protocol', async () => {
  const names = (typ, made) => envelope.sign(key, typ, made).then((jws) => Object.keys(part(jws, 1)));
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.x };
  const enrolment = envelope.enrolment('wau', 1790000000, key, 'CODE');
  assert.deepEqual(await names(envelope.ENROLMENT, enrolment), ['aud', 'iat', 'jti', 'jwk', 'invitation']);
  assert.deepEqual(enrolment.jwk, jwk);
  const response = envelope.response('wau', 1790000000, claims);
  assert.deepEqual(await names(envelope.RESPONSE, response), ['aud', 'round', 'action', 'revision', 'iat', 'jti', 'answers']);
  assert.equal(envelope.response('wau', 1, { ...claims, context: 'x' }).context, 'x');
  const scope = { round: 'round-1', action: 'WA-1.01' };
  assert.deepEqual(await names(envelope.ERASURE, envelope.erasure('wau', 1, key, scope)), ['aud', 'iat', 'jti', 'jwk', 'scope']);
  assert.deepEqual(await names(envelope.ACCESS, envelope.access('wau', 1, key)), ['aud', 'iat', 'jti', 'jwk']);
  assert.match(response.jti, /^[A-Za-z0-9_-]{22}$/);
  assert.notEqual(envelope.response('wau', 1790000000, claims).jti, response.jti);
});

test('requests of the vectors have the claims that are written here, and verify', async () => {
  const { good, access } = vector('protocol2/erasure.json');
  for (const jws of [...good.map((one) => one.jws), access]) {
    const read = envelope.read(jws);
    assert.ok(await envelope.verify(jws, read.claims.jwk.x));
    const { aud, iat, jwk, scope } = read.claims;
    const ours = scope ? envelope.erasure(aud, iat, jwk, scope) : envelope.access(aud, iat, jwk);
    assert.deepEqual({ ...ours, jti: '' }, { ...read.claims, jti: '' });
    assert.equal(read.typ, scope ? envelope.ERASURE : envelope.ACCESS);
  }
});

test('answers come back as they were given, whatever the language', async () => {
  const answers = { comment: 'Zoë zei: "ja"\n\u{1f3db}\ufe0f \u0645\u0631\u062d\u0628\u0627' };
  const jws = await envelope.sign(key, envelope.RESPONSE, envelope.response('wau', 1, { ...claims, answers }));
  assert.deepEqual(envelope.read(jws).claims.answers, answers);
});

test('what is longer than the collector takes is not signed', async () => {
  const comment = 'x'.repeat(25_000);
  await assert.rejects(envelope.sign(key, envelope.RESPONSE, envelope.response('wau', 1, { ...claims, answers: { comment } })), /32 KiB/);
});

test('the context is the hash over both documents', async () => {
  const [panel, actions] = await Promise.all([sha256(Uint8Array.of(1)), sha256(Uint8Array.of(2))]);
  const stamp = await envelope.stamp(toBase64url(panel), toBase64url(actions));
  assert.deepEqual(fromBase64url(stamp), await sha256(Uint8Array.of(...panel, ...actions)));
});
