// Takes all of what lies here off this device, once that has been asked twice.
import { el } from '../dom.js';
import * as own from '../own.js';
import { button } from '../parts.js';
import { t } from '../texts.js';
import { askTwice, doIn } from './doing.js';

// The button and where it asks; `warnings`: what goes with it.
export function forgetting(frame, warnings) {
  const place = el('div', {});
  const forget = () => doIn(place, t.loading, async () => {
    await frame.leaving(own.forget);
    frame.go('#/', t.forgotten);
  });
  const question = { question: warnings, yes: t.forgetSure, no: t.keepAll, then: forget };
  return [button(t.forget, () => askTwice(place, question), 'danger'), place];
}
