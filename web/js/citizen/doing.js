// What a button starts and the collector has to answer: told where it stands, and the page stays as it is. For the pages of members.
import { el, put } from '../dom.js';
import { Unreachable } from '../collector.js';
import { notice } from '../parts.js';
import { t } from '../texts.js';

// Runs `work`, tells in `place` how it goes, what it gives, and that there is no connection where there is none, or what else went wrong.
export async function doIn(place, words, work) {
  put(place, el('p', { class: 'busy' }, words));
  try {
    put(place, await work());
  } catch (error) {
    const isLater = error instanceof Unreachable;
    if (!isLater) console.error(error);
    put(place, isLater ? notice('wait', undefined, el('p', {}, t.noAnswerNow)) : notice('bad', t.wrongTitle, el('p', {}, t.wrongHere)));
  }
}
