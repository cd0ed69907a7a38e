// Page 1: who is invited, with a code from the letter. Its Dutch text stands in index.html too, so that there is something to read before
// any script has come; a test holds the two together.
import { byId, el } from '../dom.js';
import { faultList, field, form, link, notice, submit } from '../parts.js';
import { t } from '../texts.js';

const RECOVERY_CHARACTERS = 28;
const count = (typed) => [...typed.replace(/[^\p{L}\p{N}]/gu, '')].length;

// Promise of what is wrong with what was typed, in words, or of undefined.
export async function codeFault(typed) {
  const length = count(typed);
  if (length === 0) return t.codeEmpty;
  if (length === RECOVERY_CHARACTERS) return t.codeRecovery;
  if (length !== 26) return t.codeCount(length);
  try {
    (await import('../key.js')).toInvitation(typed);
    return undefined;
  } catch {
    return t.codeWrong;
  }
}

export default function welcome(parts, frame) {
  const typed = frame.stash.uitnodiging ?? byId('code')?.value ?? ''; // who began to type before this came goes on
  const fault = frame.stash.codeFault;
  delete frame.stash.codeFault;
  const input = el('input', {
    id: 'code', name: 'code', type: 'text', value: typed, autocomplete: 'one-time-code', autocapitalize: 'characters', spellcheck: 'false', class: 'code',
    on: { input: () => (frame.stash.uitnodiging = input.value) },
  });
  const send = async () => {
    frame.stash.uitnodiging = input.value;
    frame.stash.codeFault = await codeFault(input.value);
    if (frame.stash.codeFault) return frame.again();
    return frame.go('#/toestemming');
  };
  const hint = frame.stash.uitnodiging && !fault ? t.codeFilled : t.codeHint;
  return {
    title: fault ? `${t.fault}: ${t.welcomeTitle}` : t.welcomeTitle,
    heading: t.welcomeTitle,
    nodes: [
      fault && faultList(t.faults(1), [{ id: 'code', text: fault }]),
      el('p', { class: 'lead' }, t.welcomeLead),
      form(send, field(input, { label: t.codeLabel, hint, fault }), submit(t.join)),
      el('p', {}, link(t.other, '#/herstel')),
      notice('calm', t.anonymousTitle, el('p', {}, t.anonymousText)),
    ],
  };
}
