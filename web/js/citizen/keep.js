// Page 3: the recovery code, and every way to keep it. It lies on this device until the member says that it is kept; while this page is
// open a script could read it, and only then (WEB.md, the key).
import { el, put } from '../dom.js';
import { button, copy, download, field, form, live, more, notice, submit } from '../parts.js';
import { lengthOf } from '../questionnaire.js';
import * as member from '../member.js';
import * as own from '../own.js';
import { t } from '../texts.js';

const USER = 'burgerpanel';

const groups = (code) => code.split('-').map((group, i) => [i > 0 && el('span', { class: 'dash', 'aria-hidden': 'true' }, '-'), el('span', {}, group)]);

// The browser's own password store offers to keep what such a form is sent with; some browsers can be asked.
async function keepInPasswords(code, told) {
  if (window.PasswordCredential) await navigator.credentials.store(new window.PasswordCredential({ id: USER, name: member.state.panel.id, password: code })).catch(() => {});
  put(told, t.keptPasswords);
}

const passwordForm = (code, told) =>
  form(() => keepInPasswords(code, told),
    el('div', { class: 'unseen', 'aria-hidden': 'true' },
      el('input', { type: 'text', autocomplete: 'username', value: USER, tabindex: -1, readonly: true }),
      el('input', { type: 'password', autocomplete: 'new-password', value: code, tabindex: -1, readonly: true })),
    el('button', { type: 'submit', class: 'button secondary' }, t.keepPasswords));

function fileForm() {
  const place = el('div', {});
  const told = live();
  const show = (fault, value = '') => {
    const input = el('input', { id: 'phrase', type: 'password', autocomplete: 'off', value });
    put(place, form(() => save(input.value), field(input, { label: t.passphrase, hint: t.passphraseHint, fault }), submit(t.saveFile)));
    if (fault) input.focus();
  };
  const save = async (passphrase) => {
    if (lengthOf(passphrase.trim()) < 12) return show(t.passphraseShort, passphrase);
    download('burgerpanel-herstel.json', await own.recoveryFile(passphrase));
    show();
    return put(told, t.fileSaved);
  };
  show();
  return more(t.keepFile, el('p', {}, t.keepFileText), place, told);
}

// Where storage goes after a week without a visit, unless the site stands on the home screen.
const needsHomeScreen = () => /iPhone|iPad/.test(navigator.userAgent) && !navigator.standalone;

export default async function keep(parts, frame) {
  const code = await own.recoveryCode();
  if (!code) return frame.replace('#/mijn');
  const told = live();
  const kept = async () => {
    await own.forgetRecoveryCode();
    frame.go('#/acties');
  };
  return {
    title: t.keepTitle,
    nodes: [
      el('p', { class: 'lead' }, member.state.hasPasskey ? t.keepLeadPasskey : t.keepLead),
      el('p', {}, member.state.hasPasskey ? t.keepWhyPasskey : t.keepWhy),
      el('p', { class: 'recovery', id: 'recovery', role: 'group', 'aria-label': t.yourCode }, groups(code)),
      el('h2', {}, t.keepHow),
      el('div', { class: 'ways' },
        passwordForm(code, told),
        button(t.keepCopy, async () => put(told, (await copy(code)) ? t.copied : t.copyFailed)),
        button(t.keepPrint, () => window.print())),
      told,
      fileForm(),
      needsHomeScreen() && notice('calm', t.keepHome, el('p', {}, t.keepHomeText)),
      el('p', { class: 'buttons' }, button(t.isKept, kept, 'primary'), button(t.later, () => frame.go('#/acties'), 'quiet')),
    ],
  };
}
