// The bench's peer: what a careful small service would be that somebody writes today in Node, with nothing but what Node has. It takes
// the same requests as the collector: reads the envelope strictly, finds the member's key, verifies the signature over the bytes as
// received, checks the claims and every answer against the questionnaire, refuses a revision that is not higher, appends the JWS to a
// file and answers 201 only when fdatasync has returned, one sync for all that came in while the one before ran. It does less than the
// collector: no Merkle tree, no signed checkpoint, no receipt, no tallies on disk, and what it knows of members it forgets at its end.
// Usage: node peer.mjs FOLDER PANEL.json; prints `listening on http://127.0.0.1:PORT`.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { fdatasync, openSync, readFileSync, write } from 'node:fs';
import { createServer } from 'node:http';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';

const [folder, panelPath] = process.argv.slice(2);
const JWS_MAX = 32 * 1024;
const panel = JSON.parse(readFileSync(panelPath, 'utf8'));
const rounds = new Map(panel.rounds.map((round) => [round.id, { ...round, opens: Date.parse(round.opensAt), closes: Date.parse(round.closesAt) }]));
const questions = new Map(panel.questionnaires[0].questions.map((question) => [question.id, question]));
const log = openSync(join(folder, 'peer.log'), 'a', 0o600);

const members = new Map(); // kid -> key
const codes = new Map(); // hash of a code -> kid
const current = new Map(); // kid, round and action -> revision
let entries = 0;

class Refusal extends Error {
  constructor(status, name) {
    super(name);
    this.status = status;
  }
}
const need = (fine, status, name) => {
  if (!fine) throw new Refusal(status, name);
};

function decode(part) {
  const bytes = Buffer.from(part, 'base64url');
  need(part !== '' && bytes.toString('base64url') === part, 400, 'malformed-envelope');
  return bytes;
}

function parse(bytes, status, name) {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Refusal(status, name);
  }
}

const hasExactly = (object, names) =>
  object !== null && typeof object === 'object' && Object.keys(object).length === names.length && names.every((name) => name in object);

function readEnvelope(text, typ) {
  const parts = text.split('.');
  need(parts.length === 3, 400, 'malformed-envelope');
  const header = parse(decode(parts[0]), 400, 'malformed-envelope');
  need(hasExactly(header, ['alg', 'kid', 'typ']) && (header.alg === 'Ed25519' || header.alg === 'EdDSA'), 400, 'malformed-envelope');
  need(header.typ === typ && typeof header.kid === 'string', 400, 'malformed-envelope');
  const signature = decode(parts[2]);
  need(signature.length === 64, 400, 'malformed-envelope');
  return { kid: header.kid, signed: Buffer.from(text.slice(0, text.lastIndexOf('.')), 'latin1'), payload: parts[1], signature };
}

// With a core to itself the check is made at once; with more it goes to Node's own threads.
const threads = (availableParallelism ?? (() => cpus().length))();
const isSigned =
  threads === 1
    ? async (envelope, key) => verify(null, envelope.signed, key, envelope.signature)
    : (envelope, key) =>
        new Promise((done, failed) =>
          verify(null, envelope.signed, key, envelope.signature, (error, fine) => (error ? failed(error) : done(fine))),
        );

const isJti = (text) => typeof text === 'string' && /^[\w-]{22}$/.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text;

function fits(question, answer) {
  const values = question.options?.map((option) => option.value);
  if (question.type === 'scale') return Number.isInteger(answer) && answer >= question.min && answer <= question.max;
  if (question.type === 'choice') return values.includes(answer);
  if (question.type === 'multi')
    return Array.isArray(answer) && answer.every((value) => values.includes(value)) && new Set(answer).size === answer.length;
  return typeof answer === 'string' && answer !== '' && [...answer].length <= question.maxLength;
}

function checkAnswers(answers) {
  for (const id of Object.keys(answers)) need(questions.has(id), 400, 'invalid-response');
  for (const [id, question] of questions) {
    const asked = !question.when || answers[question.when.question] === question.when.equals;
    need(id in answers ? asked && fits(question, answers[id]) : !(asked && question.required), 400, 'invalid-response');
  }
}

// What waits for the next sync, and who is to be answered then.
let waiting = [];
let isSyncing = false;

function syncWaiting() {
  if (isSyncing || waiting.length === 0) return;
  isSyncing = true;
  const batch = waiting;
  waiting = [];
  const lines = Buffer.from(batch.map((entry) => `${entry.text}\n`).join(''), 'latin1');
  write(log, lines, (error, written) => {
    if (error || written !== lines.length) throw error ?? new Error('written in part'); // what is not stored must not be answered
    fdatasync(log, (failed) => {
      if (failed) throw failed;
      for (const entry of batch) entry.answer(entries++);
      isSyncing = false;
      syncWaiting();
    });
  });
}

const append = (text) =>
  new Promise((answer) => {
    waiting.push({ text, answer });
    if (!isSyncing && waiting.length === 1) setImmediate(syncWaiting);
  });

async function respond(text) {
  const envelope = readEnvelope(text, 'panel-response+jws');
  const key = members.get(envelope.kid);
  need(key && (await isSigned(envelope, key)), 401, 'not-verified');
  const claims = parse(decode(envelope.payload), 400, 'invalid-claims');
  need(hasExactly(claims, ['aud', 'round', 'action', 'revision', 'iat', 'jti', 'answers']), 400, 'invalid-claims');
  const round = rounds.get(claims.round);
  const now = Date.now();
  need(Number.isInteger(claims.revision) && claims.revision >= 1 && Number.isInteger(claims.iat) && isJti(claims.jti), 400, 'invalid-claims');
  need(claims.aud === panel.id && round && /^[\w.-]{1,64}$/.test(claims.action), 400, 'invalid-response');
  need(claims.iat * 1000 <= now + 300_000 && claims.iat * 1000 >= round.opens, 400, 'invalid-response');
  checkAnswers(claims.answers);
  need(now >= round.opens && now < round.closes, 409, 'round-not-open');
  const place = `${envelope.kid} ${claims.round} ${claims.action}`;
  need(claims.revision > (current.get(place) ?? 0), 409, 'stale-revision');
  current.set(place, claims.revision);
  return { index: await append(text) };
}

async function enrol(text) {
  const envelope = readEnvelope(text, 'panel-enrolment+jws');
  const claims = parse(decode(envelope.payload), 400, 'invalid-claims');
  need(hasExactly(claims, ['aud', 'iat', 'jti', 'jwk', 'invitation']) && claims.aud === panel.id, 400, 'invalid-claims');
  const { crv, kty, x } = claims.jwk;
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  need(kid === envelope.kid, 401, 'not-verified');
  const key = createPublicKey({ key: { crv, kty, x }, format: 'jwk' });
  need(await isSigned(envelope, key), 401, 'not-verified');
  const code = createHash('sha256').update(claims.invitation).digest('base64url');
  need(!codes.has(code) || codes.get(code) === kid, 403, 'invitation-refused');
  codes.set(code, kid);
  members.set(kid, key);
  return { kid, index: await append(text) };
}

const routes = new Map([
  ['/v1/responses', respond],
  ['/v1/members', enrol],
]);

function send(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function take(request, response) {
  const route = request.method === 'POST' ? routes.get(request.url) : undefined;
  const pieces = [];
  let length = 0;
  request.on('data', (piece) => {
    length += piece.length;
    if (length <= JWS_MAX) pieces.push(piece);
  });
  request.on('end', async () => {
    try {
      need(route, 404, 'not-found');
      need(request.headers['content-type'] === 'application/jose', 415, 'unsupported-media-type');
      need(length <= JWS_MAX, 413, 'too-large');
      send(response, 201, await route((pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)).toString('latin1')));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(response, error.status, { type: `urn:burgerpanel:problem:${error.message}` });
    }
  });
}

const server = createServer({ keepAliveTimeout: 600_000 }, take);
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
