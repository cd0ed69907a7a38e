// What an operator can do who has store and keys and wants to be believed: history written anew, each tile and the checkpoint
// with it, so that nothing but what the entries say can tell. Written from the texts of C2SP and RFC 9162, like log.mjs.
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { leafHash, nodeHash, rootOf, tilesOf } from './log.mjs';
import { b64u, jws, Key } from './member.mjs';
import { LOG, sql } from './store.mjs';

const CHECKPOINT_BYTES = 512;
const WIDTH = 256;

const seedIn = (path) => Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
export const sha256 = (bytes) => b64u(createHash('sha256').update(bytes).digest());
export const claimsOf = (text) => JSON.parse(Buffer.from(text.split('.')[1], 'base64url'));

// The key that signs a stopped collector's events.
export const operatorOf = (collector) => new Key(seedIn(`${collector.path}.operator-key`));

export const signedEvent = (operator, claims) => jws(operator, 'panel-event+jws', claims);

// The entries of a store, each {index, jws}; of an erased one jws is ''.
export async function entriesOf(collector) {
  const text = await sql(collector, "SELECT idx || ' ' || jws FROM entry ORDER BY idx");
  return text.split('\n').map((line) => ({ index: Number(line.split(' ')[0]), jws: line.split(' ')[1] }));
}

// The events of that kind: {index, jws, claims}.
export const eventsOf = (entries, kind) =>
  entries
    .filter(({ jws: text }) => text !== '')
    .map((entry) => ({ ...entry, claims: claimsOf(entry.jws) }))
    .filter(({ claims }) => claims.event === kind);

async function leavesOf(collector) {
  const hex = await sql(collector, 'SELECT hex(hashes) FROM tile WHERE place >> 56 = 0 ORDER BY place');
  const bytes = Buffer.from(hex.replaceAll('\n', ''), 'hex');
  return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(32 * i, 32 * i + 32));
}

// The hash of all that stands below one hash of a level.
const topOf = (hashes) => {
  let row = hashes;
  while (row.length > 1) row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i], row[2 * i + 1]));
  return row[0];
};

function* tileRows(leaves) {
  const levels = [leaves];
  for (const { level, index, width } of tilesOf(leaves.length)) {
    while (levels.length <= level) {
      const below = levels.at(-1);
      levels.push(
        Array.from({ length: Math.floor(below.length / WIDTH) }, (_, i) => topOf(below.slice(WIDTH * i, WIDTH * (i + 1)))),
      );
    }
    const hashes = Buffer.concat(levels[level].slice(WIDTH * index, WIDTH * index + width));
    yield `(${(BigInt(level) << 56n) | BigInt(index)}, x'${hashes.toString('hex')}')`;
  }
}

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

async function signCheckpoint(collector, leaves) {
  const verifier = await sql(collector, `SELECT verifier FROM ${LOG}`);
  const [origin, id] = verifier.split('+');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seedIn(`${collector.path}.log-key`)]), format: 'der', type: 'pkcs8' });
  const text = `${origin}\n${leaves.length}\n${rootOf(leaves).toString('base64')}\n`;
  const signature = Buffer.concat([Buffer.from(id, 'hex'), sign(null, Buffer.from(text), key)]).toString('base64');
  const note = `${text}\n\u2014 ${origin} ${signature}\n`;
  const padding = '\n'.repeat(CHECKPOINT_BYTES - Buffer.byteLength(note));
  writeFileSync(`${collector.path}.log-key.checkpoint`, note + padding);
}

// Puts other texts in the place of entries (by index), and tree and checkpoint after them.
export async function rewrite(collector, changes) {
  const leaves = await leavesOf(collector);
  const statements = Object.entries(changes).map(([index, text]) => {
    leaves[index] = leafHash(Buffer.from(text));
    return `UPDATE entry SET jws = '${text}' WHERE idx = ${index}`;
  });
  assert.ok(statements.length > 0);
  await sql(collector, `${statements.join('; ')}; DELETE FROM tile; INSERT INTO tile (place, hashes) VALUES ${[...tileRows(leaves)].join(', ')}`);
  await signCheckpoint(collector, leaves);
}
