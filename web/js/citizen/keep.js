// Page 3: the recovery code, and every way to keep it. It lies on this device until the member says that it is kept; while this page is
// open a script could read it, and only then (WEB.md, the key).
import { el, put, svg } from '../dom.js';
import { button, copy, download, field, form, live, more, notice, submit } from '../parts.js';
import { lengthOf } from '../questionnaire.js';
import * as member from '../member.js';
import * as own from '../own.js';
import { t } from '../texts.js';

// A name of their own for each member, so that of two at one device neither code takes the other's place.
const userName = () => `burgerpanel ${member.state.member.key.kid.slice(0, 6)}`;

const groups = (code) => code.split('-').map((group, i) => [i > 0 && el('span', { class: 'dash', 'aria-hidden': 'true' }, '-'), el('span', {}, group)]);

// The browser's own password store offers to keep what such a form is sent with; some browsers can be asked.
async function keepInPasswords(code, told) {
  if (window.PasswordCredential) await navigator.credentials.store(new window.PasswordCredential({ id: userName(), name: member.state.panel.id, password: code })).catch(() => {});
  put(told, t.keptPasswords);
}

const passwordForm = (code, told) =>
  form(() => keepInPasswords(code, told),
    el('div', { class: 'unseen', 'aria-hidden': 'true' },
      el('input', { type: 'text', autocomplete: 'username', value: userName(), tabindex: -1, readonly: true }),
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

// A code to be seen by the camera of another device, for as long as that takes: who looks over a shoulder sees it too.
const QR_SHOWN_MS = 60_000;
const QR_MARGIN = 4; // modules of white around it
const ORIGIN_MAX = 60; // of an address, so that it fits

function qrDrawing(rows) {
  const dark = rows.flatMap((row, y) => row.map((isDark, x) => isDark && `M${x} ${y}h1v1h-1z`)).filter(Boolean).join('');
  const side = rows.length + 2 * QR_MARGIN;
  return svg('svg', { class: 'qr', role: 'img', 'aria-label': t.qrLabel, viewBox: `-${QR_MARGIN} -${QR_MARGIN} ${side} ${side}`, 'shape-rendering': 'crispEdges' }, svg('path', { d: dark }));
}

function qrWay(code, place) {
  let timer;
  const hide = () => {
    clearTimeout(timer);
    put(place);
  };
  return button(t.keepQr, async () => {
    const { modules } = await import('../qr.js');
    hide();
    put(place, el('p', {}, t.qrHow), qrDrawing(modules(`${location.origin}/#herstel=${code}`)), el('p', {}, button(t.qrHide, hide, 'quiet')));
    timer = setTimeout(hide, QR_SHOWN_MS);
  });
}

// Where storage goes after a week without a visit, unless the site stands on the home screen, where it has storage of its own. An iPad says that it is a
// Macintosh, of which none has a screen to touch.
const isApple = ({ userAgent, maxTouchPoints }) => /iPhone|iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
const needsHomeScreen = () => isApple(navigator) && !navigator.standalone;

export default async function keep(parts, frame) {
  const code = await own.recoveryCode();
  if (!code) return frame.replace('#/mijn');
  const told = live();
  const qrPlace = el('div', { id: 'qr', role: 'status' });
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
        button(t.keepPrint, () => window.print()),
        location.origin.length <= ORIGIN_MAX && qrWay(code, qrPlace)),
      told,
      qrPlace,
      fileForm(),
      needsHomeScreen() && notice('calm', t.keepHome, el('p', {}, t.keepHomeText)),
      el('p', { class: 'buttons' }, button(t.isKept, kept, 'primary'), button(t.later, () => frame.go('#/acties'), 'quiet')),
    ],
  };
}
