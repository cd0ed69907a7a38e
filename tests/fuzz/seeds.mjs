// Writes good envelopes and payloads as seeds, so that fuzzing begins where a parser gets interesting.
// Usage: node tests/fuzz/seeds.mjs FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
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
