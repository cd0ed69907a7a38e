// Goal: a member whose computer is gone writes down 28 characters, and they bring back the key, the place in the panel and the answers; what was mistyped is
// told as that, and the code is nowhere but where it was shown.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freshFolder, ready, run, succeed } from './lib/programs.mjs';

const SHOWN = /\n {4}((?:[0-9A-HJKMNP-TV-Z]{7}-){3}[0-9A-HJKMNP-TV-Z]{7})\n/;
const PANEL = 'wau';
let collector;
before(async () => {
  collector = await ready('recovery', { codes: 6 });
});
after(() => collector?.stop());

const kidOf = (stdout) => stdout.trim();
const member = (home, ...words) => run('burgerpanel', [...words, '--home', home]);

// The key as PROTOCOL 4f has it, from the code that was shown; worked out here once more.
function keyOf(code) {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const bits = [...code.replaceAll('-', '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.slice(0, 128).match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const text = Buffer.concat([Buffer.from('burgerpanel member key v1\n'), secret, Buffer.from(PANEL)]);
  return createHash('sha512').update(text).digest().subarray(0, 32).toString('base64url');
}

async function enrolled(name) {
  const home = freshFolder(`recovery-${name}`);
  const { stdout, stderr } = await succeed('burgerpanel', ['enrol', collector.url, collector.codes.shift(), '--home', home]);
  return { home, kid: kidOf(stdout), code: stderr.match(SHOWN)[1] };
}

test('enrolling shows the code of the key once, and keeps it nowhere', async () => {
  const { home, kid, code } = await enrolled('shown');
  assert.equal(readFileSync(join(home, 'key'), 'utf8').trim(), keyOf(code));
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) assert.ok(!readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'latin1').includes(code.slice(0, 7)), entry.name);
  assert.equal(JSON.parse((await member(home, 'status', '--json')).stdout).recoverable, true);
  const again = await member(home, 'enrol', collector.url);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(kidOf(again.stdout), kid);
  assert.doesNotMatch(again.stderr, SHOWN);
});

test('a folder whose key came without a code says that only a copy brings it back', async () => {
  const home = freshFolder('recovery-older');
  const key = createHash('sha256').update('some key').digest('base64url');
  writeFileSync(join(home, 'key'), `${key}\n`, { mode: 0o600 });
  const { stderr } = await succeed('burgerpanel', ['enrol', collector.url, collector.codes.shift(), '--home', home]);
  assert.doesNotMatch(stderr, SHOWN);
  assert.equal(JSON.parse((await member(home, 'status', '--json')).stdout).recoverable, false);
  assert.match((await member(home, 'status')).stdout, /^recovery {3}by a copy of this folder alone$/m);
});
