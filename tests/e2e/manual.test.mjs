// Goal: --help, the manual pages and OPERATING say the same, of every verb, option and setting, in both languages; and none is without a word.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { freshFolder, run, succeed } from './lib/programs.mjs';

const LANGUAGES = { C: ['Verbs:', 'Options:', 'show this text'], 'nl_NL.UTF-8': ['Opdrachten:', 'Opties:', 'toon deze tekst'] };
const programs = ['burgerpanel', 'burgerpanel-collector'];

// What a reader sees of a page, in one line.
const plain = (page) =>
  page
    .replace(/^\.(TH|nh|TP|PP|nf|fi|S[HS])\b/gm, '')
    .replace(/\\f[BIR]|\\&/g, '')
    .replace(/\\\[u([0-9A-F]+)\]/g, (_, code) => String.fromCodePoint(parseInt(code, 16)))
    .replaceAll('\\-', '-').replaceAll('\\(aq', "'").replaceAll('\\(dq', '"').replaceAll('\\e', '\\')
    .replace(/\s+/g, ' ');
const oneLine = (text) => text.replaceAll('`', '').replace(/\s+/g, ' ').trim();

async function helpOf(program, verb, env, [, options]) {
  const { stdout } = await succeed(program, [...verb.split(' '), '--help'], { env });
  const [head, rows] = stdout.split(`\n${options}\n`);
  const [, line, , ...explained] = head.split('\n');
  return { line, explained: explained.join('\n'), rows: rows.trimEnd().split('\n').map((row) => row.trim().split(/ {2,}/)) };
}

for (const [locale, words] of Object.entries(LANGUAGES))
  for (const program of programs)
    test(`${program} --help and its manual page say the same (${locale})`, async () => {
      const env = { LC_ALL: locale };
      const page = plain((await succeed(program, ['manual'], { env })).stdout);
      const list = (await succeed(program, ['--help'], { env })).stdout.split(`${words[0]}\n`)[1].split('\n\n')[0];
      const verbs = list.split('\n').map((row) => row.trim().split(/ {2,}/));
      assert.ok(verbs.length > 10);
      const helps = await Promise.all(verbs.map(([verb]) => helpOf(program, verb, env, words)));
      for (const [i, [verb, what]] of verbs.entries()) {
        const help = helps[i];
        assert.equal(help.line, what, verb);
        assert.notEqual(help.explained.trim(), '', `${program} ${verb} is not explained (${program === 'burgerpanel' ? 'client' : 'collector'}/cmd/explained.c)`);
        assert.ok(page.includes(oneLine(`${help.line} ${help.explained}`)), `${verb}: ${help.explained}`);
        for (const [option, text] of help.rows) assert.ok(page.includes(oneLine(`${option} ${text}`)), `${verb}: ${option} ${text}`);
      }
    });

// The manual's table of settings: name and default.
const settings = [...readFileSync('docs/OPERATING.md', 'utf8').matchAll(/^\| `(\w+)` \| `BURGERPANEL_(\w+)` \| (?:`([^`]+)`)? ?\|/gm)];

test('the page of the settings has those of OPERATING, with the same defaults, in both languages', async () => {
  for (const [locale, byDefault] of [['C', 'By default'], ['nl_NL.UTF-8', 'Standaard']]) {
    const { stdout } = await succeed('burgerpanel-collector', ['manual', 'settings'], { env: { LC_ALL: locale } });
    const items = stdout.split(/^\.SH .*$/m)[3].split('.TP\n').slice(1).map(plain);
    const told = items.map((item) => [item.trim().split(' ')[0], item.match(new RegExp(`${byDefault} (\\S+)\\.`))?.[1]]);
    assert.deepEqual(told, settings.map(([, name, , value]) => [name, value]));
  }
  assert.ok(settings.length > 30);
  for (const [, name, variable] of settings) assert.equal(variable, name.toUpperCase());
});

// As make does it; what install then puts where is in make.test.mjs.
test('make prints the pages in both languages, with the date of the last release', () => {
  const build = process.env.BURGERPANEL_BUILD ?? 'build';
  const folder = freshFolder('manual');
  mkdirSync(folder, { recursive: true });
  for (const name of ['burgerpanel', 'burgerpanel-collector']) symlinkSync(resolve(build, name), join(folder, name));
  const pages = ['burgerpanel.1', 'burgerpanel-collector.8', 'burgerpanel-collector.conf.5'];
  const old = ['burgerpanel', 'burgerpanel-collector'].flatMap((name) => ['-o', join(folder, name)]);
  execFileSync('make', [`BUILD=${folder}`, ...old, 'manuals'], { encoding: 'utf8' });
  const [, released] = readFileSync('CHANGELOG.md', 'utf8').match(/^## [0-9.]+ - (\S+)$/m);
  for (const page of pages) {
    const [english, dutch] = ['', 'nl'].map((language) => readFileSync(join(folder, 'man', language, page), 'utf8').split('\n'));
    const head = english[0].match(/^\.TH "(\S+)" (\d) "(\S+)" "burgerpanel \d+\.\d+\.\d+"$/);
    assert.deepEqual([`${head[1].replaceAll('\\-', '-').toLowerCase()}.${head[2]}`, head[3]], [page, released]);
    assert.deepEqual([english[2], dutch[0], dutch[2]], ['.SH NAME', english[0], '.SH NAAM']);
  }
});

test('a page that there is not is named', async () => {
  const { code, stderr } = await run('burgerpanel-collector', ['manual', 'nothing']);
  assert.equal(code, 2);
  assert.match(stderr, /there is no page 'nothing'; there is: settings/);
});
