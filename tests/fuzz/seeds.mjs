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
