// The texts of pages for staff and for auditors, with those of the dashboard among them: `t`, in the language of the moment.
import english from './desk-texts.en.js';
import dutch from './desk-texts.nl.js';
import * as texts from './texts.js';

export let t;
texts.onLanguage(() => {
  t = { ...texts.t, ...(texts.language === 'en' ? english : dutch) };
});
