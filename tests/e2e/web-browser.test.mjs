// Goal: a browser takes what the collector serves as it is meant: pages with their style and nothing from elsewhere, a worker that starts without a
// connection; and it refuses what was changed on the way, which a page with a script of its own can't do.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { request } from './lib/http.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { Browser } from './lib/webdriver.mjs';

const PAGES = ['/', '/uitleg', '/privacy', '/toegankelijkheid'];
let collector, browser;
before(async () => {
  collector = await ready('web-browser', { env: { BURGERPANEL_WEB_PHONE: '0800 1351', BURGERPANEL_WEB_MAIL: 'panel@example.org' } });
  collector.site = collector.url.replace('127.0.0.1', 'localhost');
  browser = await Browser.start('serving');
});
after(async () => {
  await browser?.close();
  await collector?.stop();
});

test('every page shows itself, asks nothing of anybody else and has nothing to complain of', async () => {
  for (const path of PAGES) {
    await browser.go(collector.site + path);
    await browser.find('h1');
    await browser.picture(`serving${path.replace('/', '-')}`);
    const asked = await browser.run(() => performance.getEntriesByType('resource').map((each) => each.name));
    assert.ok(asked.length >= 2, asked.join());
    for (const url of asked) assert.equal(new URL(url).origin, collector.site, url);
    assert.equal(await browser.run(() => document.cookie), '');
    assert.ok(await browser.run(() => document.styleSheets.length >= 2), 'the style sheets are taken');
  }
  assert.deepEqual(await browser.log(), []);
});

// Hands everything on, but what `change` makes of a path's text.
async function changing(change) {
  const server = http.createServer(async (asked, answer) => {
    const found = await request(collector.url, asked.url);
    const body = change(asked.url, found.text) ?? found.bytes;
    const { etag, 'content-length': length, ...headers } = found.headers;
    answer.writeHead(found.status, headers).end(body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://localhost:${server.address().port}`, close: () => new Promise((done) => server.close(done)) };
}

test('a style sheet or a script of which one byte was changed on the way is not taken', async () => {
  const proxy = await changing((path, text) => (path === '/web/page.css' ? text.replace('border-box', 'content-box') : undefined));
  await browser.go(`${proxy.url}/uitleg`);
  await browser.find('h1');
  const said = await poll('the browser to say so', 10, async () => {
    const lines = (await browser.log()).map((line) => line.message).join('\n');
    return /integrity/.test(lines) && lines;
  });
  assert.match(said, /page\.css/);
  await proxy.close();
});

test('a script that was put into a page does not run, and one that a page is made to load from elsewhere neither', async () => {
  const marks = '<script>document.title = "taken"</script><img src="/x" onerror="document.title = \'taken\'"><p style="color: red">';
  const proxy = await changing((path, text) => (path === '/' || path === '/uitleg' ? text.replace('</h1>', `</h1>${marks}`) : undefined));
  for (const path of ['/', '/uitleg']) {
    await browser.go(proxy.url + path);
    await browser.find('h1');
    assert.notEqual(await browser.title(), 'taken');
    const lines = (await browser.log()).map((line) => line.message);
    assert.ok(lines.filter((line) => /Content Security Policy/.test(line)).length >= 3, lines.join('\n'));
  }
  await proxy.close();
});

test('a page of which one module was changed by a byte does not start, and its text stays', async () => {
  let changed = true;
  const proxy = await changing((path, text) => (path === '/web/js/dom.js' && changed ? `${text} ` : undefined));
  await browser.go(`${proxy.url}/`);
  const said = await poll('the browser to say so', 10, async () => {
    const lines = (await browser.log()).map((line) => line.message).join('\n');
    return /integrity/.test(lines) && lines;
  });
  assert.match(said, /dom\.js/);
  assert.equal((await browser.all('h1[tabindex="-1"]')).length, 0, 'no script has drawn anything');
  await browser.find('h1');
  changed = false;
  await browser.go('about:blank');
  await browser.go(`${proxy.url}/`);
  await browser.find('h1[tabindex="-1"]');
  await proxy.close();
});
