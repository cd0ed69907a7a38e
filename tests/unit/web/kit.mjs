// What the tests of the page's pure modules share. Debian's Node 18 has WebCrypto, but not as a global.
import { webcrypto } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

globalThis.crypto ??= webcrypto;

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const vectors = join(root, 'tests/vectors');
export const vectorText = (name) => readFileSync(join(vectors, name), 'utf8');
export const vectorBytes = (name) => new Uint8Array(readFileSync(join(vectors, name)));
export const vector = (name) => JSON.parse(vectorText(name));
export const vectorNames = (folder) => readdirSync(join(vectors, folder)).map((name) => `${folder}/${name}`);
export const fixture = (name) => JSON.parse(readFileSync(join(root, 'fixtures', name), 'utf8'));

export const toHex = (bytes) => Buffer.from(bytes).toString('hex');
export const fromHex = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
