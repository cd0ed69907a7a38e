// Goal: a request's head is taken as RFC 9112 has it or refused, with one answer, and nothing behind a refused one is ever looked at: no two readers can take
// the same bytes for different requests.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertUnharmed, insist, start } from './lib/crowd.mjs';
import { request } from './lib/http.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { Connection, raw, statuses } from './lib/raw.mjs';

let collector;
before(async () => {
  collector = await ready('heads');
});
after(() => collector?.stop());

const HOST = 'Host: a\r\n';
const TYPE = 'Content-Type: application/jose\r\n';
const post = (fields, body = '') => `POST /v1/responses HTTP/1.1\r\n${HOST}${TYPE}${fields}\r\n${body}`;
const get = (fields = HOST, target = '/v1/panel', version = 'HTTP/1.1', method = 'GET') =>
  `${method} ${target} ${version}\r\n${fields}\r\n`;
const SECOND = get(); // that must never be answered behind a refused head

// What, the bytes, the status.
const refused = [
  ['two lengths that differ', post('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello!'), 400],
  ['two lengths that agree', post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), 400],
  ['a list of lengths', post('Content-Length: 5, 5\r\n', 'hello'), 400],
  ['a length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['chunks and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'), 400],
  ['a negative length', post('Content-Length: -5\r\n'), 400],
  ['a length with a plus', post('Content-Length: +5\r\n', 'hello'), 400],
  ['a hexadecimal length', post('Content-Length: 0x5\r\n', 'hello'), 400],
  ['a length with a blank in it', post('Content-Length: 1 0\r\n', 'hello'), 400],
  ['an empty length', post('Content-Length:\r\n'), 400],
  ['a length beyond 64 bits', post('Content-Length: 18446744073709551621\r\n', 'hello'), 413],
  ['chunks', post('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'), 411],
  ['a chunk whose line never ends', post('Transfer-Encoding: chunked\r\n', `3;${'x'.repeat(5000)}`), 411],
  ['another transfer coding', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), 501],
  ['a coding that looks like chunked', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'), 501],
  ['chunked with a vertical tab', post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n'), 400],
  ['chunked in two lines', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 501],
  ['chunks in HTTP/1.0', `POST /v1/responses HTTP/1.0\r\n${HOST}${TYPE}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a blank before the colon of a length', post('Content-Length : 5\r\n', 'hello'), 400],
  ['a blank before the colon of Host', get('Host : a\r\n'), 400],
  ['a tab before a colon', get(`${HOST}X\t: y\r\n`), 400],
  ['no Host', get(''), 400],
  ['two Hosts', get('Host: a\r\nHost: b\r\n'), 400],
  ['the same Host twice', get('Host: a\r\nHost: a\r\n'), 400],
  ['a Host with a blank', get('Host: a b\r\n'), 400],
  ['a Host with a path', get('Host: a/b\r\n'), 400],
  ['two media types', post(`${TYPE}Content-Length: 5\r\n`, 'hello'), 400],
  ['two authorisations', get(`${HOST}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n`), 400],
  ['lines that end in a line feed alone', 'GET /v1/panel HTTP/1.1\nHost: a\n\n', 400],
  ['one line that does', 'GET /v1/panel HTTP/1.1\r\nHost: a\nX: y\r\n\r\n', 400],
  ['an empty line that does', 'GET /v1/panel HTTP/1.1\r\nHost: a\r\n\n', 400],
  ['a carriage return within a line', get(`${HOST}X: a\rContent-Length: 5\r\n`), 400],
  ['a folded line', get(`${HOST}X: a\r\n b\r\n`), 400],
  ['a line folded with a tab', get(`${HOST}X: a\r\n\tb\r\n`), 400],
  ['a blank before the first field', get(` X: y\r\n${HOST}`), 400],
  ['a NUL in a value', get(`${HOST}X: a\0b\r\n`), 400],
  ['a NUL in a name', get(`${HOST}X\0: b\r\n`), 400],
  ['a NUL in the target', get(HOST, '/v1/panel\0x'), 400],
  ['another control character in a value', get(`${HOST}X: a\x01b\r\n`), 400],
  ['a control character in the target', get(HOST, '/v1/panel\x01'), 400],
  ['a byte above 127 in the target', get(HOST, '/v1/panel\xe9'), 400],
  ['a backslash in the target', get(HOST, '/v1\\panel'), 400],
  ['a fragment in the target', get(HOST, '/v1/panel#x'), 400],
  ['a percent sign that encodes nothing', get(HOST, '/v1/%zzpanel'), 400],
  ['a percent sign at the end', get(HOST, '/v1/panel%4'), 400],
  ['a NUL in the query', get(HOST, '/v1/panel?x=a%00b'), 400],
  ['a field without a name', get(`${HOST}: x\r\n`), 400],
  ['a field without a colon', get(`${HOST}nonsense\r\n`), 400],
  ['a name that is no token', get(`${HOST}X(y): z\r\n`), 400],
  ['two blanks in the request line', 'GET  /v1/panel HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['tabs in the request line', 'GET\t/v1/panel\tHTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['a blank at the end of the request line', 'GET /v1/panel HTTP/1.1 \r\nHost: a\r\n\r\n', 400],
  ['a blank before the request line', ' GET /v1/panel HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['a method that is no token', get(HOST, '/v1/panel', 'HTTP/1.1', 'G(T'), 400],
  ['no version', 'GET /v1/panel\r\nHost: a\r\n\r\n', 400],
  ['no target', 'GET\r\n\r\n', 400],
  ['nonsense', 'nonsense\r\n\r\n', 400],
  ['a version in lower case', get(HOST, '/v1/panel', 'http/1.1'), 400],
  ['version 1.10', get(HOST, '/v1/panel', 'HTTP/1.10'), 400],
  ['version 2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  ['version 9.9', get(HOST, '/v1/panel', 'HTTP/9.9'), 505],
  ['a target of no form', get(HOST, 'v1/panel'), 400],
  ['a target of another scheme', get(HOST, 'ftp://a/v1/panel'), 400],
  ['an absolute target without a host', get(HOST, 'http:///v1/panel'), 400],
  ['a target for a proxy', get(HOST, 'a:443', 'HTTP/1.1', 'CONNECT'), 400],
  ['an expectation that is not known', post('Expect: 200-maybe\r\nContent-Length: 5\r\n', 'hello'), 417],
  ['a head of more than 10 KiB', get(`${HOST}X: ${'y'.repeat(11_000)}\r\n`), 431],
  ['a request line of more than 10 KiB', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
  ['more than 64 fields', get(`${HOST}${'X: y\r\n'.repeat(64)}`), 431],
  ['fields without end', `GET /v1/panel HTTP/1.1\r\n${HOST}${'X: y\r\n'.repeat(20_000)}\r\n`, 431],
];

for (const [what, bytes, status] of refused)
  test(`refused: ${what}`, async () => {
    const got = await raw(collector.url, bytes + SECOND);
    assert.deepEqual(statuses(got), [status], got.slice(0, 300));
    assert.match(got, /^Connection: close\r$/m);
    assert.match(got, /^Content-Type: application\/problem\+json\r$/m);
    const problem = JSON.parse(got.slice(got.indexOf('\r\n\r\n') + 4));
    assert.equal(problem.status, status);
  });

test('it is refused as soon as it can be, and not at the end of a head that never comes', async () => {
  for (const bytes of ['GET /v1/panel HTTP/1.1\n', 'GET /v1/panel HTTP/1.1\r\nX: \0', `GET /${'x'.repeat(11_000)}`])
    assert.match(await raw(collector.url, bytes, 5), /^HTTP\/1\.1 4(00|31) /);
});

// Paths that decode to what another reader would take for one of ours.
for (const path of ['/v1/panel%00x', '/v1/panel%00', '/v1%2fpanel', '/v1/actions/..%2fpanel', '/v1/actions%2FWA-1.01', '/%00', '/v1/panel%0d%0aX'])
  test(`nothing is at ${path}`, async () => {
    assert.equal((await request(collector.url, path)).status, 404);
  });

const taken = [
  ['the absolute form', get(HOST, 'http://a/v1/panel'), 200],
  ['the absolute form of https, with a port', get(HOST, 'HTTPS://panel.example.nl:443/v1/panel'), 200],
  ['an absolute target of another host', get(HOST, 'http://b/v1/panel'), 200],
  ['an encoded letter', get(HOST, '/v1/%70anel'), 200],
  ['an empty line before the request', `\r\n${get()}`, 200],
  ['a value with bytes above 127', get(`${HOST}X: \xe9\r\n`), 200],
  ['a value without blank, and one with many', get('Host:a\r\nX: \t y \t \r\n'), 200],
  ['an empty value', get(`${HOST}X:\r\n`), 200],
  ['an empty Host', get('Host:\r\n'), 200],
  ['names in any case', get('hOST: a\r\n'), 200],
  ['64 fields', get(`${HOST}${'X: y\r\n'.repeat(63)}`), 200],
  ['OPTIONS of the whole', get(HOST, '*', 'HTTP/1.1', 'OPTIONS'), 404],
  ['a later version 1', get(HOST, '/v1/panel', 'HTTP/1.9'), 200],
];

for (const [what, bytes, status] of taken)
  test(`taken: ${what}`, async () => {
    const connection = new Connection(collector.url);
    const got = await connection.ask(bytes);
    assert.deepEqual(statuses(got), [status], got.slice(0, 300));
    assert.match(await connection.get('/healthz'), /^HTTP\/1\.1 200 /, 'the connection goes on');
    connection.socket.destroy();
  });

test('HTTP/1.0 needs no Host, and ends with its answer', async () => {
  const got = await raw(collector.url, get('', '/v1/panel', 'HTTP/1.0'));
  assert.deepEqual(statuses(got), [200]);
  assert.match(got, /\r\nConnection: close\r\n/);
});

test('HEAD has no body, whatever is wrong with the rest of it', async () => {
  for (const [bytes, status] of [[get('', '/v1/panel', 'HTTP/1.1', 'HEAD'), 400], [get(`${HOST}Expect: x\r\n`, '/v1/panel', 'HTTP/1.1', 'HEAD'), 417]]) {
    const got = await raw(collector.url, bytes);
    assert.deepEqual(statuses(got), [status]);
    assert.ok(got.endsWith('\r\n\r\n'), got);
  }
});

test('requests that come together are answered in order', async () => {
  const three = get(HOST, '/healthz') + post('Content-Length: 5\r\n', 'hello') + get(`${HOST}Connection: close\r\n`, '/v1/nothing');
  assert.deepEqual(statuses(await raw(collector.url, three)), [200, 400, 404]);
});

test('a head that comes byte by byte is one', async () => {
  const connection = new Connection(collector.url);
  for (const byte of `\r\n${get(HOST, '/healthz')}`.slice(0, -1)) {
    connection.socket.write(byte);
    await new Promise(setImmediate);
  }
  assert.match(await connection.ask('\n'), /^HTTP\/1\.1 200 /);
  connection.socket.destroy();
});

test('a body that is waited for is asked for, and comes after it', async () => {
  const connection = new Connection(collector.url);
  assert.equal(await connection.ask(post('Expect: 100-continue\r\nContent-Length: 5\r\n')), 'HTTP/1.1 100 Continue\r\n\r\n');
  assert.match(await connection.ask('hello'), /^HTTP\/1\.1 400 /);
  connection.socket.destroy();
  // One that would be refused is refused unasked.
  const got = await raw(collector.url, post('Expect: 100-continue\r\nContent-Length: 50000\r\n'));
  assert.deepEqual(statuses(got), [413]);
});

test('an end that comes with a part of a head ends the connection at once', async () => {
  const connection = new Connection(collector.url);
  await new Promise((resolve) => connection.socket.once('connect', resolve));
  await new Promise((resolve) => connection.socket.end('GET /v1/panel HTT', resolve));
  const begun = Date.now();
  await new Promise((resolve) => (connection.closed ? resolve() : connection.socket.once('close', resolve)));
  assert.equal(connection.got, '');
  assert.ok(Date.now() - begun < 5000, 'long before a head would be too late');
});

test('a crowd that sends nothing but such heads keeps nobody waiting', async (t) => {
  const all = await start(t, 'heads');
  const texts = refused.map(([, bytes]) => Buffer.from(bytes + SECOND, 'latin1'));
  const many = insist(all.collector, 32, texts);
  await poll('each to be refused many times', 30, () => many.sum() > 4 * texts.length);
  await assertUnharmed(all);
  await many.end();
  // What is sent behind the end of a connection may undo the answer on its way.
  assert.deepEqual(new Set(Object.keys(many.given()).map(Number)), new Set(refused.map(([, , status]) => status)));
});
