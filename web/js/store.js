// What lies on this device, in one IndexedDB: the one file that knows it. What a promise here says is kept has been written: changes
// wait for their transaction's end, with strict durability, so that nothing is sent that a power cut could make this device forget.
//
//   facts      name → value: member, pending, recovery, panel, actions, followUps, clock, language, head, …  (member.js says which)
//   responses  {round, action, revision, …}, one for each signed response
//   drafts     {round, action, answers}, what stands in a form
//
//   fact(name)  setFact(name, value, whose)          undefined takes it away
//   responses()  keepResponse(one, whose)  dropResponse(one, whose)
//   draft(round, action)  keepDraft(round, action, answers, whose)  dropDraft(round, action, whose)
//                                                    what keepDraft gives rejects where the newest draft could not be kept
//   wipe(spared, whose)                              all of it, but the facts of these names
//   askToKeep()                                      has the browser spare all this where it makes room. Nobody waits for it: Firefox asks
//                                                    the person, who may never say anything
//   alone(name, work)                                runs work() while no other tab runs one of that name
// `whose`: the `kid` of the member whom a change is for, where it is one's. Where the device knows another by then, or nobody, it rejects with
// Left and changes nothing: what was under way for who is gone from the device does not come back, and is not the next one's.
//
// All give Promises. They reject where the browser keeps nothing (private windows of some), or has no room left. A database that the browser
// has closed under the page is opened again.
export class Left extends Error {}

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
    request.onsuccess = () => resolve(letGo(request.result));
    request.onerror = () => reject(request.error);
  });

// The browser closes a database when the site's data are cleared, to make room, or while a page is put aside; another page that takes it
// away waits for this one to close it.
function letGo(database) {
  database.onclose = forget;
  database.onversionchange = () => {
    database.close();
    forget();
  };
  return database;
}

// Under a lock, since a page with one is not put aside as it stands when it is left: frozen while it makes the stores, it would keep
// every later page waiting for them.
let opened;
const forget = () => (opened = undefined);
function open() {
  opened ??= alone('open', openOnce);
  return opened;
}

// Runs work(transaction), at once, since one without a request ends by itself. Not every browser says that it has closed a database: then no
// transaction begins on it, and it is opened again, as it is after an opening that failed.
async function within(how, work) {
  const tried = open();
  let transaction;
  try {
    transaction = (await tried).transaction(...how);
  } catch {
    if (opened === tried) forget();
    transaction = (await open()).transaction(...how);
  }
  return work(transaction);
}

const read = (name, ask) =>
  within([name], (transaction) => new Promise((resolve, reject) => {
    const request = ask(transaction.objectStore(name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }));

// The member is looked up in the transaction that writes, so that nobody goes in between.
const change = (names, work, { whose, durability = 'strict' } = {}) =>
  within([whose === undefined ? names : [...new Set([...names, 'facts'])], 'readwrite', { durability }], (transaction) => new Promise((resolve, reject) => {
    const at = (name) => transaction.objectStore(name);
    let fault;
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(fault ?? transaction.error ?? new Error('the store was taken away'));
    if (whose === undefined) return void work(at);
    const asked = at('facts').get('member');
    asked.onsuccess = () => {
      if (asked.result?.key.kid === whose) return void work(at);
      fault = new Left('another member, or none');
      transaction.abort();
    };
  }));

export const fact = (name) => read('facts', (facts) => facts.get(name));
export const setFact = (name, value, whose) =>
  change(['facts'], (at) => (value === undefined ? at('facts').delete(name) : at('facts').put(value, name)), { whose });

export const responses = () => read('responses', (all) => all.getAll());
export const keepResponse = (one, whose) => change(['responses'], (at) => at('responses').put(one), { whose });
export const dropResponse = ({ round, action, revision }, whose) =>
  change(['responses'], (at) => at('responses').delete([round, action, revision]), { whose });

// With each change of a form, so not waited for; of those that come while one is written the last alone.
const late = { waiting: undefined, done: undefined };

// With what is still to be written: a form that is drawn anew has all that was typed.
export async function draft(round, action) {
  await late.done?.catch(() => {});
  return (await read('drafts', (all) => all.get([round, action])))?.answers;
}

async function writeLate() {
  let fault;
  while (late.waiting) {
    const { one, whose } = late.waiting;
    late.waiting = undefined;
    fault = await change(['drafts'], (at) => at('drafts').put(one), { whose, durability: 'relaxed' }).catch((error) => error);
  }
  late.done = undefined;
  if (fault) throw fault;
}

export function keepDraft(round, action, answers, whose) {
  late.waiting = { one: { round, action, answers: { ...answers } }, whose };
  late.done ??= writeLate();
  return late.done;
}

export const dropDraft = (round, action, whose) => change(['drafts'], (at) => at('drafts').delete([round, action]), { whose });

export const askToKeep = () => void navigator.storage?.persist?.().catch(() => {});

export const wipe = (spared = [], whose = undefined) => {
  const names = Object.keys(STORES);
  return change(names, (at) => {
    for (const name of spared) {
      const asked = at('facts').get(name);
      asked.onsuccess = () => asked.result !== undefined && at('facts').put(asked.result, name);
    }
    names.forEach((name) => at(name).clear());
  }, { whose });
};
