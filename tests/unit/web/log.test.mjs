// The log from outside, against vectors of others: notes, receipts, proofs, tiles, growth; and a log of this project's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vector, vectorBytes, vectorNames, vectorText } from './kit.mjs';
import { fromBase64, fromBase64url, sha256, utf8 } from '../../../web/js/bytes.js';
import * as log from '../../../web/js/log.js';

test('notes of the standard open with their keys and with no other', async () => {
  const { vectors } = vector('signed-note/signed_notes.json');
  let opened = 0;
  for (const { name, vkey, note } of vectors) {
    for (const one of vkey) {
      const key = await log.parseKey(one);
      assert.equal(await log.openNote(note, key), note.slice(0, note.lastIndexOf('\n\n') + 1), name);
      await assert.rejects(log.openNote(note.replace(/^./, '!'), key), /not good/, name);
      opened++;
    }
    await assert.rejects(log.openNote(note, { ...(await log.parseKey(vkey[0])), name: 'another' }), /not signed/, name);
  }
  assert.ok(opened >= 4);
});

test('a verifier key whose id is not that of its key is refused', async () => {
  const { logKey } = vector('protocol2/log2.json');
  await log.parseKey(`${logKey}\n`);
  for (const bad of [logKey.replace('8b9ea668', '8b9ea669'), logKey.slice(0, -1), logKey.replace('+Aa', '+Ba'), `${logKey} `, 'x'])
    await assert.rejects(log.parseKey(bad), undefined, bad);
});

// What has a length other than 32 bytes stands for itself, by its own hash.
const probeHash = async (text) => {
  const bytes = fromBase64(text);
  return bytes.length === 32 || bytes.length === 0 ? bytes : sha256(bytes);
};

async function holds(kind, probe) {
  const proof = await Promise.all((probe.proof ?? []).map(probeHash));
  if (kind === 'inclusion')
    return log.includes(probe.leafIdx, probe.treeSize, await probeHash(probe.leafHash), proof, await probeHash(probe.root));
  const next = log.inOrder(proof);
  const [older, newer] = [
    { size: probe.size1, root: await probeHash(probe.root1) },
    { size: probe.size2, root: await probeHash(probe.root2) },
  ];
  await log.continues(older, newer, next);
  next.end();
}

const PROBES = {
  inclusion: ['0', '1', '2', '3', '4', 'single-entry', 'additional/0', 'additional/1', 'additional/2', 'additional/3'],
  consistency: ['0', '1', '2', '3', '4', 'additional'],
};

for (const [kind, folders] of Object.entries(PROBES))
  test(`${kind} probes hold or fail as they should`, async () => {
    const names = folders.flatMap((folder) => vectorNames(`merkle/${kind}/${folder}`)).filter((name) => name.endsWith('.json'));
    const tally = { holding: 0, failing: 0 };
    for (const name of names) {
      const probe = vector(name);
      const verdict = await holds(kind, probe).then(() => 'holding', () => 'failing');
      assert.equal(verdict, probe.wantErr ? 'failing' : 'holding', name);
      tally[verdict]++;
    }
    assert.deepEqual(tally, { holding: 6, failing: 92 });
  });

test('tiles are asked for by the paths of the standard', () => {
  const { tile_paths: paths } = vector('sumdb/tlog_note.json');
  let seen = 0;
  for (const { path, tile } of paths) {
    if (!tile || tile.L < 0 || !path.startsWith(`tile/${tile.H}/`)) continue;
    const width = tile.W === 2 ** tile.H ? 256 : tile.W;
    assert.equal(log.tilePath(tile.L, tile.N, width), path.replace(`tile/${tile.H}`, '/log/tile'));
    seen++;
  }
  assert.ok(seen >= 4);
});

test('a log of others is seen to grow, and a rewritten one is found', async () => {
  const key = await log.parseKey(vectorText('tessera-testlog/log_public_key.vkey').trim());
  const fetchTile = async (path) => vectorBytes(`tessera-testlog${path.replace('/log/', '/')}`);
  const heads = [];
  for (let size = 1; size <= 15; size++)
    heads.push(await log.openCheckpoint(vectorText(`tessera-testlog/checkpoint.${size}`), key));
  for (const newer of heads)
    for (const older of heads.filter(({ size }) => size <= newer.size))
      await log.continues(older, newer, log.tiles(newer.size, fetchTile));
  const [early, late] = [heads[4], heads[14]];
  await assert.rejects(log.continues(late, early, log.tiles(5, fetchTile)), /smaller/);
  await assert.rejects(log.continues({ size: 5, root: heads[5].root }, late, log.tiles(15, fetchTile)), /rewritten/);
  await assert.rejects(log.continues({ size: 15, root: heads[5].root }, late, log.tiles(15, fetchTile)), /two logs/);
  const spoilt = async (path) => {
    const tile = (await fetchTile(path)).slice();
    tile[0] ^= 1;
    return tile;
  };
  await assert.rejects(log.continues(early, late, log.tiles(15, spoilt)), /rewritten/);
  await assert.rejects(log.continues(early, late, log.tiles(15, async () => new Uint8Array(32))), /another size/);
});

// A tree of many tiles, worked out from the text of RFC 9162 with no tile in it.
test('growth over tiles of several levels agrees with the tree', async () => {
  const leaves = await Promise.all(Array.from({ length: 700 }, (_, i) => log.leafHash(utf8(String(i)))));
  const plain = async (list) => {
    if (list.length === 1) return list[0];
    const half = 2 ** Math.floor(Math.log2(list.length - 1));
    return log.nodeHash(await plain(list.slice(0, half)), await plain(list.slice(half)));
  };
  const asked = [];
  const fetchTile = async (path) => {
    asked.push(path);
    const [, level, group, width] = /^\/log\/tile\/(\d)\/(\d+)(?:\.p\/(\d+))?$/.exec(path);
    const span = 256 ** Number(level);
    const count = Number(width ?? 256);
    const first = Number(group) * 256;
    const hashes = [];
    for (let i = first; i < first + count; i++) hashes.push(await plain(leaves.slice(i * span, (i + 1) * span)));
    return Uint8Array.from(hashes.flatMap((hash) => [...hash]));
  };
  const newer = { size: 700, root: await plain(leaves) };
  for (const size of [1, 255, 256, 257, 511, 513, 699]) {
    const older = { size, root: await plain(leaves.slice(0, size)) };
    await log.continues(older, newer, log.tiles(700, fetchTile));
  }
  assert.ok(asked.includes('/log/tile/1/000.p/2') && asked.includes('/log/tile/0/002.p/188'));
});

test('receipts of the project’s own log hold for their entries alone', async () => {
  const { logKey, entries, receiptOfRelease, receiptOfErased } = vector('protocol2/log2.json');
  const key = await log.parseKey(logKey);
  for (const receipt of [receiptOfRelease, receiptOfErased]) {
    const index = Number(/^index (\d+)$/m.exec(receipt)[1]);
    const entry = entries.find((one) => one.index === index);
    const opened = await log.openReceipt(receipt, entry.jws, key);
    assert.equal(opened.index, index);
    assert.equal(opened.size, entries.length);
    assert.deepEqual(await log.openCheckpoint(opened.checkpoint, key), { size: opened.size, root: opened.root });
    await assert.rejects(log.openReceipt(receipt, entries[(index + 1) % entries.length].jws, key), /does not lead/);
    await assert.rejects(log.openReceipt(receipt.replace(/^index \d+/m, `index ${index - 1}`), entry.jws, key));
    await assert.rejects(log.openReceipt(receipt.replace(/\n\n/, '\nextra eA==\n\n'), entry.jws, key));
    await assert.rejects(log.openReceipt(receipt.replace(/\n[^\n]+\n\n/, '\n\n'), entry.jws, key), /too short/);
    await assert.rejects(log.openReceipt(receipt, entry.jws, { ...key, publicKey: fromBase64url(vector('protocol2/log2.json').operator.x) }));
  }
});
