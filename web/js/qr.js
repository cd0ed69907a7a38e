// QR codes of short texts (ISO/IEC 18004): bytes, level M, versions 1 to 6, so up to 106 bytes. Pure; held to what another program draws.
//
//   modules(text)    rows of booleans, dark or not, without the white around them; undefined where the text is too long
//   drawings(text)   the same, once for each mask; of those `modules` takes the one that is easiest to read
import { utf8 } from './bytes.js';

// By version: how many blocks, and of each the data bytes and the check bytes.
const VERSIONS = [undefined, [1, 16, 10], [1, 28, 16], [1, 44, 26], [2, 32, 18], [2, 43, 24], [4, 27, 16]];
const HEADER_BITS = 12; // what kind of data, and how many bytes
const BYTE_MODE = 0b0100;
const PADDING = [0xec, 0x11];
const LEVEL_M = 0b00;
const MASKS = [
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

const range = (count) => [...Array(count).keys()];
const bitsOf = (value, count) => range(count).map((i) => (value >> (count - 1 - i)) & 1);

// Bytes

// In the field of 256 elements by x^8 + x^4 + x^3 + x^2 + 1.
function times(a, b) {
  let product = 0;
  for (let i = 7; i >= 0; i--) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> i) & 1) * a);
  return product;
}

// (x − 1)(x − 2)(x − 4) …, without its highest coefficient.
function generatorOf(degree) {
  const result = [...range(degree - 1).map(() => 0), 1];
  let root = 1;
  for (let i = 0; i < degree; i++, root = times(root, 2))
    for (let j = 0; j < degree; j++) result[j] = times(result[j], root) ^ (result[j + 1] ?? 0);
  return result;
}

function checkBytes(data, count) {
  const generator = generatorOf(count);
  const rest = range(count).map(() => 0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    generator.forEach((coefficient, i) => (rest[i] ^= times(coefficient, factor)));
  }
  return rest;
}

function dataBytes(bytes, capacity) {
  const bits = [...bitsOf(BYTE_MODE, 4), ...bitsOf(bytes.length, 8), ...[...bytes].flatMap((byte) => bitsOf(byte, 8)), 0, 0, 0, 0];
  const whole = bits.slice(0, capacity * 8);
  while (whole.length % 8) whole.push(0);
  const data = range(whole.length / 8).map((i) => whole.slice(i * 8, i * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0));
  for (let i = 0; data.length < capacity; i++) data.push(PADDING[i % 2]);
  return data;
}

// One byte of each block in turn.
const interleave = (blocks) => range(blocks[0].length).flatMap((i) => blocks.map((block) => block[i]));

function codewords(bytes, [blocks, size, checks]) {
  const data = dataBytes(bytes, blocks * size);
  const parts = range(blocks).map((i) => data.slice(i * size, (i + 1) * size));
  return [...interleave(parts), ...interleave(parts.map((part) => checkBytes(part, checks)))];
}

// The square

const ring = (x, y) => Math.max(Math.abs(x), Math.abs(y));

// What is the same in every code of a size: rows of booleans, and undefined where data go.
function frame(size) {
  const rows = range(size).map(() => range(size).map(() => undefined));
  const set = (x, y, dark) => rows[y]?.[x] === undefined && rows[y] && x >= 0 && x < size && (rows[y][x] = dark);
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]])
    for (let y = -4; y <= 4; y++) for (let x = -4; x <= 4; x++) set(cx + x, cy + y, ring(x, y) !== 2 && ring(x, y) !== 4);
  if (size > 21) for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++) set(size - 7 + x, size - 7 + y, ring(x, y) !== 1);
  for (let i = 0; i < size; i++) [[i, 6], [6, i]].forEach(([x, y]) => set(x, y, i % 2 === 0));
  for (const [x, y] of formatPlaces(size).flat()) set(x, y, false);
  set(8, size - 8, true);
  return rows;
}

// Where the fifteen bits of the format stand, twice, the highest first.
function formatPlaces(size) {
  const corner = [...range(6).map((i) => [i, 8]), [7, 8], [8, 8], [8, 7], ...range(6).map((i) => [8, 5 - i])];
  const sides = [...range(7).map((i) => [8, size - 1 - i]), ...range(8).map((i) => [size - 8 + i, 8])];
  return [corner, sides];
}

function formatBits(mask) {
  const value = LEVEL_M * 8 + mask;
  let rest = value << 10;
  for (let i = 14; i >= 10; i--) if ((rest >> i) & 1) rest ^= 0x537 << (i - 10);
  return bitsOf(((value << 10) | rest) ^ 0x5412, 15);
}

// Up and down in columns of two from the right, but for the column of the timing.
function* path(size) {
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right--;
    for (let i = 0; i < size; i++) for (const x of [right, right - 1]) yield [x, up ? size - 1 - i : i];
  }
}

function fill(size, bits, mask) {
  const fixed = frame(size);
  const rows = fixed.map((row) => [...row]);
  let next = 0;
  for (const [x, y] of path(size)) if (fixed[y][x] === undefined) rows[y][x] = Boolean((bits[next++] ?? 0) ^ (MASKS[mask](x, y) === 0));
  const format = formatBits(mask);
  for (const places of formatPlaces(size)) places.forEach(([x, y], i) => (rows[y][x] = format[i] === 1));
  return rows;
}

// How hard it is to read

const FINDER_LIKE = /(?=00001011101|10111010000)/g;
const lines = (rows) => [...rows, ...rows[0].map((_, x) => rows.map((row) => row[x]))].map((line) => line.map(Number).join(''));

function penalty(rows) {
  const size = rows.length;
  let sum = 0;
  for (const line of lines(rows)) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    sum += 40 * [...line.matchAll(FINDER_LIKE)].length;
  }
  for (let y = 1; y < size; y++)
    for (let x = 1; x < size; x++) if ([rows[y][x - 1], rows[y - 1][x], rows[y - 1][x - 1]].every((dark) => dark === rows[y][x])) sum += 3;
  const dark = rows.flat().filter(Boolean).length / (size * size);
  return sum + 10 * Math.floor(Math.abs(dark * 20 - 10));
}

// A text's code under each of the eight masks.
export function drawings(text) {
  const bytes = utf8(text);
  const version = VERSIONS.findIndex((one) => one && bytes.length * 8 + HEADER_BITS <= one[0] * one[1] * 8);
  if (version < 0) return undefined;
  const bits = codewords(bytes, VERSIONS[version]).flatMap((byte) => bitsOf(byte, 8));
  return MASKS.map((_, mask) => fill(17 + 4 * version, bits, mask));
}

export const modules = (text) => drawings(text)?.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
