// A collector's log as seen from outside, through the second verifier (log.mjs).
import assert from 'node:assert/strict';
import { keepAlive, request } from './http.mjs';
import { leafHash, openCheckpoint, parseVerifierKey, rootOf, TiledTree, verifyConsistency, verifyReceipt } from './log.mjs';

export class PublicLog {
  // `url` gives the collector's address, which changes when it is started again.
  constructor(url) {
    this.url = url;
    this.agent = keepAlive();
    this.kept = new Map(); // full tiles
  }

  // Lets go of its connections; the next request makes new ones.
  close() {
    this.agent.destroy();
    this.agent = keepAlive();
  }

  get(path, headers = {}) {
    return request(this.url(), path, { agent: this.agent, headers });
  }

  async fetch(path, headers) {
    const answer = await this.get(path, headers);
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    return answer;
  }

  // The key is pinned when it is first seen.
  async key() {
    const { text } = await this.fetch('/log/key');
    assert.ok(text.endsWith('\n'));
    this.verifier ??= parseVerifierKey(text.slice(0, -1));
    assert.deepEqual(parseVerifierKey(text.slice(0, -1)).id, this.verifier.id);
    return this.verifier;
  }

  async head() {
    return openCheckpoint((await this.fetch('/log/checkpoint')).text, await this.key());
  }

  // The tree of `size` leaves, from the tiles.
  tree(size) {
    return new TiledTree(size, async (path) => (await this.fetch(path)).bytes, this.kept);
  }

  // The index of what a receipt shows to be in the log.
  receipt(text, jws) {
    return verifyReceipt(text, jws, this.verifier);
  }

  // Every head must be an earlier state of `newest`.
  async assertContinues(heads, newest) {
    const tree = this.tree(newest.size);
    for (const head of heads) {
      assert.ok(head.size <= newest.size, `a checkpoint over ${head.size} was signed, now the log has ${newest.size}`);
      if (head.size > 0) verifyConsistency(head, newest, await tree.consistency(head.size));
    }
  }

  // The texts of all entries, in order, as an auditor gets them.
  async entries(token, limit = 4096) {
    const all = [];
    for (;;) {
      const answer = await this.fetch(`/v1/entries?from=${all.length}&limit=${limit}`, { Authorization: `Bearer ${token}` });
      const lines = answer.text === '' ? [] : answer.text.trimEnd().split('\n').map((line) => JSON.parse(line));
      lines.forEach((line, i) => assert.equal(line.index, all.length + i));
      if (lines.length === 0) return all;
      for (const { jws } of lines) all.push(jws);
    }
  }

  // The entries are those that the checkpoint was signed over.
  assertEntries(entries, head) {
    assert.equal(entries.length, head.size);
    assert.ok(rootOf(entries.map((jws) => leafHash(jws))).equals(head.root), 'the entries do not make the root');
  }
}
