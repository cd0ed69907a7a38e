// A second verifier of the log, written from the texts of C2SP (signed-note, tlog-checkpoint, tlog-tiles, tlog-proof) and RFC 9162
// §2.1 alone; it shares nothing with the programs under test. Whatever does not hold is thrown as an Error that says why. Numbers
// stay below 2^53, which a test's log does.
import { createHash, createPublicKey, verify } from 'node:crypto';

const refuse = (why) => {
  throw new Error(why);
};

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const NO_BYTES = Buffer.alloc(0);

// RFC 9162 §2.1.1.
export const emptyRoot = () => sha256(NO_BYTES);
export const leafHash = (data) => sha256(Buffer.of(0), data);
export const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

const isOdd = (n) => n % 2 === 1;
const half = (n) => Math.floor(n / 2);

// The largest power of two below n, for n > 1.
function split(n) {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

// MTH of RFC 9162 §2.1.1 over leaf hashes.
export function rootOf(leaves) {
  if (leaves.length === 0) return emptyRoot();
  if (leaves.length === 1) return leaves[0];
  const k = split(leaves.length);
  return nodeHash(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

// RFC 9162 §2.1.3.2.
export function verifyInclusion(index, size, leaf, path, root) {
  if (index >= size) refuse('the index is not below the size');
  let [fn, sn, r] = [index, size - 1, leaf];
  for (const p of path) {
    if (sn === 0) refuse('the inclusion path is too long');
    if (isOdd(fn) || fn === sn) {
      r = nodeHash(p, r);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      r = nodeHash(r, p);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  if (sn !== 0) refuse('the inclusion path is too short');
  if (!r.equals(root)) refuse('the inclusion path does not lead to the root');
}

// RFC 9162 §2.1.4.2; a head is {size, root}.
export function verifyConsistency(first, second, proof) {
  if (first.size === 0 || first.size > second.size) refuse('sizes between which there is no proof');
  if (first.size === second.size) {
    if (proof.length > 0) refuse('a proof between equal sizes is not empty');
    if (!first.root.equals(second.root)) refuse('two roots for one size');
    return;
  }
  const path = Number.isInteger(Math.log2(first.size)) ? [first.root, ...proof] : [...proof];
  if (proof.length === 0) refuse('the consistency proof is empty');
  let [fn, sn] = [first.size - 1, second.size - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let [fr, sr] = [path[0], path[0]];
  for (const c of path.slice(1)) {
    if (sn === 0) refuse('the consistency proof is too long');
    if (isOdd(fn) || fn === sn) {
      [fr, sr] = [nodeHash(c, fr), nodeHash(c, sr)];
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      sr = nodeHash(sr, c);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  if (sn !== 0) refuse('the consistency proof is too short');
  if (!fr.equals(first.root)) refuse('the consistency proof does not lead to the first root');
  if (!sr.equals(second.root)) refuse('the consistency proof does not lead to the second root');
}

// --- notes ---------------------------------------------------------------------------------------------------------------------

function fromBase64(text, length) {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) refuse(`'${text}' is no base64`);
  if (length !== undefined && bytes.length !== length) refuse(`'${text}' is not ${length} bytes`);
  return bytes;
}

function decimal(text) {
  if (!/^(0|[1-9][0-9]*)$/.test(text)) refuse(`'${text}' is no decimal number`);
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : refuse(`${text} is too large for this verifier`);
}

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const ED25519 = 1;

// c2sp.org/signed-note: `<name>+<id>+<base64 of type and key>`.
export function parseVerifierKey(text) {
  const [, name, id, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? refuse('no verifier key');
  const typed = fromBase64(base64, 33);
  if (typed[0] !== ED25519) refuse('the verifier key is not Ed25519');
  const worked = sha256(`${name}\n`, typed).subarray(0, 4);
  if (worked.toString('hex') !== id) refuse("the verifier key's id is not that of its key");
  const key = createPublicKey({ key: Buffer.concat([SPKI, typed.subarray(1)]), format: 'der', type: 'spki' });
  return { name, id: worked, key };
}

// The text of a signed note, once a signature of `verifier` on it has been checked.
export function openNote(note, verifier) {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) refuse('no signed note');
  const text = note.slice(0, end + 1);
  let found = false;
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const [, name, base64] = /^\u2014 ([^\s+]+) (\S+)$/.exec(line) ?? refuse(`no signature line: ${line}`);
    const signature = fromBase64(base64);
    if (name !== verifier.name || !signature.subarray(0, 4).equals(verifier.id)) continue;
    if (!verify(null, Buffer.from(text), verifier.key, signature.subarray(4))) refuse("the note's signature is not good");
    found = true;
  }
  return found ? text : refuse('the note is not signed by this key');
}

// c2sp.org/tlog-checkpoint, without extension lines (PROTOCOL 6): {origin, size, root}.
export function openCheckpoint(note, verifier) {
  const lines = openNote(note, verifier).slice(0, -1).split('\n');
  if (lines.length !== 3) refuse(`a checkpoint of ${lines.length} lines`);
  if (lines[0] !== verifier.name) refuse('the origin is not the name of the key');
  return { origin: lines[0], size: decimal(lines[1]), root: fromBase64(lines[2], 32) };
}

// c2sp.org/tlog-proof, without extra data (PROTOCOL 6): {index, path, checkpoint}.
export function parseReceipt(text) {
  const end = text.indexOf('\n\n');
  if (end < 0) refuse('no receipt');
  const [first, second, ...hashes] = text.slice(0, end).split('\n');
  if (first !== 'c2sp.org/tlog-proof@v1') refuse(`the first line of a receipt is '${first}'`);
  const [, index] = /^index (\d+)$/.exec(second ?? '') ?? refuse(`the second line of a receipt is '${second}'`);
  return { index: decimal(index), path: hashes.map((hash) => fromBase64(hash, 32)), checkpoint: text.slice(end + 2) };
}

// Whether a receipt shows that the log of `verifier` holds `jws`: {index, head}.
export function verifyReceipt(text, jws, verifier) {
  const { index, path, checkpoint } = parseReceipt(text);
  const head = openCheckpoint(checkpoint, verifier);
  verifyInclusion(index, head.size, leafHash(jws), path, head.root);
  return { index, head };
}

// --- tiles ---------------------------------------------------------------------------------------------------------------------

const WIDTH = 256; // of a full tile: height 8

// c2sp.org/tlog-tiles: N in groups of three digits, all but the last led by x.
export function tilePath(level, index, width = WIDTH) {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g);
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return `/log/tile/${level}/${name}${width < WIDTH ? `.p/${width}` : ''}`;
}

// The tiles that a log of `size` leaves has: {level, index, width}.
export function* tilesOf(size) {
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / WIDTH))
    for (let index = 0; index * WIDTH < hashes; index++)
      yield { level, index, width: Math.min(WIDTH, hashes - index * WIDTH) };
}

// The tree of `size` leaves behind a log's tiles. `fetch(path)` gives a tile's bytes; `kept` may be shared between trees of the
// same log, and then holds the full tiles, which never change.
export class TiledTree {
  constructor(size, fetch, kept = new Map()) {
    this.size = size;
    this.fetch = fetch;
    this.kept = kept;
    this.partial = new Map();
  }

  async tile(level, index) {
    const width = Math.min(WIDTH, Math.floor(this.size / WIDTH ** level) - index * WIDTH);
    const path = tilePath(level, index, width);
    const cache = width === WIDTH ? this.kept : this.partial;
    if (!cache.has(path)) {
      const bytes = await this.fetch(path);
      if (bytes.length !== width * 32) refuse(`${path} holds ${bytes.length} bytes`);
      cache.set(path, bytes);
    }
    return cache.get(path);
  }

  // The root over the 2^height leaves from index·2^height on, from the tile that it lies in.
  async full(height, index) {
    const [level, above] = [Math.floor(height / 8), height % 8];
    const first = index * 2 ** above;
    const tile = await this.tile(level, Math.floor(first / WIDTH));
    const at = first % WIDTH;
    return rootOf(Array.from({ length: 2 ** above }, (_, i) => tile.subarray((at + i) * 32, (at + i + 1) * 32)));
  }

  // MTH(D[first:end]) for the ranges that RFC 9162's proofs name.
  async range(first, end) {
    const length = end - first;
    if (length === 0) return emptyRoot();
    const height = Math.log2(length);
    if (Number.isInteger(height) && first % length === 0) return this.full(height, first / length);
    const k = split(length);
    return nodeHash(await this.range(first, first + k), await this.range(first + k, end));
  }

  root() {
    return this.range(0, this.size);
  }

  // PATH of RFC 9162 §2.1.3.1.
  async inclusion(m, first = 0, end = this.size) {
    if (end - first === 1) return [];
    const k = first + split(end - first);
    return m < k
      ? [...(await this.inclusion(m, first, k)), await this.range(k, end)]
      : [...(await this.inclusion(m, k, end)), await this.range(first, k)];
  }

  // PROOF of RFC 9162 §2.1.4.1, from the tree of m leaves to this one.
  consistency(m) {
    return this.subproof(m, 0, this.size, true);
  }

  async subproof(m, first, end, whole) {
    if (m === end) return whole ? [] : [await this.range(first, end)];
    const k = first + split(end - first);
    return m <= k
      ? [...(await this.subproof(m, first, k, whole)), await this.range(k, end)]
      : [...(await this.subproof(m, k, end, false)), await this.range(first, k)];
  }
}
