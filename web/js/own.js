// All that a member can do with what is theirs: check receipts and log, bring membership back on a new device, see what the collector
// has, take it along, erase it. No page. Rests on signed.js, and as that throws collector.Unreachable where there is no answer.
import { fromCode, makeKey, open, toCode, toFile, fromFile } from './key.js';
import * as collector from './collector.js';
import * as envelope from './envelope.js';
import * as log from './log.js';
import * as member from './member.js';
import * as signed from './signed.js';
import * as store from './store.js';

const { Unreachable, ask, now } = collector;
const { state } = member;
const JOSE = 'application/jose';

const post = async (path, jws) => {
  const answer = await ask(path, { method: 'POST', type: JOSE, body: jws });
  const isNoWord = answer.status >= 500 || answer.status === 429 || answer.problem?.type === '';
  if (isNoWord) throw new Unreachable('the collector can not take it now');
  return answer;
};

// The recovery code

// Promise of the secret while its code has not been kept, or undefined. The caller wipes it.
const secretOnDevice = async () => {
  const box = await store.fact('recovery');
  return box && open(box);
};

export async function recoveryCode() {
  const secret = await secretOnDevice();
  const code = secret && (await toCode(secret));
  secret?.fill(0);
  return code;
}

// From here on no script can read the secret on this device.
export async function forgetRecoveryCode() {
  await store.setFact('recovery', undefined, state.member.key.kid);
  await member.changed();
}

export async function recoveryFile(passphrase) {
  const secret = await secretOnDevice();
  const file = await toFile(secret, state.member.panel, passphrase);
  secret.fill(0);
  return file;
}

// Whether a code, as typed, is that of this member. Throws where it is no code.
export async function isOwnCode(typed) {
  const secret = await fromCode(typed);
  const { x } = await makeKey(secret, state.member.panel);
  secret.fill(0);
  return x === state.member.key.x;
}

// What the collector has

// Promise of {body} as PROTOCOL 5c has it, or of {problem}.
async function askAccess(panel, key) {
  const answer = await post('/v1/access', await envelope.sign(key, envelope.ACCESS, envelope.access(panel, now(), key)));
  if (!answer.problem && !Array.isArray(answer.body?.entries)) throw new Unreachable('an answer that is not the collector’s');
  return answer;
}

export const access = () => askAccess(state.member.panel, state.member.key);

// What an entry says, once its signature has been seen to be this key's: {typ, claims}, or undefined where it holds nothing of theirs.
async function readEntry({ jws }, key) {
  if (!jws || !(await envelope.verify(jws, key.x))) return undefined;
  return envelope.read(jws);
}

async function fetchReceipt(index) {
  const { body } = await ask(`/v1/receipts/${index}`, { as: 'text' });
  if (!body) throw new Unreachable('no receipt');
  return body;
}

// Why a receipt does not hold, or undefined.
async function whyUntrue(jws, told) {
  const { key } = await signed.pinned();
  return log.checkReceipt(told, jws, key).then(() => undefined, (error) => signed.untrueOf(error).message);
}

// Keeps a response of this key that lies at the collector as one of this device's.
async function adopt({ index, jws }, { claims }, whose) {
  const { round, action, revision, answers, context, iat } = claims;
  const receipt = await fetchReceipt(index);
  const kept = { round, action, revision, answers, context, jws, signedAt: iat, index, receipt, state: 'sent' };
  const why = await whyUntrue(jws, { index, receipt });
  await store.keepResponse(why === undefined ? kept : { ...kept, state: 'doubt', reason: { type: 'doubt', why } }, whose);
}

// Whether this device has an answer that the person has still to choose about, or whose text is nowhere else: that of another device neither
// takes its place nor overtakes it unasked.
const isInTheWay = (one, { jws }, { claims: { round, action, revision } }) =>
  one.round === round && one.action === action && one.jws !== jws && one.state !== 'sent' &&
  (one.revision === revision || one.state === 'waiting' || one.state === 'stale');

// Gives whether nothing was in the way.
async function adoptUnlessChosen(entry, read, whose) {
  if (state.responses.some(({ jws, state: how }) => jws === entry.jws && how === 'sent')) return true;
  if (state.responses.some((one) => isInTheWay(one, entry, read))) return false;
  await adopt(entry, read, whose);
  return true;
}

// Of entries, the newest response to each action of each round: [{entry, read}].
async function newestResponses(entries, key) {
  const newest = new Map();
  for (const entry of entries) {
    const read = await readEntry(entry, key);
    if (read?.typ !== envelope.RESPONSE) continue;
    const name = `${read.claims.round}~${read.claims.action}`;
    if (!(newest.get(name)?.read.claims.revision > read.claims.revision)) newest.set(name, { entry, read });
  }
  return [...newest.values()];
}

async function knownIndexes() {
  const erasures = (await store.fact('erasures')) ?? [];
  const own = state.responses.flatMap(({ index, replaced }) => [index, replaced]);
  return new Set([state.member.enrolment.index, ...own, ...erasures.map(({ index }) => index)]);
}

// Entries under this member's key that this device does not know: [{entry, read}]; `read` is undefined where it is not their signature.
async function strangeEntries(entries) {
  const known = await knownIndexes();
  const found = [];
  for (const entry of entries.filter(({ index }) => !known.has(index))) {
    const read = await readEntry(entry, state.member.key);
    const isOwn = read && (read.typ === envelope.ERASURE || state.responses.some(({ jws }) => jws === entry.jws));
    if (!isOwn) found.push({ entry, read });
  }
  return found;
}

// Whether an entry was erased, as the collector says it to anyone.
async function isErased(index) {
  const { body } = await ask(`/v1/entries/${index}/state`);
  return body?.state === 'erased';
}

// Answers whose receipt this device has, and that the collector does not show as they are: [{one, isErased}].
async function missingEntries(entries) {
  const shown = new Map(entries.map(({ index, jws }) => [index, jws]));
  const missing = state.responses.filter((one) => one.state === 'sent' && shown.get(one.index) !== one.jws);
  return Promise.all(missing.map(async (one) => ({ one, isErased: await isErased(one.index) })));
}

// What the collector has of this member against what this device knows: {strange, missing}, or {problem}. While nothing is being sent, here or in
// another tab: an answer that is taken after the collector has looked is no missing one.
export const compare = () =>
  store.alone('send', async () => {
    await member.reload();
    const { body, problem } = await access();
    if (problem) return { problem };
    return { strange: await strangeEntries(body.entries), missing: await missingEntries(body.entries) };
  });

// The member says that it was they, on another device. Gives whether that is all; else they have to choose between it and this device's own.
export async function takeOver({ entry, read }) {
  const isAll = read?.typ !== envelope.RESPONSE || (await adoptUnlessChosen(entry, read, state.member.key.kid));
  await member.changed();
  return isAll;
}

// Restoring

// What this member had erased: the requests with their receipts, and the revision above which an answer follows.
async function adoptErasures({ entries, erased = [] }, key) {
  const known = (await store.fact('erasures')) ?? [];
  for (const entry of entries.filter(({ jws }) => !known.some((one) => one.jws === jws))) {
    const read = await readEntry(entry, key);
    if (read?.typ !== envelope.ERASURE) continue;
    const { scope, iat: at } = read.claims;
    known.push({ jws: entry.jws, index: entry.index, receipt: await fetchReceipt(entry.index), scope, at });
    await store.setFact('erasures', known, key.kid);
  }
  for (const one of erased) await signed.raiseFloor(one, key.kid);
}

// What the collector has of the member is fetched piece by piece, and what has come stays: `isPartial` stands until all of it is here.
async function adoptAll(body, key) {
  await store.setFact('isPartial', true, key.kid);
  try {
    for (const { entry, read } of await newestResponses(body.entries, key)) await adoptUnlessChosen(entry, read, key.kid);
    await adoptErasures(body, key);
    await store.setFact('isPartial', undefined, key.kid);
  } catch (error) {
    if (error instanceof log.Untrue || error instanceof store.Left) throw error; // all else passes
  }
  await member.changed();
}

// Goes on where coming back was cut off.
export const adoptRest = () =>
  store.alone('enrol', async () => {
    await member.reload();
    const { body } = await access();
    if (body) await adoptAll(body, state.member.key);
  });

// A device that knows a member stays theirs: a link with another's code would have them answer in another's name from then on. It keeps the
// log's key and the newest head as well, else who typed their code again would have the log begin anew.
async function restoreKey(secret) {
  await member.reload();
  if (!state.panel) await member.refresh();
  if (!state.panel) throw new Unreachable('no panel');
  const key = await makeKey(secret, state.panel.id);
  if (state.member && state.member.key.x !== key.x) return { type: 'other-member' };
  const { body, problem } = await askAccess(state.panel.id, key);
  if (problem) return problem;
  const enrolment = body.entries.find(({ index }) => index === body.enrolment.index);
  if (!(await readEntry(enrolment ?? {}, key))) return { type: 'erased' };
  if (!state.member) await signed.noteMember(state.panel.id, key, enrolment.jws, { index: enrolment.index, receipt: await fetchReceipt(enrolment.index) });
  await member.reload();
  await member.refresh();
  await adoptAll(body, key);
  await Promise.all(['pending', 'recovery'].map((name) => store.setFact(name, undefined, key.kid)));
  store.askToKeep();
  await member.changed();
  return undefined;
}

const wiping = async (secret) => {
  try {
    return await store.alone('enrol', () => restoreKey(secret));
  } catch (error) {
    throw signed.untrueOf(error);
  } finally {
    secret.fill(0);
  }
};

// Promise of undefined when this device knows the member again (isPartial of member.js: and not yet all that is theirs), or of the problem (not-verified: no member has this code). Throws log.Untrue
// where the proof that they are one does not hold, and where it is no code.
export const restore = async (typed) => wiping(await fromCode(typed));
export const restoreFromFile = async (text, passphrase) => wiping((await fromFile(text, passphrase)).secret);

// Of a passkey's secret; so the next time it can be had by that again.
export async function restoreFromPasskey(secret) {
  const problem = await wiping(secret);
  if (!problem) await store.setFact('passkey', true, state.member?.key.kid);
  return problem;
}

// Two devices

// The answer that the collector has in place of a stale one: {answers, take()}, or undefined where it does not say.
export async function otherAnswer({ round, action }) {
  const { body } = await access();
  const all = body ? await newestResponses(body.entries, state.member.key) : [];
  const found = all.find(({ read: { claims } }) => claims.round === round && claims.action === action);
  if (!found) return undefined;
  return { answers: found.read.claims.answers, signedAt: found.read.claims.iat, ...found };
}

// Lets the other device's answer stand.
export async function yieldTo({ entry, read }, stale) {
  const whose = state.member.key.kid;
  await adopt(entry, read, whose);
  if (read.claims.revision !== stale.revision) await store.dropResponse(stale, whose); // else it has taken its place
  await member.changed();
}

// Takes away a stale one that a later answer of this device stands for.
export async function dropStale(stale) {
  await store.dropResponse(stale, state.member.key.kid);
  await member.changed();
}

// What was not taken

// Takes one away, and with it what it was itself to change, unless it has been taken by now. The next is above it all the same: an answer to it
// may have been lost.
export const leaveOut = ({ round, action, revision }, whose = state.member.key.kid) =>
  store.alone('send', async () => {
    await signed.raiseFloor({ round, action, revision }, whose);
    const isLeft = (one) => one.round === round && one.action === action && one.revision <= revision && member.isNotTaken(one);
    for (const one of (await store.responses()).filter(isLeft)) await store.dropResponse(one, whose);
    await member.changed();
  });

// Checking

async function receiptsOnDevice() {
  const { enrolment } = state.member;
  const erasures = (await store.fact('erasures')) ?? [];
  return [enrolment, ...state.responses.filter((one) => one.state === 'sent' || one.state === 'doubt'), ...erasures];
}

// Checks every receipt, and that the log of now continues all that was ever seen: {held, bad: [{one, why}], from, to, why}; `why` is
// set where the log does not hold. A doubt that turns out to be none is one no more.
export async function checkAll() {
  const whose = state.member.key.kid;
  const pin = await signed.pinned();
  const result = { bad: [], from: pin.size, to: pin.size, why: undefined };
  const heads = [pin];
  const held = [];
  for (const one of await receiptsOnDevice())
    try {
      heads.push(await log.checkReceipt(one.evidence ?? one, one.jws, pin.key));
      held.push(one.jws);
    } catch (error) {
      result.bad.push({ one, why: signed.untrueOf(error).message });
    }
  // While nothing is being sent, here or in another tab: a receipt that is on its way would be of a log that is smaller than this one.
  await store.alone('send', async () => {
    await checkLog(pin, heads, result, whose);
    if (result.why === undefined) await clearDoubts(held, whose);
  });
  return { ...result, held: held.length };
}

async function checkLog(pin, heads, result, whose) {
  const { body: checkpoint } = await ask('/log/checkpoint', { as: 'text' });
  if (!checkpoint) throw new Unreachable('no checkpoint');
  try {
    const newest = { checkpoint, ...(await log.openCheckpoint(checkpoint, pin.key)) };
    const next = log.tiles(newest.size, signed.fetchTile);
    for (const head of heads) await log.continues(head, newest, next);
    await signed.advance(newest, whose);
    result.to = newest.size;
  } catch (error) {
    result.why = signed.untrueOf(error).message;
  }
  // Stands above every page until a check finds the log to hold.
  await store.setFact('rewritten', result.why === undefined ? undefined : { why: result.why, checkpoint, at: now() }, whose);
  await member.changed();
}

async function clearDoubts(held, whose) {
  const cleared = (await store.responses()).filter((one) => one.state === 'doubt' && held.includes(one.jws));
  for (const { evidence, reason, ...one } of cleared) {
    const { index, receipt, replaced } = evidence ?? one;
    await store.keepResponse({ ...one, state: 'sent', index, receipt, replaced }, whose);
  }
  if (cleared.length > 0) await member.changed();
}

// Taking along and erasing

const forFile = ({ key, ...rest }) => ({ kid: key.kid, x: key.x, ...rest });

// Promise of a JSON text: the collector's answer as it came (null where there was none), and what this device has.
export async function ownData() {
  const { body = null } = await access().catch(() => ({}));
  const device = { member: forFile(state.member), responses: state.responses, erasures: (await store.fact('erasures')) ?? [], log: await store.fact('head'), rewritten: await store.fact('rewritten') };
  return `${JSON.stringify({ collector: body, device }, null, 1)}\n`;
}

const isSame = (scope, other) => JSON.stringify(scope) === JSON.stringify(other);
const isWithin = (scope) => ({ round, action }) => scope === 'everything' || (round === scope.round && action === scope.action);

// `erased`: the indexes that a request erased. What this device has sent since is none of them, and stays.
async function dropAnswers(scope, whose, erased) {
  const isGone = (one) => !(erased && one.state === 'sent' && !erased.includes(one.index));
  for (const one of (await store.responses()).filter(isWithin(scope)).filter(isGone)) {
    await signed.raiseFloor(one, whose);
    await store.dropResponse(one, whose);
    await store.dropDraft(one.round, one.action, whose);
  }
}

// What stays when all of a member was erased: the proof that it was asked, and what is anybody's.
const OF_NOBODY = ['erasures', 'language', 'clock', 'panel', 'actions', 'followUps'];

// The request is forgotten last, so that a tab that is closed in between goes on from it.
async function noteErased(whose, { jws, scope }, { index, receipt, erased }) {
  const erasures = (await store.fact('erasures')) ?? [];
  const others = erasures.filter((one) => one.jws !== jws);
  await store.setFact('erasures', [...others, { jws, index, receipt, scope, erased, at: now() }], whose);
  if (scope === 'everything') return store.wipe(OF_NOBODY, whose);
  await dropAnswers(scope, whose, erased);
  return store.setFact('erasing', undefined, whose);
}

async function signErasure({ panel, key }, scope) {
  const jws = await envelope.sign(key, envelope.ERASURE, envelope.erasure(panel, now(), key, scope));
  await store.setFact('erasing', { scope, jws }, key.kid);
  return { scope, jws };
}

// What the collector says of a request (PROTOCOL 5b). All else is said of the way to it, and the request stays: it may have been carried out.
const REFUSALS = ['too-large', 'malformed-envelope', 'invalid-claims', 'not-verified', 'nothing-to-erase'];

// What the collector holds no more goes from the device as well: another device, or the office, had it erased.
async function dropRequest(whose, problem, scope) {
  if (problem.type === 'nothing-to-erase') await dropAnswers(scope, whose);
  await store.setFact('erasing', undefined, whose);
  return problem;
}

// Nothing is taken away on the collector's word alone: its receipt has to show that the log holds the request, else {type: 'doubt'}, and
// the request stays.
async function sendRequest(whose, request) {
  const { body, problem } = await post('/v1/erasures', request.jws);
  if (problem && !REFUSALS.includes(problem.type)) throw new Unreachable('no word about the request');
  const isDoubt = !problem && (await whyUntrue(request.jws, signed.acceptedOf(body))) !== undefined;
  if (isDoubt) return { type: 'doubt' };
  await (problem ? dropRequest(whose, problem, request.scope) : noteErased(whose, request, body));
  await member.changed();
  return problem;
}

// A request for something else than is asked now, which got no answer, is not carried out by this: what is erased can't be had back. Where it
// was carried out the log has it, or the key is nobody's any more; then its proof is fetched.
async function settleOther({ panel, key }, begun) {
  const { body, problem } = await askAccess(panel, key);
  if (problem && problem.type !== 'not-verified') throw new Unreachable('no word about what is there');
  if (problem || body.entries.some(({ jws }) => jws === begun.jws)) return sendRequest(key.kid, begun);
  await store.setFact('erasing', undefined, key.kid);
  return undefined;
}

// A request that got no answer is sent again as it is: the collector may have carried it out, and then knows the member no more, or may have an
// answer that was given since.
async function eraseAlone(scope) {
  const me = state.member;
  const begun = await store.fact('erasing');
  if (begun && !isSame(begun.scope, scope)) {
    const before = await settleOther(me, begun);
    if (before || !state.member) return before;
  }
  const isAgain = begun && isSame(begun.scope, scope);
  const problem = await sendRequest(me.key.kid, isAgain ? begun : await signErasure(me, scope));
  const isAnswered = !problem && isAgain && state.responses.some(isWithin(scope));
  // One that is too old to be taken was not carried out, and now the collector's time is known.
  const isToSignAnew = problem?.type === 'invalid-claims' || isAnswered;
  return isToSignAnew ? sendRequest(me.key.kid, await signErasure(me, scope)) : problem;
}

// `scope` as in PROTOCOL 5b. Promise of undefined, or of the problem. After "everything" this device knows no member any more, but the
// proof that it was asked; so it is where an earlier "everything", whose answer was lost, turns out to have been carried out.
//
// While nothing is being sent, here or in another tab: what comes back for an answer that is on its way would keep that answer anew.
export const erase = (scope) => store.alone('send', () => eraseAlone(scope));

// What proves that it was asked: Promise of a JSON text.
export const erasureProof = async () => `${JSON.stringify((await store.fact('erasures')) ?? [], null, 1)}\n`;

// What lies here of somebody though the device knows no member: {hasBegun: an enrolment, isErased: the proof of that}.
export const remains = async () => ({ hasBegun: await signed.hasBegun(), isErased: (await store.fact('erasures')) !== undefined });

// Takes all of it off this device. The collector keeps what it has.
export async function forget() {
  await store.wipe();
  await member.changed();
}
