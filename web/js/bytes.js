// Bytes and the texts that stand for them: base64url and base64 (strict both ways), UTF-8, Crockford's base32 as people type it,
// SHA-2, random bytes. Bytes are Uint8Array throughout. What can't be read is thrown as an Error that says why, never with the
// text itself in it. Pure but for randomBytes; runs in browsers and in Node 18. Sources: RFC 4648 §4, §5; PROTOCOL 3, 4 and 4f.
//
//   utf8(text)  text(bytes)           text throws on what is no UTF-8
//   toBase64url  fromBase64url        no padding, unused bits zero
//   toBase64     fromBase64           with padding, unused bits zero
//   join(...parts)  areEqual(a, b)  randomBytes(n)
//   sha256(bytes)  sha512(bytes)      → Promise of 32, 64 bytes
//   toCrockford(bytes, count)         the first `count` characters, zero bits behind the last; in groups of seven
//   fromCrockford(typed, count)       → the bytes of `count` characters, the bits past whole bytes last, as {bytes, rest}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const utf8 = (text) => encoder.encode(text);
export const text = (bytes) => decoder.decode(bytes);

function refuse(why) {
  throw new Error(why);
}

export function toBase64(bytes) {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function fromBase64(encoded) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded)) refuse('no base64');
  const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
  return toBase64(bytes) === encoded ? bytes : refuse('base64 with bits that mean nothing');
}

export const toBase64url = (bytes) =>
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export function fromBase64url(encoded) {
  if (!/^[A-Za-z0-9_-]*$/.test(encoded) || encoded.length % 4 === 1) refuse('no base64url');
  const padding = '='.repeat((4 - (encoded.length % 4)) % 4);
  return fromBase64(encoded.replaceAll('-', '+').replaceAll('_', '/') + padding);
}

export function join(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const areEqual = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
export const randomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
export const sha512 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-512', bytes));

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = 7;

export function toCrockford(bytes, count) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('').padEnd(count * 5, '0');
  const characters = Array.from({ length: count }, (_, i) => ALPHABET[parseInt(bits.slice(i * 5, i * 5 + 5), 2)]);
  return characters.join('').match(new RegExp(`.{1,${GROUP}}`, 'g')).join('-');
}

// What stands between the characters of a code: all that is no letter, accent or digit. Letters that no code has stay, and are a fault.
const BETWEEN = /[\ufe00-\ufe0f]|[^\p{L}\p{M}\p{N}]/gu;

function crockfordValue(character) {
  const upper = /^[a-z]$/.test(character) ? character.toUpperCase() : character;
  const meant = { I: '1', L: '1', O: '0' }[upper] ?? upper;
  const value = meant.length === 1 ? ALPHABET.indexOf(meant) : -1;
  return value >= 0 ? value : refuse('a character that no code has');
}

export function fromCrockford(typed, count) {
  const characters = [...typed.replace(BETWEEN, '')];
  if (characters.length !== count) refuse(`${characters.length} characters where a code has ${count}`);
  const bits = characters.map((character) => crockfordValue(character).toString(2).padStart(5, '0')).join('');
  const bytes = Uint8Array.from(bits.match(/.{8}/g), (byte) => parseInt(byte, 2));
  return { bytes, rest: bits.slice(bytes.length * 8) };
}
