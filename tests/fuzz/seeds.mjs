// Writes what is right, or nearly, as seeds, so that fuzzing begins where a parser gets interesting: what members sign, and what
// fixtures and vectors hold in other forms than a file each.
// Usage: node tests/fuzz/seeds.mjs FOLDER
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Key, Member, newCode } from '../e2e/lib/member.mjs';

const put = (folder, name, text) => {
  mkdirSync(join(process.argv[2], folder), { recursive: true });
  writeFileSync(join(process.argv[2], folder, name), text);
};

const seed = Buffer.alloc(32);
seed[0] = 1; // the key that fuzz_jws verifies under
const member = new Member('wau', new Key(seed));
const answers = [
  { importance: 4, noticed: 'no' },
  { importance: 1, noticed: 'yes', satisfaction: 5, channels: ['app', 'website'], comment: 'Zo is het. \u{1F642}' },
  { importance: 9, noticed: 'maybe', channels: ['fax'], comment: '', other: 1 },
];
for (const [i, a] of answers.entries()) {
  put('jws', `response-${i}`, member.response('round-1', 'WA-1.01', a, { iat: 1780000000 }));
  put('response', `response-${i}`, JSON.stringify(member.claims('round-1', 'WA-1.01', a, { iat: 1780000000 })));
}
const enrolment = member.enrolment(newCode());
put('jws', 'enrolment', enrolment);
put('enrolment', 'claims', Buffer.from(enrolment.split('.')[1], 'base64url'));
put('enrolment', 'code', newCode());
put('enrolment', 'typed', newCode().toLowerCase().replaceAll('-', ''));
const heads = [
  'GET /v1/panel HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET http://a.example:80/v1/rounds/round%2D1/summary?profile=excel-nl&exact=true HTTP/1.1\r\nHost: a\r\nAccept: text/csv;q=0.3\r\nAuthorization: Bearer bp_x\r\n\r\n',
  'POST /v1/responses HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Type: application/jose\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\nhello',
  'POST /v1/responses HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'OPTIONS * HTTP/1.0\r\n\r\n',
];
for (const [i, head] of heads.entries()) put('head', `head-${i}`, head);
const texts = { nl: 'Het loket gaat in mei open.', en: 'The counter opens in May.' };
put('follow_up', 'request', JSON.stringify({ round: 'round-1', status: 'doing', text: texts, replaces: 12 }));
put('follow_up', 'document', JSON.stringify({ action: 'A-1', round: null, status: 'notDone', text: { nl: 'Nee. \u{1F642}' } }));

// Every text in the vectors that is a JWS or a note, by what it is.
const payloads = { 'panel-event+jws': 'event', 'panel-erase+jws': 'own_data', 'panel-access+jws': 'own_data', 'panel-response+jws': 'response' };
let count = 0;
const putText = (text) => {
  if (/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text) && text.length > 60) {
    const [header, payload] = text.split('.').map((part) => Buffer.from(part, 'base64url'));
    const typ = /"typ":"([^"]*)"/.exec(header)?.[1];
    put('jws', `vector-${count}`, text);
    if (payloads[typ]) put(payloads[typ], `vector-${count}`, payload);
  } else if (text.startsWith('c2sp.org/tlog-proof@v1\n')) put('receipt', `vector-${count}`, text);
  else if (/\n\n\u2014 /.test(text)) put('note', `vector-${count}`, text);
  else if (/^[^ +]+\+[0-9a-f]{8}\+/.test(text)) put('note', `key-${count}`, text);
  else if (/^[0-9A-Z]{7}(-[0-9A-Z]+){3}$/.test(text)) put('recovery', `vector-${count}`, text);
  count++;
};
const walk = (value) => {
  if (typeof value === 'string') putText(value);
  else if (value && typeof value === 'object') Object.values(value).forEach(walk);
};
const vectors = (path) => join('tests/vectors', path);
for (const file of ['protocol2/log2.json', 'protocol2/erasure.json', 'protocol2/recovery.json', 'signed-note/signed_notes.json'])
  walk(JSON.parse(readFileSync(vectors(file))));
for (const folder of ['c2sp', 'tessera-testlog'])
  for (const file of readdirSync(vectors(folder)).filter((name) => /^checkpoint|txt$/.test(name))) {
    const text = readFileSync(vectors(`${folder}/${file}`));
    put(text.includes('tlog-proof') ? 'receipt' : 'note', file, text);
  }
put('own_data', 'access', JSON.stringify({ aud: 'wau', iat: 1780000000, jti: 'AAAAAAAAAAAAAAAAAAAAAA', jwk: member.key.jwk }));
put('receipt', 'tree-of-7', Buffer.from([3, 1, 4, 1, 5, 9, 2]));

const proof = `index 2\n${'A'.repeat(43)}=\n\nexample.com/log\n5\n${'B'.repeat(42)}A=\n\n\u2014 example.com/log Az3grlgt${'A'.repeat(88)}\n`;
put('receipt', 'plain', `c2sp.org/tlog-proof@v1\n${proof}`);
['tile/0/000', 'tile/7/x001/x234/067', 'tile/1/999.p/255', 'tile/63/x018/x446/x744/x073/x709/x551/615', 'tile/entries/000'].forEach((path, i) =>
  put('tile', `path-${i}`, path));
['2026-06-01T00:00:00Z', '2026-06-30T23:59:60.5+01:00', '-9223372036854775808', '18446744073709551615', 'a\u202eb\u0007\u00e9'].forEach((text, i) =>
  put('text', `text-${i}`, text));
['text/csv;q=0.4, application/json;q=0.5', '*/*;q=1, text/csv;q=0', 'gzip;q=0, *', '"a", W/"tag"', 'return="minimal"; x', 'application/jose; a=b'].forEach((text, i) =>
  put('negotiate', `value-${i}`, text));

const senders = ['0203.0.113.9, 10.0.0.2', '02001:db8::1, 192.0.2.1:80', '1for="[2001:db8::1]:80";proto=https, for=10.0.0.2', '1by=a;for="x, y', '0192.0.2.0/24 2001:db8::/32'];
senders.forEach((text, i) => put('forwarded', `said-${i}`, text));

const note = readFileSync(vectors('tessera-testlog/checkpoint'), 'utf8');
const said = `burgerpanel-backup 1\nprogram 0.1.0\ntaken 2026-06-01T00:00:00Z\nbytes 8192\nsize 3\nroot ${'A'.repeat(43)}\nlog a+00000000+b\noperator ${'B'.repeat(43)}\nlog-key a.key\noperator-key b.key\ncheckpoint\n${note}`;
put('backup', 'whole', said);
put('backup', 'newer', said.replace('backup 1', 'backup 2'));
put('backup', 'bare', said.replace(/checkpoint\n[^]*/, 'checkpoint\n'));

const config = `; what runs here
[collector]
store = sqlite:/var/lib/a.db
listen = [::1]:8080
log_level = warning
threads = 2
metrics_listen = 9464
security_contact = mailto:a@b.example
security_expires = 2027-01-01T00:00:00Z
web_phone = 0800 1351
`;
put('config', 'whole', config);
put('config', 'crlf', config.replaceAll('\n', '\r\n'));
put('theme', 'names', ':root{--a:#123;--b:url(/x.svg)}@media (min-width:1px){a{--c:"}"}}@font-face{font-family:a;src:url("/a.woff2")}/* x */');
put('page', 'marks', '<html data-x="@RELEASE@">@IMPORTMAP citizen@@CONTACT@ @PRIVACY@ @ACCESSIBILITY@ @INTEGRITY style.css@ @MANIFEST@');
put('page', 'manifest', `${'A'.repeat(43)} index.html\n${'A'.repeat(43)} js/key.js\n`);

// Rows of the example, with revisions and without, and both files in one.
const rows = readFileSync('fixtures/responses.csv', 'utf8').split('\n');
const few = rows.filter((row, i) => i === 0 || /^[12],/.test(row)).slice(0, 12).join('\n');
put('batch', 'example', few);
put('batch', 'without-revisions', few.split('\n').map((row) => row.split(',').filter((_, i) => i !== 2).join(',')).join('\n'));
put('batch', 'both', `member,code\n1,${newCode()}\n2,${newCode()}\n\0${few}`);

// Stories: [kind | action << 3 | members << 4, first member, answers, more answers] a step; 6 erases, 7 makes a release.
const step = (kind, action, members, first, a = 0, d = 0) => [kind | (action << 3) | ((members - 1) << 4), first, a, d];
put('release', 'twice', Buffer.from([step(0, 0, 16, 0, 5, 7), step(7, 0, 1, 0), step(1, 0, 8, 16, 14, 12), step(0, 0, 6, 0, 1), step(7, 0, 1, 0)].flat()));
put('release', 'erased', Buffer.from([step(1, 1, 16, 0, 20, 7), step(7, 0, 1, 0), step(6, 1, 5, 2), step(0, 1, 5, 2, 3), step(0, 1, 8, 16, 9), step(7, 0, 1, 0), step(7, 0, 1, 0)].flat()));

// Connections, as fuzz_http has them: a byte for the pieces, then requests in which what is signed and counted is only named.
const iat = 1780272000;
const jti = (i) => Buffer.alloc(16, i).toString('base64url');
const jose = (path, sign) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/jose\r\nContent-Length: \x03\r\n\r\n${sign}\x04`;
const get = (path, fields = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
const signed = (kind, who, claims) => `\x01${kind}${String.fromCharCode(48 + who)}${JSON.stringify(claims)}\x02`;
const response = (who, action, revision, change = {}) =>
  signed('R', who, { aud: 'wau', round: 'round-1', action, revision, iat, jti: jti(revision), answers: { importance: 4, noticed: 'no' }, ...change });
const known = (i) => {
  const key = new Key(createHash('sha256').update(Buffer.from([i, 0, 0, 0])).digest());
  const seed = createHash('sha256').update(Buffer.from([i, 0, 0, 0])).digest();
  return { jwk: key.jwk, code: newCode(createHash('sha256').update(seed).digest().subarray(0, 16)) };
};
const bearer = 'Authorization: Bearer \x05\r\n';
const table = '/v1/rounds/round-1';
const talks = {
  respond: jose('/v1/responses', response(0, 'WA-1.01', 1)),
  revise: jose('/v1/responses', response(1, 'WA-1.02', 2)) + jose('/v1/responses', response(1, 'WA-1.02', 2)) + jose('/v1/responses', response(1, 'WA-1.02', 1)),
  enrol: jose('/v1/members', signed('E', 12, { aud: 'wau', iat, jti: jti(1), jwk: known(12).jwk, invitation: known(12).code })) + jose('/v1/responses', response(12, 'WA-1.03', 1)),
  erase: jose('/v1/erasures', signed('X', 2, { aud: 'wau', iat, jti: jti(1), jwk: known(2).jwk, scope: { round: 'round-1', action: 'WA-1.02' } })),
  'erase-all': jose('/v1/erasures', signed('X', 3, { aud: 'wau', iat, jti: jti(2), jwk: known(3).jwk, scope: 'everything' })) + get('/v1/events'),
  access: jose('/v1/access', signed('A', 4, { aud: 'wau', iat, jti: jti(1), jwk: known(4).jwk })),
  batch: `POST /v1/response-batches HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nPrefer: return=minimal\r\nContent-Length: \x03\r\n\r\n"${response(5, 'WA-1.01', 1)}"\n"${response(5, 'WA-1.01', 2)}"\n"${response(6, 'no', 1)}"\nx\n\x04`,
  'follow-up': `POST /v1/actions/WA-1.02/follow-ups HTTP/1.1\r\nHost: a\r\n${bearer}Content-Type: application/json\r\nContent-Length: \x03\r\n\r\n{"round":"round-1","status":"doing","text":{"nl":"Het loopt."}}\x04` + get('/v1/follow-ups'),
  panel: get('/v1/panel', 'Accept-Encoding: gzip\r\n') + get('/v1/actions') + get('/v1/actions/WA-1.01') + get('/v1/actions/WA-1.01/history'),
  tables: get(`${table}/summary?profile=excel-nl`) + get(`${table}/options?exact=true`, bearer) + get(`${table}/questions`, 'Accept: application/json\r\n'),
  releases: get(`${table}/releases`) + get(`${table}/releases/1/summary.csv`) + get('/v1/trends?action=WA-1.02') + get('/v1/trends/metadata') + get(`${table}/summary/metadata`),
  log: get('/log/checkpoint') + get('/log/key') + get('/log/tile/0/000.p/27') + get('/v1/receipts/3') + get('/v1/entries?from=2&limit=2', bearer) + get('/v1/entries/5/state'),
  about: get('/v1/service') + get('/v1/token', bearer) + get('/v1/rounds') + get(table) + get('/healthz') + get('/v1/openapi.json', 'If-None-Match: *\r\n') + get('/v1/events?from=1&limit=3'),
  heads: 'HEAD /v1/panel HTTP/1.1\r\nHost: a\r\n\r\n' + `HEAD ${table}/summary HTTP/1.1\r\nHost: a\r\n\r\n`,
  old: 'GET /v1/entries HTTP/1.0\r\n\r\n',
  comments: get(`${table}/comments`, bearer) + get(`${table}/comments/metadata`, bearer),
  refused: 'POST /v1/responses HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc' + get('/nowhere') + 'DELETE /v1/panel HTTP/1.1\r\nHost: a\r\n\r\n',
};
Object.entries(talks).forEach(([name, text], i) => put('http', name, Buffer.concat([Buffer.from([i % 3 === 0 ? 0 : 7 * i]), Buffer.from(text)])));
