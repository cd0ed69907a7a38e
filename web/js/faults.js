// The faults of a form: a list on top that names each and leads to its field, each field its own words, and the title.
//
//   listFaults(top, lines)                                 of a form that draws its fields itself: lines [{id, text}]
//   tellFaults(questionnaire, fields, top, faults, more)    fields: question id → what makeField gives; top: where the list stands;
//                                                           faults as compose gives them; more: [{id, text}] of what is no question
import { leadTitle, put } from './dom.js';
import { faultList } from './parts.js';
import { labelIn } from './questionnaire.js';
import { language, t } from './texts.js';

const WORDS = {
  missing: (question, label) => [t.faultMissing(label), question.type === 'text' ? t.faultMissingText : t.faultMissingHere],
  tooLong: (question, label, { over }) => [t.faultTooLong(label, over), t.faultTooLongHere(over)],
};
const otherFault = (question, label) => [t.faultOther(label), t.faultOtherHere];

export function listFaults(top, lines) {
  put(top, lines.length > 0 && faultList(t.faults(lines.length), lines));
  leadTitle(t.fault, lines.length > 0);
}

export function tellFaults(questionnaire, fields, top, faults, more = []) {
  const lines = [];
  for (const [id, field] of fields) {
    const fault = faults.find(({ question }) => question === id);
    const question = questionnaire.questions.find((each) => each.id === id);
    const [inList, here] = fault ? (WORDS[fault.fault] ?? otherFault)(question, labelIn(question.label, language).text, fault) : [];
    field.setFault(here);
    if (fault) lines.push({ id: field.firstId, text: inList });
  }
  listFaults(top, [...lines, ...more]);
}
