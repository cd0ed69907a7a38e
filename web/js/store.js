// What lies on this device, in one IndexedDB: the one file that knows it. What a promise here says is kept has been written: changes
// wait for their transaction's end, with strict durability, so that nothing is sent that a power cut could make this device forget.
//
//   facts      name → value: member, pending, recovery, panel, actions, followUps, clock, language, head, …  (member.js says which)
//   responses  {round, action, revision, …}, one for each signed response
//   drafts     {round, action, answers}, what stands in a form
//
//   fact(name)  setFact(name, value)                 undefined takes it away
//   responses()  keepResponse(one)  dropResponse(one)
//   draft(round, action)  keepDraft(round, action, answers)  dropDraft(round, action)
//   wipe()                                           all of it
//   alone(name, work)                                runs work() while no other tab runs one of that name
// All give Promises. Where the browser keeps nothing (private windows of some) they reject.
const NAME = 'burgerpanel';
const VERSION = 1;
const STORES = { facts: null, responses: ['round', 'action', 'revision'], drafts: ['round', 'action'] };

function create(database) {
  for (const [name, keyPath] of Object.entries(STORES)) database.createObjectStore(name, keyPath ? { keyPath } : undefined);
}

export const alone = (name, work) => (navigator.locks ? navigator.locks.request(`${NAME} ${name}`, work) : work());

const openOnce = () =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => create(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// Under a lock, since a page with one is not put aside as it stands when it is left: frozen while it makes the stores, it would keep
// every later page waiting for them.
let opened;
function open() {
  opened ??= alone('open', openOnce);
  return opened;
}

async function read(name, ask) {
  const request = ask((await open()).transaction(name).objectStore(name));
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function change(names, work, durability = 'strict') {
  const transaction = (await open()).transaction(names, 'readwrite', { durability });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  work((name) => transaction.objectStore(name));
  return done;
}

export const fact = (name) => read('facts', (facts) => facts.get(name));
export const setFact = (name, value) =>
  change(['facts'], (at) => (value === undefined ? at('facts').delete(name) : at('facts').put(value, name)));

export const responses = () => read('responses', (all) => all.getAll());
export const keepResponse = (one) => change(['responses'], (at) => at('responses').put(one));
export const dropResponse = ({ round, action, revision }) =>
  change(['responses'], (at) => at('responses').delete([round, action, revision]));

export const draft = async (round, action) => (await read('drafts', (all) => all.get([round, action])))?.answers;
// With each change of a form, so not waited for; of those that come while one is written the last alone.
const late = { waiting: undefined, done: undefined };

async function writeLate() {
  while (late.waiting) {
    const one = late.waiting;
    late.waiting = undefined;
    await change(['drafts'], (at) => at('drafts').put(one), 'relaxed');
  }
  late.done = undefined;
}

export function keepDraft(round, action, answers) {
  late.waiting = { round, action, answers: { ...answers } };
  late.done ??= writeLate();
  return late.done;
}

export const dropDraft = (round, action) => change(['drafts'], (at) => at('drafts').delete([round, action]));

export const wipe = () => {
  const names = Object.keys(STORES);
  return change(names, (at) => names.forEach((name) => at(name).clear()));
};
