// Goal: one address can't guess codes and tokens, nor connect, without end; who is told to come back later is told when, and those who do nothing wrong notice
// nothing, also where hundreds share an address. A proxy's word on who somebody is counts where the proxy is named, and nowhere else.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertProblem, JOSE, keepAlive, post, request } from './lib/http.mjs';
import { Member, newCode } from './lib/member.mjs';
import { poll } from './lib/poll.mjs';
import { assertFailed, ready, run, succeed } from './lib/programs.mjs';
import { Connection, raw, statuses } from './lib/raw.mjs';
import { bearer, makeToken } from './lib/reading.mjs';

async function start(t, name, env, codes = 1, tls = false) {
  const collector = await ready(`limits-${name}`, { codes, env: { BURGERPANEL_METRICS_LISTEN: '0', ...env }, tls });
  const agent = keepAlive();
  t.after(async () => {
    agent.destroy();
    await collector.stop();
  });
  return { collector, agent };
}

const enrol = ({ collector, agent }, code, headers = {}) => post(collector.url, '/v1/members', new Member('wau').enrolment(code), JOSE, { agent, headers });
const UNNAMED = /warning http: a proxy on this machine is not named in trusted_proxies/g;
const from = (address) => ({ 'X-Forwarded-For': address });

async function limited({ collector }, what) {
  const url = collector.process.stdout.match(/^metrics on (\S+)$/m)[1];
  return Number((await request(url, '/metrics')).text.match(new RegExp(`^burgerpanel_limited_total\\{what="${what}"\\} (\\d+)$`, 'm'))[1]);
}

function assertLater(answer, most) {
  const problem = assertProblem(answer, 429, 'too-many');
  const wait = Number(answer.headers['retry-after']);
  assert.ok(wait >= 1 && wait <= most, answer.headers['retry-after']);
  assert.equal(problem.retryAfter, wait);
}

test('whoever tries codes is told to come back later, and that says nothing of the code', async (t) => {
  const all = await start(t, 'codes', { BURGERPANEL_ADDRESS_ENROLMENTS: '5' });
  for (let i = 0; i < 5; i++) assertProblem(await enrol(all, newCode()), 403, 'invitation-refused');
  assertLater(await enrol(all, newCode()), 120);
  assertLater(await enrol(all, all.collector.codes[0]), 120);
  assertLater(await post(all.collector.url, '/v1/members', 'nonsense', JOSE), 120);
  assert.equal(await limited(all, 'enrolments'), 3);
  assert.equal((await request(all.collector.url, '/v1/panel')).status, 200, 'all else goes on');
});

test('a desk that enrols hundreds from one address is not held up', async (t) => {
  const all = await start(t, 'desk', { BURGERPANEL_ADDRESS_ENROLMENTS: '5' }, 300);
  for (let i = 0; i < 300; i += 4) {
    const answers = await Promise.all(all.collector.codes.slice(i, i + 4).map((code) => enrol(all, code)));
    for (const answer of answers) assert.equal(answer.status, 201, answer.text);
  }
  assert.equal(await limited(all, 'enrolments'), 0);
});

test('the member\'s program comes back by itself, or says that it is for later', async (t) => {
  const all = await start(t, 'client', { BURGERPANEL_ADDRESS_ENROLMENTS: '150' }, 1);
  for (let i = 0; i < 150; i += 4) await Promise.all([0, 1, 2, 3].map(() => enrol(all, newCode())));
  // One more may be refused every four seconds. The program, which waits for five, is begun when the next of them is far off.
  await poll('nothing to be left for long', 30, async () => (await enrol(all, newCode())).headers['retry-after'] >= 4);
  const before = await limited(all, 'enrolments');
  const home = join(all.collector.folder, 'home');
  await succeed('burgerpanel', ['enrol', all.collector.url, all.collector.codes[0], '--home', home]);
  assert.ok((await limited(all, 'enrolments')) > before, 'it was turned away at first');
  assert.ok(readdirSync(home).length > 0);
});

test('whoever guesses tokens is told to come back later, with a right one too; without a token nobody is', async (t) => {
  const all = await start(t, 'tokens', {});
  const right = bearer(await makeToken(all.collector, 'auditor-1', 'auditor'));
  await all.collector.stop();
  const url = await all.collector.start(undefined, { env: { BURGERPANEL_METRICS_LISTEN: '0', BURGERPANEL_ADDRESS_TOKENS: '5' } });
  const ask = (headers) => request(url, '/v1/entries', { headers });
  for (let i = 0; i < 50; i++) assert.equal((await ask(right)).status, 200);
  for (let i = 0; i < 20; i++) assertProblem(await ask({}), 401, 'unauthorized');
  const guess = { Authorization: `Bearer bp_${'A'.repeat(43)}` };
  let refused = 0;
  let answer;
  while ((answer = await ask(guess)).status === 401) refused++;
  assert.ok(refused >= 1 && refused <= 5, `${refused} guesses`);
  assertLater(answer, 120);
  assertLater(await ask(right), 120);
  assert.equal((await request(url, '/v1/actions')).status, 200);
  assert.equal(await limited(all, 'tokens'), 2);
  assert.doesNotMatch(all.collector.process.stderr, /127\.0\.0\.1/);
});

test('whoever connects too often is told when to come back, and those who stay connected go on', async (t) => {
  const all = await start(t, 'connections', { BURGERPANEL_ADDRESS_CONNECTIONS: '20' });
  const kept = new Connection(all.collector.url);
  t.after(() => kept.socket.destroy());
  assert.match(await kept.get('/healthz'), /^HTTP\/1\.1 200 /);
  const seen = [];
  for (let i = 0; i < 30; i++) seen.push(await raw(all.collector.url, 'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'));
  const turned = seen.filter((got) => statuses(got)[0] === 429);
  assert.ok(turned.length >= 8 && turned.length <= 11, `${turned.length}`);
  for (const got of turned) assert.match(got, /^Retry-After: [1-3]\r$/m);
  assert.equal(seen.filter((got) => statuses(got)[0] === 200).length, 30 - turned.length);
  assert.match(await kept.get('/healthz'), /^HTTP\/1\.1 200 /);
  assert.equal(await limited(all, 'connections'), turned.length);
});

test('in TLS they are let go before a handshake', async (t) => {
  const all = await start(t, 'connections-tls', { BURGERPANEL_ADDRESS_CONNECTIONS: '20' }, 1, true);
  let served = 0;
  for (let i = 0; i < 30; i++) served += await request(all.collector.url, '/healthz').then(({ status }) => status === 200, () => 0);
  assert.ok(served >= 19 && served <= 22, `${served}`);
  assert.equal(await limited(all, 'connections'), 30 - served);
});

test('0 bounds nothing', async (t) => {
  const all = await start(t, 'none', { BURGERPANEL_ADDRESS_ENROLMENTS: '0', BURGERPANEL_ADDRESS_TOKENS: '0', BURGERPANEL_ADDRESS_CONNECTIONS: '0' });
  for (let i = 0; i < 120; i++) assert.equal((await enrol(all, newCode())).status, 403);
});

test('behind a named proxy each sender is bounded by itself, and the proxy not at all', async (t) => {
  const env = { BURGERPANEL_TRUSTED_PROXIES: '192.0.2.0/24 127.0.0.1', BURGERPANEL_ADDRESS_ENROLMENTS: '3', BURGERPANEL_ADDRESS_CONNECTIONS: '5' };
  const all = await start(t, 'proxy', env);
  const count = async (headers) => {
    let refused = 0;
    while ((await enrol({ ...all, agent: undefined }, newCode(), headers)).status === 403) refused++;
    return refused;
  };
  assert.equal(await count(from('203.0.113.1')), 3);
  assert.equal(await count(from('203.0.113.2')), 3);
  assert.equal(await count(from('203.0.113.1:4711')), 0, 'the same again, by another port');
  assert.equal(await count(from('198.51.100.9, 203.0.113.1')), 0, 'what was sent to the proxy counts for nothing');
  assert.equal(await count(from('203.0.113.3, 192.0.2.7')), 3, 'by two proxies');
  assert.equal(await count(from('203.0.113.1, nonsense')), 3, 'the proxy, which says nothing that can be read');
  assert.equal(await count({}), 0, 'the proxy again');
  assert.equal(await count(from('2001:db8:0:1::1')), 3);
  assert.equal(await count(from('[2001:db8:0:1:ffff::2]:443')), 0, 'the same line of IPv6');
  assert.equal(await count({ Forwarded: 'for=203.0.113.99' }), 0, 'the other header is not looked at');
  assert.equal(await limited(all, 'connections'), 0);
  assert.doesNotMatch(all.collector.process.stderr, UNNAMED);
});

test('the header is the one that is named', async (t) => {
  const all = await start(t, 'forwarded', { BURGERPANEL_TRUSTED_PROXIES: '127.0.0.0/8', BURGERPANEL_FORWARDED_HEADER: 'forwarded', BURGERPANEL_ADDRESS_ENROLMENTS: '1' });
  const status = async (headers) => (await enrol(all, newCode(), headers)).status;
  assert.equal(await status({ Forwarded: 'for=203.0.113.1;proto=https' }), 403);
  assert.equal(await status({ Forwarded: 'for=198.51.100.1, for="203.0.113.1:80"' }), 429);
  assert.equal(await status({ Forwarded: 'for="[2001:db8::1]"' }), 403);
  assert.equal(await status({ Forwarded: 'for=203.0.113.1', ...from('198.51.100.2') }), 429);
});

test('nobody else is believed: what a stranger says of itself changes nothing', async (t) => {
  const all = await start(t, 'stranger', { BURGERPANEL_TRUSTED_PROXIES: '192.0.2.1', BURGERPANEL_ADDRESS_ENROLMENTS: '3' });
  for (let i = 0; i < 3; i++) assert.equal((await enrol(all, newCode(), from(`203.0.113.${i}`))).status, 403);
  for (let i = 3; i < 6; i++) assert.equal((await enrol(all, newCode(), from(`203.0.113.${i}`))).status, 429);
  assert.equal(all.collector.process.stderr.match(UNNAMED)?.length, 1, 'a proxy on this machine may have been forgotten: said once');
});

test('a list that is wrong is refused, with the word that is', async (t) => {
  const { collector } = await start(t, 'wrong', {});
  await collector.stop();
  for (const [value, said] of [['192.0.2.1, proxy.example.nl', /trusted_proxies: proxy\.example\.nl is no address or prefix/], ['10.0.0.0/33', /10\.0\.0\.0\/33 is no/]])
    for (const flags of [['--check'], []])
      assertFailed(await run('burgerpanel-collector', ['serve', '--store', collector.store, '--listen', '127.0.0.1:0', ...flags], { env: { BURGERPANEL_TRUSTED_PROXIES: value } }), said);
});
