// The signed envelope: a JWS in compact form as PROTOCOL 3 narrows it, and the claims that a member makes with it (PROTOCOL 4, 5,
// 5b, 5c). Pure but for the random `jti`. `at` is the collector's time in whole seconds, which member.js works out.
//
//   sign(key, typ, claims)            Promise of the compact JWS; throws where it is over 32 KiB
//   read(jws)                         {kid, typ, claims} of a JWS of our own; its signature is not looked at
//   verify(jws, x)                    Promise: whether the key with that `x` signed it
//   enrolment(panel, at, key, invitation)  response(panel, at, what)  erasure(panel, at, key, scope)  access(panel, at, key)
//                                     claims, in the order in which this program writes them
//   stamp(panelDocument, actionsDocument)   Promise of `context`: what was in force when the author looked (PROTOCOL 6a.6)
import { fromBase64url, join, randomBytes, sha256, text, toBase64url, utf8 } from './bytes.js';
import * as keys from './key.js';

export const ENROLMENT = 'panel-enrolment+jws';
export const RESPONSE = 'panel-response+jws';
export const ERASURE = 'panel-erase+jws';
export const ACCESS = 'panel-access+jws';
const MAX = 32 * 1024;

const toPart = (value) => toBase64url(utf8(JSON.stringify(value)));
const fromPart = (part) => JSON.parse(text(fromBase64url(part)));

export async function sign(key, typ, claims) {
  const signed = `${toPart({ alg: 'Ed25519', kid: key.kid, typ })}.${toPart(claims)}`;
  const jws = `${signed}.${toBase64url(await keys.sign(key, utf8(signed)))}`;
  if (jws.length > MAX) throw new Error('longer than 32 KiB');
  return jws;
}

export function read(jws) {
  const parts = jws.split('.');
  if (parts.length !== 3) throw new Error('not three parts');
  const { kid, typ } = fromPart(parts[0]);
  return { kid, typ, claims: fromPart(parts[1]) };
}

export async function verify(jws, x) {
  const end = jws.lastIndexOf('.');
  return keys.verify(fromBase64url(x), fromBase64url(jws.slice(end + 1)), utf8(jws.slice(0, end)));
}

const jti = () => toBase64url(randomBytes(16));
const jwk = (key) => ({ kty: 'OKP', crv: 'Ed25519', x: key.x });

export const enrolment = (aud, iat, key, invitation) => ({ aud, iat, jti: jti(), jwk: jwk(key), invitation });
export const erasure = (aud, iat, key, scope) => ({ aud, iat, jti: jti(), jwk: jwk(key), scope });
export const access = (aud, iat, key) => ({ aud, iat, jti: jti(), jwk: jwk(key) });

// `what` is {round, action, revision, answers, context}, the last undefined where the collector told no documents.
export const response = (aud, iat, { round, action, revision, answers, context }) => ({
  aud,
  round,
  action,
  revision,
  iat,
  jti: jti(),
  answers,
  ...(context === undefined ? {} : { context }),
});

export const stamp = async (panelDocument, actionsDocument) =>
  toBase64url(await sha256(join(fromBase64url(panelDocument), fromBase64url(actionsDocument))));
