// Goal: enrolment does what PROTOCOL 4 says, for every status and problem, over real HTTP.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccepted, assertProblem, JOSE, post } from './lib/http.mjs';
import { b64u, jws, Key, Member, newCode, newJti, now, thumbprint } from './lib/member.mjs';
import { ready } from './lib/programs.mjs';

const AUD = 'wau';
let collector;
let codes;
before(async () => {
  collector = await ready('members', { codes: 40 });
  codes = [...collector.codes];
});
after(() => collector?.stop());

const enrol = (body) => post(collector.url, '/v1/members', body, JOSE);

test('a new member gets 201 with kid and index', async () => {
  const member = new Member(AUD);
  const body = assertAccepted(await enrol(member.enrolment(codes.pop())));
  assert.equal(body.kid, member.key.kid);
});

test('the same enrolment again, and another by the same key with the same invitation, get 200 and the same answer', async () => {
  const member = new Member(AUD);
  const code = codes.pop();
  const first = member.enrolment(code);
  const { kid, index } = assertAccepted(await enrol(first));
  for (const again of [first, member.enrolment(code)]) {
    const body = assertAccepted(await enrol(again), 200);
    assert.equal(body.kid, kid);
    assert.equal(body.index, index);
  }
});

test('a code is read in any case, without hyphens, with I and L as 1 and O as 0', async () => {
  const code = codes.pop();
  const typed = code.toLowerCase().replaceAll('-', '').replaceAll('1', 'l').replaceAll('0', 'o');
  assertAccepted(await enrol(new Member(AUD).enrolment(typed)));
  const other = codes.pop();
  assertAccepted(await enrol(new Member(AUD).enrolment(other.replaceAll('1', 'I').replaceAll('0', 'O').replaceAll('-', '--'))));
});

test('alg EdDSA is accepted as the same thing', async () => {
  const member = new Member(AUD);
  const header = { typ: 'panel-enrolment+jws', kid: member.key.kid, alg: 'EdDSA' };
  assertAccepted(await enrol(member.enrolment(codes.pop(), {}, { header })));
});

test('unknown, withdrawn and used invitations get one and the same 403', async () => {
  const used = codes.pop();
  assertAccepted(await enrol(new Member(AUD).enrolment(used)));
  const withdrawn = codes.pop();
  await collector.succeed('invitations', 'withdraw', withdrawn);
  const answers = [];
  for (const code of [newCode(), withdrawn, used]) {
    const problem = assertProblem(await enrol(new Member(AUD).enrolment(code)), 403, 'invitation-refused');
    answers.push(JSON.stringify(problem));
  }
  assert.equal(new Set(answers).size, 1, answers.join('\n'));
});

test('a refused invitation leaves nothing behind: the same key enrols with a good one', async () => {
  const member = new Member(AUD);
  assertProblem(await enrol(member.enrolment(newCode())), 403, 'invitation-refused');
  assertAccepted(await enrol(member.enrolment(codes.pop())));
});

test('what its own key does not verify gets 401', async () => {
  const member = new Member(AUD);
  const code = codes.pop();
  const other = new Key();
  const bad = [
    member.enrolment(code, {}, { signer: other }),
    member.enrolment(code, {}, { signature: Buffer.alloc(64) }),
    member.enrolment(code).replace(/\.[^.]+$/, `.${b64u(member.key.sign('something else'))}`),
  ];
  const answers = [];
  for (const text of bad) answers.push(JSON.stringify(assertProblem(await enrol(text), 401, 'not-verified')));
  assert.equal(new Set(answers).size, 1);
  assertAccepted(await enrol(member.enrolment(code)));
});

test('a kid that is not the thumbprint of jwk is refused', async () => {
  const member = new Member(AUD);
  const header = { alg: 'Ed25519', kid: new Key().kid, typ: 'panel-enrolment+jws' };
  const answer = await enrol(member.enrolment(codes.at(-1), {}, { header }));
  assert.ok([400, 401].includes(answer.status), answer.text);
  assertProblem(answer, answer.status, answer.status === 400 ? 'invalid-claims' : 'not-verified');
});

// Points that PROTOCOL 3 refuses: small order, not canonical, of mixed order.
const BAD_POINTS = {
  'the neutral element': '0100000000000000000000000000000000000000000000000000000000000000',
  'a point of order 8': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'a y that is not canonical': 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'no point at all': '0200000000000000000000000000000000000000000000000000000000000000',
  'a point of mixed order': 'cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d',
};
for (const [name, hex] of Object.entries(BAD_POINTS)) {
  test(`no key that is ${name} can enrol`, async () => {
    const x = b64u(Buffer.from(hex, 'hex'));
    const key = new Key();
    const claims = { aud: AUD, iat: now(), jti: newJti(), jwk: { kty: 'OKP', crv: 'Ed25519', x }, invitation: codes.at(-1) };
    const header = { alg: 'Ed25519', kid: thumbprint(x), typ: 'panel-enrolment+jws' };
    assertProblem(await enrol(jws(key, undefined, claims, { header })), 401, 'not-verified');
    // R = A, S = 0 is a "signature" of anything under a small-order key.
    const signature = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(32)]);
    assertProblem(await enrol(jws(key, undefined, claims, { header, signature })), 401, 'not-verified');
  });
}

test('a jwk that is no Ed25519 public key gets 401', async () => {
  const member = new Member(AUD);
  const code = codes.at(-1);
  const { x } = member.key;
  const bad = [
    { kty: 'EC', crv: 'Ed25519', x },
    { kty: 'OKP', crv: 'X25519', x },
    { kty: 'OKP', crv: 'Ed25519', x: x.slice(0, -2) },
    { kty: 'OKP', crv: 'Ed25519', x: `${x}=` },
    { kty: 'OKP', crv: 'Ed25519' },
    { kty: 'OKP', crv: 'Ed25519', x, d: x },
  ];
  for (const jwk of bad) assertProblem(await enrol(member.enrolment(code, { jwk })), 401, 'not-verified');
});

test('claims that are missing, too many, of a wrong type or out of range get 400 invalid-claims', async () => {
  const member = new Member(AUD);
  const code = codes.at(-1);
  const bad = [
    { aud: undefined },
    { iat: undefined },
    { jti: undefined },
    { invitation: undefined },
    { extra: 1 },
    { exp: now() + 60 },
    { aud: 1 },
    { iat: String(now()) },
    { iat: now() + 0.5 },
    { jti: newJti().slice(1) },
    { jti: `${newJti()}A` },
    { jti: '!'.repeat(22) },
    { invitation: 7 },
    { jwk: 'text' },
    { aud: 'another-panel' },
    { iat: now() - 330 },
    { iat: now() + 330 },
  ];
  for (const change of bad) assertProblem(await enrol(member.enrolment(code, change)), 400, 'invalid-claims');
  assertAccepted(await enrol(member.enrolment(codes.pop(), { iat: now() - 270 })));
  assertAccepted(await enrol(new Member(AUD).enrolment(codes.pop(), { iat: now() + 270 })));
});

test('a payload that is not strict JSON gets 400 invalid-claims', async () => {
  const member = new Member(AUD);
  const claims = JSON.stringify({ aud: AUD, iat: now(), jti: newJti(), jwk: member.key.jwk, invitation: codes.at(-1) });
  const bad = [`\ufeff${claims}`, `${claims} x`, claims.replace('{"aud"', `{"aud":"${AUD}","aud"`), '[]', 'null', '{'];
  for (const payload of bad) assertProblem(await enrol(member.enrolment('', {}, { payload })), 400, 'invalid-claims');
});

test('an envelope that is none gets 400 malformed-envelope', async () => {
  const member = new Member(AUD);
  const code = codes.at(-1);
  const fine = member.enrolment(code);
  const typ = 'panel-enrolment+jws';
  const { kid } = member.key;
  const bad = [
    'x',
    'a.b',
    `${fine}.`,
    `${fine}=`,
    ` ${fine}`,
    `${fine}\n`,
    member.enrolment(code, {}, { header: { alg: 'Ed25519', kid, typ: 'panel-response+jws' } }),
    member.enrolment(code, {}, { header: { alg: 'Ed25519', kid, typ, jwk: member.key.jwk } }),
    member.enrolment(code, {}, { header: { alg: 'none', kid, typ } }),
    member.enrolment(code, {}, { header: { alg: 'Ed25519', typ } }),
  ];
  for (const text of bad) assertProblem(await enrol(text), 400, 'malformed-envelope');
});

test('size and media type are looked at first', async () => {
  assertProblem(await enrol('a'.repeat(32 * 1024 + 1)), 413, 'too-large');
  const fine = new Member(AUD).enrolment(codes.at(-1));
  for (const type of ['application/json', 'text/plain', undefined])
    assertProblem(await post(collector.url, '/v1/members', fine, type), 415, 'unsupported-media-type');
});
