// Goal: the tables over HTTP are the files that `export` writes, to the byte, in every form that can be asked for; nobody gets one without the
// right to it, and nothing that is not understood is guessed at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseTable } from './lib/csv.mjs';
import { assertHeaders, assertProblem, request } from './lib/http.mjs';
import { ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { get, makeToken, readyReleased, tablePath, TABLES } from './lib/reading.mjs';
import { assertTables } from './lib/tables.mjs';

let collector;
const tokens = {};
before(async () => {
  collector = await readyReleased('reading');
  tokens.analyst = await makeToken(collector, 'statistician', 'analyst');
  tokens.exact = await makeToken(collector, 'examiner', 'analyst', '--exact');
  tokens.team = await makeToken(collector, 'programme', 'team');
  tokens.auditor = await makeToken(collector, 'auditor-1', 'auditor');
  await poll('the last token to be known', 5, async () => (await get(collector, '/v1/entries', tokens.auditor)).status === 200);
});
after(async () => {
  await collector?.stop();
});

const forms = [
  { folder: 'plain', flags: [], query: '', suffix: '-release-1' },
  { folder: 'excel', flags: ['--profile', 'excel-nl'], query: '?profile=excel-nl', suffix: '-release-1-excel-nl' },
  { folder: 'exact', flags: ['--exact'], query: '?exact=true', suffix: '-exact' },
  { folder: 'both', flags: ['--exact', '--profile', 'excel-nl'], query: '?exact=true&profile=excelNl', suffix: '-exact-excel-nl' },
];

test('every table over HTTP equals the exported file, and names itself', async () => {
  for (const form of forms) {
    const out = await collector.export(ROUND, form.folder, ...form.flags);
    for (const table of TABLES) {
      const answer = await get(collector, tablePath(table, form.query), form.query.includes('exact') ? tokens.exact : undefined);
      assert.equal(answer.status, 200, answer.text);
      assertHeaders(answer);
      assert.ok(answer.bytes.equals(readFileSync(join(out, `${table}.csv`))), `${form.folder}/${table}`);
      assert.match(answer.headers['content-type'], /^text\/csv; charset=utf-8/);
      assert.equal(answer.headers['content-disposition'], `attachment; filename="wau-round-1-${table}${form.suffix}.csv"`);
    }
  }
  assertTables(join(collector.folder, 'plain'), 'release');
  assertTables(join(collector.folder, 'exact'), 'exact');
});

test('comments over HTTP equal the exported file', async () => {
  for (const form of forms.slice(0, 2)) {
    const out = await collector.exportComments(ROUND, `comments-${form.folder}`, ...form.flags);
    const answer = await get(collector, tablePath('comments', form.query), tokens.team);
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.bytes.equals(readFileSync(join(out, 'comments.csv'))));
  }
  const rows = parseTable((await get(collector, tablePath('comments'), tokens.team)).text);
  assert.ok(rows.length > 0);
  const json = (await get(collector, tablePath('comments'), tokens.team, { Accept: 'application/json' })).json();
  assert.deepEqual(
    json.map((row) => row.index),
    rows.map((row) => Number(row.index)),
  );
});

test('the rows of some actions are those of the whole table, in every form', async () => {
  const some = 'WA-1.03,WA-2.03,WA-9';
  const token = { comments: tokens.team };
  const lines = (answer) => answer.text.split('\r\n');
  const isOne = (line) => /[,;]WA-(1\.03|2\.03)[,;]/.test(line);
  for (const table of [...TABLES, 'comments'])
    for (const query of ['', 'profile=excel-nl&', ...(table === 'comments' ? [] : ['exact=true&', 'exact=true&profile=excel-nl&'])]) {
      const ask = async (more) => get(collector, tablePath(table, `?${query}${more}`.replace(/[?&]$/, '')), query.includes('exact') ? tokens.exact : token[table]);
      const [whole, part] = [await ask(''), await ask(`action=${some}`)];
      const [head, ...rows] = lines(whole);
      assert.deepEqual(lines(part), [head, ...rows.filter(isOne), ''], `${table}?${query}`);
      assert.ok(lines(part).length > 2, `${table}?${query}`);
      assert.notEqual(part.headers.etag, whole.headers.etag);
      assert.match(part.headers.link, /metadata\?action=WA-1\.03,WA-2\.03,WA-9[&>]/);
    }
  const json = (await get(collector, tablePath('options', `?action=${some}`), undefined, { Accept: 'application/json' })).json();
  assert.deepEqual([...new Set(json.map(({ action }) => action))], ['WA-1.03', 'WA-2.03']);
  const listed = (await get(collector, `/v1/actions?id=${some}`)).json().actions;
  const all = (await get(collector, '/v1/actions')).json().actions;
  assert.deepEqual(listed, all.filter(({ id }) => some.split(',').includes(id)));
  assert.deepEqual((await get(collector, '/v1/actions?id=WA-9')).json(), { actions: [] });
});

test('JSON says what the CSV says, numbers as numbers, nothing as null', async () => {
  for (const table of TABLES)
    for (const query of ['', '?exact=true']) {
      const rows = parseTable((await get(collector, tablePath(table, query), tokens.exact)).text);
      const answer = await get(collector, tablePath(table, query), tokens.exact, { Accept: 'application/json' });
      assert.equal(answer.headers['content-type'], 'application/json');
      assert.equal(answer.headers['content-disposition'], `attachment; filename="wau-round-1-${table}${query ? '-exact' : '-release-1'}.json"`);
      const json = answer.json();
      assert.equal(json.length, rows.length);
      json.forEach((object, i) => {
        assert.deepEqual(Object.keys(object), Object.keys(rows[i]));
        for (const [name, value] of Object.entries(object)) {
          if (value === null) assert.equal(rows[i][name], '', name);
          else if (typeof value === 'number') assert.equal(value, Number(rows[i][name]), name);
          else assert.equal(value, rows[i][name], name);
        }
      });
      assert.ok(json.some((object) => Object.values(object).some((value) => typeof value === 'number')));
    }
});

test('gzip when asked for, the same bytes inside', async () => {
  for (const table of TABLES) {
    const plain = await get(collector, tablePath(table), tokens.analyst);
    assert.equal(plain.headers['content-encoding'], undefined);
    for (const asked of ['gzip', 'br;q=1.0, gzip;q=0.5, *;q=0', 'deflate, x-gzip']) {
      const packed = await get(collector, tablePath(table), tokens.analyst, { 'Accept-Encoding': asked });
      assert.equal(packed.headers['content-encoding'], 'gzip', asked);
      assert.match(packed.headers.vary, /Accept-Encoding/);
      assert.ok(gunzipSync(packed.bytes).equals(plain.bytes));
      assert.ok(packed.bytes.length < plain.bytes.length);
      assert.notEqual(packed.headers.etag, plain.headers.etag);
    }
    for (const asked of ['identity', 'gzip;q=0', 'br', '*'])
      assert.ok((await get(collector, tablePath(table), tokens.analyst, { 'Accept-Encoding': asked })).bytes.equals(plain.bytes));
  }
});

test('a strong ETag of its own for each form, and 304 for who has it', async () => {
  const tags = new Map();
  for (const table of TABLES)
    for (const query of ['', '?profile=excel-nl', '?exact=true'])
      for (const headers of [{}, { 'Accept-Encoding': 'gzip' }]) {
        const path = tablePath(table, query);
        const answer = await get(collector, path, tokens.exact, headers);
        const tag = answer.headers.etag;
        assert.match(tag, /^"[A-Za-z0-9_-]{22}(-gzip)?"$/);
        assert.ok(!tags.has(tag), `${path} has the tag of ${tags.get(tag)}`);
        tags.set(tag, path);
        assert.equal(answer.headers['cache-control'], query.includes('exact') ? 'private, no-cache' : 'no-cache');
        for (const named of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
          const again = await get(collector, path, tokens.exact, { ...headers, 'If-None-Match': named });
          assert.equal(again.status, 304, named);
          assert.equal(again.bytes.length, 0);
          assert.equal(again.headers.etag, tag);
          assertHeaders(again);
        }
        const other = await get(collector, path, tokens.exact, { ...headers, 'If-None-Match': '"other"' });
        assert.ok(other.bytes.equals(answer.bytes));
        assert.equal(other.headers.etag, tag);
      }
});

// A table that can't be explained from its own answer.
test('every table links to what describes it, from where the table is found again', async () => {
  for (const table of [...TABLES, 'comments'])
    for (const query of ['', '?profile=excel-nl', ...(table === 'comments' ? [] : ['?profile=excel-nl&exact=true', '?release=1'])]) {
      const token = table === 'comments' ? tokens.team : tokens.exact;
      const answer = await get(collector, tablePath(table, query), token);
      const again = await get(collector, tablePath(table, query), token, { 'If-None-Match': answer.headers.etag });
      const path = `/v1/rounds/${ROUND}/${table}/metadata${query}`;
      for (const { headers } of [answer, again])
        assert.equal(headers.link, `<${path}>; rel="describedby"; type="application/csvm+json"`);
      const described = await get(collector, path, token);
      assert.equal(described.status, 200, described.text);
      assert.equal(described.headers['content-type'], 'application/csvm+json');
      const isPublic = table !== 'comments' && !query.includes('exact');
      assert.equal(described.headers['cache-control'], isPublic ? 'no-cache' : 'private, no-cache');
      const { tables, notes } = JSON.parse(described.text);
      const url = new URL(tables[0].url, collector.url + path);
      assert.equal(url.pathname + url.search, tablePath(table, query));
      const separator = query.includes('excel') ? ';' : ',';
      assert.equal(tables[0].dialect.delimiter, separator);
      const [header] = answer.text.replace(/^\ufeff/, '').split('\r\n');
      assert.deepEqual(tables[0].tableSchema.columns.map((column) => column.name), header.split(separator));
      assert.equal(notes[0].disclosure.exact, !isPublic);
      assert.equal(notes[0].release?.number, isPublic ? 1 : undefined);
      assert.deepEqual(notes[0].participation, { invited: 60, enrolled: 60 });
    }
});

test('what describes a table is for who may have the table', async () => {
  const path = (table, query = '') => `/v1/rounds/${ROUND}/${table}/metadata${query}`;
  assert.equal((await get(collector, path('summary'))).status, 200);
  assert.equal((await get(collector, path('summary'), tokens.auditor)).status, 200, 'a token that is of no use harms nothing');
  assertProblem(await get(collector, path('summary', '?exact=true')), 401, 'unauthorized');
  assertProblem(await get(collector, path('summary', '?release=2')), 404, 'no-release');
  assertProblem(await get(collector, path('comments'), tokens.analyst), 403, 'forbidden');
  assertProblem(await get(collector, path('summary', '?exact=true'), tokens.analyst), 403, 'forbidden');
  assertProblem(await get(collector, path('comments', '?exact=true'), tokens.team), 400, 'bad-request');
  assertProblem(await get(collector, path('nothing'), tokens.team), 404, 'not-found');
});

test('a profile has one name, and the API\'s former spelling is the same', async () => {
  const one = await get(collector, tablePath('options', '?profile=excel-nl'), tokens.analyst);
  const other = await get(collector, tablePath('options', '?profile=excelNl'), tokens.analyst);
  assert.equal(one.status, 200, one.text);
  assert.ok(one.bytes.equals(other.bytes));
  assert.equal(one.headers.etag, other.headers.etag);
  const typed = await collector.export(ROUND, 'other-spelling', '--profile', 'excelNl');
  assert.ok(one.bytes.equals(readFileSync(join(typed, 'options.csv'))));
});

test('HEAD says what GET would, and makes nothing', async () => {
  for (const table of [...TABLES, 'comments']) {
    const head = await get(collector, tablePath(table), tokens.team, {}, 'HEAD');
    const full = await get(collector, tablePath(table), tokens.team);
    assert.equal(head.status, 200);
    assert.equal(head.bytes.length, 0);
    assert.equal(head.headers['content-length'], undefined);
    for (const name of ['content-type', 'content-disposition', 'etag', 'vary', 'cache-control'])
      assert.equal(head.headers[name], full.headers[name], name);
  }
});

test('Accept is weighed; what cannot be given is 406', async () => {
  const typeOf = async (accept) => {
    const answer = await get(collector, tablePath('questions'), tokens.analyst, { Accept: accept });
    if (answer.status === 406) return assertProblem(answer, 406, 'not-acceptable') && 406;
    assert.equal(answer.status, 200, answer.text);
    return answer.headers['content-type'].split(';')[0];
  };
  assert.equal(await typeOf('*/*'), 'text/csv');
  assert.equal(await typeOf('text/*'), 'text/csv');
  assert.equal(await typeOf('application/*'), 'application/json');
  assert.equal(await typeOf('text/csv;q=0.3, application/json;q=0.9'), 'application/json');
  assert.equal(await typeOf('text/csv;q=0, */*;q=0.1'), 'application/json');
  assert.equal(await typeOf('TEXT/CSV; header=present'), 'text/csv');
  assert.equal(await typeOf('text/html'), 406);
  assert.equal(await typeOf('text/csv;q=0'), 406);
  assert.equal(await typeOf('text/csv;q=x'), 406);
});

test('a query that is not understood is 400', async () => {
  const bad = ['?profile=xml', '?profile=', '?profile', '?exact=1', '?exact', '?exact=false&exact=true', '?Exact=true', '?limit=5', '?profile=Excel-NL', '?release=0', '?release=x', '?release=1&exact=true', '?release'];
  for (const query of bad)
    assertProblem(await get(collector, tablePath('summary', query), tokens.exact), 400, 'bad-request');
  assertProblem(
    await get(collector, tablePath('summary', '?profile=excelNl'), tokens.exact, { Accept: 'application/json' }),
    400,
    'bad-request',
  );
  assertProblem(await get(collector, tablePath('comments', '?exact=true'), tokens.team), 400, 'bad-request');
  for (const query of ['?profile=rfc4180', '?exact=false', '?exact=false&profile=rfc4180'])
    assert.equal((await get(collector, tablePath('summary', query), tokens.analyst)).status, 200, query);
  assertProblem(await get(collector, '/v1/rounds?x=1'), 400, 'bad-request');
});

test('roles: releases for anyone, exact figures by right, comments for the team', async () => {
  for (const table of TABLES) {
    const path = tablePath(table, '?exact=true');
    assert.equal((await get(collector, tablePath(table))).status, 200, 'what is released is anyone\'s');
    assertProblem(await get(collector, path), 401, 'unauthorized');
    assertProblem(await get(collector, path, `bp_${'A'.repeat(43)}`), 401, 'unauthorized');
    assertProblem(await get(collector, path, tokens.auditor), 403, 'forbidden');
    const exact = await get(collector, tablePath(table, '?exact=true'), tokens.analyst);
    assertProblem(exact, 403, 'forbidden');
    assert.match(exact.headers['www-authenticate'], /insufficient_scope/);
  }
  assertProblem(await get(collector, tablePath('comments')), 401, 'unauthorized');
  assertProblem(await get(collector, tablePath('comments'), tokens.exact), 403, 'forbidden');
  assertProblem(await get(collector, '/v1/rounds/nope/summary', tokens.analyst), 404, 'not-found');
  assertProblem(await get(collector, '/v1/rounds/nope/summary?exact=true'), 401, 'unauthorized');
  assertProblem(await get(collector, `${tablePath('summary')}/`, tokens.analyst), 404, 'not-found');
  const posted = await get(collector, tablePath('summary'), tokens.analyst, {}, 'POST');
  assertProblem(posted, 405, 'method-not-allowed');
  assert.equal(posted.headers.allow, 'GET, HEAD');
  for (const token of Object.values(tokens)) assert.ok(!collector.process.stderr.includes(token), 'a token was logged');
  assert.match(collector.process.stderr, /access: refused, token auditor-1/);
});

test('rounds are for anyone, with times in UTC', async () => {
  const answer = await request(collector.url, '/v1/rounds');
  assert.equal(answer.status, 200);
  assertHeaders(answer);
  const { rounds } = answer.json();
  assert.equal(rounds.length, 1);
  assert.equal(rounds[0].id, ROUND);
  assert.equal(rounds[0].opensAt, '2026-01-01T00:00:00Z');
  assert.equal(rounds[0].actions.length, 36);
  assert.equal(typeof rounds[0].open, 'boolean');
  const one = await request(collector.url, `/v1/rounds/${ROUND}`);
  assert.deepEqual(one.json(), rounds[0]);
  const again = await request(collector.url, `/v1/rounds/${ROUND}`, { headers: { 'If-None-Match': one.headers.etag } });
  assert.equal(again.status, 304);
  assertProblem(await request(collector.url, '/v1/rounds/nope'), 404, 'not-found');
});

test('a token is no good any more within a second of its revocation', async () => {
  const token = await makeToken(collector, 'brief', 'analyst', '--exact');
  const path = tablePath('summary', '?exact=true');
  await poll('the token to be known', 5, async () => (await get(collector, path, token)).status === 200);
  await collector.succeed('tokens', 'revoke', 'brief');
  await poll('the token to be forgotten', 1.5, async () => (await get(collector, path, token)).status === 401);
});

test('twenty slow readers at once get all of it or are told to come again', async () => {
  const path = tablePath('options', '?exact=true');
  const expected = (await get(collector, path, tokens.exact)).bytes;
  const answers = await Promise.all(Array.from({ length: 40 }, () => get(collector, path, tokens.exact)));
  for (const answer of answers) {
    if (answer.status === 503) assertProblem(answer, 503, 'unavailable');
    else assert.ok(answer.bytes.equals(expected));
  }
  assert.ok(answers.some((answer) => answer.status === 200));
});
