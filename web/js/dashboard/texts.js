// What the dashboard says, in the reader's language, as ../texts.js does for the citizen page. The choice goes with the tab.
import dutch from './texts.nl.js';

export const LANGUAGES = { nl: 'Nederlands', en: 'English' };
export let t = dutch;
export let language = 'nl';

export async function setLanguage(wanted) {
  t = wanted === 'en' ? (await import('./texts.en.js')).default : dutch;
  language = wanted;
  sessionStorage.setItem('language', wanted);
}

export const startLanguage = () => setLanguage(sessionStorage.getItem('language') === 'en' ? 'en' : 'nl');

// A text of the panel's, which may lack English.
export const said = (text) => (typeof text === 'object' && text ? text[language] ?? text.nl : text);
export const toDay = (time) => new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(typeof time === 'number' ? time * 1000 : new Date(time));
