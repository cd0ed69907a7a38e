// What the member signs, and what comes back for it: enrolling, answering, sending what waits, receipts checked. No page: pages ask here,
// and member.js tells them of changes.
//
// The walk of an answer, as the C client's: sign → store.js, written → collector.js → the receipt checked → noted. The very same JWS
// goes again after an answer that was lost. A response's `state`:
//   waiting   to be sent; `reason`, a problem of PROTOCOL 5, where the collector did not take it yet (round-not-open, not-verified,
//             too-many, invalid-response for the clock) and may another time; `welcomeAt`, not before which, of too-many
//   sent      accepted; {index, receipt} seen to hold
//   doubt     accepted, but what the collector showed for it does not hold: `reason.why`, `evidence`. Nothing else makes it so, no failure
//             of this device or of the connection: then the same JWS goes again. own.js looks at it anew
//   stale     the collector has another answer of this member: `reason.currentRevision`
//   refused   never to be taken: `reason`
// One that a later revision of this device has overtaken is not among `current`.
import { NoLibrary, seal, makeKey, newSecret } from './key.js';
import * as collector from './collector.js';
import * as envelope from './envelope.js';
import * as log from './log.js';
import { changed, current, isNotTaken, refresh, reload, state } from './member.js';
import * as store from './store.js';

const { Unreachable, now } = collector;
const JOSE = 'application/jose';

// Enrolling

const problemNames = (problem) => (problem.errors ?? []).map(({ pointer }) => pointer);
const isForTheClock = (problem) => {
  const places = problemNames(problem);
  return places.length > 0 ? places.every((place) => place === '/iat') : /iat/.test(problem.detail ?? '');
};

// `pending` is a key with the enrolments that it was sent in, or may have been, and that no answer has refused: {panel, key, tries:
// [{invitation, jws}]}. One of them may be in the log, whatever becomes of the others, and then no other key can be the member's. A device that
// began before there were tries has the one: {panel, key, invitation, jws}.
const triesOf = ({ tries, invitation, jws }) => tries ?? [{ invitation, jws }];
const otherTries = (pending, invitation) => triesOf(pending).filter((one) => one.invitation !== invitation);
const jwsOf = (pending, invitation) => triesOf(pending).find((one) => one.invitation === invitation)?.jws;

async function signTry(pending, invitation) {
  const jws = await envelope.sign(pending.key, envelope.ENROLMENT, envelope.enrolment(pending.panel, now(), pending.key, invitation));
  const signed = { ...pending, tries: [...otherTries(pending, invitation), { invitation, jws }] };
  await store.setFact('pending', signed);
  return signed;
}

// A key made for an enrolment that got no answer stays: the collector may have it.
export const hasBegun = async () => (await store.fact('pending')) !== undefined;

async function beginEnrolment(given) {
  const secret = given ?? newSecret();
  try {
    const key = await makeKey(secret, state.panel.id);
    await store.setFact('recovery', await seal(secret));
    await store.setFact('passkey', given && true);
    return { panel: state.panel.id, key, tries: [] };
  } finally {
    secret.fill(0);
  }
}

async function prepareEnrolment(invitation, given) {
  const pending = (await store.fact('pending')) ?? (await beginEnrolment(given));
  return jwsOf(pending, invitation) ? pending : signTry(pending, invitation);
}

const post = (path, jws) => collector.ask(path, { method: 'POST', type: JOSE, body: jws });

async function sendEnrolment(pending, invitation) {
  const answer = await post('/v1/members', jwsOf(pending, invitation));
  const isEarly = answer.problem?.type === 'invalid-claims' && isForTheClock(answer.problem);
  return isEarly ? post('/v1/members', jwsOf(await signTry(pending, invitation), invitation)) : answer;
}

// A key that can be in no enrolment goes; one that may be in another stays, for that code to be typed again.
async function noteRefusal(invitation) {
  const pending = await store.fact('pending');
  const tries = otherTries(pending, invitation);
  if (tries.length > 0) return store.setFact('pending', { ...pending, tries });
  return Promise.all(['pending', 'recovery', 'passkey'].map((name) => store.setFact(name)));
}

async function fetchLogKey() {
  const { body } = await collector.ask('/log/key', { as: 'text' });
  if (!body) throw new Unreachable('no key of the log');
  return body;
}

// Notes the enrolment, whose receipt has to hold under the log's key, from now on the only one for this member. Throws log.Untrue where it
// does not.
export async function noteMember(panel, key, jws, told) {
  const logKey = await fetchLogKey();
  const { index, checkpoint } = await log.checkReceipt(told, jws, await log.parseKey(logKey));
  await store.setFact('head', { checkpoint });
  await store.setFact('member', { panel, key, enrolment: { jws, index, receipt: told.receipt }, logKey, at: now() });
}

async function enrolAlone(invitation, secret) {
  if (await store.fact('member')) {
    await reload();
    return { type: 'is-member' };
  }
  const pending = await prepareEnrolment(invitation, secret);
  const { status, body, problem } = await sendEnrolment(pending, invitation);
  if (status >= 500 || status === 429 || problem?.type === '') throw new Unreachable('the collector can not take it now');
  if (problem?.type === 'invitation-refused') await noteRefusal(invitation);
  if (problem) return problem;
  const jws = jwsOf(await store.fact('pending'), invitation);
  await noteMember(pending.panel, pending.key, jws, acceptedOf(body));
  await store.setFact('pending');
  store.askToKeep();
  await changed();
  await refresh();
  return undefined;
}

// `secret`, which is wiped: the member's, of a passkey; without it one is drawn. Promise of undefined when enrolled, or of the problem; that is
// {type: 'is-member'}, and nothing is touched, where the device knows one by now, as another tab may have had it. Throws Unreachable (the same
// call goes on from there), or log.Untrue where the collector's receipt does not hold.
export const enrol = (invitation, secret) => store.alone('enrol', () => enrolAlone(invitation, secret)).finally(() => secret?.fill(0));

// Answering

const floorName = (round, action) => `${round}~${action}`;

async function nextRevision(round, action) {
  const known = (await store.responses()).filter((one) => one.round === round && one.action === action);
  const floors = (await store.fact('floors')) ?? {};
  return Math.max(0, floors[floorName(round, action)] ?? 0, ...known.map(({ revision }) => revision)) + 1;
}

// The collector holds this revision of an answer that this device may not have; the next is higher. `whose`, here and below: as store.js has it.
export async function raiseFloor({ round, action, revision }, whose) {
  const floors = (await store.fact('floors')) ?? {};
  const name = floorName(round, action);
  await store.setFact('floors', { ...floors, [name]: Math.max(floors[name] ?? 0, revision) }, whose);
}

async function signResponse({ panel, key }, { round, action, revision, answers, context }) {
  const claims = envelope.response(panel, now(), { round, action, revision, answers, context });
  const jws = await envelope.sign(key, envelope.RESPONSE, claims);
  return { round, action, revision, answers, context, jws, signedAt: claims.iat, state: 'waiting' };
}

// `seen` are the documents that the page showed, {panel, actions}, or either undefined; or what another response was signed for, {context}. Promise
// of the response, written and not sent.
export function answer(round, action, answers, seen) {
  const me = state.member;
  return store.alone('sign', async () => {
    const context = seen?.panel && seen?.actions ? await envelope.stamp(seen.panel, seen.actions) : seen?.context;
    const revision = await nextRevision(round, action);
    const signed = await signResponse(me, { round, action, revision, answers, context });
    await store.keepResponse(signed, me.key.kid);
    await store.dropDraft(round, action, me.key.kid);
    await changed();
    return signed;
  });
}

// What comes back

// A tile as asked for, or out of the full one where the log has no such part any more.
export async function fetchTile(path) {
  const { body, status } = await collector.ask(path, { as: 'bytes' });
  if (body) return body;
  const [, full, width] = /^(.*)\.p\/(\d+)$/.exec(path) ?? [];
  if (status !== 404 || !full) throw new Unreachable('no tile');
  const whole = await collector.ask(full, { as: 'bytes' });
  if (!whole.body) throw new Unreachable('no tile');
  return whole.body.slice(0, Number(width) * 32);
}

// The newest head that was seen to continue all before; with the log's key.
export async function pinned() {
  const key = await log.parseKey(state.member.logKey);
  const { checkpoint } = await store.fact('head');
  return { key, checkpoint, ...(await log.openCheckpoint(checkpoint, key)) };
}

// Throws log.Untrue where a head, opened already, does not continue the pinned one. Else it takes its place when it is later.
export async function advance(head, whose) {
  await log.continues(await pinned(), head, log.tiles(head.size, fetchTile));
  await store.setFact('head', { checkpoint: head.checkpoint }, whose);
}

// What a check threw, where it says something of the collector. All else passes, and is thrown as Unreachable, but that the member has left.
export function untrueOf(error) {
  if (error instanceof log.Untrue) return error;
  if (error instanceof store.Left) throw error;
  throw error instanceof Unreachable ? error : new Unreachable(error.message, { cause: error });
}

// Throws where the receipt does not hold, or the log has not only grown; where its tiles can't be had just then, that is seen another time.
async function checkAccepted(jws, told, whose) {
  const head = await log.checkReceipt(told, jws, (await pinned()).key);
  await advance(head, whose).catch((error) => {
    if (!(error instanceof Unreachable)) throw error;
  });
}

// What says that something was taken has a place and a receipt, be it a false one; all else is not the collector's word, and the same JWS goes again.
export function acceptedOf(body) {
  if (!Number.isInteger(body?.index) || typeof body.receipt !== 'string') throw new Unreachable('an answer that is not the collector’s');
  return body;
}

async function noteAccepted(one, body, whose) {
  const { index, receipt, replaced } = body;
  const why = await checkAccepted(one.jws, body, whose).then(() => undefined, (error) => untrueOf(error).message);
  if (why === undefined) return { ...one, state: 'sent', index, receipt, replaced, reason: undefined, welcomeAt: undefined };
  return { ...one, state: 'doubt', index, reason: { type: 'doubt', why }, evidence: body };
}

const LATER = 60; // s, where too-many says no time
const welcomeAt = ({ problem, retryAfter }) => (problem.type === 'too-many' ? now() + (retryAfter ?? LATER) : undefined);
const MAY_PASS = ['too-many', 'not-verified', 'round-not-open'];
const FINAL = ['too-large', 'malformed-envelope', 'invalid-claims', 'invalid-response', 'stale-context']; // as the C client has them

// What the answer makes of a response. undefined: it waits as it is, and so does all behind it.
async function outcomeOf(one, answered, whose) {
  const { status, body, problem } = answered;
  if (status === 201 || status === 200) return noteAccepted(one, acceptedOf(body), whose);
  if (status >= 500) return undefined;
  if (MAY_PASS.includes(problem.type)) return { ...one, reason: problem, welcomeAt: welcomeAt(answered) };
  if (problem.type === 'stale-revision') {
    await raiseFloor({ ...one, revision: problem.currentRevision }, whose);
    return { ...one, state: 'stale', reason: problem };
  }
  if (problem.type === 'invalid-response' && isForTheClock(problem)) return { ...one, reason: { ...problem, type: 'clock' } };
  return FINAL.includes(problem.type) ? { ...one, state: 'refused', reason: problem } : undefined;
}

// What is signed anew, by the clock as the answer told it, is kept first: from when it is sent it may be the one that counts.
async function deliver(me, one) {
  const whose = me.key.kid;
  const outcome = await outcomeOf(one, await post('/v1/responses', one.jws), whose);
  if (outcome?.reason?.type !== 'clock') return outcome;
  const anew = { ...(await signResponse(me, one)), reason: outcome.reason };
  await store.keepResponse(anew, whose);
  return outcomeOf(anew, await post('/v1/responses', anew.jws), whose);
}

// One that this device has itself overtaken is of no more use, unless it was accepted.
async function noteOutcome(outcome, whose) {
  const isOfNoUse = outcome.state === 'stale' || isNotTaken(outcome);
  const isOvertaken = isOfNoUse && current(outcome.round, outcome.action)?.revision > outcome.revision;
  await (isOvertaken ? store.dropResponse : store.keepResponse)(outcome, whose);
  if (outcome.reason?.type === 'stale-context') await refresh();
}

const isWaiting = ({ state: how }) => how === 'waiting';

// What was turned away before may be again, for as long as it lies here: what was not goes first.
const inTurn = (all) => [...all.filter((one) => !isNotTaken(one)), ...all.filter(isNotTaken)];

// Gives in how many seconds the first of those that were too many is welcome; undefined where none was.
async function sendAll(me) {
  for (const one of inTurn(await store.responses()).filter((each) => isWaiting(each) && !(each.welcomeAt > now()))) {
    const outcome = await deliver(me, one);
    if (!outcome) throw new Unreachable('the collector can not take it now');
    await noteOutcome(outcome, me.key.kid);
    await changed();
  }
  const times = (await store.responses()).filter((each) => isWaiting(each) && each.welcomeAt).map((each) => each.welcomeAt - now());
  return times.length > 0 ? Math.max(1, Math.min(...times)) : undefined;
}

const PAUSE = { first: 1000, last: 300_000 }; // ms
let pause = PAUSE.first;
let timer;

function sendIn(ms) {
  clearTimeout(timer);
  timer = setTimeout(send, ms);
}

// Sends what waits, by one tab at a time. Gives whether the collector was reached; where it was not, or said when to come back, this tries
// again by itself.
export async function send() {
  const me = state.member;
  if (!me) return true;
  try {
    const wait = await store.alone('send', () => sendAll(me));
    clearTimeout(timer);
    pause = PAUSE.first;
    if (wait) sendIn(Math.min(wait * 1000, 24 * 3600 * 1000));
    return true;
  } catch (error) {
    if (error instanceof store.Left) return true; // what came back is nobody's here any more
    if (!(error instanceof Unreachable || error instanceof NoLibrary)) throw error;
    sendIn(pause);
    pause = Math.min(pause * 2, PAUSE.last);
    return false;
  }
}
