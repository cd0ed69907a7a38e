// What the dashboard says, in the reader's language, as ../texts.js does for the citizen page. The choice goes with the tab. Texts of
// pages that few come to are in files of their own (desk-texts.js), which follow the language.
import dutch from './texts.nl.js';

export const LANGUAGES = { nl: 'Nederlands', en: 'English' };
export let t = dutch;
export let language = 'nl';
const followers = [];

export async function setLanguage(wanted) {
  t = wanted === 'en' ? (await import('./texts.en.js')).default : dutch;
  language = wanted;
  sessionStorage.setItem('language', wanted);
  for (const follow of followers) follow();
}

export const startLanguage = () => setLanguage(sessionStorage.getItem('language') === 'en' ? 'en' : 'nl');

// Calls `follow` now and with each change of the language.
export function onLanguage(follow) {
  followers.push(follow);
  follow();
}

// A text of the panel's, which may lack English.
export const said = (text) => (typeof text === 'object' && text ? text[language] ?? text.nl : text);
const toDate = (time) => (typeof time === 'number' ? time * 1000 : new Date(time));
export const toDay = (time) => new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(toDate(time));
export const toTime = (time) => new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(toDate(time));
