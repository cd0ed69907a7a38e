// Who is logged in on this tab: a token, and what it may do. It lies in sessionStorage alone, beside the time of its last use: after
// 30 minutes without, the tab asks whether anybody is there, after 32 the token is gone, also where the tab slept meanwhile or came back
// with the browser. A token that the collector no longer takes is gone at once. What was half written is drafts.js's, and outlives it.
//
//   session.rights     {name, role, exact, publish, expiresAt} of GET /v1/token; undefined when nobody is logged in
//   session.ended      why nobody is any more: 'left', 'idle', 'refused'
//   may(what)          whether the token gives 'exact', 'comments' or 'publish'
//   begin(token)       Promise of whether the collector takes it; throws Unreachable where it can't say now
//   resume()           Promise of the same, with the token that this tab kept; false, and it stays, where the collector can't say now
//   end(why)
//   use()              somebody is there
//   askAs(path, how)   ask() with the token; throws SessionEnded where there is none that the collector takes
//   watch(on)          from now on: on.idle() when somebody should say that they are there, on.ended()
import { ask, Unreachable } from '../collector.js';

export class SessionEnded extends Error {
  name = 'SessionEnded';
}

const KEPT = 'token';
const MINUTE = 60_000; // ms
const LOOK_EVERY = 1000; // ms

// What `ms` without use come to.
export const stateOf = (ms) => (ms >= 32 * MINUTE ? 'gone' : ms >= 30 * MINUTE ? 'idle' : 'used');

export const session = { rights: undefined, ended: undefined };
let token;
let usedAt;
let listeners = { idle() {}, ended() {} };

function note() {
  usedAt = Date.now();
  sessionStorage.setItem(KEPT, JSON.stringify({ token, usedAt }));
}

export function use() {
  if (token && Math.abs(Date.now() - usedAt) >= LOOK_EVERY && look() === 'used') note();
}

export function stay() {
  if (token && look() !== 'gone') note();
}

export function end(why) {
  token = undefined;
  session.rights = undefined;
  session.ended = why;
  sessionStorage.removeItem(KEPT);
  listeners.ended(why);
}

// 'used', 'idle' or 'gone', having done what that asks for. A clock that was set back has seen use just now.
function look() {
  const idle = Date.now() - usedAt;
  if (idle < 0) note();
  const state = stateOf(idle);
  if (state === 'gone') end('idle');
  if (state === 'idle') listeners.idle();
  return state;
}

export async function askAs(path, how = {}) {
  if (!token || look() === 'gone') throw new SessionEnded();
  const mine = token;
  const answer = await ask(path, { ...how, token: mine });
  if (answer.status !== 401) return answer;
  if (token === mine) end('refused');
  throw new SessionEnded();
}

export async function begin(wanted) {
  const { status, body, problem } = await ask('/v1/token', { token: wanted });
  if (status === 401) return false;
  if (status === 429 || status >= 500) throw new Unreachable('the collector can not take it now');
  if (problem) throw new Error(`/v1/token: ${problem.type}`);
  Object.assign(session, { rights: body, ended: undefined });
  token = wanted;
  note();
  return true;
}

export async function resume() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
  if (!kept) return false;
  const isTaken = stateOf(Math.max(0, Date.now() - kept.usedAt)) !== 'gone';
  try {
    if (isTaken && (await begin(kept.token))) return true;
  } catch (error) {
    if (error instanceof Unreachable) return false;
    throw error;
  }
  end(isTaken ? 'refused' : 'idle');
  return false;
}

const RIGHTS = {
  exact: ({ role, exact }) => role !== 'auditor' && exact,
  comments: ({ role }) => role === 'team',
  publish: ({ role, publish }) => role === 'team' && publish,
};
export const may = (what) => session.rights !== undefined && RIGHTS[what](session.rights);

export function watch(on) {
  listeners = on;
  setInterval(() => token && look(), LOOK_EVERY);
}
