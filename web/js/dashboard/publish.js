// What was done with answers, told by who may: the texts so far, a form, and the text as everybody will see it, with the button that makes
// it public. What stands in the form is kept with each change, and which step it is at, so that a reload or a token that ran out loses
// nothing.
//
// Once and no more: while a text is on its way no other press sends it; before it is sent, after an answer that was lost and after a
// refusal the page looks whether the very same text is public, and only where it is not may it be sent (again). The collector refuses
// the very same text a second time, since a browser sends a request again by itself when its connection ends without an answer.
import { byId, el, icon, put } from '../dom.js';
import { ask, Unreachable } from '../collector.js';
import { tellFaults } from '../faults.js';
import { makeField } from '../fields.js';
import { followUpArticle } from '../follow-up.js';
import { button, buttonLink, form, notice, section, submit } from '../parts.js';
import { compose } from '../questionnaire.js';
import english from '../texts.en.js';
import dutch from '../texts.nl.js';
import * as citizen from '../texts.js';
import { followUpsOf, lost } from './action.js';
import * as data from './data.js';
import { t } from './desk-texts.js';
import { dropDraft, keepDraft, readDraft } from './drafts.js';
import { choice } from './parts.js';
import { roundNames, roundsOf } from './sources.js';
import { askAs } from './session.js';
import { language, toDay } from './texts.js';

const LONGEST = 4000; // code points, PROTOCOL 6d
const STATUSES = ['considered', 'doing', 'done', 'notDone'];
const LOOKS = [500, 1500, 3000]; // ms between looks after an answer that was lost

const addressOf = (id) => `#/bericht/${encodeURIComponent(id)}`;
const pathOf = (id) => `/v1/actions/${encodeURIComponent(id)}/follow-ups`;
const said = (text) => ({ nl: text, [language]: text });

// The form as a questionnaire, so that it asks, counts and tells its faults as the citizen page does.
const questionnaire = () => ({
  questions: [
    { id: 'status', type: 'choice', required: true, label: said(t.statusLabel), options: STATUSES.map((value) => ({ value, label: said(t.doneStatuses[value]) })) },
    { id: 'nl', type: 'text', required: true, maxLength: LONGEST, label: said(t.dutchLabel), hint: t.textHint },
    { id: 'en', type: 'text', required: false, maxLength: LONGEST, label: said(t.englishLabel), hint: t.englishHint },
  ],
});

// What is sent: {round, status, text, replaces}.
function requestOf({ answers, round, replaces }) {
  const { status, nl, en } = compose(questionnaire(), answers).answers;
  return { round: round || null, status, text: en === undefined ? { nl } : { nl, en }, replaces: replaces ? Number(replaces) : null };
}

const isSame = (one, request) =>
  one.round === request.round && one.status === request.status && one.text.nl === request.text.nl && one.text.en === request.text.en;

// The very same text among those that are public and that none has replaced.
const findPublic = (all, request) => all.find((one) => !all.some(({ replaces }) => replaces === one.index) && isSame(one, request));

async function look(id, request) {
  const { body, problem } = await ask(pathOf(id));
  if (problem) throw new Unreachable(problem.type);
  return findPublic(body, request);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// After an answer that was lost: {index} of what is public, or undefined where it is not. Throws Unreachable where that can't be seen.
async function lookAgain(id, request) {
  for (const wait of LOOKS) {
    await pause(wait);
    const found = await look(id, request);
    if (found) return found;
  }
  return undefined;
}

// Sending

const PLACES = { '/status': 'q-status', '/text/nl': 'q-nl', '/text/en': 'q-en', '/text': 'q-nl', '/round': 'pick-round', '/replaces': 'pick-replaces' };

let isSending = false;

// What became of it: {index} when it is public; {step, …} for the draft otherwise.
async function send(id, request) {
  const before = await look(id, request);
  if (before) return before;
  const { status, body, problem } = await askAs(pathOf(id), { method: 'POST', type: 'application/json', body: JSON.stringify(request) });
  if (!problem) return body;
  if (status >= 500) throw new Unreachable(problem.type);
  if (status === 400) return (await look(id, request)) ?? { step: 'write', refused: problem.errors.map(({ pointer, detail }) => ({ pointer, detail })) };
  return { step: 'look', problem: status === 403 ? 'forbidden' : 'refused' };
}

function settle(id, draft, outcome, frame) {
  if (outcome?.index !== undefined) {
    dropDraft(id);
    data.forgetFollowUps();
    return frame.go(`${addressOf(id)}/${outcome.index}`);
  }
  if (outcome?.refused) data.forgetFollowUps();
  keepDraft(id, { ...draft, isSent: false, ...(outcome ?? { step: 'look', problem: 'notThere' }) });
  return frame.show();
}

async function publish(id, draft, frame) {
  if (isSending) return undefined;
  isSending = true;
  put(byId('told'), t.sending);
  keepDraft(id, { ...draft, problem: undefined, isSent: true });
  const request = requestOf(draft);
  try {
    settle(id, draft, await send(id, request), frame);
  } catch (error) {
    if (error instanceof Unreachable) return await find(id, draft, frame);
    keepDraft(id, draft);
    throw error;
  } finally {
    isSending = false;
  }
  return undefined;
}

// What became of a text whose answer was lost.
async function find(id, draft, frame) {
  put(byId('told'), t.looking);
  try {
    settle(id, draft, await lookAgain(id, requestOf(draft)), frame);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    keepDraft(id, { ...draft, isSent: true });
    frame.show();
  }
}

// Writing

const labelOf = ({ publishedAt, status }) => t.replaceOption(toDay(publishedAt), t.doneStatuses[status]);

function replaceField(draft, followUps, change) {
  const open = followUps.filter(({ isReplaced }) => !isReplaced);
  return open.length > 0 && choice('pick-replaces', t.replaces, [['', t.replacesNone], ...open.map((one) => [String(one.index), labelOf(one)])],
    draft.replaces ?? '', (replaces) => change({ replaces }));
}

const refusalOf = ({ pointer, detail }) => ({ id: PLACES[pointer] ?? 'q-nl', text: t.refusedAt[pointer] ?? t.refused(detail) });

function writing({ action, rounds, followUps, draft, frame }) {
  const asked = questionnaire();
  const top = el('div', { id: 'top' });
  let told;
  const change = (what) => keepDraft(action.id, Object.assign(draft, what, { refused: undefined }));
  const compare = () => compose(asked, draft.answers).faults;
  const fields = new Map(asked.questions.map((question) => [question.id, makeField(question, draft.answers[question.id], (value) => answer(question, value))]));
  function answer({ id }, value) {
    change({ answers: { ...draft.answers, [id]: value } });
    const still = compare().map(({ question }) => question);
    if (told) tell(told.filter(({ question }) => question !== id || still.includes(id)));
  }
  function tell(faults, more) {
    told = faults.length > 0 ? faults : undefined;
    tellFaults(asked, fields, top, faults, more);
  }
  function review() {
    const faults = compare();
    tell(faults);
    if (faults.length > 0) return byId('faults').focus();
    change({ step: 'look' });
    return frame.show();
  }
  return {
    title: t.writeTitle,
    shown: () => draft.refused && tell([], draft.refused.map(refusalOf)),
    nodes: [
      top,
      form(review,
        fields.get('status').element,
        choice('pick-round', t.aboutRound, [['', t.noRound], ...roundNames(rounds)], draft.round, (round) => change({ round })),
        replaceField(draft, followUps, change),
        fields.get('nl').element,
        fields.get('en').element,
        el('p', { class: 'hint' }, t.draftKeptHere),
        submit(t.review)),
      section(t.soFar, followUps.length > 0 ? followUpsOf(followUps) : el('p', {}, t.doneNone)),
    ],
  };
}

// As everybody will see it

const MEMBERS = { nl: dutch, en: english };
const wordsIn = (code) => ({ t: MEMBERS[code], language: code, toDay: (at) => new Intl.DateTimeFormat(code, { dateStyle: 'long' }).format(at * 1000) });
const previewIn = (code, request) =>
  section(t.previewIn[code], followUpArticle({ ...request, publishedAt: new Date().toISOString() }, wordsIn(code), {}));

function preview({ action, draft, frame }) {
  const request = requestOf(draft);
  const back = () => (keepDraft(action.id, { ...draft, step: 'write', problem: undefined }), frame.show());
  return {
    title: t.previewTitle,
    nodes: [
      draft.problem && notice('bad', t.problems[draft.problem]),
      el('p', { class: 'lead' }, t.previewText),
      el('div', { class: 'previews' }, previewIn('nl', request), previewIn('en', request)),
      !request.text.en && el('p', { class: 'about' }, t.noEnglish),
      request.replaces !== null && el('p', {}, t.willReplace),
      notice('doubt', t.foreverTitle, el('p', {}, t.foreverText)),
      el('p', { class: 'buttons' }, button(t.publish, () => publish(action.id, draft, frame), 'primary', { id: 'publish' }), button(t.changeText, back)),
      el('p', { id: 'told', role: 'status' }),
    ],
  };
}

// Of a text whose answer was lost and that could not be looked for: nothing is sent until it could.
const doubt = ({ action, draft, frame }) => ({
  title: t.doubtTitle,
  nodes: [
    el('p', { class: 'lead' }, t.doubtText),
    el('p', { class: 'buttons' }, button(t.lookAgain, () => find(action.id, draft, frame), 'primary', { id: 'look-again' })),
    el('p', { id: 'told', role: 'status' }),
  ],
});

function published({ action, followUps }, index) {
  const one = followUps.find((each) => String(each.index) === index);
  return {
    title: t.publishedTitle,
    nodes: [
      notice('good', undefined, el('p', {}, t.publishedText(index))),
      one && followUpsOf([one]),
      el('p', { class: 'buttons' }, buttonLink(t.toAction, `#/actie/${encodeURIComponent(action.id)}`), buttonLink(t.toOverview, '#/?beeld=waiting', 'secondary')),
    ],
  };
}

// The page

const asksAbout = ({ id }) => ({ actions }) => actions === 'all' || actions.includes(id);
const anew = (rounds) => ({ step: 'write', answers: {}, round: rounds.at(-1)?.id ?? '', replaces: '' });

function stepOf(known, index) {
  if (index !== undefined) return published(known, index);
  if (known.draft.isSent && !isSending) return doubt(known);
  return known.draft.step === 'look' ? preview(known) : writing(known);
}

export default async function publishPage([id, index], params, frame) {
  await citizen.setLanguage(language);
  const [panel, actions, all] = await Promise.all([data.panel(), data.actions(), data.followUps()]);
  const action = actions.find((each) => each.id === id);
  if (!action) return lost();
  const rounds = roundsOf(panel).filter(asksAbout(action));
  const known = { action, rounds, followUps: all.filter((one) => one.action === id), draft: readDraft(id) ?? anew(rounds), frame };
  const page = stepOf(known, index);
  return {
    ...page,
    above: el('p', { class: 'up' }, el('a', { href: `#/actie/${encodeURIComponent(id)}` }, icon('back'), action.title)),
  };
}
