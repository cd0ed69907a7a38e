// Answers as they were given, to be read: question by question, in the words of the questionnaire. Where a questionnaire is not there any
// more, by the names of its questions.
import { el } from '../dom.js';
import * as member from '../member.js';
import { labelIn } from '../questionnaire.js';
import { language } from '../texts.js';

const words = (labels) => labelIn(labels, language).text;
const optionText = (question, value) => words(question.options.find((option) => option.value === value)?.label) || value;

function scaleText({ min, max, ends = {} }, value) {
  const end = value === min ? ends.min : value === max ? ends.max : undefined;
  return end ? `${value} – ${words(end)}` : `${value}`;
}

const TEXTS = {
  scale: scaleText,
  choice: optionText,
  multi: (question, values) => (values.length > 0 ? values.map((value) => optionText(question, value)).join(', ') : '–'),
  text: (question, value) => value,
};

// [[what was asked, what was answered]]
export function linesOf({ round: id, answers }) {
  const round = member.roundOf(id);
  const questions = round ? member.questionnaireOf(round).questions : [];
  return Object.entries(answers).map(([name, value]) => {
    const question = questions.find((one) => one.id === name);
    return question ? [words(question.label), TEXTS[question.type](question, value)] : [name, String(value)];
  });
}

export const asList = (one) =>
  el('dl', { class: 'answers' }, linesOf(one).map(([question, answer]) => el('div', {}, el('dt', {}, question), el('dd', { class: 'whole' }, answer))));

export const asText = (one) => linesOf(one).map(([question, answer]) => `${question}\n${answer}\n`).join('\n');
