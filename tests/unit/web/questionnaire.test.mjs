// What is asked, and that every answer that the collector would refuse is refused here, with its reason.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fixture } from './kit.mjs';
import { check, compose, isAsked, isBlank, labelIn, lengthOf, wellFormed } from '../../../web/js/questionnaire.js';

const [standard] = fixture('panel.json').questionnaires;
const question = (id) => standard.questions.find((one) => one.id === id);
const faultsOf = (answers) => check(standard, answers).map(({ question: id, fault }) => `${id} ${fault}`);
const good = { importance: 4, noticed: 'yes', satisfaction: 2, channels: ['app'], comment: 'Goed' };

test('a question is asked when its condition holds, and that of the one it hangs on', () => {
  assert.ok(isAsked(standard, { noticed: 'yes' }, question('satisfaction')));
  for (const draft of [{}, { noticed: 'no' }]) assert.ok(!isAsked(standard, draft, question('satisfaction')));
  const chain = {
    questions: [
      { id: 'a', type: 'choice', options: [{ value: 'x' }, { value: 'y' }] },
      { id: 'b', type: 'choice', options: [{ value: 'x' }, { value: 'y' }], when: { question: 'a', equals: 'x' } },
      { id: 'c', type: 'text', maxLength: 9, required: true, when: { question: 'b', equals: 'x' } },
    ],
  };
  assert.ok(isAsked(chain, { a: 'x', b: 'x' }, chain.questions[2]));
  assert.ok(!isAsked(chain, { a: 'y', b: 'x' }, chain.questions[2]), 'b is no longer asked, so it has no answer');
  assert.deepEqual(compose(chain, { a: 'y', b: 'x', c: 'tekst' }), { answers: { a: 'y' }, faults: [] });
});

test('good answers have no fault', () => {
  assert.deepEqual(check(standard, good), []);
  assert.deepEqual(check(standard, { importance: 1, noticed: 'no' }), []);
  assert.deepEqual(check(standard, { importance: 1, noticed: 'no', channels: [] }), [], 'an empty list is an answer');
});

test('what the collector refuses is refused here', () => {
  const wrong = {
    'importance missing': { noticed: 'no' },
    'noticed missing': { importance: 1 },
    'satisfaction missing': { importance: 1, noticed: 'yes' },
    'satisfaction notAsked': { importance: 1, noticed: 'no', satisfaction: 3 },
    'importance notOnScale': { importance: 6, noticed: 'no' },
    'noticed notAnOption': { importance: 1, noticed: 'maybe' },
    'channels notAnOption': { ...good, channels: ['fax'] },
    'channels notAList': { ...good, channels: ['app', 'app'] },
    'comment empty': { ...good, comment: '' },
    'comment tooLong': { ...good, comment: 'x'.repeat(2001) },
    'colour unknown': { ...good, colour: 'red' },
  };
  for (const [fault, answers] of Object.entries(wrong)) assert.deepEqual(faultsOf(answers), [fault]);
  for (const value of [0, 1.5, '4', null, true, [4], NaN]) assert.deepEqual(faultsOf({ ...good, importance: value }), ['importance notOnScale']);
  for (const value of ['app', {}, null, 3]) assert.deepEqual(faultsOf({ ...good, channels: value }), ['channels notAList']);
  for (const value of [3, null, ['x']]) assert.deepEqual(faultsOf({ ...good, comment: value }), ['comment notAnOption']);
});

test('all faults are told at once, in the order of the questions', () => {
  assert.deepEqual(faultsOf({ noticed: 'yes', channels: ['fax'], comment: '' }), [
    'importance missing', 'satisfaction missing', 'channels notAnOption', 'comment empty',
  ]);
});

test('a draft becomes the claim: in order, without what is not asked and what is blank', () => {
  const draft = { comment: ' \r\n ', channels: ['app', 'website'], satisfaction: 3, noticed: 'no', importance: 5 };
  const { answers, faults } = compose(standard, draft);
  assert.deepEqual(faults, []);
  assert.equal(JSON.stringify(answers), '{"importance":5,"noticed":"no","channels":["website","app"]}');
  assert.equal(draft.satisfaction, 3, 'the draft keeps it');
});

test('a text is counted in code points and written as JSON can bear it', () => {
  assert.equal(lengthOf('\u{1f3db}\ufe0fé'), 3);
  assert.deepEqual(check(standard, { ...good, comment: '\u{1f600}'.repeat(2000) }), []);
  assert.equal(check(standard, { ...good, comment: '\u{1f600}'.repeat(2003) })[0].over, 3);
  assert.equal(wellFormed('a\r\nb\rc\0d \ud800 \udc00 \ud83c\udfdb'), 'a\nb\ncd \ufffd \ufffd \ud83c\udfdb');
});

test('a label that a language lacks is told to be Dutch', () => {
  assert.deepEqual(labelIn({ nl: 'Ja', en: 'Yes' }, 'en'), { text: 'Yes', lang: 'en' });
  assert.deepEqual(labelIn({ nl: 'Ja' }, 'en'), { text: 'Ja', lang: 'nl' });
  assert.deepEqual(labelIn(undefined, 'en'), { text: '', lang: 'nl' });
});

test('blank is what the collector has for blank, every character there is', () => {
  const list = readFileSync('base/text.c', 'utf8').match(/unseen\[\] = \{(.*?)\};/s)[1];
  const unseen = [...list.matchAll(/\{0x(\w+), 0x(\w+)\}/g)].map(([, first, last]) => [Number.parseInt(first, 16), Number.parseInt(last, 16)]);
  assert.ok(unseen.length > 20);
  const wrong = [];
  for (let code = 0; code <= 0x10_ff_ff; code++) {
    if (code >= 0xd8_00 && code <= 0xdf_ff) continue; // no characters
    const expected = unseen.some(([first, last]) => first <= code && code <= last);
    if (isBlank(String.fromCodePoint(code)) !== expected) wrong.push(code.toString(16));
  }
  assert.deepEqual(wrong, []);
  assert.ok(isBlank('') && isBlank(' \u200b\n\u2800') && !isBlank('\u200bx'));
});

test('a text in which nothing is seen is no answer', () => {
  const draft = { importance: 4, noticed: 'no', comment: ' \u200b\u3164\n' };
  assert.deepEqual(compose(standard, draft), { answers: { importance: 4, noticed: 'no' }, faults: [] });
  assert.deepEqual(faultsOf({ importance: 4, noticed: 'no', comment: '\u2800' }), ['comment empty']);
});
