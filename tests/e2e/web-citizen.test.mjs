// Goal: a person with a letter and no program enrols, answers, is told what is wrong, corrects, and has their answer counted once; by mouse, by keyboard
// alone, on a small phone and in English; and the code is nowhere where it should not be.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { request } from './lib/http.mjs';
import { ACTION, examplePanel, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { PublicLog } from './lib/public-log.mjs';
import { KEY } from './lib/webdriver.mjs';
import en from '../../web/js/texts.en.js';

const purpose = { nl: 'Om te horen wat u merkt.', en: 'To hear what you notice.' };
const privacy = { nl: 'Uw naam staat er niet bij.\nDe tekst is van u.', en: 'Your name is not there.' };

let collector, log;
const people = new People('citizen');
before(async () => {
  collector = await ready('web-citizen', { codes: 12, panel: { ...examplePanel(), purpose, privacy, retention: { responsesDays: 90 } } });
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

// What the collector has of this member, by what their device says.
async function entriesOf(one) {
  const { responses } = await one.kept();
  const entries = await log.entries(collector.token);
  for (const { index, jws, receipt } of responses) {
    assert.equal(entries[index], jws);
    assert.equal(log.receipt(receipt, jws).index, index);
  }
  return responses.map(({ jws }) => JSON.parse(Buffer.from(jws.split('.')[1], 'base64url')));
}

test('from the letter to an answer that counts, by mouse; what is missing is told, and a mended field loses its fault alone', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.visit(`#uitnodiging=${collector.codes[0]}`);
  await one.page(t.welcomeTitle);
  assert.equal(await one.url(), `${one.site}/#/`, 'the code is gone from the address');
  assert.equal(await (await one.find('#code')).property('value'), collector.codes[0]);
  await one.push(t.join);
  await one.page(t.consentTitle);
  const terms = await (await one.find('main')).text();
  for (const text of [purpose.nl, ...privacy.nl.split('\n'), t.keptResponses(90)]) assert.ok(terms.includes(text), text);
  assert.equal((await one.kept()).pending, null, 'nothing is made before it is agreed to');
  await one.push(t.agree);
  await one.page(t.keepTitle);
  await one.picture('citizen-keep');
  assert.match(await one.recoveryCode(), /^([0-9A-HJKMNP-TV-Z]{7}-?){4}$/);
  await one.push(t.isKept);
  await one.page(t.listTitle);
  assert.equal((await one.kept()).recovery, false, 'the secret has left the device');
  await one.click('.card a', 'Acties continu toetsen');
  await one.find('#q-importance');
  assert.equal(await (await one.all('#q-satisfaction'))[0].shown(), false, 'not asked yet');
  await one.click('form button[type=submit]');
  assert.equal((await one.faults()).length, 2);
  assert.match(await one.title(), new RegExp(`^${t.fault}: `));
  assert.equal(await (await one.active()).attribute('id'), 'faults');
  await one.picture('citizen-faults');
  await one.choose('noticed');
  assert.deepEqual(await one.faults(), [t.faultMissing('Hoe belangrijk is deze actie voor u?')], 'the mended one is gone, the other stays');
  await one.find('#q-satisfaction');
  await one.click('form button[type=submit]');
  assert.equal((await one.faults()).length, 2, 'what is asked now is asked for');
  await one.click('#faults a', 'Hoe tevreden');
  assert.equal(await (await one.active()).attribute('id'), 'q-satisfaction');
  await one.choose('satisfaction', 2);
  await one.choose('importance', 4);
  await one.fill('#q-comment', 'Het gaat de goede kant op: "ja" & <b>snel</b>.');
  await one.sendAnswer();
  await one.picture('citizen-thanks');
  const [claims] = await entriesOf(one);
  assert.deepEqual(claims.answers, { importance: 5, noticed: 'yes', satisfaction: 3, comment: 'Het gaat de goede kant op: "ja" & <b>snel</b>.' });
  assert.equal(claims.revision, 1);
  assert.match(claims.context, /^[A-Za-z0-9_-]{43}$/, 'what was asked is signed with the answer');
  await one.assertQuiet();
});

// Beside those of the example panel three that may be skipped.
function panelToSkip() {
  const panel = examplePanel();
  const optional = (id, type, more) => ({ id, type, required: false, label: { nl: id }, ...more });
  panel.questionnaires[0].questions.push(
    optional('trust', 'scale', { min: 1, max: 5, ends: { min: { nl: 'geen' }, max: { nl: 'veel' } } }),
    optional('may', 'choice', { options: ['yes', 'no'].map((value) => ({ value, label: { nl: value } })) }),
    optional('mark', 'scale', { min: 0, max: 20 }));
  return panel;
}

test('what was chosen where no answer is needed can be taken back, by mouse and by keyboard, out of draft and answer', async (context) => {
  const other = await ready('web-citizen-skip', { codes: 1, panel: panelToSkip() });
  context.after(() => other.stop());
  const one = await people.meet(context, other.url, { width: 360, height: 740 });
  await one.joined(other.codes[0]);
  await one.toAction();
  const chosen = (id) => one.run((each) => document.querySelector(each).checked, id);
  assert.deepEqual([await chosen('#q-trust-none'), await chosen('#q-may-none')], [true, true], 'while there is none');
  assert.equal((await one.all('#q-importance-none')).length, 0, 'an answer that is needed');
  await one.fillIn();
  await one.choose('trust', 3);
  await one.choose('may');
  await one.run(() => {
    const select = document.querySelector('#q-mark');
    select.value = '7';
    select.dispatchEvent(new Event('change'));
  });
  assert.equal(await chosen('#q-trust-none'), false);
  await one.sendAnswer();
  await one.toAction();
  assert.deepEqual([await chosen('#q-trust-3'), await chosen('#q-may')], [true, true]);
  await one.click('#q-trust-none');
  await one.run(() => document.querySelector('#q-may').focus());
  await one.press(KEY.up); // round to the last
  assert.equal(await chosen('#q-may-none'), true);
  await one.run(() => {
    const select = document.querySelector('#q-mark');
    select.value = '';
    select.dispatchEvent(new Event('change'));
    select.closest('form').querySelector('#q-trust').scrollIntoView();
  });
  await one.find('form [role=status]', t.draftKept);
  await one.picture('citizen-skip');
  await one.sendAnswer();
  assert.deepEqual((await one.kept()).responses.map(({ answers }) => answers), [{ importance: 4, noticed: 'no', trust: 4, may: 'yes', mark: 7 }, { importance: 4, noticed: 'no' }]);
});

test('a question that is not asked any more keeps its draft and is not sent; a correction shows what was given and replaces it', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.joined(collector.codes[1]);
  await one.toAction();
  await one.choose('importance');
  await one.choose('noticed');
  await one.choose('satisfaction', 4);
  await one.choose('noticed', 2);
  assert.equal(await (await one.all('#q-satisfaction'))[0].shown(), false);
  await one.choose('channels', 1);
  await one.choose('channels', 4);
  await one.sendAnswer();
  await one.toAction();
  assert.equal(await (await one.find('#q-noticed-2')).property('checked'), true, 'what was given is there');
  await one.choose('noticed');
  await one.find('#q-satisfaction');
  await one.choose('satisfaction');
  await one.click('form button[type=submit]', t.changeIt);
  await one.page(t.thanksTitle);
  const [first, second] = await entriesOf(one);
  assert.deepEqual(first.answers, { importance: 1, noticed: 'unknown', channels: ['phone', 'app'] });
  assert.deepEqual(second.answers, { importance: 1, noticed: 'yes', satisfaction: 1, channels: ['phone', 'app'] });
  assert.equal(second.revision, 2);
  assert.ok((await (await one.find('main')).text()).includes(t.thanksChanged));
});

test('a code that is none, or may not join, is told at its field, and no key is left behind by one that was refused', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.page(t.welcomeTitle);
  const cases = { '': t.codeEmpty, 'ABC-123': t.codeCount(6), 'U0AB0CD-EFGH1JK-MNPQRST-VWXY0': t.codeWrong, '000G40R-40M30E2-09185GR-38E1YZ4': t.codeRecovery };
  for (const [typed, fault] of Object.entries(cases)) {
    await one.fill('#code', typed);
    await one.push(t.join);
    await one.find('#faults', fault);
    assert.equal(await (await one.find('#code')).attribute('aria-invalid'), 'true');
    assert.ok((await (await one.find('#code')).attribute('aria-describedby')).includes('code-fault'));
  }
  await one.fill('#code', collector.codes[0].toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o'));
  await one.push(t.join);
  await one.page(t.consentTitle);
  await one.push(t.agree);
  await one.find('#faults', t.codeRefused);
  const { pending, recovery, member } = await one.kept();
  assert.deepEqual([pending, recovery, member], [null, false, null]);
});

test('what is sought and sifted is found, and spoken; cards come by twenty', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.joined(collector.codes[3]);
  assert.equal((await one.all('.card')).length, 20);
  await one.push(t.more(16));
  assert.equal((await one.all('.card')).length, 36);
  assert.equal(await one.run(() => [...document.querySelectorAll('.card a')].indexOf(document.activeElement)), 20, 'the focus is on the first new one');
  await one.fill('#words', 'een herkenbaar');
  await one.find('.found', t.found(1));
  assert.equal(await (await one.find('.found')).attribute('role'), 'status');
  await one.fill('#words', 'xyzzy');
  await one.find('.found', t.foundNone);
  await one.push(t.clearSearch);
  await one.find('.found', t.found(36));
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  await one.click('a', t.actions);
  await one.page(t.listTitle);
  await one.run(() => {
    const select = document.getElementById('sift');
    select.value = 'answered';
    select.dispatchEvent(new Event('change'));
  });
  await one.find('.found', t.found(1));
  await one.find('.badge', t.isAnswered);
});

test('a draft stays on the device, over a reload and a change of language', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.joined(collector.codes[4]);
  await one.toAction();
  await one.choose('importance', 1);
  await one.fill('#q-comment', 'Nog niet af');
  await poll('the draft to be written', 10, () => one.run(async (...id) => (await (await import('/web/js/store.js')).draft(...id)).comment, ROUND, ACTION).then((text) => text === 'Nog niet af'));
  await one.reload();
  await one.find('.notice', t.draftFound);
  assert.equal(await (await one.find('#q-comment')).property('value'), 'Nog niet af');
  await one.click('.languages button');
  await one.find('legend', 'How important is this action to you?');
  assert.equal(await one.run(() => document.documentElement.lang), 'en');
  assert.equal(await (await one.find('h1')).attribute('lang'), 'nl', 'a title of the list is Dutch, and said to be');
  assert.equal(await (await one.find('#q-importance-1')).property('checked'), true);
  const whole = await one.run(async (...id) => {
    const store = await import('/web/js/store.js');
    for (const comment of ['a', 'al', 'alles']) store.keepDraft(...id, { comment });
    return (await store.draft(...id)).comment;
  }, ROUND, 'WA-1.02');
  assert.equal(whole, 'alles', 'a form that is drawn anew at once has the last that was typed');
  await one.choose('noticed', 1);
  await one.sendAnswer(en.thanksTitle);
  await one.assertQuiet();
});

test('controls say what they are, and which question they answer; a code is whole on a small phone', async (context) => {
  const one = await people.meet(context, collector.url, { width: 320, height: 640 });
  await one.visit(`#uitnodiging=${collector.codes[5]}`);
  await one.page(t.welcomeTitle);
  assert.equal(await one.run(() => document.querySelector('#code').scrollWidth - document.querySelector('#code').clientWidth), 0);
  await one.joined(collector.codes[5]);
  await one.toAction();
  assert.deepEqual([await (await one.find('#q-importance')).role(), await (await one.find('#q-importance')).name()], ['radio', '1 – helemaal niet belangrijk']);
  const group = await one.find('fieldset');
  assert.equal(await group.role(), 'group');
  assert.match(await group.name(), /Hoe belangrijk is deze actie voor u\?/);
  assert.match(await (await one.find('#q-comment')).name(), /Wat wilt u ons nog meegeven/);
});

test('a page that is left at once, while it makes its stores, keeps no later one waiting', async (context) => {
  const one = await people.meet(context, collector.url);
  for (let i = 0; i < 5; i++) {
    await one.becomeAnother();
    await one.visit();
    await one.visit();
    await one.page(t.welcomeTitle);
  }
});

test('what was done with answers is news to who gave one, until it was seen; and anybody may read it', async (context) => {
  const one = await people.meet(context, collector.url);
  await one.joined(collector.codes[6]);
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  const text = join(collector.folder, 'done.txt');
  writeFileSync(text, 'De brief is <b>herschreven</b>.\n');
  await collector.succeed('follow-ups', 'publish', ACTION, '--status', 'done', '--text', text);
  await collector.succeed('follow-ups', 'publish', 'WA-1.02', '--status', 'notDone', '--text', text);
  await poll('the collector to tell it', 20, async () => (await request(collector.url, '/v1/follow-ups')).json().length === 2);
  await one.visit('#/acties');
  await poll('the news to come', 20, async () => (await one.all('.badge.news')).length > 0 || one.reload());
  assert.equal((await one.all('.badge.news')).length, 1, 'of the action that they spoke of alone');
  await one.click('nav a', t.news);
  await one.page(t.doneTitle);
  assert.equal((await one.all('.follow-up')).length, 2);
  assert.equal((await one.all('.own')).length, 1);
  await one.find('.follow-up', 'De brief is <b>herschreven</b>.');
  await one.toAction();
  await one.find('.follow-up', t.doneStatuses.done);
  await one.visit('#/mijn');
  await one.find('.badge.good', t.doneStatuses.done);
  await one.click('summary', t.doneSoFar);
  await one.find('.follow-up', 'De brief');
  await one.visit('#/acties');
  await one.page(t.listTitle);
  assert.equal((await one.all('.badge.news')).length, 0, 'seen');
  await one.becomeAnother();
  await one.visit('#/gedaan');
  await one.find('.follow-up', t.doneStatuses.notDone);
});

test('a device that does not know the member says so calmly, and every page of the frame has one heading and a title', async (context) => {
  const one = await people.meet(context, collector.url);
  for (const address of ['#/acties', `#/actie/${ACTION}/${ROUND}`, '#/mijn', '#/bewaren']) {
    await one.visit(address);
    await one.page(t.unknownTitle);
    await one.find('a.button', t.haveCode);
    assert.equal((await one.all('h1')).length, 1);
    assert.match(await one.title(), new RegExp(`^${t.unknownTitle} – `));
  }
  await one.visit('#/nergens');
  await one.page(t.unknownPageTitle);
  // What comes in from the collector leaves the focus where it is.
  await one.run(async () => {
    document.querySelector('#menu a:last-child').focus();
    const { refresh } = await import('/web/js/member.js');
    dispatchEvent(new Event('online'));
    await refresh(true);
  });
  assert.equal(await (await one.active()).text(), t.news);
});
