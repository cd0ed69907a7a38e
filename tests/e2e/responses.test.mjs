// Goal: a single response is checked, accepted, replaced and refused as the table of PROTOCOL 5 says, in its order, over real HTTP.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccepted, assertHeaders, assertProblem, JOSE, post } from './lib/http.mjs';
import { asListed, b64u, Key, Member, newJti, now } from './lib/member.mjs';
import { ACTION, good, panelOfRounds, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';

const AUD = 'wau';
const TYP = 'panel-response+jws';
let collector;
let codes;
let closes; // when round `closing` does
before(async () => {
  closes = now() + 12;
  collector = await ready('responses', {
    panel: panelOfRounds([{ id: 'closing', opens: now() - 3600, closes }]),
    codes: 40,
  });
  codes = [...collector.codes];
});
after(() => collector?.stop());

const send = (body, headers = {}) => post(collector.url, '/v1/responses', body, JOSE, { headers });
async function enrolled() {
  const member = new Member(AUD);
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(codes.pop()), JOSE));
  return member;
}

// First, since the clock runs: 8 before 9, and 9 before 10.
test('once a round has closed a replay still gets 200, anything else 409 round-not-open', async () => {
  const member = await enrolled();
  const first = member.response('closing', ACTION, good);
  const { index } = assertAccepted(await send(first));
  await poll('the round to close', 15, () => now() > closes);
  assert.equal(assertAccepted(await send(first), 200).index, index);
  for (const revision of [1, 2])
    assertProblem(await send(member.response('closing', ACTION, good, { revision })), 409, 'round-not-open');
});

test('a response gets 201 with its index, the same bytes again 200 with the same', async () => {
  const member = await enrolled();
  const text = member.response(ROUND, ACTION, good);
  const { index, replaced } = assertAccepted(await send(text));
  assert.equal(replaced, undefined);
  for (let i = 0; i < 3; i++) {
    const again = assertAccepted(await send(text), 200);
    assert.equal(again.index, index);
    assert.equal(again.replaced, undefined);
  }
});

test('indexes are handed out without a gap', async () => {
  const member = await enrolled();
  const first = assertAccepted(await send(member.response(ROUND, 'WA-1.02', good))).index;
  assertProblem(await send(member.response(ROUND, 'WA-1.03', {})), 400, 'invalid-response');
  assert.equal(assertAccepted(await send(member.response(ROUND, 'WA-1.03', good))).index, first + 1);
});

test('a higher revision replaces, and says what; replays and stale ones are told apart', async () => {
  const member = await enrolled();
  const one = member.response(ROUND, ACTION, good);
  const three = member.response(ROUND, ACTION, { importance: 1, noticed: 'unknown' }, { revision: 3 });
  const a = assertAccepted(await send(one));
  const b = assertAccepted(await send(three));
  assert.equal(b.replaced, a.index);
  const again = assertAccepted(await send(three), 200);
  assert.equal(again.index, b.index);
  assert.equal(again.replaced, a.index);
  const stale = [
    one,
    member.response(ROUND, ACTION, good, { revision: 2 }),
    member.response(ROUND, ACTION, good, { revision: 3 }),
    member.response(ROUND, ACTION, { importance: 1, noticed: 'unknown' }, { revision: 3 }),
  ];
  for (const text of stale) assert.equal(assertProblem(await send(text), 409, 'stale-revision').currentRevision, 3);
  const c = assertAccepted(await send(member.response(ROUND, ACTION, good, { revision: 2 ** 53 - 1 })));
  assert.equal(c.replaced, b.index);
});

test('the first response may have any revision; members, actions and rounds stand apart', async () => {
  const member = await enrolled();
  const other = await enrolled();
  assertAccepted(await send(member.response(ROUND, ACTION, good, { revision: 7 })));
  assert.equal(assertAccepted(await send(other.response(ROUND, ACTION, good))).replaced, undefined);
  assert.equal(assertAccepted(await send(member.response(ROUND, 'WA-1.02', good))).replaced, undefined);
  assert.equal(assertAccepted(await send(member.response('few', 'WA-1.02', good))).replaced, undefined);
});

test('answers of every type are accepted', async () => {
  const member = await enrolled();
  const answers = {
    importance: 5,
    noticed: 'yes',
    satisfaction: 1,
    channels: ['app', 'website'],
    comment: '\u{1F642}'.repeat(1999) + '"',
  };
  assertAccepted(await send(member.response(ROUND, ACTION, answers)));
  assertAccepted(await send(member.response(ROUND, 'WA-1.02', { ...good, channels: [] })));
});

test('alg EdDSA, another order of members, escapes and white space are fine', async () => {
  const member = await enrolled();
  const { kid } = member.key;
  const fine = [
    { header: { alg: 'EdDSA', kid, typ: TYP } },
    { header: { typ: TYP, kid, alg: 'Ed25519' } },
    { header: `{ "typ": "panel-response\\u002bjws",\n"kid": "${kid}", "alg": "Ed25519" }` },
  ];
  let revision = 0;
  for (const forge of fine)
    assertAccepted(await send(member.response(ROUND, ACTION, good, { revision: ++revision }, forge)));
});

// The payload padded with white space until the whole is `length` characters long.
function padded(member, change, length) {
  const claims = JSON.stringify(member.claims(ROUND, ACTION, good, change));
  const make = (n) => member.response('', '', {}, {}, { payload: claims + ' '.repeat(n) });
  let n = Math.floor(((length - make(0).length) * 3) / 4) - 4;
  while (make(n).length < length) n++;
  return make(n);
}

test('1: a body of 32 KiB is fine, one more is 413', async () => {
  const member = await enrolled();
  // A length of 1 modulo 4 can't come out of base64url; one of the two neighbours of 32 KiB always can.
  const fine = [0, 1].map((d) => padded(member, {}, 32 * 1024 - d)).find((t) => t.length <= 32 * 1024);
  assertAccepted(await send(fine));
  assertProblem(await send(padded(member, { revision: 2 }, 32 * 1024 + 1)), 413, 'too-large');
  assertProblem(await send('x'.repeat(100_000)), 413, 'too-large');
  const chunked = await send('x'.repeat(100_000), { 'Transfer-Encoding': 'chunked' });
  assert.equal(chunked.status, 411);
  assert.equal(chunked.json().type, 'about:blank');
});

test('1: any other media type is 415, whatever the body', async () => {
  const member = await enrolled();
  for (const type of ['application/json', 'application/jose+json', 'text/plain', 'application/x-ndjson', undefined])
    assertProblem(
      await post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good), type),
      415,
      'unsupported-media-type',
    );
  assertAccepted(await post(collector.url, '/v1/responses', member.response(ROUND, ACTION, good), 'Application/JOSE'));
});

test('2: what is no envelope is 400 malformed-envelope', async () => {
  const member = await enrolled();
  const { kid, jwk } = member.key;
  const alg = 'Ed25519';
  const fine = member.response(ROUND, ACTION, good);
  const [header, payload, signature] = fine.split('.');
  const headers = [
    { alg: 'none', kid, typ: TYP },
    { alg: 'HS256', kid, typ: TYP },
    { alg: 'ES256', kid, typ: TYP },
    { alg: 'ed25519', kid, typ: TYP },
    { alg, kid, typ: 'JWT' },
    { alg, kid, typ: 'panel-enrolment+jws' },
    { alg, kid },
    { alg, typ: TYP },
    { kid, typ: TYP },
    { alg, kid: 1, typ: TYP },
    { alg, kid: null, typ: TYP },
    { alg: [alg], kid, typ: TYP },
    { alg, kid, typ: TYP, crit: ['b64'], b64: false },
    { alg, kid, typ: TYP, crit: [] },
    { alg, kid, typ: TYP, b64: true },
    { alg, kid, typ: TYP, jwk },
    { alg, kid, typ: TYP, jku: 'https://example.invalid/' },
    { alg, kid, typ: TYP, x5c: [] },
    { alg, kid, typ: TYP, cty: 'json' },
    `{"alg":"${alg}","kid":"${kid}","typ":"${TYP}","typ":"${TYP}"}`,
    `{"alg":"${alg}","kid":"${kid}","typ":"${TYP}","\\u0074yp":"${TYP}"}`,
    `{"alg":"${alg}","kid":"${kid}","typ":"${TYP}"} x`,
    `\ufeff{"alg":"${alg}","kid":"${kid}","typ":"${TYP}"}`,
    `["${alg}"]`,
    'null',
    '',
    '{',
  ].map((h) => member.response(ROUND, ACTION, good, {}, { header: h }));
  const shapes = [
    '',
    '.',
    '..',
    `${header}.${payload}`,
    `${fine}.`,
    `.${fine}`,
    `${fine}.${signature}`,
    `${header}=.${payload}.${signature}`,
    `${header}.${payload}=.${signature}`,
    `${fine}==`,
    `${fine}\n`,
    ` ${fine}`,
    `${header}. ${payload}.${signature}`,
    `${header}.${payload}.${signature.slice(0, -1)}`,
    `${header}.${payload}+.${signature}`,
    `${header}.${payload}/.${signature}`,
    `${header}.${payload}\0.${signature}`,
    // The last character of 64 bytes carries four unused bits.
    `${header}.${payload}.${signature.slice(0, -1)}${{ A: 'B', Q: 'R', g: 'h', w: 'x' }[signature.at(-1)]}`,
    JSON.stringify({ protected: header, payload, signature }),
  ];
  for (const text of [...headers, ...shapes]) {
    const answer = await send(text);
    assertProblem(answer, 400, 'malformed-envelope');
  }
  // No bytes are written as 65 characters.
  const odd = b64u('x'.repeat(48)) + 'A';
  assertProblem(await send(member.response('', '', {}, {}, { payloadPart: odd })), 400, 'malformed-envelope');
});

test('3: unknown, revoked and wrongly signed get one and the same 401', async () => {
  const member = await enrolled();
  const fine = member.response(ROUND, ACTION, good);
  const [header, payload, signature] = fine.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const big = Buffer.from(bytes);
  let s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + L;
  for (let i = 32; i < 64; i++, s >>= 8n) big[i] = Number(s & 255n);
  const flipped = Buffer.from(bytes);
  flipped[3] ^= 1;
  const revoked = await enrolled();
  await collector.succeed('members', 'revoke', asListed(revoked.key.kid), '--reason', 'request');
  let revision = 0;
  await poll('the revocation to be noticed', 3, async () => {
    const answer = await send(revoked.response(ROUND, ACTION, good, { revision: ++revision }));
    return answer.status === 401;
  });
  const bad = [
    new Member(AUD).response(ROUND, ACTION, good),
    member.response(ROUND, ACTION, good, {}, { header: { alg: 'Ed25519', kid: 'abc', typ: TYP } }),
    member.response(ROUND, ACTION, good, {}, { header: { alg: 'Ed25519', kid: '', typ: TYP } }),
    member.response(ROUND, ACTION, good, {}, { header: { alg: 'Ed25519', kid: 'x'.repeat(43), typ: TYP } }),
    member.response(ROUND, ACTION, good, {}, { signer: new Key() }),
    `${header}.${payload}.${b64u(flipped)}`,
    `${header}.${payload}.${b64u(big)}`,
    `${header}.${payload}.${b64u(Buffer.alloc(64))}`,
    `${header}.${b64u(Buffer.from(payload, 'base64url').toString().replace('"importance":4', '"importance":5'))}.${signature}`,
    revoked.response(ROUND, 'WA-1.02', good),
  ];
  const answers = new Set();
  for (const text of bad) answers.add(JSON.stringify(assertProblem(await send(text), 401, 'not-verified')));
  assert.equal(answers.size, 1, [...answers].join('\n'));
  assertAccepted(await send(fine));
});

test('a signature of another length is refused', async () => {
  const member = await enrolled();
  for (const length of [0, 63, 65, 128]) {
    const answer = await send(member.response(ROUND, ACTION, good, {}, { signature: Buffer.alloc(length, 1) }));
    assertProblem(answer, answer.status, { 400: 'malformed-envelope', 401: 'not-verified' }[answer.status]);
  }
});

test('4: claims that are not exactly these, of the right types, are 400 invalid-claims', async () => {
  const member = await enrolled();
  const changes = [
    ...['aud', 'round', 'action', 'revision', 'iat', 'jti', 'answers'].map((name) => ({ [name]: undefined })),
    { extra: 'x' },
    { exp: now() + 60 },
    { sub: member.key.kid },
    { aud: [AUD] },
    { round: 1 },
    { action: null },
    { revision: 0 },
    { revision: -1 },
    { revision: '1' },
    { revision: 1.5 },
    { revision: true },
    { iat: String(now()) },
    { jti: '' },
    { jti: newJti().slice(1) },
    { jti: `${newJti()}A` },
    { jti: `${newJti().slice(0, -1)}B` }, // 16 bytes end in a character with four zero bits
    { jti: `${newJti().slice(0, -2)}+A` },
    { answers: [] },
    { answers: 'x' },
    { answers: null },
    { answers: { importance: { value: 4 } } },
    { answers: { importance: null } },
    { answers: { importance: true } },
    { answers: { importance: 4.5 } },
    { answers: { channels: [1] } },
    { answers: { channels: [['app']] } },
  ];
  for (const change of changes) {
    const answer = await send(member.response(ROUND, ACTION, good, change));
    assertProblem(answer, 400, 'invalid-claims');
  }
});

test('4: integers are written as integers within 2^53-1', async () => {
  const member = await enrolled();
  const claims = JSON.stringify(member.claims(ROUND, ACTION, good, { revision: 77 }));
  for (const number of ['1.0', '1e0', '-0', '9007199254740992', '01', '+1', '1E2', '18446744073709551617'])
    assertProblem(
      await send(member.response('', '', {}, {}, { payload: claims.replace(':77,', `:${number},`) })),
      400,
      'invalid-claims',
    );
});

test('4: JSON is strict', async () => {
  const member = await enrolled();
  const claims = JSON.stringify(member.claims(ROUND, ACTION, { ...good, comment: 'COMMENT' }));
  const deep = '['.repeat(17) + ']'.repeat(17);
  const bad = [
    `\ufeff${claims}`,
    `${claims}${claims}`,
    `${claims},`,
    claims.slice(0, -1),
    claims.replace('{"aud"', '{"aud":"x","aud"'),
    claims.replace('{"aud"', '{"\\u0061ud":"x","aud"'),
    claims.replace('"importance":4', '"importance":4,"importance":4'),
    claims.replace('COMMENT', '\\u0000'),
    claims.replace('COMMENT', '\0'),
    claims.replace('COMMENT', '\n'),
    claims.replace('COMMENT', '\\ud800'),
    claims.replace('COMMENT', '\\udc00\\ud800'),
    claims.replace('"COMMENT"', deep),
    claims.replace('"COMMENT"', "'x'"),
    `/**/${claims}`,
    Buffer.from(claims.replace('COMMENT', '\u00ff'), 'latin1'),
    Buffer.concat([Buffer.from(claims.slice(0, -2)), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(claims.slice(-2))]),
    '[]',
    '"x"',
    '1',
    ' ',
  ];
  for (const payload of bad) {
    const answer = await send(member.response('', '', {}, {}, { payload }));
    assertProblem(answer, 400, 'invalid-claims');
  }
});

// Change of claims and answers -> the pointers that must be named, and no others.
const INVALID = [
  ['another panel', { aud: 'other' }, {}, ['/aud']],
  ['an unknown round', { round: 'nope' }, {}, ['/round']],
  ['an unknown action', { action: 'nope' }, {}, ['/action']],
  ['an action that is not of the round', { round: 'few', action: 'WA-1.01' }, {}, ['/action']],
  ['an unknown question', {}, { other: 1 }, ['/answers/other']],
  ['a pointer that needs escapes', {}, { 'a/b~c': 1 }, ['/answers/a~1b~0c']],
  ['a scale above', {}, { importance: 6 }, ['/answers/importance']],
  ['a scale below', {}, { importance: 0 }, ['/answers/importance']],
  ['a scale as text', {}, { importance: '4' }, ['/answers/importance']],
  ['a scale as a list', {}, { importance: ['4'] }, ['/answers/importance']],
  ['a choice that is none', {}, { noticed: 'maybe' }, ['/answers/noticed']],
  ['a choice in capitals', {}, { noticed: 'No' }, ['/answers/noticed']],
  ['a choice as a list', {}, { noticed: ['no'] }, ['/answers/noticed']],
  ['a choice as a number', {}, { noticed: 1 }, ['/answers/noticed']],
  ['a multi as text', {}, { channels: 'app' }, ['/answers/channels']],
  ['a multi with an unknown value', {}, { channels: ['app', 'fax'] }, ['/answers/channels']],
  ['an empty text', {}, { comment: '' }, ['/answers/comment']],
  ['a text too long', {}, { comment: 'x'.repeat(2001) }, ['/answers/comment']],
  ['a text of code points too many', {}, { comment: '\u{1F642}'.repeat(2001) }, ['/answers/comment']],
  ['a text as a number', {}, { comment: 3 }, ['/answers/comment']],
  ['a required question left out', {}, { importance: undefined }, ['/answers/importance']],
  ['a required question whose when holds left out', {}, { noticed: 'yes' }, ['/answers/satisfaction']],
  ['an answer whose when fails', {}, { satisfaction: 3 }, ['/answers/satisfaction']],
  [
    'several faults at once',
    {},
    { importance: 9, noticed: 'maybe', comment: '', other: 1 },
    ['/answers/importance', '/answers/noticed', '/answers/comment', '/answers/other'],
  ],
];
for (const [name, change, answers, pointers] of INVALID) {
  test(`5, 6: ${name} is 400 invalid-response with its place`, async () => {
    const member = await enrolledOnce();
    const text = member.response(ROUND, ACTION, { ...good, ...answers }, change);
    const { errors } = assertProblem(await send(text), 400, 'invalid-response');
    assert.ok(Array.isArray(errors) && errors.length > 0);
    for (const error of errors) {
      assert.equal(typeof error.detail, 'string');
      assert.notEqual(error.detail, '');
      assert.ok(
        pointers.some((p) => error.pointer === p || error.pointer.startsWith(`${p}/`)),
        `${error.pointer}: ${error.detail}`,
      );
    }
    for (const pointer of pointers)
      assert.ok(
        errors.some((e) => e.pointer === pointer || e.pointer.startsWith(`${pointer}/`)),
        `${pointer} is not in ${JSON.stringify(errors)}`,
      );
  });
}
let once;
const enrolledOnce = () => (once ??= enrolled());

test('a value repeated in a multi is refused', async () => {
  const member = await enrolledOnce();
  const answer = await send(member.response(ROUND, ACTION, { ...good, channels: ['app', 'app'] }));
  assert.equal(answer.status, 400, answer.text);
  assert.match(answer.json().type, /:(invalid-claims|invalid-response)$/);
});

test('7: iat ahead of the clock or before the round opened is 400 invalid-response', async () => {
  const member = await enrolled();
  const bad = [
    [ROUND, now() + 330],
    [ROUND, now() + 10 ** 6],
    [ROUND, 0],
    [ROUND, 1767225599], // a second before round-1 opened
    ['later', now()],
    ['soon', now()],
    ['closed', now() - 3 * 86400],
    ['closed', now() + 330],
  ];
  for (const [round, iat] of bad) {
    const { errors } = assertProblem(await send(member.response(round, ACTION, good, { iat })), 400, 'invalid-response');
    assert.deepEqual([...new Set(errors.map((e) => e.pointer))], ['/iat']);
  }
  assertAccepted(await send(member.response(ROUND, ACTION, good, { iat: now() + 270 })));
  assertAccepted(await send(member.response(ROUND, 'WA-1.02', good, { iat: 1767225600 })));
});

test('9: a round that has closed or not opened yet is 409 round-not-open', async () => {
  const member = await enrolled();
  assertProblem(await send(member.response('closed', ACTION, good)), 409, 'round-not-open');
  assertProblem(await send(member.response('soon', ACTION, good, { iat: now() + 280 })), 409, 'round-not-open');
});

test('an earlier check speaks before a later one', async () => {
  const member = await enrolled();
  const stranger = new Member(AUD);
  const none = { alg: 'none', kid: stranger.key.kid, typ: TYP };
  // 2 before 3, 3 before 4, 4 before 5, 6 before 9, 7 before 9.
  assertProblem(await send(stranger.response(ROUND, ACTION, good, {}, { header: none })), 400, 'malformed-envelope');
  assertProblem(await send(stranger.response(ROUND, ACTION, good, {}, { payload: 'no JSON' })), 401, 'not-verified');
  assertProblem(await send(member.response(ROUND, ACTION, good, { aud: 'other', jti: 'x' })), 400, 'invalid-claims');
  assertProblem(await send(member.response('closed', ACTION, {})), 400, 'invalid-response');
  assertProblem(await send(member.response('closed', ACTION, good, { iat: now() + 330 })), 400, 'invalid-response');
  // 1 before 2 and 3.
  const big = stranger.response(ROUND, ACTION, { comment: 'x'.repeat(40_000) });
  assertProblem(await send(big), 413, 'too-large');
  assertProblem(await post(collector.url, '/v1/responses', 'x', 'text/plain'), 415, 'unsupported-media-type');
});

test('Prefer: return=minimal leaves the receipt out', async () => {
  const member = await enrolled();
  const answer = await send(member.response(ROUND, ACTION, good), { Prefer: 'return=minimal' });
  const body = assertAccepted(answer);
  assert.deepEqual(Object.keys(body), ['index']);
  assertHeaders(answer);
});

test('what was refused leaves no trace: a good response with the same revision is accepted', async () => {
  const member = await enrolled();
  assertProblem(await send(member.response(ROUND, ACTION, { importance: 9 })), 400, 'invalid-response');
  assertProblem(await send(member.response(ROUND, ACTION, good, {}, { signer: new Key() })), 401, 'not-verified');
  assertAccepted(await send(member.response(ROUND, ACTION, good)));
});
