// Texts that are half written: of each action one, in this tab, so that neither a reload nor a token that ran out loses them. Gone when
// they are public, and when somebody logs out.
const PREFIX = 'bericht ';
const names = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));

export const readDraft = (action) => JSON.parse(sessionStorage.getItem(PREFIX + action) ?? 'null') ?? undefined;
export const keepDraft = (action, draft) => sessionStorage.setItem(PREFIX + action, JSON.stringify(draft));
export const dropDraft = (action) => sessionStorage.removeItem(PREFIX + action);
export const dropAll = () => names().forEach((name) => sessionStorage.removeItem(name));
export const draftedActions = () => names().map((name) => name.slice(PREFIX.length));
