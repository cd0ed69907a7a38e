// HTTP requests with nothing done behind the test's back: no redirects, no added media type, bytes as they came.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

export const JOSE = 'application/jose';
export const NDJSON = 'application/x-ndjson';
export const PROBLEM = 'urn:burgerpanel:problem:';

// Whom a test trusts that connects over TLS; whose name the certificate bears is looked at where a test is about that.
export const TRUST = { ca: readFileSync('fixtures/tls/ca.pem'), checkServerIdentity: () => undefined };

// Many requests over few connections.
export const keepAlive = () => new http.Agent({ keepAlive: true, maxSockets: 8 });

export function request(base, path, { method = 'GET', headers = {}, body, agent } = {}) {
  return new Promise((resolve, reject) => {
    const url = new URL(base);
    const secure = url.protocol === 'https:';
    const options = { ...(secure ? TRUST : {}), host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port, path, method, headers: { ...headers }, agent: agent ?? false };
    if (body !== undefined && options.headers['Transfer-Encoding'] === undefined)
      options.headers['Content-Length'] = Buffer.byteLength(body);
    const req = (secure ? https : http).request(options, (res) => {
      const parts = [];
      res.on('data', (part) => parts.push(part));
      res.on('error', reject);
      res.on('end', () => {
        if (!res.complete) return reject(new Error('the answer broke off'));
        const bytes = Buffer.concat(parts);
        const text = bytes.toString();
        resolve({ secure, status: res.statusCode, headers: res.headers, bytes, text, json: () => JSON.parse(text) });
      });
    });
    req.setTimeout(120_000, () => req.destroy(new Error('no answer for two minutes')));
    req.on('error', reject);
    req.end(body);
  });
}

export const post = (base, path, body, type, more = {}) =>
  request(base, path, {
    method: 'POST',
    body,
    agent: more.agent,
    headers: { ...(type === undefined ? {} : { 'Content-Type': type }), ...more.headers },
  });

// What every answer bears, whatever it says (PROTOCOL 9).
export function assertHeaders(answer) {
  const h = answer.headers;
  assert.match(h['api-version'] ?? '', /^\d+\.\d+\.\d+$/, 'API-Version');
  assert.ok(h['cache-control'], 'Cache-Control');
  assert.equal(h['x-content-type-options'], 'nosniff');
  assert.equal(h['x-frame-options'], 'DENY');
  assert.match(h['content-security-policy'] ?? '', /frame-ancestors 'none'/);
  assert.equal(h['referrer-policy'], 'no-referrer');
  assert.equal(h['strict-transport-security'], answer.secure ? 'max-age=31536000' : undefined, 'over TLS alone');
}

// One problem object of RFC 9457, on its own or as a line of a batch.
export function assertProblemObject(problem, status, name) {
  assert.equal(problem.type, PROBLEM + name, `${problem.type}: ${problem.detail}`);
  assert.equal(problem.status, status);
  assert.equal(typeof problem.title, 'string');
  assert.notEqual(problem.title, '');
  assert.equal(typeof problem.detail, 'string');
  assert.notEqual(problem.detail, '');
}

export function assertProblem(answer, status, name) {
  assert.equal(answer.status, status, answer.text);
  assertHeaders(answer);
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const problem = answer.json();
  assertProblemObject(problem, status, name);
  return problem;
}

export function assertAccepted(answer, status = 201) {
  assert.equal(answer.status, status, answer.text);
  assertHeaders(answer);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
  const body = answer.json();
  assert.ok(Number.isSafeInteger(body.index) && body.index >= 0, answer.text);
  return body;
}
