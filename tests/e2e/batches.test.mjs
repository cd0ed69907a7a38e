// Goal: a batch answers line by line, in order, each line standing by itself, within its limits (PROTOCOL 5, Batches).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccepted, assertHeaders, assertProblem, assertProblemObject, JOSE, NDJSON, post } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ACTION, good, panelOfRounds, ROUND } from './lib/panel.mjs';
import { ready } from './lib/programs.mjs';

const AUD = 'wau';
let collector;
let codes;
before(async () => {
  collector = await ready('batches', { panel: panelOfRounds(), codes: 20 });
  codes = [...collector.codes];
});
after(() => collector?.stop());

async function enrolled() {
  const member = new Member(AUD);
  assertAccepted(await post(collector.url, '/v1/members', member.enrolment(codes.pop()), JOSE));
  return member;
}

const sendText = (text, headers = {}, type = NDJSON) => post(collector.url, '/v1/response-batches', text, type, { headers });

// Sends lines (JWS, or {raw} for a line as it is) and gives the answer's objects.
async function sendBatch(lines, headers) {
  const text = lines.map((line) => (line.raw !== undefined ? line.raw : JSON.stringify(line))).join('\n');
  const answer = await sendText(`${text}\n`, headers);
  assert.equal(answer.status, 200, answer.text);
  assertHeaders(answer);
  assert.match(answer.headers['content-type'], /^application\/x-ndjson/);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.ok(answer.text.endsWith('\n'));
  const objects = answer.text.slice(0, -1).split('\n').map((line) => JSON.parse(line));
  assert.equal(objects.length, lines.length);
  return objects;
}

test('each line is answered in order: accepted, replaced, replayed, stale', async () => {
  const member = await enrolled();
  const one = member.response(ROUND, ACTION, good);
  const two = member.response(ROUND, ACTION, good, { revision: 2 });
  const other = member.response(ROUND, 'WA-1.02', good);
  const [a, b, c, d, e] = await sendBatch([one, one, two, one, other]);
  assert.equal(a.status, 201);
  assert.equal(b.status, 200);
  assert.equal(b.index, a.index);
  assert.equal(c.status, 201);
  assert.equal(c.replaced, a.index);
  assertProblemObject(d, 409, 'stale-revision');
  assert.equal(d.currentRevision, 2);
  assert.equal(e.status, 201);
  assert.equal(e.index, a.index + 2);
  // The same by the other path.
  assert.equal(assertAccepted(await post(collector.url, '/v1/responses', two, JOSE), 200).index, c.index);
});

test('a bad line harms none of the others', async () => {
  const member = await enrolled();
  const action = (n) => `WA-1.0${n}`;
  const lines = [
    member.response(ROUND, action(1), good),
    { raw: 'no JSON' },
    { raw: '' },
    { raw: '{"jws":"x"}' },
    { raw: '17' },
    { raw: '"a.b.c" "d"' },
    { raw: '"\\ud800"' },
    { raw: '"\\u0000"' },
    'a.b',
    'x'.repeat(33 * 1024),
    new Member(AUD).response(ROUND, action(1), good),
    member.response(ROUND, action(2), good, { revision: 0 }),
    member.response(ROUND, action(2), { importance: 9 }),
    member.response('closed', action(2), good),
    member.response(ROUND, action(2), good),
    { raw: `${JSON.stringify(member.response(ROUND, action(3), good))}\0` },
  ];
  const answers = await sendBatch(lines);
  assert.equal(answers[0].status, 201);
  assertProblemObject(answers[15], 400, 'malformed-envelope');
  for (const i of [1, 2, 3, 4, 5, 6, 7, 8]) assertProblemObject(answers[i], 400, 'malformed-envelope');
  assertProblemObject(answers[9], 413, 'too-large');
  assertProblemObject(answers[10], 401, 'not-verified');
  assertProblemObject(answers[11], 400, 'invalid-claims');
  assertProblemObject(answers[12], 400, 'invalid-response');
  assert.ok(answers[12].errors.some((e) => e.pointer.startsWith('/answers/')));
  assertProblemObject(answers[13], 409, 'round-not-open');
  assert.equal(answers[14].status, 201);
  assert.equal(answers[14].index, answers[0].index + 1);
});

test('the last line may stand without its line end', async () => {
  const member = await enrolled();
  const answer = await sendText(JSON.stringify(member.response(ROUND, ACTION, good)));
  assert.equal(answer.status, 200);
  assert.equal(JSON.parse(answer.text).status, 201);
});

test('a JWS written with JSON escapes is the same JWS', async () => {
  const member = await enrolled();
  const text = member.response(ROUND, ACTION, good);
  const [a] = await sendBatch([text]);
  const [b] = await sendBatch([{ raw: `"\\u00${text.charCodeAt(0).toString(16)}${text.slice(1)}"` }]);
  assert.equal(b.status, 200);
  assert.equal(b.index, a.index);
});

test('Prefer: return=minimal leaves receipts out', async () => {
  const member = await enrolled();
  const [a] = await sendBatch([member.response(ROUND, ACTION, good)], { Prefer: 'return=minimal' });
  assert.deepEqual(Object.keys(a).sort(), ['index', 'status']);
});

test('4,096 lines are fine; 4,097 are 413 and nothing of them is kept', async () => {
  const member = await enrolled();
  const lines = [];
  for (let revision = 1; revision <= 4096; revision++) lines.push(member.response(ROUND, ACTION, good, { revision }));
  const over = [member.response(ROUND, 'WA-1.02', good), ...lines.slice(1), lines[0]];
  assert.equal(over.length, 4097);
  assertProblem(await sendText(over.map((l) => JSON.stringify(l)).join('\n')), 413, 'too-large');
  const answers = await sendBatch(lines);
  assert.ok(answers.every((a) => a.status === 201));
  answers.forEach((a, i) => assert.equal(a.index, answers[0].index + i));
  answers.slice(1).forEach((a, i) => assert.equal(a.replaced, answers[i].index));
  // Had the first line of the refused batch been kept, this would be a replay.
  assertAccepted(await post(collector.url, '/v1/responses', over[0], JOSE));
});

test('more than 16 MiB is 413, and what comes in chunks is 411', async () => {
  const text = `${JSON.stringify('x'.repeat(16 * 1024))}\n`.repeat(1030);
  assert.ok(text.length > 16 * 1024 * 1024);
  assertProblem(await sendText(text), 413, 'too-large');
  const chunked = await sendText(text, { 'Transfer-Encoding': 'chunked' });
  assert.equal(chunked.status, 411);
  assert.equal(chunked.json().type, 'about:blank');
});

test('another media type is 415', async () => {
  for (const type of ['application/json', JOSE, 'text/plain', undefined])
    assertProblem(await post(collector.url, '/v1/response-batches', '"x"\n', type), 415, 'unsupported-media-type');
});
