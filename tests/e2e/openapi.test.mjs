// Goal: the API's description is true: every path that the collector has is in it, every status in it but 5xx is brought about here, and each answer's
// headers and body are as it says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { parseCsv } from './lib/csv.mjs';
import { assertHeaders, assertProblem, JOSE, NDJSON, PROBLEM, request } from './lib/http.mjs';
import { Member } from './lib/member.mjs';
import { ACTION, good, panelOfRounds, ROUND } from './lib/panel.mjs';
import { poll } from './lib/poll.mjs';
import { ready } from './lib/programs.mjs';
import { bearer, makeToken } from './lib/reading.mjs';
import { faultsOf } from './lib/schema.mjs';

const text = readFileSync('collector/api/openapi.json', 'utf8');
const document = JSON.parse(text);
const visited = new Set();
let collector, members, tokens;

before(async () => {
  const panel = { ...panelOfRounds(), disclosure: { rule: 2, minRespondents: 10, roundTo: 5, minChanged: 12, releaseInterval: 0 } };
  collector = await ready('openapi', { panel, codes: 3, env: { BURGERPANEL_METRICS_LISTEN: '0', BURGERPANEL_MEMBER_REVISIONS: '1' } });
  members = collector.codes.map(() => new Member('wau'));
  tokens = {
    team: bearer(await makeToken(collector, 'programme', 'team')),
    publisher: bearer(await makeToken(collector, 'desk', 'team', '--publish')),
    auditor: bearer(await makeToken(collector, 'auditor-1', 'auditor')),
  };
  await poll('the tokens to be known', 5, async () => {
    const answer = await request(collector.url, '/v1/entries', { headers: tokens.auditor });
    return answer.status === 200;
  });
});
after(async () => {
  await collector?.stop();
});

const resolve = (thing) =>
  thing?.$ref === undefined
    ? thing
    : thing.$ref
        .slice(2)
        .split('/')
        .reduce((at, part) => at[part], document);

const parts = {
  'application/json': (body) => [JSON.parse(body)],
  'application/problem+json': (body) => [JSON.parse(body)],
  'application/csvm+json': (body) => [JSON.parse(body)],
  'application/x-ndjson': (body) => body.trimEnd().split('\n').map((line) => JSON.parse(line)),
};

function assertBody(operation, template, type, schema, body) {
  for (const part of parts[type]?.(body) ?? [body]) assert.deepEqual(faultsOf(schema, part, document), [], template);
  if (type === 'text/csv') {
    // The columns are the members of a row's JSON.
    const json = operation.responses['200'].content['application/json'].schema;
    if (json.items === undefined) return; // a file of a release
    const row = resolve(json.items);
    const [header] = parseCsv(body, body.startsWith('\ufeff') ? ';' : ',');
    const names = Object.keys(row.properties);
    if (row.additionalProperties === false) assert.deepEqual(header, names);
    else assert.deepEqual(header.slice(0, names.length), names);
  }
}

// Asks, and holds the answer against what the document says of `template`. `parameters` fill the template.
async function hold(method, template, status, { parameters = {}, query = '', headers = {}, body } = {}) {
  const item = document.paths[template];
  const operation = item[method.toLowerCase()];
  const path = (item.servers ? '' : '/v1') + template.replace(/\{(\w+)\}/g, (_, name) => parameters[name]) + query;
  const answer = await request(collector.url, path, { method, headers, body });
  const where = `${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`;
  assert.equal(answer.status, status, where);
  assertHeaders(answer);
  assert.equal(answer.headers['api-version'], document.info.version);
  const told = operation.responses[status];
  assert.ok(told, `${where} is not documented`);
  visited.add(`${method} ${template} ${status}`);
  for (const name of Object.keys(told.headers)) {
    const header = answer.headers[name.toLowerCase()];
    if (name === 'Preference-Applied' && !('Prefer' in headers)) continue;
    if (!header && resolve(told.headers[name]).required === false) continue;
    assert.ok(header, `${where} lacks ${name}`);
    assert.deepEqual(faultsOf(resolve(told.headers[name]).schema, header, document), [], where);
  }
  if (told.content === undefined) {
    assert.equal(answer.bytes.length, 0, where);
    return answer;
  }
  const type = answer.headers['content-type'].split(';')[0];
  assert.ok(type in told.content, `${where} is ${type}`);
  assertBody(operation, where, type, told.content[type].schema, answer.text);
  if (type === 'application/problem+json') {
    const name = answer.json().type.slice(PROBLEM.length);
    const examples = Object.values(told.content[type].examples).map((one) => resolve(one).value);
    const example = examples.find((one) => one.type === PROBLEM + name);
    assert.ok(example, `${where} has no example of ${name}`);
    for (const member of ['title', 'status']) assert.equal(answer.json()[member], example[member], where);
  }
  return answer;
}

const jose = (body, more = {}) => ({ body, headers: { 'Content-Type': JOSE, ...more } });
const ndjson = (lines) => ({ body: lines.map((l) => `${JSON.stringify(l)}\n`).join(''), headers: { 'Content-Type': NDJSON } });

test('members', async () => {
  const enrolments = members.map((member, i) => member.enrolment(collector.codes[i]));
  for (const enrolment of enrolments) await hold('POST', '/members', 201, jose(enrolment));
  await hold('POST', '/members', 200, jose(enrolments[0], { Prefer: 'return=minimal' }));
  await hold('POST', '/members', 400, jose('x'));
  await hold('POST', '/members', 400, jose(members[0].enrolment(collector.codes[0], { aud: 'other' })));
  await hold('POST', '/members', 401, jose(members[0].enrolment(collector.codes[0], {}, { signer: members[1].key })));
  await hold('POST', '/members', 403, jose(new Member('wau').enrolment(collector.codes[0])));
  await hold('POST', '/members', 413, jose('x'.repeat(33 * 1024)));
  await hold('POST', '/members', 415, { body: 'x', headers: { 'Content-Type': 'text/plain' } });
});

test('responses', async () => {
  const first = members[0].response(ROUND, ACTION, { ...good, comment: 'Goed bezig' });
  await hold('POST', '/responses', 201, jose(first, { Prefer: 'return=minimal' }));
  await hold('POST', '/responses', 200, jose(first, { Prefer: 'return=minimal' }));
  await hold('POST', '/responses', 201, jose(members[0].response(ROUND, ACTION, good, { revision: 2 })));
  await hold('POST', '/responses', 201, jose(members[1].response(ROUND, ACTION, { ...good, comment: 'Ja' })));
  await hold('POST', '/responses', 400, jose('x'));
  await hold('POST', '/responses', 400, jose(members[0].response(ROUND, ACTION, good, { extra: 1 })));
  await hold('POST', '/responses', 400, jose(members[0].response(ROUND, ACTION, { importance: 9 }, { revision: 3 })));
  await hold('POST', '/responses', 401, jose(new Member('wau').response(ROUND, ACTION, good)));
  await hold('POST', '/responses', 409, jose(members[0].response(ROUND, ACTION, good)));
  await hold('POST', '/responses', 409, jose(members[0].response('closed', ACTION, good)));
  await hold('POST', '/responses', 413, jose('x'.repeat(33 * 1024)));
  await hold('POST', '/responses', 415, { body: 'x', headers: { 'Content-Type': 'text/plain' } });
  await hold('POST', '/responses', 429, jose(members[0].response(ROUND, ACTION, good, { revision: 3 })));
});

test('own data', async () => {
  const asked = members[1].access();
  await hold('POST', '/access', 200, jose(asked));
  await hold('POST', '/access', 409, jose(asked));
  for (let i = 1; i < 30; i++) await hold('POST', '/access', 200, jose(members[1].access()));
  await hold('POST', '/access', 429, jose(members[1].access()));
  await hold('POST', '/access', 400, jose('x'));
  await hold('POST', '/access', 401, jose(new Member('wau').access()));
  await hold('POST', '/access', 413, jose('x'.repeat(33 * 1024)));
  await hold('POST', '/access', 415, { body: 'x', headers: { 'Content-Type': 'text/plain' } });
  await hold('POST', '/responses', 201, jose(members[1].response(ROUND, 'WA-1.02', good)));
  const request = members[1].erasure({ round: ROUND, action: 'WA-1.02' });
  const { erased } = (await hold('POST', '/erasures', 201, jose(request))).json();
  await hold('POST', '/erasures', 200, jose(request, { Prefer: 'return=minimal' }));
  await hold('POST', '/erasures', 400, jose(members[1].erasure('all')));
  await hold('POST', '/erasures', 401, jose(new Member('wau').erasure('everything')));
  await hold('POST', '/erasures', 404, jose(members[1].erasure({ round: ROUND, action: 'WA-1.02' })));
  await hold('POST', '/erasures', 413, jose('x'.repeat(33 * 1024)));
  await hold('POST', '/erasures', 415, { body: 'x', headers: { 'Content-Type': 'text/plain' } });
  await hold('GET', '/entries/{index}/state', 200, { parameters: { index: erased[0] } });
  await hold('GET', '/entries/{index}/state', 404, { parameters: { index: 99999 } });
});

test('batches', async () => {
  const now = members[2].response(ROUND, 'WA-1.03', good);
  const lines = [now, members[0].response(ROUND, ACTION, good), 'y', members[0].response(ROUND, ACTION, good, { revision: 3 }), '', now];
  const { text } = await hold('POST', '/response-batches', 200, ndjson(lines));
  const told = text.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(told.map(({ status }) => status), [201, 409, 400, 429, 400, 200]);
  assert.ok(told[1].currentRevision >= 1 && told[3].retryAfter >= 1, text);
  const batch = ndjson(lines);
  await hold('POST', '/response-batches', 200, { ...batch, headers: { ...batch.headers, Prefer: 'return=minimal' } });
  await hold('POST', '/response-batches', 400, { ...ndjson(lines), query: '?dry=true' });
  await hold('POST', '/response-batches', 413, ndjson(Array.from({ length: 4097 }, () => 'x')));
  await hold('POST', '/response-batches', 415, { body: '{}', headers: { 'Content-Type': 'application/json' } });
});

test('what anyone may read', async () => {
  const known = async (template, options = {}) => {
    const answer = await hold('GET', template, 200, options);
    await hold('GET', template, 304, { ...options, headers: { 'If-None-Match': answer.headers.etag } });
  };
  await known('/panel');
  await known('/actions');
  await known('/actions/{id}', { parameters: { id: ACTION } });
  await hold('GET', '/actions/{id}', 404, { parameters: { id: 'nope' } });
  await known('/actions/{id}/follow-ups', { parameters: { id: ACTION } });
  await hold('GET', '/actions/{id}/follow-ups', 404, { parameters: { id: 'nope' } });
  await known('/follow-ups');
  await hold('GET', '/follow-ups', 400, { query: '?since=x' });
  await hold('GET', '/follow-ups', 200, { query: `?action=${ACTION}` });
  await hold('GET', '/actions', 200, { query: `?id=${ACTION}` });
  await hold('GET', '/actions', 400, { query: '?id=%2F' });
  await known('/rounds');
  await hold('GET', '/rounds', 400, { query: '?open=true' });
  await known('/rounds/{id}', { parameters: { id: ROUND } });
  await hold('GET', '/rounds/{id}', 404, { parameters: { id: 'nope' } });
  await known('/openapi.json');
  await known('/service');
  await hold('GET', '/token', 200, { headers: tokens.team });
  await hold('GET', '/token', 401);
  await hold('GET', '/receipts/{index}', 200, { parameters: { index: 0 } });
  await hold('GET', '/receipts/{index}', 404, { parameters: { index: 999 } });
  await hold('GET', '/log/checkpoint', 200);
  const atOnce = await hold('GET', '/log/checkpoint', 200, { headers: { Prefer: 'wait=0' } });
  assert.equal(atOnce.headers['preference-applied'], 'wait=0');
  await hold('GET', '/log/key', 200);
  await hold('GET', '/log/tile/{level}/{tile}', 404, { parameters: { level: 0, tile: '001' } });
  await hold('GET', '/healthz', 200);
});

test('events and their documents', async () => {
  const answer = await hold('GET', '/events', 200, { query: '?from=0&limit=3' });
  await hold('GET', '/events', 304, { query: '?from=0&limit=3', headers: { 'If-None-Match': answer.headers.etag } });
  await hold('GET', '/events', 400, { query: '?limit=1001' });
  const imported = answer.text.trimEnd().split('\n').map((line) => JSON.parse(Buffer.from(JSON.parse(line).jws.split('.')[1], 'base64url')));
  const { panel } = imported.find(({ event }) => event === 'panel-imported');
  const { headers } = await hold('GET', '/documents/{sha256}', 200, { parameters: { sha256: panel } });
  await hold('GET', '/documents/{sha256}', 304, { parameters: { sha256: panel }, headers: { 'If-None-Match': headers.etag } });
  await hold('GET', '/documents/{sha256}', 404, { parameters: { sha256: 'A'.repeat(43) } });
});

test('follow-ups', async () => {
  const template = '/actions/{id}/follow-ups';
  const json = (body, headers = tokens.publisher) => ({
    parameters: { id: ACTION },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
  const said = { status: 'doing', text: { nl: 'Het loket gaat in mei open.' } };
  await hold('POST', template, 201, json(said, { ...tokens.publisher, Prefer: 'return=minimal' }));
  await hold('GET', template, 200, { parameters: { id: ACTION } });
  await hold('GET', '/follow-ups', 200);
  await hold('POST', template, 400, json({ status: 'x' }));
  await hold('POST', template, 401, json(said, {}));
  await hold('POST', template, 403, json(said, tokens.team));
  await hold('POST', template, 404, { ...json(said), parameters: { id: 'nope' } });
  await hold('POST', template, 413, json('x'.repeat(33 * 1024)));
  await hold('POST', template, 415, json(said, { ...tokens.publisher, 'Content-Type': 'text/plain' }));
  const { headers } = await hold('GET', '/actions/{id}/history', 200, { parameters: { id: ACTION } });
  await hold('GET', '/actions/{id}/history', 304, { parameters: { id: ACTION }, headers: { 'If-None-Match': headers.etag } });
  await hold('GET', '/actions/{id}/history', 404, { parameters: { id: 'nope' } });
});

test('releases', async () => {
  const parameters = { id: ROUND };
  const list = '/rounds/{id}/releases';
  const file = '/rounds/{id}/releases/{number}/{file}';
  await hold('GET', '/rounds/{id}/summary', 404, { parameters });
  await collector.release(ROUND);
  const answer = await hold('GET', list, 200, { parameters });
  await hold('GET', list, 304, { parameters, headers: { 'If-None-Match': answer.headers.etag } });
  await hold('GET', list, 400, { parameters, query: '?x=1' });
  await hold('GET', list, 404, { parameters: { id: 'nope' } });
  const names = answer.json()[0].files.map((one) => one.name);
  assert.equal(names.length, 7);
  for (const name of [...names, 'release.jws', 'release.tlog-proof'])
    await hold('GET', file, 200, { parameters: { ...parameters, number: 1, file: name } });
  const table = { ...parameters, number: 1, file: 'summary.csv' };
  const { headers } = await hold('GET', file, 200, { parameters: table });
  await hold('GET', file, 304, { parameters: table, headers: { 'If-None-Match': headers.etag } });
  await hold('GET', file, 400, { parameters: table, query: '?exact=true' });
  await hold('GET', file, 404, { parameters: { ...table, number: 2 } });
  await hold('GET', file, 404, { parameters: { ...table, file: 'comments.csv' } });
});

test('changes', async () => {
  const parameters = { id: ROUND };
  const template = '/rounds/{id}/changes';
  const answer = await hold('GET', template, 200, { parameters, query: '?since=1' });
  await hold('GET', template, 200, { parameters, query: '?since=1&until=1', headers: { Accept: 'application/json' } });
  await hold('GET', template, 304, { parameters, query: '?since=1', headers: { 'If-None-Match': answer.headers.etag } });
  await hold('GET', template, 400, { parameters });
  await hold('GET', template, 404, { parameters, query: '?since=2' });
  await hold('GET', template, 404, { parameters: { id: 'nope' }, query: '?since=1' });
  await hold('GET', template, 406, { parameters, query: '?since=1', headers: { Accept: 'text/html' } });
});

for (const [what, end, otherType] of [['tables', '', 'text/html'], ['metadata of tables', '/metadata', 'text/csv']])
  test(what, async () => {
    for (const table of ['summary', 'questions', 'options', 'comments']) {
      const template = `/rounds/{id}/${table}${end}`;
      const parameters = { id: ROUND };
      const comments = table === 'comments';
      const headers = comments ? tokens.team : {};
      const query = comments ? '' : '?exact=true';
      const answer = await hold('GET', template, 200, { parameters, headers });
      for (const profile of ['excel-nl', 'excelNl']) await hold('GET', template, 200, { parameters, headers, query: `?profile=${profile}` });
      const json = await hold('GET', template, 200, { parameters, headers: { ...headers, Accept: 'application/json' } });
      if (end === '') assert.ok(json.json().length > 0, table);
      await hold('GET', template, 304, { parameters, headers: { ...headers, 'If-None-Match': answer.headers.etag } });
      await hold('GET', template, 200, { parameters, headers, query: `?action=${ACTION},WA-1.02` });
      await hold('GET', template, 400, { parameters, headers, query: '?profile=x' });
      await hold('GET', template, 401, { parameters, query });
      await hold('GET', template, 403, { parameters, headers: tokens.auditor, query });
      await hold('GET', template, 404, { parameters: { id: 'nope' }, headers });
      if (!comments) await hold('GET', template, 404, { parameters, query: '?release=9' });
      await hold('GET', template, 406, { parameters, headers: { ...headers, Accept: otherType } });
    }
  });

test('trends', async () => {
  const known = await hold('GET', '/trends', 200);
  await hold('GET', '/trends', 200, { query: `?action=${ACTION}&question=importance`, headers: { Accept: 'application/json' } });
  await hold('GET', '/trends', 200, { query: `?action=${ACTION},WA-1.02&round=${ROUND}&sort=-mean&limit=1` });
  await hold('GET', '/trends', 304, { headers: { 'If-None-Match': known.headers.etag } });
  await hold('GET', '/trends', 400, { query: '?profile=x' });
  await hold('GET', '/trends', 406, { headers: { Accept: 'text/html' } });
  const described = await hold('GET', '/trends/metadata', 200);
  await hold('GET', '/trends/metadata', 304, { headers: { 'If-None-Match': described.headers.etag } });
  await hold('GET', '/trends/metadata', 400, { query: '?question=%2F' });
  await hold('GET', '/trends/metadata', 406, { headers: { Accept: 'text/csv' } });
});

test('entries', async () => {
  await hold('GET', '/entries', 200, { headers: tokens.auditor, query: '?from=0&limit=3' });
  await hold('GET', '/entries', 400, { headers: tokens.auditor, query: '?limit=0' });
  await hold('GET', '/entries', 401);
  await hold('GET', '/entries', 403, { headers: tokens.team });
});

test('a tile of the log', async () => {
  const { text: checkpoint } = await request(collector.url, '/log/checkpoint');
  const size = Number(checkpoint.split('\n')[1]);
  await hold('GET', '/log/tile/{level}/{tile}', 200, { parameters: { level: 0, tile: `000.p/${size}` } });
});

test('every status that is documented was brought about', () => {
  const documented = Object.entries(document.paths).flatMap(([path, item]) =>
    ['get', 'post'].flatMap((method) =>
      Object.keys(item[method]?.responses ?? {})
        .filter((status) => status !== 'default')
        .map((status) => `${method.toUpperCase()} ${path} ${status}`),
    ),
  );
  assert.deepEqual(documented.filter((one) => !visited.has(one)), []);
});

test('every path takes the methods that are documented, and no other', async () => {
  const parameters = { id: ACTION, index: 0, level: 0, tile: '000', sha256: 'A'.repeat(43) };
  for (const [template, item] of Object.entries(document.paths)) {
    const path = (item.servers ? '' : '/v1') + template.replace(/\{(\w+)\}/g, (_, name) => parameters[name]);
    const answer = await request(collector.url, path, { method: 'PUT' });
    assertProblem(answer, 405, 'method-not-allowed');
    const documented = ['get', 'post'].filter((method) => item[method]).flatMap((m) => (m === 'get' ? ['GET', 'HEAD'] : ['POST']));
    assert.deepEqual(answer.headers.allow.split(', '), documented, path);
  }
});

test('every problem that the collector counts has an example, and no other has', async () => {
  const url = collector.process.stdout.match(/^metrics on (http:\/\/\S+)$/m)[1];
  const { text: metrics } = await request(url, '/metrics');
  const counted = [...metrics.matchAll(/^burgerpanel_problems_total\{reason="([a-z-]+)"\}/gm)].map(([, name]) => PROBLEM + name);
  assert.ok(counted.length > 10);
  const examples = Object.values(document.components.examples).map((example) => example.value);
  assert.deepEqual(examples.map((example) => example.type).sort(), counted.sort());
  for (const example of examples) assert.deepEqual(faultsOf(document.components.schemas.Problem, example, document), []);
});

test('the document is served as it is kept, to any origin', async () => {
  const answer = await request(collector.url, '/v1/openapi.json', { headers: { Origin: 'https://example.org' } });
  assert.equal(answer.text, text);
  assert.equal(answer.headers['access-control-allow-origin'], '*');
});
