// Goal: who takes part by fingerprint or face is known again in an empty browser by the same, without a code; and where a device can't do that, or the
// person will not, nothing is lost and the code is there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { People, t } from './lib/citizen.mjs';
import { ACTION } from './lib/panel.mjs';
import { ready } from './lib/programs.mjs';

let collector;
const people = new People('passkey');
before(async () => {
  collector = await ready('web-passkey', { codes: 6 });
});
after(async () => {
  await people.end();
  await collector?.stop();
});

const toConsent = async (one, code) => {
  await one.visit(`#uitnodiging=${code}`);
  await one.page(t.welcomeTitle);
  await one.push(t.join);
  await one.page(t.consentTitle);
};
const settled = (one) => one.run(() => PublicKeyCredential.getClientCapabilities().then(() => undefined));
const offersSoon = (one) => one.find('button', t.agreePasskey);
const offers = (one) => one.run((text) => [...document.querySelectorAll('button')].some((each) => each.textContent === text), t.agreePasskey);

// What a browser has when its storage was lost: the passkeys of the device stay.
const loseStorage = async (one) => {
  await one.go('about:blank');
  await one.cdp('Storage.clearDataForOrigin', { origin: one.site, storageTypes: 'all' });
};

test('taking part by fingerprint or face, then storage is lost: the same finger brings key and answers back', async (context) => {
  const one = await people.meet(context, collector.url, { apart: true });
  await one.authenticator();
  await toConsent(one, collector.codes[0]);
  await one.push(t.agreePasskey);
  await one.page(t.keepTitle);
  await one.find('.lead', t.keepLeadPasskey);
  const code = await one.recoveryCode();
  assert.equal(code.replace(/-/g, '').length, 28, 'the code is there too');
  await one.picture('passkey-kept');
  await one.push(t.isKept);
  await one.page(t.listTitle);
  const { member } = await one.kept();
  await one.toAction();
  await one.fillIn();
  await one.sendAnswer();
  await loseStorage(one);
  await one.visit('#/herstel');
  await one.page(t.recoverTitle);
  await one.push(t.recoverPasskey);
  await one.page(t.mine);
  const now = await one.kept();
  assert.equal(now.member.kid, member.kid);
  assert.deepEqual(now.responses.map(({ action, revision, state }) => [action, revision, state]), [[ACTION, 1, 'sent']]);
  await one.toAction();
  await one.sendAnswer();
  assert.equal((await one.kept()).responses.at(-1).revision, 2, 'and they go on');
  // The code that was shown is that of the same key.
  await loseStorage(one);
  await one.restore(code);
  await one.page(t.mine);
  assert.equal((await one.kept()).member.kid, member.kid);
  await one.assertQuiet();
});

test('a device that declines, or has no passkey of this panel, says so, and the code is the way', async (context) => {
  const one = await people.meet(context, collector.url, { apart: true });
  const device = await one.authenticator();
  await one.call('POST', `/webauthn/authenticator/${device}/uv`, { isUserVerified: false });
  await toConsent(one, collector.codes[1]);
  await one.push(t.agreePasskey);
  await one.find('.notice', t.passkeyFailed);
  assert.ok(!(await one.kept()).member);
  await one.push(t.agree);
  await one.page(t.keepTitle);
  await one.find('.lead', t.keepLead);
  const code = await one.recoveryCode();
  await one.push(t.isKept);
  await loseStorage(one);
  await one.visit('#/herstel');
  await one.page(t.recoverTitle);
  await one.push(t.recoverPasskey);
  await one.find('.notice', t.passkeyNone);
  await one.fill('#recovery-code', code);
  await one.click('button[type=submit]', t.recover);
  await one.page(t.mine);
});

test('without such a device it is not spoken of; nor once an enrolment without it has begun', async (context) => {
  const one = await people.meet(context, collector.url, { apart: true });
  await toConsent(one, collector.codes[2]);
  await settled(one);
  assert.equal(await offers(one), false);
  await one.visit('#/herstel');
  await one.page(t.recoverTitle);
  await settled(one);
  assert.equal(await one.run((text) => [...document.querySelectorAll('button')].some((each) => each.textContent === text && each.checkVisibility()), t.recoverPasskey), false);
  await one.authenticator();
  await toConsent(one, collector.codes[2]);
  await offersSoon(one);
  await collector.stop();
  await one.push(t.agree);
  await one.find('.notice', t.joinLater);
  assert.equal(await offers(one), false, 'nor is it on the page that is still there');
  await toConsent(one, collector.codes[2]);
  await settled(one);
  assert.equal(await offers(one), false, 'the collector may have the key that was made');
});

test('a passkey made for a code that is refused leaves no key behind', async (context) => {
  await collector.start(new URL(collector.url).host);
  const one = await people.meet(context, collector.url, { apart: true });
  const device = await one.authenticator();
  await toConsent(one, collector.codes[0]);
  await one.push(t.agreePasskey);
  await one.page(t.welcomeTitle);
  await one.find('#code-fault', t.codeRefused);
  const { member, pending, recovery } = await one.kept();
  assert.ok(!member && !pending && !recovery);
  const left = await one.call('GET', `/webauthn/authenticator/${device}/credentials`);
  assert.equal(left.length, 0, 'nor in the passkeys, where those can be told');
});

test('what the device can do comes a moment later, and moves neither the field nor the button that somebody reaches for', async (context) => {
  const one = await people.meet(context, collector.url, { apart: true });
  await one.authenticator();
  await one.before(`{
    const real = PublicKeyCredential.getClientCapabilities;
    PublicKeyCredential.getClientCapabilities = () => new Promise((done) => (globalThis.tell = () => done(real.call(PublicKeyCredential))));
  }`);
  const placeOf = (css) => one.run((wanted) => document.querySelector(wanted).getBoundingClientRect().top + scrollY, css);
  const pages = [['#/herstel', t.recoverTitle, '#recovery-code', t.recoverPasskey], [`#uitnodiging=${collector.codes[5]}`, t.consentTitle, '.button.primary', t.agreePasskey]];
  for (const [address, title, css, late] of pages) {
    await one.visit(address);
    if (title === t.consentTitle) await one.push(t.join);
    await one.page(title);
    const before = await placeOf(css);
    await one.run(() => globalThis.tell());
    await one.find('button', late);
    assert.equal(await placeOf(css), before, title);
  }
});
