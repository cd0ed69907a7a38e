// Page 8: a device that does not know the member gets their key back by the recovery code or the file, and from the collector what they
// answered.
import { el, put } from '../dom.js';
import { listFaults } from '../faults.js';
import { Unreachable } from '../collector.js';
import { fromCode } from '../key.js';
import { Untrue } from '../log.js';
import { button, field, form, more, notice, section, submit } from '../parts.js';
import { lengthOf } from '../questionnaire.js';
import * as member from '../member.js';
import * as own from '../own.js';
import * as passkey from '../passkey.js';
import { t } from '../texts.js';
import { forgetting } from './forget.js';

const count = (typed) => lengthOf(typed.replace(/[^\p{L}\p{N}]/gu, ''));

// What is wrong with a code as typed, in words, or undefined.
export async function recoveryFault(typed) {
  const length = count(typed);
  if (length === 0) return t.recoverEmpty;
  if (length === 26) return t.recoverInvitation;
  if (length !== 28) return t.recoverCount(length);
  return fromCode(typed).then(() => undefined, () => t.recoverSlip);
}

const problemWords = ({ type }) =>
  ({ 'not-verified': t.recoverUnknown, erased: t.recoverErased, 'other-member': t.recoverOther })[type] ?? t.reasons.other;

// Runs a restoring; gives the fault to be told at its field, or undefined. What has no answer is told in `place`.
async function restoring(frame, place, work) {
  frame.say(t.recovering);
  try {
    const problem = await frame.leaving(work);
    if (problem) return problemWords(problem);
    frame.go('#/mijn');
  } catch (error) {
    if (error instanceof Untrue) return void put(place, notice('doubt', t.joinDoubt));
    if (!(error instanceof Unreachable)) throw error;
    put(place, notice('wait', undefined, el('p', {}, t.noAnswerNow)));
  } finally {
    frame.say('');
  }
  return undefined;
}

function codeForm(frame, top, place) {
  const holder = el('div', {});
  const show = (fault, value = '') => {
    const input = el('input', { id: 'recovery-code', type: 'password', class: 'code', value, autocomplete: 'current-password', spellcheck: 'false' });
    const seen = el('input', { type: 'checkbox', id: 'seen', on: { change: () => (input.type = seen.checked ? 'text' : 'password') } });
    put(holder, form(() => send(input.value),
      el('input', { type: 'text', class: 'unseen', autocomplete: 'username', tabindex: -1, 'aria-hidden': 'true' }),
      field(input, { label: t.recoverLabel, hint: t.recoverHint, fault }),
      el('label', { class: 'option small', for: 'seen' }, seen, el('span', {}, t.recoverShow)),
      submit(t.recover)));
    goToFaults(top, fault ? [{ id: 'recovery-code', text: fault }] : []);
  };
  const send = async (typed) => {
    put(place);
    const fault = (await recoveryFault(typed)) ?? (await restoring(frame, place, () => own.restore(typed)));
    show(fault, typed);
  };
  show(undefined, frame.stash.herstel);
  delete frame.stash.herstel;
  return holder;
}

function goToFaults(top, faults) {
  listFaults(top, faults);
  top.firstElementChild?.focus();
}

// What a file's own reading says; anything else is not the file's fault.
function fileFault(error) {
  const fault = { 'no recovery file': t.recoverFileBad, 'another passphrase, or a damaged file': t.recoverFilePhrase }[error.message];
  if (!fault) throw error;
  return fault;
}

function fileForm(frame, top, place) {
  const holder = el('div', {});
  const file = el('input', { id: 'file', type: 'file', accept: '.json,application/json' });
  const show = (faults = {}) => {
    const phrase = el('input', { id: 'phrase', type: 'password', autocomplete: 'off' });
    put(holder, form(() => send(file.files[0], phrase.value),
      field(file, { label: t.recoverFileLabel, fault: faults.file }),
      field(phrase, { label: t.passphrase, fault: faults.phrase }),
      el('button', { type: 'submit', class: 'button secondary' }, t.recoverFileUse)));
    goToFaults(top, Object.entries(faults).filter(([, text]) => text).map(([id, text]) => ({ id, text })));
  };
  const send = async (chosen, passphrase) => {
    put(place);
    if (!chosen) return show({ file: t.recoverFileNone });
    let fault;
    try {
      const bytes = new Uint8Array(await chosen.arrayBuffer());
      fault = await restoring(frame, place, () => own.restoreFromFile(bytes, passphrase));
    } catch (error) {
      fault = fileFault(error);
    }
    return show(fault && { [fault === t.recoverFilePhrase ? 'phrase' : 'file']: fault });
  };
  show();
  return more(t.recoverFile, holder);
}

// Comes a moment later than the page, so it stands below the field: what somebody reaches for does not move.
function passkeyButton(frame, place) {
  const show = (text) => put(place, notice('wait', undefined, el('p', {}, text)));
  const spot = el('p', { class: 'buttons', hidden: true }, button(t.recoverPasskey, async () => {
    put(place);
    const secret = await passkey.secret();
    if (!secret) return show(t.passkeyNone);
    const fault = await restoring(frame, place, () => own.restoreFromPasskey(secret));
    return fault && show(fault);
  }));
  passkey.whenAvailable(() => (spot.hidden = false));
  return spot;
}

// Who began here, or had all erased, and goes away from this device.
async function leavingBehind(frame) {
  const { hasBegun, isErased } = await own.remains();
  if (member.state.member || !(hasBegun || isErased)) return null;
  return section(t.forgetTitle, el('p', {}, t.forgetText), forgetting(frame, [hasBegun && t.forgetBegun, isErased && t.forgetProof].filter(Boolean)));
}

export default async function recover(parts, frame) {
  const behind = await leavingBehind(frame);
  const top = el('div', {});
  const place = el('div', { role: 'status' });
  return {
    title: t.recoverTitle,
    nodes: [top, el('p', { class: 'lead' }, t.recoverLead), codeForm(frame, top, place), place, passkeyButton(frame, place), fileForm(frame, top, place), el('p', {}, t.recoverLost), behind],
  };
}
