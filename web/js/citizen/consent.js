// Page 2: what becomes of answers, and that taking part is free. Nothing is sent before the one button is pressed (PROTOCOL 2).
import { el, put } from '../dom.js';
import { toInvitation } from '../key.js';
import { Untrue } from '../log.js';
import * as member from '../member.js';
import * as passkey from '../passkey.js';
import { button, buttonLink, notice, section } from '../parts.js';
import { labelIn } from '../questionnaire.js';
import { enrol, hasBegun } from '../signed.js';
import { language, t } from '../texts.js';
import { codeFault } from './welcome.js';

const told = (title, labels) => {
  if (!labels) return null;
  const { text, lang } = labelIn(labels, language);
  return section(title, el('p', { lang, class: 'whole' }, text));
};

const terms = ({ responsesDays, membersDays, invitationsDays } = {}) =>
  [responsesDays && t.keptResponses(responsesDays), membersDays && t.keptMember(membersDays), invitationsDays && t.keptInvitation(invitationsDays)].filter(Boolean);

// `made`: the passkey that the secret is of, where the person wanted one.
async function join(frame, agree, place, made) {
  agree.textContent = t.joining;
  frame.say(t.joining);
  try {
    const problem = await frame.leaving(() => enrol(toInvitation(frame.stash.uitnodiging), made?.secret));
    if (!problem || problem.type === 'is-member') delete frame.stash.uitnodiging;
    if (!problem) return frame.go('#/bewaren');
    if (!(await hasBegun())) await made?.forget(); // else the key that is of it goes on
    if (problem.type === 'is-member') return frame.go('#/acties');
    frame.stash.codeFault = problem.type === 'invitation-refused' ? t.codeRefused : t.reasons.other;
    return frame.go('#/');
  } catch (error) {
    const isDoubt = error instanceof Untrue;
    agree.textContent = t.agree;
    frame.say('');
    put(place, notice(isDoubt ? 'doubt' : 'wait', isDoubt ? t.joinDoubt : t.joinLater));
    return undefined;
  }
}

export default async function consent(parts, frame) {
  if (member.state.member) return frame.replace('#/acties');
  if (await codeFault(frame.stash.uitnodiging ?? '')) return frame.replace('#/');
  if (!member.state.panel) await member.refresh();
  if (!member.state.panel) return { title: t.noConnectionTitle, nodes: [el('p', { class: 'lead' }, t.noConnectionText)] };
  const { purpose, privacy, retention } = member.state.panel;
  const place = el('div', { role: 'alert' });
  let isBusy = false;
  const once = (work) => async () => {
    if (isBusy) return;
    isBusy = true;
    await work();
    isBusy = false;
  };
  let isJoining = false;
  const hint = el('p', { hidden: true }, t.passkeyHint);
  // What goes on from here goes on with the key that was made first, and a passkey would bring another back.
  const joinAs = (made) => {
    isJoining = true;
    byPasskey.remove();
    hint.remove();
    return join(frame, agree, place, made);
  };
  const agree = button(t.agree, once(() => joinAs()), 'primary');
  const byPasskey = button(t.agreePasskey, once(async () => {
    const made = await passkey.create(labelIn(member.state.panel.title, language).text);
    return made ? joinAs(made) : place.replaceChildren(notice('wait', t.passkeyFailed));
  }), 'secondary');
  // The page does not wait for what a browser has to say of its device, and the button that somebody reaches for stays where it is.
  passkey.whenAvailable(async () => {
    if ((await hasBegun()) || isJoining) return;
    hint.hidden = false;
    agree.after(byPasskey);
  });
  const promises = [t.consentFree, t.consentAge, t.consentKey, t.consentShown, t.consentChange, ...terms(retention), t.consentNames];
  return {
    title: t.consentTitle,
    nodes: [
      told(t.consentWhy, purpose),
      told(t.consentWhat, privacy),
      section(t.consentHow, el('ul', { class: 'ticks' }, promises.map((text) => el('li', {}, text)))),
      place,
      el('p', { class: 'buttons' }, agree, buttonLink(t.notNow, '#/', 'quiet')),
      hint,
    ],
  };
}
