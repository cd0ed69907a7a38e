// After all was erased: what that means, and the proof that it was asked.
import { el } from '../dom.js';
import * as own from '../own.js';
import { button, download, section } from '../parts.js';
import { t } from '../texts.js';

export default function erased() {
  return {
    title: t.erasedTitle,
    nodes: [
      el('p', { class: 'lead' }, t.erasedText),
      section(t.proofTitle, el('p', {}, t.proofText),
        el('p', {}, button(t.proof, async () => download('burgerpanel-gewist.json', await own.erasureProof())))),
    ],
  };
}
