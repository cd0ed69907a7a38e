// What the page says, in the language of the reader: `t`, an object of texts and of functions that make one. Dutch is there from the
// start; English is fetched when asked for.
import dutch from './texts.nl.js';

export const LANGUAGES = { nl: 'Nederlands', en: 'English' };
export let t = dutch;
export let language = 'nl';

export async function setLanguage(wanted) {
  t = wanted === 'en' ? (await import('./texts.en.js')).default : dutch;
  language = wanted;
}

// A time in seconds, as a day, and as a day with the hour.
export const toDay = (seconds) => new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(seconds * 1000);
export const toTime = (seconds) =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(seconds * 1000);
