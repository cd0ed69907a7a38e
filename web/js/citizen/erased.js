// After all was erased: what that means, the proof that it was asked, and taking that off the device too.
import { el } from '../dom.js';
import * as member from '../member.js';
import * as own from '../own.js';
import { button, download, section } from '../parts.js';
import { t } from '../texts.js';
import { forgetting } from './forget.js';

export default function erased(parts, frame) {
  return {
    title: t.erasedTitle,
    nodes: [
      el('p', { class: 'lead' }, t.erasedText),
      section(t.proofTitle, el('p', {}, t.proofText),
        el('p', {}, button(t.proof, async () => download('burgerpanel-gewist.json', await own.erasureProof())))),
      !member.state.member && section(t.forgetTitle, el('p', {}, t.forgetText), forgetting(frame, [t.forgetProof])),
    ],
  };
}
