// The log as a member sees it (PROTOCOL 6): signed notes, checkpoints, receipts, and that it only ever grows, which its tiles show.
// Pure: what has to be fetched is asked of the caller. What does not hold is thrown as an Untrue that says why, whatever was shown; any
// other Error says nothing of the log, but of this device or of a way to it. Sizes and indexes stay below 2^53. Sources: C2SP signed-note,
// tlog-checkpoint, tlog-proof, tlog-tiles; RFC 9162 §2.1.
//
//   parseKey(line)                         Promise of a verifier key {name, id, publicKey}; a newline may follow it
//   openNote(note, key)                    Promise of the text, which may then be believed
//   openCheckpoint(note, key)              Promise of {size, root}
//   openReceipt(receipt, jws, key)         Promise of {index, checkpoint, size, root}: the log of `key` holds this very JWS
//   checkReceipt(told, jws, key)           the same of {index, receipt} as a collector answers them, whatever they are
//   includes(index, size, leaf, proof, root)          Promise, throws unless the proof leads from leaf hash to root
//   continues(older, newer, next)          Promise of true, throws unless the tree `newer` {size, root} begins with all of `older`;
//                                          next(start, end) gives the hash over those leaves, in the order of RFC 9162's PROOF
//   tiles(size, fetchTile)                 such a `next` from the tiles of a log of `size`; fetchTile(path) gives a Promise of bytes
//   inOrder(hashes)                        such a `next` from a list, with end() to be called when all should have been used
//   leafHash(bytes)  nodeHash(left, right)  tilePath(level, index, width)
import { areEqual, fromBase64, join, sha256, utf8 } from './bytes.js';
import { verify } from './key.js';

export class Untrue extends Error {}

function refuse(why) {
  throw new Untrue(why);
}

function toBytes(encoded) {
  try {
    return fromBase64(encoded);
  } catch (error) {
    return refuse(error.message);
  }
}

export const leafHash = (bytes) => sha256(join(Uint8Array.of(0), bytes));
export const nodeHash = (left, right) => sha256(join(Uint8Array.of(1), left, right));

function toNumber(digits) {
  if (!/^(?:0|[1-9][0-9]*)$/.test(digits)) refuse('no decimal number');
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : refuse('a number beyond 2^53');
}

function toHash(encoded) {
  const bytes = toBytes(encoded);
  return bytes.length === 32 ? bytes : refuse('a hash of another length');
}

const ED25519 = 1;

export async function parseKey(line) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)\n?$/.exec(line) ?? refuse('no verifier key');
  const typed = toBytes(encoded);
  if (typed.length !== 33 || typed[0] !== ED25519) refuse('a verifier key of another kind');
  const hash = (await sha256(join(utf8(`${name}\n`), typed))).subarray(0, 4);
  if ([...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('') !== id) refuse('a verifier key with the id of another');
  return { name, id: hash, publicKey: typed.subarray(1) };
}

// Whether one signature line is by this key; throws where it claims to be and is not.
async function isSignedBy(key, line, body) {
  const [, name, encoded] = /^\u2014 ([^\s+]+) (\S+)$/.exec(line) ?? refuse('no signature line');
  const signature = toBytes(encoded);
  if (name !== key.name || !areEqual(signature.subarray(0, 4), key.id)) return false;
  return (await verify(key.publicKey, signature.subarray(4), utf8(body))) || refuse('the signature of the log is not good');
}

export async function openNote(note, key) {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) refuse('no signed note');
  const body = note.slice(0, end + 1);
  let isSigned = false;
  for (const line of note.slice(end + 2, -1).split('\n')) isSigned = (await isSignedBy(key, line, body)) || isSigned;
  return isSigned ? body : refuse('not signed by the log');
}

export async function openCheckpoint(note, key) {
  const lines = (await openNote(note, key)).slice(0, -1).split('\n');
  if (lines.length !== 3 || lines[0] !== key.name) refuse('no checkpoint of this log');
  return { size: toNumber(lines[1]), root: toHash(lines[2]) };
}

// The largest power of two below a count of two or more: where RFC 9162 splits a tree.
function splitOf(count) {
  let half = 1;
  while (half * 2 < count) half *= 2;
  return half;
}

export function inOrder(hashes) {
  let used = 0;
  const next = async () => hashes[used++] ?? refuse('a proof that is too short');
  next.end = () => used === hashes.length || refuse('a proof that is too long');
  return next;
}

async function rootAbove(index, leaf, start, end, next) {
  if (end - start === 1) return leaf;
  const middle = start + splitOf(end - start);
  const isLeft = index < middle;
  const inner = await rootAbove(index, leaf, isLeft ? start : middle, isLeft ? middle : end, next);
  return isLeft ? nodeHash(inner, await next(middle, end)) : nodeHash(await next(start, middle), inner);
}

export async function includes(index, size, leaf, proof, root) {
  if (![index, size].every(Number.isSafeInteger) || index < 0 || index >= size) refuse('a place that the log does not have');
  const next = inOrder(proof);
  const reached = await rootAbove(index, leaf, 0, size, next);
  next.end();
  if (root.length !== 32 || !areEqual(reached, root)) refuse('the proof does not lead to the log');
}

// Both roots of the leaves from `start` on, made of the very same hashes: that of the older tree, which ends at `size`, and that
// of the newer, which ends at `end`. `whole`: the older tree's own root, which needs no hash from outside.
async function bothRoots(size, start, end, whole, next) {
  if (size === end) {
    const hash = whole ?? (await next(start, end));
    return [hash, hash];
  }
  const middle = start + splitOf(end - start);
  if (size <= middle) {
    const [older, newer] = await bothRoots(size, start, middle, whole, next);
    return [older, await nodeHash(newer, await next(middle, end))];
  }
  const [older, newer] = await bothRoots(size, middle, end, undefined, next);
  const left = await next(start, middle);
  return [await nodeHash(left, older), await nodeHash(left, newer)];
}

export async function continues(older, newer, next) {
  if (![older.size, newer.size].every(Number.isSafeInteger) || older.size < 1) refuse('nothing is said of such a log');
  if (older.size > newer.size) refuse('the log has become smaller');
  if (older.size === newer.size) return areEqual(older.root, newer.root) || refuse('two logs of one size');
  const [before, now] = await bothRoots(older.size, 0, newer.size, older.root, next);
  if (!areEqual(before, older.root) || !areEqual(now, newer.root)) refuse('the log has been rewritten');
  return true;
}

const HEIGHT = 8;
const WIDTH = 256; // 2^HEIGHT hashes

export function tilePath(level, index, width = WIDTH) {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g);
  const last = groups.pop();
  return `/log/tile/${level}/${groups.map((group) => `x${group}/`).join('')}${last}${width < WIDTH ? `.p/${width}` : ''}`;
}

async function rootOf(hashes) {
  if (hashes.length === 1) return hashes[0];
  const middle = splitOf(hashes.length);
  return nodeHash(await rootOf(hashes.slice(0, middle)), await rootOf(hashes.slice(middle)));
}

export function tiles(size, fetchTile) {
  const kept = new Map();

  async function tileAt(level, index) {
    const width = Math.min(WIDTH, Math.floor(size / WIDTH ** level) - index * WIDTH);
    const path = tilePath(level, index, width);
    if (!kept.has(path)) {
      const bytes = await fetchTile(path);
      if (bytes.length !== width * 32) refuse('a tile of another size');
      kept.set(path, bytes);
    }
    return kept.get(path);
  }

  // The hash over 2^height leaves, the index-th such: a stretch of one tile.
  async function perfect(height, index) {
    const level = Math.floor(height / HEIGHT);
    const count = 2 ** (height % HEIGHT);
    const first = index * count;
    const tile = await tileAt(level, Math.floor(first / WIDTH));
    const at = first % WIDTH;
    return rootOf(Array.from({ length: count }, (_, i) => tile.subarray((at + i) * 32, (at + i + 1) * 32)));
  }

  return async function next(start, end) {
    const height = Math.log2(end - start);
    if (Number.isInteger(height)) return perfect(height, start / 2 ** height);
    const middle = start + splitOf(end - start);
    return nodeHash(await next(start, middle), await next(middle, end));
  };
}

export async function openReceipt(receipt, jws, key) {
  const end = receipt.indexOf('\n\n');
  if (end < 0) refuse('no receipt');
  const [kind, place, ...hashes] = receipt.slice(0, end).split('\n');
  const [, digits] = /^index (.*)$/.exec(place ?? '') ?? [];
  if (kind !== 'c2sp.org/tlog-proof@v1' || digits === undefined) refuse('no receipt');
  const index = toNumber(digits);
  const checkpoint = receipt.slice(end + 2);
  const head = await openCheckpoint(checkpoint, key);
  await includes(index, head.size, await leafHash(utf8(jws)), hashes.map(toHash), head.root);
  return { index, checkpoint, ...head };
}

export async function checkReceipt(told, jws, key) {
  const { index, receipt } = told ?? {};
  const opened = typeof receipt === 'string' ? await openReceipt(receipt, jws, key) : refuse('no receipt');
  return opened.index === index ? opened : refuse('the receipt is of another entry');
}
