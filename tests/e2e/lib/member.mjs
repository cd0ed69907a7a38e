// A member's side of PROTOCOL 3 to 5, written from that page alone and sharing no code with the programs under test. Every
// piece of an envelope can be replaced, so that a test can forge whatever it likes.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export const b64u = (bytes) => Buffer.from(bytes).toString('base64url');
export const now = () => Math.floor(Date.now() / 1000);
export const newJti = () => b64u(randomBytes(16));

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

// 130 bits: 128 random and two zero, in groups of up to 7.
export function newCode(bytes = randomBytes(16)) {
  let bits = [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('') + '00';
  let text = '';
  for (; bits !== ''; bits = bits.slice(5)) text += CROCKFORD[parseInt(bits.slice(0, 5), 2)];
  return text.match(/.{1,7}/g).join('-');
}

// RFC 7638 over the required members in order.
export const thumbprint = (x) => b64u(createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest());

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export class Key {
  constructor(seed) {
    this.secret = seed
      ? createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
      : generateKeyPairSync('ed25519').privateKey;
    this.x = createPublicKey(this.secret).export({ format: 'jwk' }).x;
    this.kid = thumbprint(this.x);
  }

  get jwk() {
    return { kty: 'OKP', crv: 'Ed25519', x: this.x };
  }

  sign(text) {
    return sign(null, Buffer.from(text), this.secret);
  }
}

// A compact JWS. `forge` may hold: header (object, or text for the raw header), payload (text or bytes instead of the claims),
// headerPart, payloadPart, signaturePart (the finished base64url), signer (another key), signature (bytes).
export function jws(key, typ, claims, forge = {}) {
  const header = forge.header ?? { alg: 'Ed25519', kid: key.kid, typ };
  const headerPart = forge.headerPart ?? b64u(typeof header === 'object' ? JSON.stringify(header) : header);
  const payloadPart = forge.payloadPart ?? b64u(forge.payload ?? JSON.stringify(claims));
  const signed = `${headerPart}.${payloadPart}`;
  const signature = forge.signature ?? (forge.signer ?? key).sign(signed);
  return `${signed}.${forge.signaturePart ?? b64u(signature)}`;
}

export class Member {
  constructor(aud, key = new Key()) {
    this.aud = aud;
    this.key = key;
  }

  // `change` replaces claims; a claim set to undefined is left out.
  enrolment(code, change = {}, forge = {}) {
    const claims = { aud: this.aud, iat: now(), jti: newJti(), jwk: this.key.jwk, invitation: code, ...change };
    return jws(this.key, 'panel-enrolment+jws', claims, forge);
  }

  // A request to erase one response ({round, action}) or 'everything'.
  erasure(scope, change = {}, forge = {}) {
    const claims = { aud: this.aud, iat: now(), jti: newJti(), jwk: this.key.jwk, scope, ...change };
    return jws(this.key, 'panel-erase+jws', claims, forge);
  }

  access(change = {}, forge = {}) {
    return jws(this.key, 'panel-access+jws', { aud: this.aud, iat: now(), jti: newJti(), jwk: this.key.jwk, ...change }, forge);
  }

  claims(round, action, answers, change = {}) {
    return { aud: this.aud, round, action, revision: 1, iat: now(), jti: newJti(), answers, ...change };
  }

  response(round, action, answers, change = {}, forge = {}) {
    return jws(this.key, 'panel-response+jws', this.claims(round, action, answers, change), forge);
  }
}

// A kid as `members list` writes it and verbs take it: one in 64 begins with -, one in 4,096 with --, as an option does.
export const asListed = (kid) => (kid.startsWith('-') ? `'${kid}` : kid);
