// Page 7: the member's answers, what became of them, and all that they can do with what is theirs: check, find what is not theirs, take
// along, erase, take off this device.
import { el, put } from '../dom.js';
import * as member from '../member.js';
import * as own from '../own.js';
import { button, buttonLink, download, field, form, link, live, more, notice, section } from '../parts.js';
import { t, toTime } from '../texts.js';
import { asList } from './answers.js';
import { answerBadges } from './actions.js';
import { askTwice, doIn } from './doing.js';
import { forgetting } from './forget.js';
import { foldedFollowUps, newestStatus } from './news.js';
import { recoveryFault } from './recover.js';

const newestOf = (responses) => responses.filter((one) => member.current(one.round, one.action) === one);
const isOpenNow = (one) => member.open().some(({ round, action }) => round.id === one.round && action.id === one.action);
const addressOfOutcome = (one) => `#/verstuurd/${one.action}/${one.round}`;
const addressOf = (one) => `#/actie/${one.action}/${one.round}`;

function forgettingThis(frame) {
  const waiting = member.state.responses.filter(({ state }) => state === 'waiting').length;
  return forgetting(frame, [waiting > 0 && t.forgetWaits(waiting), member.state.hasRecovery && t.forgetNoCode].filter(Boolean));
}

// What became of erasing, where it did not go as asked. Of whom nothing is left there, as another device had it erased, the rest is here.
const eraseFault = ({ type }, frame) =>
  type === 'not-verified' ? notice('wait', undefined, el('p', {}, t.reasons['not-verified']), el('p', {}, t.forgetHere), forgettingThis(frame))
    : notice('bad', type === 'doubt' ? t.eraseDoubt : t.eraseFailed);

function eraseOne(one, frame) {
  const place = live();
  const erase = () => doIn(place, t.erasing, async () => {
    const problem = await frame.leaving(() => own.erase({ round: one.round, action: one.action }));
    if (problem?.type === 'nothing-to-erase') return frame.go('#/mijn', t.erasedNothing);
    if (problem) return eraseFault(problem, frame);
    // An earlier "everything", whose answer was lost, may turn out to have been carried out.
    return member.state.member ? frame.go('#/mijn', t.erasedOne) : frame.go('#/gewist');
  });
  const question = { question: [t.eraseOneText, t.eraseStays], yes: t.eraseSureOne, no: t.keepAll, then: erase };
  return [button(t.eraseOne, () => askTwice(place, question), 'quiet'), place];
}

// Of a change that was not taken the answer that counts is listed; what became of the change is one page on.
function card(one, frame) {
  const action = member.actionOf(one.action);
  const counts = member.counting(one);
  const { index, revision, signedAt, ...listed } = member.isNotTaken(one) && counts ? counts : one;
  const where = [index !== undefined && t.entry(index), t.version(revision), t.answeredOn(toTime(signedAt))];
  return el('li', { class: 'card' },
    el('h2', { lang: 'nl' }, action?.title ?? one.action),
    el('p', { class: 'about' }, where.filter(Boolean).join(' · ')),
    el('p', { class: 'badges' }, answerBadges(one, { doubt: t.doubtTitle, stale: t.staleTitle }), newestStatus(one.action)),
    foldedFollowUps(one.action),
    more(t.yourAnswer, asList(listed),
      el('div', { class: 'buttons' },
        one.state !== 'sent' && link(t.look, addressOfOutcome(one), { class: 'button quiet' }),
        isOpenNow(one) && link(t.change, addressOf(one), { class: 'button secondary' }),
        member.lastTaken(one) && eraseOne(one, frame))));
}

function checked({ held, bad, from, to, why }) {
  return [
    bad.length > 0 ? notice('doubt', t.checkBad(bad.length), el('ul', {}, bad.map(({ one, why: reason }) =>
      el('li', {}, `${member.actionOf(one.action)?.title ?? ''} ${t.entry(one.index)}: `, el('span', { lang: 'en' }, reason)))))
      : why === undefined && notice('good', t.checkGood(held)),
    why ? notice('doubt', t.notGrown, el('p', { lang: 'en' }, why)) : el('p', {}, t.grown(from, to)),
  ];
}

function checking() {
  const place = live();
  return section(t.checkTitle, el('p', {}, t.checkText),
    button(t.check, () => doIn(place, t.checking, async () => checked(await own.checkAll())), 'primary'), place);
}

function strange(found, frame) {
  const { entry, read } = found;
  const place = live();
  const title = read && (member.actionOf(read.claims.action)?.title ?? read.claims.action);
  return el('li', { class: 'card' },
    el('h3', { lang: title && 'nl' }, title ?? t.notSentUnreadable),
    el('p', { class: 'about' }, [t.entry(entry.index), read && t.answeredOn(toTime(read.claims.iat))].filter(Boolean).join(' · ')),
    read?.claims.answers && asList(read.claims),
    el('div', { class: 'buttons' },
      read && button(t.notSentOwn, () => doIn(place, t.loading, async () => {
        if (await own.takeOver(found)) frame.again({ keepFocus: true });
        else frame.go(addressOfOutcome(read.claims));
      })),
      button(t.notSentStrange, () => put(place, notice('doubt', undefined, el('p', {}, t.notSentHelp(entry.index)))), 'danger')),
    place);
}

function notSent(frame) {
  const place = live();
  const look = () => doIn(place, t.checking, async () => {
    const { strange: found, missing, problem } = await own.compare();
    if (problem) return notice('bad', problem.type === 'not-verified' ? t.reasons['not-verified'] : t.noAnswerNow);
    return [
      missing.map(({ one, isErased }) => notice('doubt', member.actionOf(one.action)?.title ?? one.action,
        el('p', {}, t.entry(one.index)), el('p', {}, isErased ? t.missingErased : t.missing))),
      found.length === 0 ? notice('good', t.notSentNone) : notice('doubt', t.notSentFound(found.length)),
      el('ul', { class: 'cards' }, found.map((one) => strange(one, frame))),
    ];
  });
  return section(t.notSentTitle, el('p', {}, t.notSentText), button(t.notSentCheck, look), place);
}

function taking() {
  const place = live();
  const take = () => doIn(place, t.loading, async () => {
    download('mijn-burgerpanel.json', await own.ownData());
    return el('p', {}, t.taken);
  });
  return section(t.takeTitle, el('p', {}, t.takeText), button(t.take, take), place);
}

// The code is still here, or it can be tried whether the one that was kept is the right one.
function code() {
  if (member.state.hasRecovery)
    return section(t.codeTitle, el('p', {}, t.codeOnDevice), el('p', {}, buttonLink(t.codeShow, '#/bewaren', 'secondary')));
  const place = el('div', {});
  const show = (fault, value = '') => {
    const input = el('input', { id: 'own-code', type: 'password', class: 'code', autocomplete: 'current-password', value });
    put(place, form(() => look(input.value), field(input, { label: t.codeTry, fault }), el('button', { type: 'submit', class: 'button secondary' }, t.codeTryIt)));
    if (fault) input.focus();
  };
  const told = live();
  const look = async (typed) => {
    const fault = await recoveryFault(typed);
    show(fault, fault ? typed : '');
    if (fault) return put(told);
    const isOwn = await own.isOwnCode(typed);
    return put(told, notice(isOwn ? 'good' : 'bad', isOwn ? t.codeGood : t.codeOther));
  };
  show();
  return section(t.codeTitle, el('p', {}, t.codeGone), place, told);
}

function erasing(frame) {
  const place = live();
  const erase = () => doIn(place, t.erasing, async () => {
    const problem = await frame.leaving(() => own.erase('everything'));
    if (problem?.type === 'nothing-to-erase') return notice('wait', t.erasedNothing);
    if (problem) return eraseFault(problem, frame);
    return frame.go('#/gewist');
  });
  const question = { question: [t.eraseStays], yes: t.eraseSure, no: t.keepAll, then: erase };
  return section(t.eraseTitle, el('p', {}, t.eraseText), button(t.eraseAll, () => askTwice(place, question), 'danger'), place);
}

export default function mine(parts, frame) {
  const newest = newestOf(member.state.responses);
  return {
    title: t.mine,
    watched: () => String(member.state.isPartial),
    nodes: [
      member.state.isPartial && notice('wait', undefined, el('p', {}, t.recoverPartial)),
      el('p', { class: 'lead' }, newest.length > 0 ? t.mineLead(newest.length) : t.mineNone),
      el('ul', { class: 'cards' }, newest.map((one) => card(one, frame))),
      checking(),
      notSent(frame),
      taking(),
      code(),
      section(t.forgetTitle, el('p', {}, t.forgetText), el('p', {}, t.forgetCounts), forgettingThis(frame)),
      erasing(frame),
    ],
  };
}
