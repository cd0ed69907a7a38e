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
const LOOKS = [500, 1500]; // ms before each look after an answer that was lost

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

// One thing at a time: who presses again while it is under way gets the same outcome, and nothing is done twice.
let underWay;

function alone(work) {
  underWay ??= work().finally(() => (underWay = undefined));
  return underWay;
}

// What becomes of a text is told as {index} when it is public, and otherwise as what its draft says from here on.
async function send(id, request) {
  const before = await look(id, request);
  if (before) return before;
  const { status, body, problem } = await askAs(pathOf(id), { method: 'POST', type: 'application/json', body: JSON.stringify(request) });
  if (!problem) return body;
  if (status >= 500 || status === 429) throw new Unreachable(problem.type);
  if (status !== 400) return { step: 'look', problem: status === 403 ? 'forbidden' : 'refused' };
  return (await look(id, request)) ?? { step: 'write', refused: problem.errors.map(({ pointer, detail }) => ({ pointer, detail })) };
}

const unlessUnreachable = (otherwise) => (error) => {
  if (error instanceof Unreachable) return otherwise();
  throw error;
};

const findOut = async (id, request) =>
  lookAgain(id, request).then((found) => found ?? { step: 'look', problem: 'notThere' }, unlessUnreachable(() => ({ isSent: true })));

function settle(id, draft, outcome, frame) {
  if (outcome.index === undefined) {
    if (outcome.refused) data.forgetFollowUps();
    keepDraft(id, { ...draft, problem: undefined, isSent: false, ...outcome });
    return frame.show();
  }
  dropDraft(id);
  data.forgetFollowUps();
  return frame.go(`${addressOf(id)}/${outcome.index}`);
}

async function publish(id, draft, frame) {
  if (underWay) return;
  put(byId('told'), t.sending);
  keepDraft(id, { ...draft, isSent: true });
  const request = requestOf(draft);
  const lost = () => {
    put(byId('told'), t.looking);
    return findOut(id, request);
  };
  try {
    settle(id, draft, await alone(() => send(id, request).catch(unlessUnreachable(lost))), frame);
  } catch (error) {
    keepDraft(id, draft);
    throw error;
  }
}

// What became of a text whose answer was lost at another time.
async function find(id, draft, frame) {
  if (underWay) return;
  put(byId('told'), t.looking);
  settle(id, draft, await alone(() => findOut(id, requestOf(draft))), frame);
}

// Writing

const labelOf = ({ publishedAt, status }) => t.replaceOption(toDay(publishedAt), t.doneStatuses[status]);
const refusalOf = ({ pointer, detail }) => ({ id: PLACES[pointer] ?? 'q-nl', text: t.refusedAt[pointer] ?? t.refused(detail) });

// The form: keeps the draft, tells its faults, of which a mended one goes by itself.
class Form {
  constructor({ action, rounds, followUps, draft, frame }) {
    Object.assign(this, { action, rounds, followUps, draft, frame });
    this.asked = questionnaire();
    this.top = el('div', {});
    this.fields = new Map(this.asked.questions.map((question) =>
      [question.id, makeField(question, draft.answers[question.id], (value) => this.answer(question, value))]));
  }

  change(what) {
    keepDraft(this.action.id, Object.assign(this.draft, what, { refused: undefined }));
  }

  get faults() {
    return compose(this.asked, this.draft.answers).faults;
  }

  answer({ id }, value) {
    this.change({ answers: { ...this.draft.answers, [id]: value } });
    const still = this.faults.map(({ question }) => question);
    if (this.told) this.tell(this.told.filter(({ question }) => question !== id || still.includes(id)));
  }

  tell(faults, more) {
    this.told = faults.length > 0 ? faults : undefined;
    tellFaults(this.asked, this.fields, this.top, faults, more);
  }

  tellRefused() {
    if (this.draft.refused) this.tell([], this.draft.refused.map(refusalOf));
  }

  review() {
    const { faults } = this;
    this.tell(faults);
    if (faults.length > 0) return byId('faults').focus();
    this.change({ step: 'look' });
    return this.frame.show();
  }

  get replaceField() {
    const open = this.followUps.filter(({ isReplaced }) => !isReplaced).map((one) => [String(one.index), labelOf(one)]);
    // A colleague may have replaced it since the draft was begun.
    if (!open.some(([index]) => index === this.draft.replaces)) this.draft.replaces = '';
    return open.length > 0 && choice('pick-replaces', t.replaces, [['', t.replacesNone], ...open], this.draft.replaces, (replaces) => this.change({ replaces }));
  }

  get element() {
    const field = (id) => this.fields.get(id).element;
    const rounds = [['', t.noRound], ...roundNames(this.rounds)];
    return form(() => this.review(),
      field('status'), choice('pick-round', t.aboutRound, rounds, this.draft.round, (round) => this.change({ round })), this.replaceField,
      field('nl'), field('en'), el('p', { class: 'hint' }, t.draftKeptHere), submit(t.review));
  }
}

function writing(known) {
  const asked = new Form(known);
  return {
    title: t.writeTitle,
    shown: () => asked.tellRefused(),
    nodes: [
      asked.top,
      asked.element,
      section(t.soFar, known.followUps.length > 0 ? followUpsOf(known.followUps) : el('p', {}, t.doneNone)),
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
  if (known.draft.isSent && !underWay) return doubt(known);
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
