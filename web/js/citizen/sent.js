// Page 6: what became of an answer. One of four, and of two answers a choice; each has its own colour, drawing and heading, so that what
// waits is never taken for what was sent.
import { el, icon, put } from '../dom.js';
import * as member from '../member.js';
import * as own from '../own.js';
import { button, buttonLink, copy, live, more, section } from '../parts.js';
import { answer, send } from '../signed.js';
import { t, toTime } from '../texts.js';
import { asList, asText } from './answers.js';
import { askTwice, doIn } from './doing.js';
import { nextOpen } from './actions.js';

const PATIENCE = 8000; // ms, until what is on its way is said to wait

const shown = (kind, drawing, title, ...nodes) => ({
  title,
  around: (heading) => el('div', { class: `outcome ${kind}` }, el('span', { class: 'mark' }, icon(drawing)), heading, nodes),
  nodes: [],
});
const lead = (text) => el('p', { class: 'lead' }, text);
const paragraph = (text) => el('p', {}, text);

function copying(one) {
  const place = live();
  return [button(t.copyAnswer, async () => put(place, (await copy(asText(one))) ? t.copiedAnswer : t.copyFailed)), place];
}

const sent = (one) => shown('good', 'check', t.thanksTitle, lead(one.replaced === undefined ? t.thanksText : t.thanksChanged),
  el('p', { class: 'about' }, `${t.entry(one.index)} · ${t.version(one.revision)}`));

const waits = (one) => shown('wait', 'clock', t.waitTitle, lead(t.waitText), member.counting(one) && paragraph(t.stillCounts),
  paragraph(one.reason ? t.reasons[one.reason.type] : t.waitHow));

// What was not taken is sent again each time, for as long as it lies here.
function leaving(one, frame) {
  const place = live();
  const isChange = member.counting(one) !== undefined;
  const leave = () => doIn(place, t.loading, async () => {
    await own.leaveOut(one);
    frame.again();
  });
  const question = { question: [isChange ? t.leaveChangeText : t.leaveAnswerText], yes: t.leaveSure, no: t.leaveNot, then: leave };
  return [button(isChange ? t.leaveChange : t.leaveAnswer, () => askTwice(place, question), 'quiet'), place];
}

const again = (one, kind) => buttonLink(t.answerAgain, `#/actie/${one.action}/${one.round}`, kind);

function refused(one, frame) {
  const isChange = member.counting(one) !== undefined;
  return shown('bad', 'cross', isChange ? t.changeRefusedTitle : t.refusedTitle, lead(isChange ? t.stillCounts : t.refusedText),
    paragraph(t.reasons[one.reason.type] ?? t.reasons.other),
    el('div', { class: 'buttons' }, again(one, 'secondary'), copying(one), leaving(one, frame)));
}

const changed = (one, frame) => shown('bad', 'pen', t.changedTitle, lead(t.changedText), member.counting(one) && paragraph(t.stillCounts),
  el('div', { class: 'buttons' }, again(one), leaving(one, frame)));

const doubt = (one) => shown('doubt', 'warning', t.doubtTitle, lead(t.doubtText),
  more(t.doubtWhat, el('p', {}, t.entry(one.index)), el('p', { lang: 'en' }, one.reason.why)));

const side = (title, one, choose) => section(title, el('p', { class: 'about' }, toTime(one.signedAt)), asList(one), choose);

async function stale(one, frame) {
  const other = await own.otherAnswer(one).catch(() => undefined);
  const place = live();
  const keepMine = () => doIn(place, t.sending, async () => {
    await answer(one.round, one.action, one.answers, one); // for what was shown then, and not for what was fetched last
    await own.dropStale(one);
    frame.again();
  });
  const keepOther = () => doIn(place, t.loading, async () => {
    await own.yieldTo(other, one);
    frame.again();
  });
  return shown('wait', 'warning', t.staleTitle, lead(t.staleText),
    el('div', { class: 'beside' },
      side(t.staleMine, one, button(t.staleKeepMine, keepMine)),
      other ? side(t.staleOther, { ...one, ...other }, button(t.staleKeepOther, keepOther)) : paragraph(t.staleUnknown)), place);
}

const outcome = {
  sent,
  doubt,
  stale,
  refused: (one, frame) => (one.reason.type === 'stale-context' ? changed(one, frame) : refused(one, frame)),
  waiting: (one, frame) => (member.isNotTaken(one) ? refused(one, frame) : waits(one)),
};

// Until it is known, or long enough.
async function settle(round, action) {
  const isDone = () => {
    const one = member.current(round, action);
    return !one || one.state !== 'waiting' || one.reason;
  };
  await Promise.race([send(), new Promise((done) => setTimeout(done, PATIENCE))]);
  return isDone();
}

export default async function sentPage([action, round], frame) {
  const first = member.current(round, action);
  if (!first) return frame.replace('#/acties');
  if (first.state === 'waiting' && !first.reason && navigator.onLine) await settle(round, action);
  const one = member.current(round, action);
  const page = await outcome[one.state](one, frame);
  const next = one.state !== 'stale' && nextOpen(round, action);
  page.nodes.push(
    next ? el('p', { class: 'buttons' }, buttonLink(t.nextAction, next), buttonLink(t.toActions, '#/acties', 'quiet'))
      : [one.state === 'sent' && member.open().length > 0 && paragraph(t.allDone), el('p', {}, buttonLink(t.toActions, '#/acties', one.state === 'stale' ? 'quiet' : 'primary'))]);
  if (member.state.hasRecovery && one.state === 'sent')
    page.nodes.push(el('div', { class: 'notice wait' }, icon('key'), el('div', {}, el('p', { class: 'title' }, t.keepReminderTitle),
      paragraph(t.keepReminderText), el('p', {}, buttonLink(t.keepReminder, '#/bewaren', 'secondary')))));
  page.watched = () => JSON.stringify([member.current(round, action)?.state, member.current(round, action)?.reason?.type]);
  return page;
}
