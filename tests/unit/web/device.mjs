// A device and a collector in memory, for the modules that rest on store.js and collector.js: an IndexedDB that keeps what it is given, and a
// `fetch` that leads to a collector with a log of its own. Nothing happens by itself: what a page does later by its timer, a test does. To be
// imported before what it stands in for.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { leafHash, rootOf } from '../../e2e/lib/log.mjs';
import './kit.mjs';

const SOON = 1000; // ms, and all that is later is never
const { setTimeout: real } = globalThis;
globalThis.setTimeout = (work, ms) => (ms >= SOON ? undefined : real(work, ms));
globalThis.navigator ??= {};
delete globalThis.BroadcastChannel; // it would keep Node waiting

// Locks as between tabs: who asks for one that is held comes after it, and who asks for their own waits for ever.
const lastOf = new Map();
export const locks = {
  request(name, work) {
    const done = (lastOf.get(name) ?? Promise.resolve()).then(work);
    const over = done.catch(() => {}).then(() => lastOf.get(name) === over && lastOf.delete(name));
    lastOf.set(name, over);
    return done;
  },
  isHeld: (name) => lastOf.has(name),
};
Object.defineProperty(globalThis.navigator, 'locks', { value: locks });

// The store

const compare = (a, b) => (Array.isArray(a) ? a.map((part, i) => compare(part, b[i])).find((order) => order !== 0) ?? 0 : Number(a > b) - Number(a < b));

// `open`: the database as the page has it. `full`: names of stores that take nothing more. isShut: it can't be opened.
export const memory = { stores: new Map(), open: undefined, full: [], isShut: false };

const asked = (result, settled = () => {}) => {
  const request = { result };
  queueMicrotask(() => {
    request.onsuccess?.();
    settled();
  });
  return request;
};

// A change of a transaction, and back: undo() restores all that it changed.
class Changes {
  undone = [];
  put(values, key, value) {
    this.undone.push([values, new Map(values)]);
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  }
  clear(values) {
    this.undone.push([values, new Map(values)]);
    values.clear();
  }
  undo() {
    for (const [values, before] of this.undone.reverse()) {
      values.clear();
      for (const [key, value] of before) values.set(key, value);
    }
  }
}

// Ends once none of its requests is open. A change that is too much leaves all as it was.
class Transaction {
  error = new DOMException('the disk is full', 'QuotaExceededError');
  changes = new Changes();
  open = 0;
  constructor() {
    this.ask(undefined);
  }
  ask(result) {
    this.open++;
    return asked(result, () => --this.open === 0 && !this.isOver && this.end());
  }
  abort() {
    this.error = null;
    this.isFull = true;
    this.end();
  }
  end() {
    this.isOver = true;
    if (this.isFull) this.changes.undo();
    queueMicrotask(() => (this.isFull ? this.onabort?.() : this.oncomplete?.()));
  }
  change(name, work) {
    if (memory.full.includes(name)) this.isFull = true;
    work();
  }
  objectStore(name) {
    const { keyPath, values } = memory.stores.get(name);
    const keyOf = (value, key) => JSON.stringify(keyPath ? keyPath.map((each) => value[each]) : key);
    return {
      get: (key) => this.ask(values.get(JSON.stringify(key))),
      getAll: () => this.ask([...values].sort(([a], [b]) => compare(JSON.parse(a), JSON.parse(b))).map(([, value]) => value)),
      put: (value, key) => this.change(name, () => this.changes.put(values, keyOf(value, key), value)),
      delete: (key) => this.change(name, () => this.changes.put(values, JSON.stringify(key), undefined)),
      clear: () => this.change(name, () => this.changes.clear(values)),
    };
  }
}

class Database {
  createObjectStore(name, { keyPath } = {}) {
    memory.stores.set(name, { keyPath, values: new Map() });
  }
  close() {
    this.isClosed = true;
  }
  transaction() {
    if (this.isClosed) throw new DOMException('the database is closed', 'InvalidStateError');
    return new Transaction();
  }
}

globalThis.indexedDB = {
  open() {
    const request = { result: new Database() };
    queueMicrotask(() => {
      if (memory.isShut) return request.onerror();
      if (memory.stores.size === 0) request.onupgradeneeded();
      memory.open = request.result;
      return request.onsuccess();
    });
    return request;
  },
};

// The collector

const ORIGIN = 'burgerpanel/unit';
const PROBLEM = 'application/problem+json';
const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const read = (part) => JSON.parse(Buffer.from(part, 'base64url'));
const json = (status, body, type = 'application/json') => ({ status, type, body: JSON.stringify(body) });
const plain = (body) => ({ status: 200, type: 'text/plain', body });
export const problem = (status, type, more = {}) => json(status, { type: type && `urn:burgerpanel:problem:${type}`, status, title: 'x', detail: 'x', ...more }, PROBLEM);

const inclusion = (index, leaves) => {
  if (leaves.length === 1) return [];
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half ? [...inclusion(index, left), rootOf(right)] : [...inclusion(index - half, right), rootOf(left)];
};

class Log {
  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const typed = Buffer.concat([Buffer.of(1), publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)]);
    this.id = createHash('sha256').update(`${ORIGIN}\n`).update(typed).digest().subarray(0, 4);
    this.verifier = `${ORIGIN}+${this.id.toString('hex')}+${base64(typed)}\n`;
    this.privateKey = privateKey;
    this.leaves = [];
  }

  checkpoint() {
    const text = `${ORIGIN}\n${this.leaves.length}\n${base64(rootOf(this.leaves))}\n`;
    return `${text}\n\u2014 ${ORIGIN} ${base64(Buffer.concat([this.id, sign(null, Buffer.from(text), this.privateKey)]))}\n`;
  }

  receipt(index) {
    const hashes = inclusion(index, this.leaves).map((hash) => `${base64(hash)}\n`).join('');
    return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${this.checkpoint()}`;
  }
}

// `change(path, work)` gives what is answered in the collector's place, {status, type, body}: before work(), which gives the collector's answer,
// nothing is committed. A promise is an answer that is on its way. What it throws is a connection that breaks.
export class Collector {
  constructor() {
    this.log = new Log();
    this.entries = []; // {kid, claims, jws}
    this.codes = new Map(); // each with the kid that used it
    this.sent = []; // {path, body}
    globalThis.fetch = (path, how) => this.fetch(path, how);
  }

  invite(code) {
    this.codes.set(code, undefined);
    return code;
  }

  async fetch(path, { body }) {
    this.sent.push({ path, body });
    let own;
    const work = () => (own ??= this.answer(path, body));
    const { status, type, body: text } = (await this.change?.(path, work)) || work();
    return new Response(text, { status, headers: { 'Content-Type': type, Date: new Date(Date.now()).toUTCString() } });
  }

  answer(path, body) {
    const at = Number(/\d+$/.exec(path)?.[0]);
    if (path === '/v1/panel') return json(200, { id: 'unit', title: { nl: 'Unit' }, rounds: [], questionnaires: [] });
    if (path === '/v1/actions') return json(200, { actions: [] });
    if (path === '/v1/follow-ups') return json(200, []);
    if (path === '/log/key') return plain(this.log.verifier);
    if (path === '/log/checkpoint') return plain(this.log.checkpoint());
    if (path.startsWith('/log/tile/0/000')) return { ...plain(Buffer.concat(this.log.leaves)), type: 'application/octet-stream' };
    if (path.startsWith('/v1/receipts/')) return plain(this.log.receipt(at));
    return this[{ '/v1/members': 'enrol', '/v1/responses': 'take', '/v1/access': 'access', '/v1/erasures': 'erase' }[path]](body);
  }

  append(jws) {
    const [{ kid }, claims] = jws.split('.').slice(0, 2).map(read);
    this.log.leaves.push(leafHash(jws));
    return this.entries.push({ index: this.entries.length, kid, claims, jws, state: 'kept' }) - 1;
  }

  accepted(status, index, more) {
    return json(status, { ...more, index, receipt: this.log.receipt(index) });
  }

  enrol(jws) {
    const [{ kid }, { invitation }] = jws.split('.').slice(0, 2).map(read);
    const before = this.entries.find((entry) => entry.kid === kid && entry.claims.invitation);
    if (before?.claims.invitation === invitation) return this.accepted(200, before.index, { kid });
    if (before || !this.codes.has(invitation) || this.codes.get(invitation)) return problem(403, 'invitation-refused');
    this.codes.set(invitation, kid);
    return this.accepted(201, this.append(jws), { kid });
  }

  take(jws) {
    const [{ kid }, claims] = jws.split('.').slice(0, 2).map(read);
    if (claims.iat > Date.now() / 1000 + 300) return problem(400, 'invalid-response', { errors: [{ pointer: '/iat', detail: 'x' }] });
    const current = this.entries.filter((one) => one.kid === kid && one.claims.round === claims.round && one.claims.action === claims.action).at(-1);
    if (current?.jws === jws) return this.accepted(200, current.index);
    if (current?.claims.revision >= claims.revision) return problem(409, 'stale-revision', { currentRevision: current.claims.revision });
    return this.accepted(201, this.append(jws));
  }

  isMember(kid) {
    return this.entries.some((entry) => entry.kid === kid && entry.claims.invitation);
  }

  // Of the log it has the request alone, without the event that tells what was erased.
  erase(jws) {
    const [{ kid }, { scope, iat }] = jws.split('.').slice(0, 2).map(read);
    const before = this.entries.find((entry) => entry.jws === jws);
    const isMeant = ({ claims }) => scope === 'everything' || (claims.round === scope.round && claims.action === scope.action);
    const meant = this.entries.filter((entry) => entry.kid === kid && !entry.claims.scope && isMeant(entry));
    if (before) return this.accepted(200, before.index, { erased: before.erased });
    if (!this.isMember(kid)) return problem(401, 'not-verified');
    if (Math.abs(Date.now() / 1000 - iat) > 300) return problem(400, 'invalid-claims');
    if (meant.length === 0) return problem(404, 'nothing-to-erase');
    const erased = meant.map(({ index }) => index);
    for (const entry of meant) Object.assign(entry, { kid: undefined, claims: {} });
    const index = this.append(jws);
    this.entries[index].erased = erased;
    return this.accepted(201, index, { erased });
  }

  access(jws) {
    const { kid } = read(jws.split('.')[0]);
    if (!this.isMember(kid)) return problem(401, 'not-verified');
    const entries = this.entries.filter((entry) => entry.kid === kid);
    return json(200, { kid, enrolment: { index: entries[0].index }, entries, erased: [] });
  }
}


// The device with nothing on it, as a page finds it at its start, and a collector that it has not met.
export async function freshDevice() {
  const [{ clock }, store, member] = await Promise.all(['collector', 'store', 'member'].map((name) => import(`../../../web/js/${name}.js`)));
  memory.full = [];
  clock.ahead = 0;
  const collector = new Collector();
  await store.wipe();
  await member.reload();
  return collector;
}
