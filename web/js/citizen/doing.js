// What a button starts and the collector has to answer: told where it stands, and the page stays as it is. For the pages of members.
import { el, put } from '../dom.js';
import { Unreachable } from '../collector.js';
import { NoLibrary } from '../key.js';
import { button, notice } from '../parts.js';
import { t } from '../texts.js';

// Runs `work`, tells in `place` how it goes, what it gives, and that there is no connection where there is none, or what else went wrong.
export async function doIn(place, words, work) {
  put(place, el('p', { class: 'busy' }, words));
  try {
    put(place, await work());
  } catch (error) {
    const isLater = error instanceof Unreachable || error instanceof NoLibrary;
    if (!isLater) console.error(error);
    put(place, isLater ? notice('wait', undefined, el('p', {}, t.noAnswerNow)) : notice('bad', t.wrongTitle, el('p', {}, t.wrongHere)));
  }
}

// Asks once more, there and then: the question takes the button's place, and the focus with it; who says no is back where they were.
export function askTwice(place, { question, yes, no, then }) {
  const sure = button(yes, then, 'danger');
  const asked = document.activeElement;
  const leave = () => {
    put(place);
    asked.focus();
  };
  put(place, notice('bad', t.sure, question.map((text) => el('p', {}, text)),
    el('p', { class: 'buttons' }, sure, button(no, leave, 'quiet'))));
  sure.focus();
}
