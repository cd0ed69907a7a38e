// Stands between a collector and its PostgreSQL, reads the types of the messages that pass
// (https://www.postgresql.org/docs/current/protocol-message-formats.html), and cuts a connection at exactly one of them: when a transaction
// that appends to the log is being committed. What the server was sent by then it has dealt with before the collector sees the cut.
import { once } from 'node:events';
import net from 'node:net';
import { join } from 'node:path';

const COMMIT = 'COMMIT';
const BARRIER = /^SELECT pg_logical_emit_message/;
const IDLE = 'I'.charCodeAt(0); // how the server tells that no transaction is under way
const APPEND = /^INSERT INTO entry /;

export const CUTS = {
  'before COMMIT is passed on': { to: (sql) => sql === COMMIT },
  'between COMMIT and the barrier': { to: (sql) => BARRIER.test(sql) },
  'after COMMIT was done, before that is passed on': { from: (tag, state) => tag === COMMIT && state.committing },
  'after the barrier was passed, before that is told': { from: (tag, state) => state.committed },
};

const textAt = (bytes, at) => bytes.toString('utf8', at, bytes.indexOf(0, at));

// Whole messages out of a stream; the first of a client has no type.
class Messages {
  constructor(hasStartup) {
    this.hasStartup = hasStartup;
    this.rest = Buffer.alloc(0);
  }

  *take(bytes) {
    this.rest = Buffer.concat([this.rest, bytes]);
    for (;;) {
      const head = this.hasStartup ? 0 : 1;
      if (this.rest.length < head + 4) return;
      const end = head + this.rest.readUInt32BE(head);
      if (this.rest.length < end) return;
      const message = this.rest.subarray(0, end);
      this.rest = this.rest.subarray(end);
      yield { type: this.hasStartup ? '' : String.fromCharCode(message[0]), bytes: message };
      this.hasStartup = false;
    }
  }
}

class Connection {
  constructor(cutter, client) {
    this.cutter = cutter;
    this.client = client;
    this.server = net.connect(cutter.path);
    this.statements = new Map(); // name → SQL
    this.state = {};
    this.toServer = new Messages(true);
    this.toClient = new Messages(false);
    client.on('data', (bytes) => this.#pass(this.toServer.take(bytes), this.server, (message) => this.#isCutTo(message)));
    this.server.on('data', (bytes) => this.#pass(this.toClient.take(bytes), client, (message) => this.#isCutFrom(message)));
    for (const [from, to] of [[client, this.server], [this.server, client]]) {
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  }

  #pass(messages, to, isCut) {
    for (const message of messages) {
      if (this.cut) return;
      if (isCut(message)) return this.#cutHere();
      to.write(message.bytes);
    }
  }

  // The server deals with all that it was sent before it closes; then the client is told.
  async #cutHere() {
    this.cut = true;
    this.client.pause();
    this.server.end();
    this.server.resume();
    if (!this.server.closed) await once(this.server, 'close');
    this.client.destroy();
    this.cutter.done();
  }

  #isCutTo({ type, bytes }) {
    if (type === 'P') this.statements.set(textAt(bytes, 5), textAt(bytes, 5 + Buffer.byteLength(textAt(bytes, 5)) + 1));
    if (type !== 'B') return false;
    const sql = this.statements.get(textAt(bytes, bytes.indexOf(0, 5) + 1));
    if (sql.startsWith('BEGIN')) this.state = {};
    if (APPEND.test(sql)) this.state.appends = true;
    const cut = this.state.appends && this.cutter.armed?.to?.(sql);
    if (sql === COMMIT) this.state.committing = this.state.appends;
    return cut;
  }

  #isCutFrom({ type, bytes }) {
    if (type === 'Z' && bytes[5] === IDLE) this.state = {};
    if (type !== 'C') return false;
    const tag = textAt(bytes, 5);
    const cut = this.state.appends && this.cutter.armed?.from?.(tag, this.state);
    if (tag === COMMIT) this.state.committed = this.state.committing;
    return cut;
  }
}

export class Cutter {
  constructor(folder) {
    this.path = join(folder, '.s.PGSQL.5432');
    this.sockets = new Set();
    this.server = net.createServer((client) => {
      this.sockets.add(client);
      client.on('close', () => this.sockets.delete(client));
      new Connection(this, client);
    });
  }

  async start() {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address();
    return `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable&gssencmode=disable`;
  }

  // Cuts the next commit there. The promise is kept when that was done.
  arm(cut) {
    this.armed = cut;
    return new Promise((resolve) => (this.done = () => resolve((this.armed = undefined))));
  }

  stop() {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}
