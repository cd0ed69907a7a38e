// Goal: what is theirs stays theirs: a person gets their membership back in an empty browser by code or file, has two devices, finds what they did not send, takes
// along all that there is of them, and erases one answer or all; and what was forgotten is gone from the device.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { request } from './lib/http.mjs';
import { ACTION, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready, succeed } from './lib/programs.mjs';
import { Proxy } from './lib/proxy.mjs';
import { PublicLog } from './lib/public-log.mjs';
import { downloaded } from './lib/webdriver.mjs';

let collector, log;
const people = new People('own');
before(async () => {
  collector = await ready('web-own', { codes: 20 });
  log = new PublicLog(() => collector.url);
  await log.key();
  const { stdout } = await collector.succeed('tokens', 'create', 'auditor', '--role', 'auditor');
  collector.token = stdout.match(/bp_\S+/)[0];
});
after(async () => {
  await people.end();
  log?.close();
  await collector?.stop();
});

async function answered(one, ...places) {
  await one.toAction();
  await one.fillIn();
  for (const place of places) await one.choose('importance', place);
  await one.sendAnswer();
}

// Where the browser puts what a page gives to take along; the text of the file.
async function taken(one, name, work) {
  await one.cdp('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: one.folder });
  await work();
  return readFileSync(await downloaded(one.folder, name), 'utf8');
}

test('in an empty browser the code brings key, answers and receipts back; a slip in it is told', async (context) => {
  const one = await people.meet(context, collector.url);
  const code = await one.joined(collector.codes[0]);
  await answered(one);
  const before = await one.kept();
  const other = await people.meet(context, collector.url);
  await other.restore(code.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
  await other.find('#faults', t.recoverSlip);
  await other.fill('#recovery-code', collector.codes[0]);
  await other.push(t.recover);
  await other.find('#faults', t.recoverInvitation);
  await other.fill('#recovery-code', code.toLowerCase().replaceAll('-', ' '));
  await other.push(t.recover);
  await other.page(t.mine);
  const after = await other.kept();
  assert.deepEqual(after.member, before.member);
  assert.deepEqual(after.responses.map(({ jws: text, index, state }) => [text, index, state]), before.responses.map(({ jws: text, index, state }) => [text, index, state]));
  assert.equal(log.receipt(after.responses[0].receipt, after.responses[0].jws).index, after.responses[0].index);
  await other.push(t.check);
  await other.find('.told', t.checkGood(2));
  await other.toAction();
  await other.choose('importance');
  await other.sendAnswer();
  assert.equal((await other.kept()).responses.at(-1).revision, 2);
  await other.assertQuiet();
});

test('over a connection that breaks what came stays, the page says that it is not all, and fetches the rest at the next start', async (context) => {
  const one = await people.meet(context, collector.url);
  const code = await one.joined(collector.codes[16]);
  await one.run(async () => {
    const signed = await import('/web/js/signed.js');
    for (const action of ['WA-1.01', 'WA-1.02']) await signed.answer('round-1', action, { importance: 4, noticed: 'no' });
    await signed.send();
  });
  const proxy = new Proxy(collector);
  await proxy.start();
  context.after(() => proxy.stop());
  let receipts = 0;
  proxy.change = (path) => {
    if (path.startsWith('/v1/receipts/') && ++receipts > 2) throw new Error('cut off');
  };
  const other = await people.meet(context, proxy.url);
  await other.restore(code);
  await other.page(t.mine);
  await other.find('.notice.wait', t.recoverPartial);
  assert.equal((await other.kept()).responses.length, 1);
  proxy.change = undefined;
  await other.visit('#/mijn');
  await poll('the rest to be fetched', 20, () => other.run((text) => document.querySelectorAll('.cards .card').length === 2 && !document.body.textContent.includes(text), t.recoverPartial));
  assert.equal((await other.kept()).responses.length, 2);
});

test('a link with the code of another makes nobody somebody else', async (context) => {
  const stranger = await people.meet(context, collector.url);
  const code = await stranger.joined(collector.codes[12]);
  const one = await people.meet(context, collector.url);
  await one.enrol(collector.codes[13]);
  await one.push(t.later);
  await one.page(t.listTitle);
  const before = await one.kept();
  await one.visit(`#herstel=${code}`);
  await one.page(t.recoverTitle);
  await one.click('button[type=submit]', t.recover);
  await one.find('#faults', t.recoverOther);
  assert.deepEqual(await one.kept(), before, 'the own key and its code are as they were');
});

test('a letter of another is told not to be the member’s, who keeps key and code; their own letter is not', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.joined(collector.codes[14]);
  const before = await one.kept();
  await one.visit(`#uitnodiging=${collector.codes[15]}`);
  await one.page(t.listTitle);
  await one.find('.notice.wait', t.letterOfOther);
  assert.equal(await one.run(() => location.hash), '#/acties');
  await one.run((code) => void (location.hash = `uitnodiging=${code}`), collector.codes[14].toLowerCase());
  await poll('the notice to be gone', 20, () => one.run(() => location.hash === '#/acties' && !document.querySelector('.notice.wait')));
  await one.page(t.listTitle);
  assert.deepEqual(await one.kept(), before);
});

test('a code that nobody enrolled with is told so', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.restore('000G40R-40M30E2-09185GR-38E1YZ4');
  await one.find('#faults', t.recoverUnknown);
});

// Keeps the code with the browser's passwords; gives the names under which form and browser have it.
async function nameInPasswords(one) {
  await one.run(() => {
    navigator.credentials.store = async ({ id }) => void (globalThis.storedAs = id);
  });
  await one.push(t.keepPasswords);
  await one.find('.told', t.keptPasswords);
  return one.run(() => [document.querySelector('input[autocomplete=username]').value, globalThis.storedAs]);
}

test('the codes of two people at one device stand under two names among its passwords, and coming back asks for neither', async (context) => {
  const one = await people.meet(context, collector.url);
  const names = [];
  for (const code of collector.codes.slice(17, 19)) {
    await one.enrol(code);
    const { member } = await one.kept();
    const name = `burgerpanel ${member.kid.slice(0, 6)}`;
    assert.deepEqual(await nameInPasswords(one), [name, name]);
    names.push(name);
    await one.visit('#/mijn');
    await one.page(t.mine);
    await one.push(t.forget);
    await one.push(t.forgetSure);
    await one.find('.notice', t.forgotten);
  }
  assert.notEqual(names[0], names[1]);
  await one.visit('#/herstel');
  await one.page(t.recoverTitle);
  assert.deepEqual(await one.run(() => {
    const { value, readOnly } = document.querySelector('input[autocomplete=username]');
    return [value, readOnly];
  }), ['', false]);
});

const IPHONE = ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15', 5];
const IPAD = ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15', 5];
const MAC = [IPAD[0], 0];

test('on an iPhone and an iPad the code is to be copied before the site is put on the home screen; a Mac is told nothing of it', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.enrol(collector.codes[19]);
  for (const [device, isTold] of [[IPHONE, true], [IPAD, true], [MAC, false]]) {
    await one.run(([userAgent, maxTouchPoints]) => {
      for (const [name, value] of Object.entries({ userAgent, maxTouchPoints })) Object.defineProperty(navigator, name, { value, configurable: true });
      location.hash = '#/acties';
    }, device);
    await one.page(t.listTitle);
    await one.run(() => void (location.hash = '#/bewaren'));
    await one.page(t.keepTitle);
    assert.equal(await one.run((text) => document.querySelector('main').textContent.includes(text), t.keepHomeText), isTold, device);
  }
});

test('the file with a passphrase brings it back, and another passphrase does not', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.enrol(collector.codes[1]);
  await one.click('summary', t.keepFile);
  await one.fill('#phrase', 'kort');
  await one.push(t.saveFile);
  await one.find('.fault', t.passphraseShort);
  await one.fill('#phrase', 'vier fietsen in de regen');
  const file = await taken(one, 'burgerpanel-herstel.json', () => one.push(t.saveFile));
  assert.equal(JSON.parse(file).panel, 'wau');
  const { member } = await one.kept();
  const other = await people.meet(context, collector.url);
  await other.visit('#/herstel');
  await other.page(t.recoverTitle);
  await other.click('summary', t.recoverFile);
  await (await other.find('#file')).type(join(one.folder, 'burgerpanel-herstel.json'));
  await other.fill('#phrase', 'vijf fietsen in de regen');
  await other.push(t.recoverFileUse);
  await other.find('#faults', t.recoverFilePhrase);
  await other.fill('#phrase', 'vier fietsen in de regen');
  await other.push(t.recoverFileUse);
  await other.page(t.mine);
  assert.deepEqual((await other.kept()).member, member);
});

test('the code that was kept can be tried, and is no longer on the device', async (context) => {
  const one = await people.meet(context, collector.url);
  const code = await one.joined(collector.codes[2]);
  await one.visit('#/bewaren');
  await one.page(t.mine);
  await one.fill('#own-code', '000G40R-40M30E2-09185GR-38E1YZ4');
  await one.push(t.codeTryIt);
  await one.find('.notice', t.codeOther);
  await one.fill('#own-code', code);
  await one.push(t.codeTryIt);
  await one.find('.notice', t.codeGood);
});

test('two devices: of two answers the person chooses, and nothing is overwritten unasked', async (context) => {
  const one = await people.meet(context, collector.url);
  const code = await one.joined(collector.codes[3]);
  const other = await people.meet(context, collector.url);
  await other.restore(code);
  await other.page(t.mine);
  await answered(one, 0);
  await answeredToo(other);
  await other.find('main', t.staleText);
  await other.picture('own-two-answers');
  const texts = await (await other.find('.beside')).text();
  assert.ok(texts.includes('1 – helemaal niet belangrijk') && texts.includes('5 – heel belangrijk'), texts);
  const { context: shown } = (await other.kept()).responses.at(-1);
  await other.run(async (words) => {
    const { state } = await import('/web/js/member.js');
    state.documents = { ...state.documents, actions: 'A'.repeat(43) }; // as of a list that came since
    const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === words);
    for (let presses = 0; presses < 3; presses++) button.click();
  }, t.staleKeepMine);
  await other.page(t.thanksTitle);
  assert.deepEqual((await other.kept()).responses.map(({ revision, context: signed }) => [revision, signed]), [[2, shown]], 'signed once, however often it is pressed, and for what was shown');
  // The first device corrects its answer, not knowing of the second's; and lets the other one stand.
  await one.toAction();
  await one.choose('importance', 2);
  await one.sendAnswer(t.staleTitle);
  await one.push(t.staleKeepOther);
  await one.page(t.thanksTitle);
  const current = (await one.kept()).responses.at(-1);
  assert.equal(current.answers.importance, 5);
  assert.deepEqual(current.jws, (await other.kept()).responses.at(-1).jws);
});

async function answeredToo(other) {
  await other.toAction();
  await other.choose('importance', 4);
  await other.choose('noticed', 1);
  await other.sendAnswer(t.staleTitle);
}

test('an answer that this device did not send is found; it is taken over, or said how to stop it', async (context) => {
  const one = await people.meet(context, collector.url);
  const code = await one.joined(collector.codes[4]);
  const other = await people.meet(context, collector.url);
  await other.restore(code);
  await other.page(t.mine);
  await answered(other);
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.notSentCheck);
  await one.find('.told', t.notSentFound(1));
  await one.picture('own-not-sent');
  await one.push(t.notSentStrange);
  const { index } = (await other.kept()).responses[0];
  await one.find('.notice', t.notSentHelp(index));
  await one.push(t.notSentOwn);
  await poll('it to be taken over', 20, async () => (await one.kept()).responses.length === 1);
  await one.push(t.notSentCheck);
  await one.find('.told', t.notSentNone);
});

test('what is taken along is what the collector has, as the C client writes it, and what the device has', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.joined(collector.codes[5]);
  await answered(one);
  await one.visit('#/mijn');
  await one.page(t.mine);
  const { collector: theirs, device } = JSON.parse(await taken(one, 'mijn-burgerpanel.json', () => one.push(t.take)));
  const { member, responses } = await one.kept();
  assert.equal(theirs.kid, member.kid);
  const entries = await log.entries(collector.token);
  for (const entry of theirs.entries) assert.equal(entry.jws, entries[entry.index]);
  assert.deepEqual(theirs.entries.map(({ index }) => index), [member.index, responses[0].index]);
  assert.deepEqual(device.responses.map((each) => each.jws), responses.map((each) => each.jws));
  const home = join(collector.folder, 'home');
  await succeed('burgerpanel', ['enrol', collector.url, collector.codes[6], '--home', home, '--yes']);
  const { stdout } = await succeed('burgerpanel', ['export-my-data', '--home', home]);
  assert.deepEqual(Object.keys(JSON.parse(stdout).collector).sort(), Object.keys(theirs).sort());
});

test('one answer is erased, and may be given anew; then everything is, and the proof is kept', async (context) => {
  const one = await people.meet(context, collector.url);
  const code = await one.joined(collector.codes[7]);
  await answered(one);
  const [{ index }] = (await one.kept()).responses;
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.click('summary', t.yourAnswer);
  await one.push(t.eraseOne);
  assert.equal(await (await one.active()).text(), t.eraseSureOne, 'the question has the focus');
  await one.push(t.keepAll);
  await one.push(t.eraseOne);
  await one.push(t.eraseSureOne);
  await one.find('.notice', t.erasedOne);
  assert.equal((await one.kept()).responses.length, 0);
  assert.equal((await request(collector.url, `/v1/entries/${index}/state`)).json().state, 'erased');
  await one.push(t.check);
  await one.find('.told', t.checkGood(2));
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  assert.equal((await one.kept()).responses[0].revision, 2, 'higher than any before');
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.eraseAll);
  await one.picture('own-erase');
  await one.push(t.eraseSure);
  await one.page(t.erasedTitle);
  const proof = JSON.parse(await taken(one, 'burgerpanel-gewist.json', () => one.push(t.proof)));
  for (const erasure of proof) assert.equal(log.receipt(erasure.receipt, erasure.jws).index, erasure.index);
  assert.deepEqual(proof.map(({ scope }) => scope), [{ round: ROUND, action: ACTION }, 'everything']);
  const { member, head, responses } = await one.kept();
  assert.deepEqual([member, head, responses], [null, null, []]);
  await one.restore(code);
  await one.find('#faults', t.recoverUnknown);
  const left = (await log.entries(collector.token)).filter((text) => text === null);
  assert.ok(left.length >= 3);
});

test('what was erased on one device is known on the next: the request, its receipt, and the number above which an answer follows', async (context) => {
  const one = await people.meet(context, collector.url);
  const code = await one.joined(collector.codes[11]);
  await answered(one);
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.click('summary', t.yourAnswer);
  await one.push(t.eraseOne);
  await one.push(t.eraseSureOne);
  await one.find('.notice', t.erasedOne);
  const other = await people.meet(context, collector.url);
  await other.restore(code);
  await other.page(t.mine);
  const texts = async (device) => (await device.kept()).erasures.map(({ jws, index }) => [jws, index]);
  assert.equal((await texts(one)).length, 1);
  assert.deepEqual(await texts(other), await texts(one));
  await other.push(t.check);
  await other.find('.told', t.checkGood(2));
  await other.toAction();
  await other.fillIn();
  await other.sendAnswer();
  assert.equal((await other.kept()).responses[0].revision, 2);
  await other.assertQuiet();
});

test('an erasure whose answer is lost is asked again as it was, and is then known to be done', async (context) => {
  const proxy = new Proxy(collector);
  await proxy.start();
  context.after(() => proxy.stop());
  const one = await people.meet(context, proxy.url);
  await one.joined(collector.codes[8]);
  proxy.change = (path) => {
    if (path === '/v1/erasures') throw new Error('cut off');
  };
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.eraseAll);
  await one.push(t.eraseSure);
  await one.find('.notice', t.noAnswerNow);
  proxy.change = undefined;
  await one.push(t.eraseAll);
  await one.push(t.eraseSure);
  await one.page(t.erasedTitle);
});

test('an answer that the collector has erased, or does not show, is told', async (context) => {
  const proxy = new Proxy(collector);
  await proxy.start();
  context.after(() => proxy.stop());
  const one = await people.meet(context, proxy.url);
  await one.joined(collector.codes[9]);
  await answered(one);
  proxy.change = (path, answer) => {
    if (path !== '/v1/access') return undefined;
    const body = answer.json();
    return { ...answer, bytes: Buffer.from(JSON.stringify({ ...body, entries: body.entries.slice(0, 1) })) };
  };
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.notSentCheck);
  await one.find('.notice', t.missing);
});

test('everything is taken off the device, and the answers go on counting', async (context) => {
  const one = await people.meet(context, collector.url);
  const code = await one.joined(collector.codes[10]);
  await answered(one);
  const { member } = await one.kept();
  await one.visit('#/mijn');
  await one.page(t.mine);
  await one.push(t.forget);
  await one.push(t.forgetSure);
  await one.page(t.welcomeTitle);
  await one.find('.notice', t.forgotten);
  const left = await one.run(async () => {
    const store = await import('/web/js/store.js');
    return [await store.fact('member'), await store.fact('recovery'), await store.responses(), localStorage.length, sessionStorage.length, document.cookie];
  });
  assert.deepEqual(left, [null, null, [], 0, 0, '']);
  await one.restore(code);
  await one.page(t.mine);
  assert.equal((await one.kept()).member.kid, member.kid);
});
