// A question as a field: its label, what is asked, what was answered before, and its fault. Knows one question; which are asked, and
// what is wrong, is questionnaire.js's.
//
//   makeField(question, value, changed)   {element, firstId, setFault(text)}; changed(value) is called with each change, the value as
//                                         in a draft, undefined where nothing is given. A question may have a `hint` of its own
import { el, icon, put } from './dom.js';
import { labelIn, lengthOf } from './questionnaire.js';
import { language, t } from './texts.js';

const IN_A_ROW = 7; // values of a scale that stand side by side where there is room
const AS_BUTTONS = 11; // more of them are a list to choose from
const TOLD_FROM = 200; // characters left of a text, from which on they are counted

const idOf = (question) => `q-${question.id}`;
const inLanguage = (labels) => {
  const { text, lang } = labelIn(labels, language);
  return lang === language ? text : el('span', { lang }, text);
};

const optional = (question) => !question.required && el('span', { class: 'optional' }, ` (${t.optional})`);
const tick = (type, { id, name, value, checked, change, label }) =>
  el('label', { class: 'option', for: id },
    el('input', { type, id, name, value, checked, on: { change } }),
    el('span', {}, label));

function scaleLabel({ min, max, ends = {} }, value) {
  const end = value === min ? ends.min : value === max ? ends.max : undefined;
  return end ? [el('b', {}, String(value)), ' – ', inLanguage(end)] : el('b', {}, String(value));
}

const valuesOf = ({ min, max }) => Array.from({ length: max - min + 1 }, (_, i) => min + i);

// One of several, each a button of its own; where no answer is needed, giving none is one too, so that what was chosen can be taken back.
const oneOf = (question, options, value, changed) =>
  options.map(([key, label], i) =>
    tick('radio', {
      id: i === 0 ? idOf(question) : `${idOf(question)}-${i}`,
      name: idOf(question),
      value: String(key),
      checked: key === value,
      change: () => changed(key),
      label,
    }));

const noneOf = (question, value, changed) =>
  !question.required && el('div', { class: 'options' }, tick('radio', {
    id: `${idOf(question)}-none`, name: idOf(question), value: '', checked: value === undefined, change: () => changed(undefined), label: t.noAnswer,
  }));

const group = (question, options, ...before) => {
  const element = el('fieldset', { class: 'question' },
    el('legend', {}, inLanguage(question.label), optional(question)), before, el('div', { class: 'fault-place' }), options);
  return element;
};

function scale(question, value, changed) {
  const values = valuesOf(question);
  if (values.length > AS_BUTTONS) return longScale(question, values, value, changed);
  const options = oneOf(question, values.map((one) => [one, scaleLabel(question, one)]), value, changed);
  return group(question, [el('div', { class: values.length <= IN_A_ROW ? `options row of-${values.length}` : 'options' }, options), noneOf(question, value, changed)]);
}

const endText = ({ min, max, ends = {} }, value) => labelIn(value === min ? ends.min : value === max ? ends.max : undefined, language).text;

function longScale(question, values, value, changed) {
  const select = el('select', { id: idOf(question), on: { change: () => changed(select.value === '' ? undefined : Number(select.value)) } },
    el('option', { value: '' }, question.required ? t.choosePlease : t.noAnswer),
    values.map((one) => el('option', { value: String(one), selected: one === value }, [one, endText(question, one)].filter((part) => part !== '').join(' – '))));
  return labelled(question, select);
}

const choice = (question, value, changed) =>
  group(question, [el('div', { class: 'options' },
    oneOf(question, question.options.map((option) => [option.value, inLanguage(option.label)]), value, changed)), noneOf(question, value, changed)]);

// Several of them. Where an answer is needed, none of them is an answer too, and has a box of its own.
function multi(question, value, changed) {
  const boxes = question.options.map((option, i) =>
    tick('checkbox', {
      id: i === 0 ? idOf(question) : `${idOf(question)}-${i}`,
      name: idOf(question),
      value: option.value,
      checked: value?.includes(option.value),
      change: () => told(false),
      label: inLanguage(option.label),
    }));
  const none = question.required && tick('checkbox', {
    id: `${idOf(question)}-none`, name: idOf(question), value: '', checked: value?.length === 0, change: () => told(true), label: t.noneOfThese,
  });
  const inputs = boxes.map((box) => box.querySelector('input'));
  const told = (isNone) => {
    const noneBox = none && none.querySelector('input');
    if (isNone && noneBox.checked) for (const input of inputs) input.checked = false;
    const given = inputs.filter((input) => input.checked).map((input) => input.value);
    if (noneBox && given.length > 0) noneBox.checked = false;
    changed(given.length > 0 || (noneBox && noneBox.checked) ? given : undefined);
  };
  return group(question, el('div', { class: 'options' }, boxes, none), el('p', { class: 'hint' }, t.several));
}

function text(question, value, changed) {
  const left = el('p', { class: 'left', id: `${idOf(question)}-left`, 'aria-live': 'polite' });
  const area = el('textarea', { id: idOf(question), rows: '5', value: value ?? '', 'aria-describedby': `${idOf(question)}-hint ${left.id}` });
  const count = () => {
    const over = lengthOf(area.value) - question.maxLength;
    put(left, over > 0 ? t.over(over) : over > -TOLD_FROM && t.left(-over));
    left.classList.toggle('is-over', over > 0);
  };
  area.addEventListener('input', () => {
    count();
    changed(area.value === '' ? undefined : area.value);
  });
  count();
  return labelled(question, [area, left], el('p', { class: 'hint', id: `${idOf(question)}-hint` }, question.hint ?? t.noNames));
}

const labelled = (question, control, ...before) =>
  el('div', { class: 'question' },
    el('label', { for: idOf(question) }, inLanguage(question.label), optional(question)), before, el('div', { class: 'fault-place' }), control);

const MAKERS = { scale, choice, multi, text };

const described = (input, id, isOn) => {
  const ids = (input.getAttribute('aria-describedby') ?? '').split(' ').filter((one) => one && one !== id);
  if (isOn) ids.unshift(id);
  if (ids.length > 0) input.setAttribute('aria-describedby', ids.join(' '));
  else input.removeAttribute('aria-describedby');
};

export function makeField(question, value, changed) {
  const element = MAKERS[question.type](question, value, changed);
  const place = element.querySelector('.fault-place');
  const holder = element.matches('fieldset') ? element : element.querySelector('input, select, textarea');
  const faultId = `${idOf(question)}-fault`;
  return {
    element,
    firstId: idOf(question),
    setFault(words) {
      put(place, words && el('p', { class: 'fault', id: faultId }, icon('warning'), words));
      element.classList.toggle('has-fault', Boolean(words));
      described(holder, faultId, Boolean(words));
      if (words && !element.matches('fieldset')) holder.setAttribute('aria-invalid', 'true');
      else holder.removeAttribute('aria-invalid');
    },
  };
}
