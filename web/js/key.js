// The member's key (PROTOCOL 3) and what brings it back (PROTOCOL 4f): the secret of 16 bytes, its recovery code, the file with a
// passphrase. Knows no page, no network and no storage; what it gives is kept by store.js, and scripts can't read a key out of it:
// the private half is a CryptoKey that can't be exported. A browser without Ed25519 gets it from a file of its own
// (`ed25519.load`), asked for only then; there the seed lies sealed under an AES key that can't be exported, and is in memory only
// while something is signed. What can't be read is thrown as an Error that says why, without the secret in it; that the file can't be had, as NoLibrary.
//
//   newSecret()                       16 random bytes
//   toCode(secret)  fromCode(typed)   Promises: 28 characters in four groups of seven; a slip in one is told
//   toInvitation(typed)               an invitation's 26 characters in groups, as PROTOCOL 4 reads them
//   makeKey(secret, panel)            Promise of a key: {x, kid, …}, which structuredClone takes
//   sign(key, bytes)                  Promise of 64 bytes
//   verify(publicKey, signature, bytes)  Promise of a boolean (32, 64, any bytes)
//   thumbprint(x)                     Promise of the kid
//   seal(bytes)  open(box)            Promises: bytes that lie on the device, under a key that stays in it
//   toFile(secret, panel, passphrase)  fromFile(text, passphrase)    Promises: a JSON text; {secret, panel}
import { fromBase64url, fromCrockford, join, randomBytes, sha256, sha512, text, toBase64url, toCrockford, utf8 } from './bytes.js';

export const SECRET_BYTES = 16;
const CODE_CHARACTERS = 28;
const INVITATION_CHARACTERS = 26;
const FILE_ROUNDS = 600_000;

export class NoLibrary extends Error {}

// Where the browser's Ed25519 is missing: Debian's node-tweetnacl, which leaves itself in globalThis.nacl.
export const ed25519 = {
  load: async () => {
    await import('../nacl-fast.min.js').catch((cause) => {
      throw new NoLibrary('no Ed25519 here', { cause });
    });
    return globalThis.nacl;
  },
};

export const newSecret = () => randomBytes(SECRET_BYTES);

const checkBits = (digest) => (digest[0] * 16 + (digest[1] >> 4)).toString(2).padStart(12, '0');

export async function toCode(secret) {
  return toCrockford(join(secret, (await sha256(secret)).subarray(0, 2)), CODE_CHARACTERS);
}

export async function fromCode(typed) {
  const { bytes, rest } = fromCrockford(typed, CODE_CHARACTERS); // 17 bytes and four bits
  const secret = bytes.slice(0, SECRET_BYTES);
  const check = bytes[SECRET_BYTES].toString(2).padStart(8, '0') + rest;
  if (check !== checkBits(await sha256(secret))) throw new Error('a character of the code is wrong');
  return secret;
}

export function toInvitation(typed) {
  const { bytes, rest } = fromCrockford(typed, INVITATION_CHARACTERS);
  if (/1/.test(rest)) throw new Error('the last character of the code is wrong');
  return toCrockford(bytes, INVITATION_CHARACTERS);
}

const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20); // RFC 8410 §7, before the seed
const NAME = { name: 'Ed25519' };

// RFC 7638 over the required members in order.
export const thumbprint = async (x) => toBase64url(await sha256(utf8(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`)));

const importPrivate = (seed, extractable) =>
  crypto.subtle.importKey('pkcs8', join(PKCS8, seed), NAME, extractable, ['sign']);

// Twice: once to learn the public half, once so that nothing can take the private half out again.
async function makeNative(seed) {
  const { x } = await crypto.subtle.exportKey('jwk', await importPrivate(seed, true));
  return { x, kid: await thumbprint(x), private: await importPrivate(seed, false) };
}

async function makeSealed(seed) {
  const nacl = await ed25519.load();
  const x = toBase64url(nacl.sign.keyPair.fromSeed(seed).publicKey);
  return { x, kid: await thumbprint(x), sealed: await seal(seed) };
}

let native; // whether the browser has Ed25519, once known
async function hasNative() {
  native ??= await importPrivate(new Uint8Array(32), false).then(() => true, () => false);
  return native;
}

export async function makeKey(secret, panel) {
  const whole = await sha512(join(utf8('burgerpanel member key v1\n'), secret, utf8(panel)));
  const seed = whole.slice(0, 32);
  const key = await ((await hasNative()) ? makeNative(seed) : makeSealed(seed));
  seed.fill(0);
  whole.fill(0);
  return key;
}

export async function sign(key, bytes) {
  if (key.private) return new Uint8Array(await crypto.subtle.sign(NAME, key.private, bytes));
  const nacl = await ed25519.load();
  const seed = await open(key.sealed);
  const pair = nacl.sign.keyPair.fromSeed(seed);
  const signature = nacl.sign.detached(bytes, pair.secretKey);
  seed.fill(0);
  pair.secretKey.fill(0);
  return signature;
}

// L of RFC 8032 §5.1, lowest byte first: a signature's second half is below it, which not every library asks.
const ORDER = fromBase64url('7dP1XBpjEljWnPei3vneFAAAAAAAAAAAAAAAAAAAABA');

function isBelowOrder(number) {
  for (let i = 31; i >= 0; i--) if (number[i] !== ORDER[i]) return number[i] < ORDER[i];
  return false;
}

export async function verify(publicKey, signature, bytes) {
  if (publicKey.length !== 32 || signature.length !== 64 || !isBelowOrder(signature.subarray(32))) return false;
  if (!(await hasNative())) return (await ed25519.load()).sign.detached.verify(bytes, signature, publicKey);
  const key = await crypto.subtle.importKey('raw', publicKey, NAME, false, ['verify']).catch(() => null);
  return key !== null && crypto.subtle.verify(NAME, key, signature, bytes);
}

const AES = 'AES-GCM';

export async function seal(bytes) {
  const key = await crypto.subtle.generateKey({ name: AES, length: 256 }, false, ['encrypt', 'decrypt']);
  const iv = randomBytes(12);
  return { key, iv, data: new Uint8Array(await crypto.subtle.encrypt({ name: AES, iv }, key, bytes)) };
}

export const open = async ({ key, iv, data }) => new Uint8Array(await crypto.subtle.decrypt({ name: AES, iv }, key, data));

async function fileKey(passphrase, salt, rounds) {
  const words = await crypto.subtle.importKey('raw', utf8(passphrase.normalize('NFC')), 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, words, { name: AES, length: 256 }, false, ['encrypt', 'decrypt']);
}

export async function toFile(secret, panel, passphrase) {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const key = await fileKey(passphrase, salt, FILE_ROUNDS);
  const data = await crypto.subtle.encrypt({ name: AES, iv, additionalData: utf8(panel) }, key, secret);
  const numbers = { salt: toBase64url(salt), iv: toBase64url(iv), data: toBase64url(new Uint8Array(data)) };
  return `${JSON.stringify({ burgerpanel: 'recovery-1', panel, rounds: FILE_ROUNDS, ...numbers }, null, 1)}\n`;
}

const isFile = (file) =>
  file?.burgerpanel === 'recovery-1' && Number.isInteger(file.rounds) && file.rounds > 0 && file.rounds <= 10 * FILE_ROUNDS &&
  [file.panel, file.salt, file.iv, file.data].every((part) => typeof part === 'string');

function parseFile(bytesOrText) {
  try {
    const file = JSON.parse(typeof bytesOrText === 'string' ? bytesOrText : text(bytesOrText));
    if (isFile(file)) return file;
  } catch {
    // told below
  }
  throw new Error('no recovery file');
}

export async function fromFile(bytesOrText, passphrase) {
  const file = parseFile(bytesOrText);
  const key = await fileKey(passphrase, fromBase64url(file.salt), file.rounds);
  const how = { name: AES, iv: fromBase64url(file.iv), additionalData: utf8(file.panel) };
  const secret = await crypto.subtle.decrypt(how, key, fromBase64url(file.data)).catch(() => {
    throw new Error('another passphrase, or a damaged file');
  });
  return { secret: new Uint8Array(secret), panel: file.panel };
}

