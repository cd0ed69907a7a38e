// What no well-behaved library can send.
import net from 'node:net';
import tls from 'node:tls';
import { TRUST } from './http.mjs';
import { slow } from './poll.mjs';

export const address = (url) => ({ host: new URL(url).hostname.replace(/^\[|\]$/g, ''), port: Number(new URL(url).port) });

// A socket to the collector, in TLS where its address says so.
export function connect(url, options = {}) {
  return url.startsWith('https:') ? tls.connect({ ...TRUST, ...address(url), ...options }) : net.connect({ ...address(url), ...options });
}

// Sends the bytes (text: one a character) and gives all that comes back until the other ends the connection; `seconds` at most.
export function raw(url, bytes, seconds = 20) {
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = connect(url);
    socket.write(Buffer.from(bytes, 'latin1'));
    const timer = setTimeout(() => {
      reject(new Error(`the connection stays open: ${JSON.stringify(got.slice(0, 300))}`));
      socket.destroy();
    }, seconds * 1000);
    socket.on('data', (part) => (got += part.toString('latin1')));
    socket.on('error', (error) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(got);
    });
  });
}

// The statuses of all answers in what came back, wherever one stands.
export const statuses = (got) => [...got.matchAll(/HTTP\/1\.1 (\d{3}) [A-Z]/g)].map((match) => Number(match[1]));

// A connection of its own that stays open.
export class Connection {
  constructor(url, options) {
    this.got = '';
    this.socket = connect(url, options);
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      this.heard?.();
    });
    this.socket.on('data', (part) => {
      this.got += part.toString('latin1');
      this.heard?.();
    });
  }

  // Gives what came back by when an answer's head was whole, or the end.
  ask(bytes) {
    this.got = '';
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer came')), 10_000 * slow);
      this.heard = () => {
        if (!this.closed && !this.got.includes('\r\n\r\n')) return;
        this.heard = undefined;
        clearTimeout(timer);
        resolve(this.got);
      };
      this.socket.write(Buffer.from(bytes, 'latin1'));
      this.heard();
    });
  }

  get(path) {
    return this.ask(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  }
}
