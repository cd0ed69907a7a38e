// Stands between a program and a collector, and may change what the collector answers: for a collector that lies.
import http from 'node:http';
import { request } from './http.mjs';

export class Proxy {
  // `change(path, answer)` gets {status, headers, bytes} and gives back what is to be answered; unset, all goes through as it is.
  constructor(collector) {
    this.collector = collector;
    this.paths = [];
    this.server = http.createServer((req, res) => this.#pass(req, res));
  }

  async start() {
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this.url;
  }

  stop() {
    this.server.closeAllConnections?.();
    return new Promise((done) => this.server.close(done));
  }

  async #pass(req, res) {
    const parts = [];
    for await (const part of req) parts.push(part);
    const body = parts.length > 0 ? Buffer.concat(parts) : undefined;
    const { host, connection, 'transfer-encoding': encoding, 'content-length': length, ...headers } = req.headers;
    this.paths.push({ path: req.url, headers: req.headers });
    try {
      let answer = await request(this.collector.url, req.url, { method: req.method, headers, body });
      if (this.change) answer = this.change(req.url, answer) ?? answer;
      const { connection: ignored, 'content-length': old, ...passed } = answer.headers;
      res.writeHead(answer.status, { ...passed, 'Content-Length': answer.bytes.length });
      res.end(answer.bytes);
    } catch {
      res.destroy();
    }
  }
}

// The same answer with another body.
export const withText = (answer, text) => ({ ...answer, bytes: Buffer.from(text) });
