// The member on this device: what is known of them and of the panel, kept in step with store.js and the collector. No page, and nothing
// signed: enrolling and answering are in signed.js, checking, restoring and erasing in own.js, which come when they are needed.
//
// Facts (store.js): member {panel, key, enrolment {jws, index, receipt}, logKey, at}; pending {panel, key, tries}, until an enrolment has its
// answer (signed.js); recovery, the secret sealed, until its code has been kept; passkey, true where one brings it back; head {checkpoint},
// the newest that was seen to continue all before; panel, actions, followUps {etag, body, document}; floors {"round~action": revision};
// clock; language; seenNews; erasures; erasing, a request without an answer; rewritten {why, checkpoint, at}, that the log was last seen not to
// continue that head; isPartial, while some of what the collector has is still to be fetched.
import * as collector from './collector.js';
import * as store from './store.js';

const { Unreachable, now } = collector;
const REFRESHED = { panel: '/v1/panel', actions: '/v1/actions', followUps: '/v1/follow-ups' };

// What pages read. `responses` holds all of this device's, in order of round, action, revision.
export const state = { member: undefined, panel: undefined, actions: undefined, followUps: undefined, responses: [], hasRecovery: false, hasPasskey: false, isRewritten: false, isPartial: false };

const listeners = new Set();
export const onChange = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const tell = () => listeners.forEach((listener) => listener());
const others = typeof BroadcastChannel === 'function' ? new BroadcastChannel('burgerpanel') : undefined;

export async function reload() {
  const names = ['member', 'panel', 'actions', 'followUps', 'recovery', 'passkey', 'clock', 'rewritten', 'isPartial', 'seenNews'];
  const [member, panel, actions, followUps, recovery, passkey, clock, rewritten, isPartial = false, seenNews = -1] = await Promise.all(names.map(store.fact));
  Object.assign(state, { member, panel: panel?.body, actions: actions?.body.actions, followUps: followUps?.body ?? [] });
  Object.assign(state, { hasRecovery: recovery !== undefined, hasPasskey: passkey === true, isRewritten: rewritten !== undefined, isPartial, seenNews, responses: await store.responses() });
  state.documents = { panel: panel?.document, actions: actions?.document };
  if (collector.clock.ahead === 0) collector.clock.ahead = clock ?? 0;
  tell();
}

// Told to the pages of this tab and of the others.
export async function changed() {
  await reload();
  others?.postMessage('changed');
}
others?.addEventListener('message', reload);

// What is asked

async function refreshOne(name) {
  const kept = await store.fact(name);
  const { status, etag, body, document } = await collector.ask(REFRESHED[name], { etag: kept?.etag });
  // An import may change nothing of what is shown: then the body is the same, and the document another.
  const isNews = status === 200 || (status === 304 && document !== kept.document);
  if (isNews) await store.setFact(name, { etag: etag ?? kept?.etag, body: body ?? kept.body, document });
  return isNews;
}

// What came is kept, and shown, whatever became of the others: the next time they come as a 304, and would be news no more.
async function refreshAll(names) {
  const settled = await Promise.allSettled(names.map(refreshOne));
  if (settled.some(({ status }) => status === 'fulfilled')) await store.setFact('clock', collector.clock.ahead);
  if (settled.some(({ value }) => value === true)) await changed();
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

// Fetches what has changed: the panel, and for a member or where it is asked for, actions and follow-ups. Gives whether the collector
// was reached for all of it.
export async function refresh(isAll = Boolean(state.member)) {
  try {
    await refreshAll(Object.keys(REFRESHED).filter((name) => isAll || name === 'panel'));
    return true;
  } catch (error) {
    if (error instanceof Unreachable) return false;
    throw error;
  }
}

const seconds = (time) => Date.parse(time) / 1000;
export const isOpen = (round) => seconds(round.opensAt) <= now() && now() < seconds(round.closesAt);
export const roundOf = (id) => state.panel?.rounds.find((round) => round.id === id);
export const actionOf = (id) => state.actions?.find((action) => action.id === id);
export const questionnaireOf = (round) => state.panel.questionnaires.find(({ id }) => id === round.questionnaire);
const isAbout = (round, action) => round.actions === 'all' || round.actions.includes(action.id);

// What may be answered now: {round, action} in order of rounds and of the list.
export const open = () =>
  (state.panel?.rounds ?? []).filter(isOpen).flatMap((round) =>
    (state.actions ?? []).filter((action) => isAbout(round, action)).map((action) => ({ round, action })));

// This device's newest response about an action in a round, or undefined.
export const current = (round, action) =>
  state.responses.filter((one) => one.round === round && one.action === action).at(-1);

// Whether the collector turned one away, so that somebody has to do something; of too many it takes it later by itself.
const isTurnedAway = ({ reason }) => reason !== undefined && reason.type !== 'too-many';
const MAY_BE_TURNED_AWAY = ['waiting', 'refused'];
export const isNotTaken = (one) => MAY_BE_TURNED_AWAY.includes(one.state) && isTurnedAway(one);

// The newest that the collector is known to have taken, where a response stands: itself once it is sent; while it waits, or was not taken, the one
// before it. undefined where there is none, and where only the collector knows.
export function lastTaken(one) {
  if (one.state === 'sent') return one;
  const isBefore = ({ round, action, state: how }) => round === one.round && action === one.action && how === 'sent';
  return MAY_BE_TURNED_AWAY.includes(one.state) ? state.responses.filter(isBefore).at(-1) : undefined;
}

// The one that counts there, as this device knows it. Of one to whom the collector says that it does not know the key (any more) none is known to:
// they were erased on another device or by the office, or no longer take part.
export const counting = (one) => (one.reason?.type === 'not-verified' ? undefined : lastTaken(one));
