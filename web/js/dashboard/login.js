// Logging in: one field, so that a store of passwords can fill it. Why somebody was logged out is told here, and that nothing that they
// were writing is lost; what logging in leads to is where they came from.
import { byId, el, leadTitle, put } from '../dom.js';
import { Unreachable } from '../collector.js';
import { faultList, field, form, notice, submit } from '../parts.js';
import { t } from './desk-texts.js';
import { draftedActions } from './drafts.js';
import { begin, session } from './session.js';

const TOKEN = /^bp_[A-Za-z0-9_-]{43}$/;

// Only ever a page of this one.
const wayBack = (params) => (/^#\/(?!inloggen)/.test(params.get('naar') ?? '') ? params.get('naar') : '#/toegang');

const why = () => session.ended && notice(session.ended === 'left' ? 'good' : 'wait', t.ended[session.ended],
  session.ended !== 'left' && draftedActions().length > 0 && el('p', {}, t.draftIsKept));

function makeField(fault, value) {
  const input = el('input', { id: 'token', name: 'token', type: 'password', autocomplete: 'current-password', spellcheck: 'false', value });
  return [
    el('input', { type: 'text', name: 'username', autocomplete: 'username', value: t.userName, class: 'unseen', tabindex: -1, 'aria-hidden': 'true', readonly: true }),
    field(input, { label: t.token, hint: t.tokenHint, fault }),
  ];
}

function tell(fault, value) {
  put(byId('login-faults'), faultList(t.faults(1), [{ id: 'token', text: fault }]));
  put(byId('login-field'), makeField(fault, value));
  leadTitle(t.fault, true);
  byId('faults').focus();
}

// What is wrong with a token, undefined when the collector takes it.
async function faultOf(token) {
  if (token === '') return t.tokenMissing;
  if (!TOKEN.test(token)) return t.tokenShape;
  try {
    return (await begin(token)) ? undefined : t.tokenRefused;
  } catch (error) {
    if (error instanceof Unreachable) return t.unreachable;
    throw error;
  }
}

export default async function login(parts, params, frame) {
  await frame.openDesk();
  let isBusy = false;
  async function send() {
    if (isBusy) return;
    isBusy = true;
    const token = byId('token').value.trim();
    const fault = await faultOf(token).finally(() => (isBusy = false));
    if (fault) tell(fault, token);
    else frame.go(wayBack(params));
  }
  return {
    title: t.logInTitle,
    nodes: [
      why(),
      el('p', { class: 'lead' }, t.logInLead),
      el('div', { id: 'login-faults' }),
      form(send, el('div', { id: 'login-field' }, makeField()), submit(t.logInButton)),
      el('p', { class: 'about' }, t.logInAbout),
    ],
  };
}
