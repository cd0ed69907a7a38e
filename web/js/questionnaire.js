// What is asked, and what is wrong with an answer: checks 5 and 6 of PROTOCOL 5 as the collector makes them, so that all faults
// are told at once before anything is signed. Pure; words come from the texts, by the names of faults.
//
// A **draft** is what a form holds, question id → value: an integer (scale), a value (choice), a list of values (multi), a text;
// a question that is not there has not been touched. Draft answers to questions that are not asked stay in the draft.
//
//   isAsked(questionnaire, draft, question)     by its `when`, and that of the question it hangs on
//   compose(questionnaire, draft)               {answers, faults}: the claim, in the questionnaire's order, of what is asked and
//                                               answered; faults are [{question, fault, …}] in that order, `fault` one of
//                                               missing, notOnScale (min, max), notAnOption, notAList, tooLong (maxLength, over)
//   check(questionnaire, answers)               faults of a claim as it stands, also unknown, notAsked, empty
//   wellFormed(text)                            the text as JSON can bear it: no NUL, no half characters, LF alone
//   isBlank(text)                               nothing in it is seen: such an answer, as the collector has it, is none
//   lengthOf(text)                              in Unicode code points
//   labelIn(labels, language)                   {text, lang}: in that language, or else in Dutch

export const lengthOf = (text) => [...text].length;

export const wellFormed = (text) =>
  text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\0', '')
    .replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (found) => (found.length === 2 ? found : '\ufffd'));

// The same characters as text_is_blank of base/text.c.
export const isBlank = (text) => /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800]*$/u.test(text);

export function labelIn(labels, language) {
  const lang = labels?.[language] === undefined ? 'nl' : language;
  return { text: labels?.[lang] ?? '', lang };
}

const find = (questionnaire, id) => questionnaire.questions.find((question) => question.id === id);

export function isAsked(questionnaire, draft, question) {
  if (!question.when) return true;
  const other = find(questionnaire, question.when.question);
  return isAsked(questionnaire, draft, other) && draft[other.id] === question.when.equals;
}

// What is wrong with one answer by itself, or undefined.
const faultOf = {
  scale: ({ min, max }, value) =>
    Number.isInteger(value) && value >= min && value <= max ? undefined : { fault: 'notOnScale', min, max },
  choice: ({ options }, value) => (options.some((option) => option.value === value) ? undefined : { fault: 'notAnOption' }),
  multi({ options }, value) {
    if (!Array.isArray(value) || new Set(value).size < value.length) return { fault: 'notAList' };
    return value.every((one) => options.some((option) => option.value === one)) ? undefined : { fault: 'notAnOption' };
  },
  text({ maxLength }, value) {
    if (typeof value !== 'string') return { fault: 'notAnOption' };
    if (isBlank(value)) return { fault: 'empty' };
    const over = lengthOf(value) - maxLength;
    return over > 0 ? { fault: 'tooLong', maxLength, over } : undefined;
  },
};

export function check(questionnaire, answers) {
  const faults = Object.keys(answers)
    .filter((id) => !find(questionnaire, id))
    .map((id) => ({ question: id, fault: 'unknown' }));
  for (const question of questionnaire.questions) {
    const asked = isAsked(questionnaire, answers, question);
    const isAnswered = Object.hasOwn(answers, question.id);
    let found;
    if (isAnswered && !asked) found = { fault: 'notAsked' };
    else if (isAnswered) found = faultOf[question.type](question, answers[question.id]);
    else if (asked && question.required) found = { fault: 'missing' };
    if (found) faults.push({ question: question.id, ...found });
  }
  return faults;
}

// What a form's value comes to as an answer, or undefined where it is none.
function answerOf(question, value) {
  if (value === undefined || value === null) return undefined;
  if (question.type !== 'text') return value;
  const text = wellFormed(value).trim();
  return isBlank(text) ? undefined : text;
}

// Of a list the order is that of the options, whatever was ticked first.
const inOrderOf = ({ options }, list) => options.map(({ value }) => value).filter((value) => list.includes(value));

export function compose(questionnaire, draft) {
  const answers = {};
  for (const question of questionnaire.questions) {
    const answer = isAsked(questionnaire, draft, question) ? answerOf(question, draft[question.id]) : undefined;
    const isList = question.type === 'multi' && Array.isArray(answer) && !faultOf.multi(question, answer);
    if (answer !== undefined) answers[question.id] = isList ? inOrderOf(question, answer) : answer;
  }
  return { answers, faults: check(questionnaire, answers) };
}
