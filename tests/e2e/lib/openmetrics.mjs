// OpenMetrics 1.0 text, read strictly: families by name, each with type, help, unit and samples. Anything that the standard does not allow throws.
import assert from 'node:assert/strict';
import { assertHeaders, request } from './http.mjs';

const SUFFIXES = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  info: ['_info'],
};
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:[a-zA-Z_]\\w*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*",?)*)\\})? ([^ ]+)$`);
const NUMBER = /^[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|Inf)$|^NaN$/;

function readSample(family, line) {
  const match = SAMPLE.exec(line);
  assert.ok(match, `no sample: ${line}`);
  const [, name, labels = '', value] = match;
  assert.match(value, NUMBER, line);
  const suffix = SUFFIXES[family.type].find((s) => name === family.name + s);
  assert.notEqual(suffix, undefined, `${name} is no sample of the ${family.type} ${family.name}`);
  assert.ok(!labels.endsWith(','), line);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text]);
  const read = { suffix, labels: Object.fromEntries(pairs), value: Number(value.replace('Inf', 'Infinity')) };
  assert.equal(pairs.length, Object.keys(read.labels).length, `a label twice: ${line}`);
  const key = `${suffix}{${pairs.map((pair) => pair.join('=')).sort()}}`;
  assert.ok(!family.keys.has(key), `twice: ${line}`);
  family.keys.add(key);
  family.samples.push(read);
}

function checkHistogram(family) {
  const buckets = family.samples.filter((s) => s.suffix === '_bucket');
  const bounds = buckets.map((b) => Number(b.labels.le.replace('Inf', 'Infinity')));
  bounds.forEach((bound, i) => assert.ok(i === 0 || bound > bounds[i - 1], `${family.name}: buckets out of order`));
  buckets.forEach((b, i) => assert.ok(i === 0 || b.value >= buckets[i - 1].value, `${family.name}: not cumulative`));
  assert.equal(bounds.at(-1), Infinity);
  assert.equal(family.samples.find((s) => s.suffix === '_count').value, buckets.at(-1).value);
}

export function parseOpenMetrics(text) {
  const lines = text.split('\n');
  assert.equal(lines.pop(), '', 'the last line has no end');
  assert.equal(lines.pop(), '# EOF');
  const families = new Map();
  let family;
  for (const line of lines) {
    const about = line.match(new RegExp(`^# (TYPE|HELP|UNIT) (${NAME}) (.+)$`));
    if (about === null) {
      assert.ok(family !== undefined && !line.startsWith('#'), line);
      readSample(family, line);
      continue;
    }
    const [, what, name, rest] = about;
    if (family?.name !== name) {
      assert.ok(!families.has(name), `${name} comes twice`);
      families.set(name, (family = { name, type: 'unknown', samples: [], keys: new Set() }));
    }
    assert.equal(family.samples.length, 0, `${line} after a sample`);
    if (what === 'TYPE') assert.ok((family.type = rest) in SUFFIXES, line);
    if (what === 'HELP') family.help = rest;
    if (what === 'UNIT') assert.ok(name.endsWith(`_${rest}`), line);
  }
  for (const one of families.values()) {
    assert.ok(one.help, `${one.name} has no help`);
    assert.ok(one.samples.length > 0, `${one.name} has no sample`);
    if (one.type === 'counter') for (const s of one.samples) assert.ok(s.value >= 0);
    if (one.type === 'histogram') checkHistogram(one);
  }
  return families;
}

// The one value of a family's sample with these labels.
export function valueOf(families, name, labels = {}, suffix) {
  const found = families
    .get(name)
    .samples.filter((s) => (suffix ?? s.suffix) === s.suffix && Object.entries(labels).every(([l, v]) => s.labels[l] === v));
  assert.equal(found.length, 1, `${name} ${JSON.stringify(labels)}`);
  return found[0].value;
}

// Where a collector shows its metrics, which it says before it listens.
export const metricsUrl = (collector) => collector.process.stdout.match(/^metrics on (http:\/\/\S+)$/m)?.[1];

export async function metricsOf(collector) {
  const answer = await request(metricsUrl(collector), '/metrics');
  assert.equal(answer.status, 200, answer.text);
  assertHeaders(answer);
  assert.equal(answer.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  return parseOpenMetrics(answer.text);
}
