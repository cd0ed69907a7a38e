// Page 5: one action, what it is, what was done about it so far, and the questions. What stands in the form is kept with each change.
// With faults: a list on top that names each and leads to it; a field that is mended loses its own, the others keep theirs.
import { byId, el, icon, put } from '../dom.js';
import { tellFaults } from '../faults.js';
import { makeField } from '../fields.js';
import { NoLibrary } from '../key.js';
import * as member from '../member.js';
import { buttonLink, form, notice, section, submit } from '../parts.js';
import { compose, isAsked } from '../questionnaire.js';
import { answer } from '../signed.js';
import * as store from '../store.js';
import { t, toDay } from '../texts.js';
import { about } from './about.js';
import { followUps } from './news.js';

const closed = (action, watched) => ({
  title: action?.title ?? t.notOpenTitle,
  lang: action && 'nl',
  watched,
  nodes: [
    action && about(action),
    notice('calm', t.notOpenTitle, el('p', {}, t.notOpenText)),
    action && followUps(action.id),
    el('p', {}, buttonLink(t.toActions, '#/acties')),
  ],
});

const facts = (action) =>
  el('dl', { class: 'facts' },
    [[t.who, action.lead], [t.withWhom, action.related], [t.track, action.track]]
      .filter(([, text]) => text)
      .map(([name, text]) => el('div', {}, el('dt', {}, name), el('dd', { lang: 'nl' }, text))));

// The form of one questionnaire: draws itself, keeps the draft, tells its faults.
class Form {
  // `one`: what stands there, of which the answers are filled in; `changes`: the answer that this one will be a change of.
  constructor({ round, action, one, changes, draft, frame }) {
    Object.assign(this, { round, action, changes, frame });
    this.whose = member.state.member.key.kid;
    this.questionnaire = member.questionnaireOf(round);
    this.draft = draft ?? { ...(one?.answers ?? {}) };
    // What is signed with the answer is what was shown, not what was fetched last.
    this.seen = { ...member.state.documents };
    this.fields = new Map(this.questionnaire.questions.map((question) => [question.id, makeField(question, this.draft[question.id], (value) => this.change(question, value))]));
    this.top = el('div', {});
    this.below = el('div', { role: 'status' });
    this.tellKept(true);
    this.showAsked();
  }

  get element() {
    const words = this.changes ? t.changeIt : t.sendIt;
    return form(() => this.send(), [...this.fields.values()].map(({ element }) => element),
      this.below, submit(words));
  }

  showAsked() {
    for (const question of this.questionnaire.questions)
      this.fields.get(question.id).element.hidden = !isAsked(this.questionnaire, this.draft, question);
  }

  change(question, value) {
    if (value === undefined) delete this.draft[question.id];
    else this.draft[question.id] = value;
    this.showAsked();
    this.isKept = store.keepDraft(this.round.id, this.action.id, this.draft, this.whose).then(() => this.tellKept(true), () => this.tellKept(false));
    if (this.faults) this.forgetMended(question);
  }

  // Who fills in goes on either way, and the answer may be sent: it is kept anew when it is signed.
  tellKept(isKept) {
    if (isKept === this.isToldKept) return;
    this.isToldKept = isKept;
    put(this.below, isKept ? el('p', { class: 'hint' }, t.draftKept) : notice('bad', undefined, el('p', {}, t.draftLost)));
  }

  forgetMended({ id }) {
    const still = compose(this.questionnaire, this.draft).faults.map(({ question }) => question);
    this.tell(this.faults.filter(({ question }) => question !== id || still.includes(id)));
  }

  tell(faults) {
    this.faults = faults.length > 0 ? faults : undefined;
    tellFaults(this.questionnaire, this.fields, this.top, faults);
  }

  async send() {
    if (this.isSending) return;
    const { answers, faults } = compose(this.questionnaire, this.draft);
    this.tell(faults);
    if (faults.length > 0) return void byId('faults').focus();
    this.isSending = true;
    this.frame.say(t.sending);
    try {
      await this.isKept;
      await answer(this.round.id, this.action.id, answers, this.seen);
    } catch (error) {
      return this.tellNotSent(error);
    }
    this.frame.go(`#/verstuurd/${this.action.id}/${this.round.id}`);
  }

  // Either all texts together are too long, or what signs is still to be fetched, or the device could not keep what was to be sent; what was
  // filled in stays as it is.
  tellNotSent(error) {
    this.isSending = false;
    const isTooLong = /32 KiB/.test(error.message);
    if (!isTooLong) console.error(error);
    const words = isTooLong ? t.faultWhole : error instanceof NoLibrary ? t.answerNotSigned : t.answerNotKept;
    this.frame.say(words);
    put(this.top, notice('bad', words));
    this.top.scrollIntoView();
  }
}

function placeOf(id, roundId) {
  const places = member.open().filter((place) => place.action.id === id);
  return places.find(({ round }) => round.id === roundId) ?? (roundId ? undefined : places[0]);
}

export default async function action([id, roundId], frame) {
  const place = placeOf(id, roundId);
  if (!place) return closed(member.actionOf(id), () => String(Boolean(placeOf(id, roundId))));
  const one = member.current(place.round.id, id);
  if (one?.state === 'stale') return frame.replace(`#/verstuurd/${id}/${place.round.id}`);
  const draft = await store.draft(place.round.id, id);
  const changes = one && (member.counting(one) ?? (member.isNotTaken(one) ? undefined : one));
  const asked = new Form({ ...place, one, changes, draft, frame });
  return {
    title: place.action.title,
    lang: 'nl',
    above: el('p', { class: 'up' }, el('a', { href: '#/acties' }, icon('back'), t.allActions)),
    nodes: [
      about(place.action),
      asked.top,
      facts(place.action),
      followUps(id),
      section(t.questionsTitle,
        draft && notice('wait', undefined, el('p', {}, t.draftFound)),
        !draft && changes && notice('good', undefined, el('p', {}, t.earlier(toDay(changes.signedAt)))),
        asked.element),
    ],
  };
}
