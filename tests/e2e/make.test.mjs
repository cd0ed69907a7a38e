// Goal: a packager gives a distribution's flags and folders as they are, and gets a program built with those and with ours.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Machine } from './lib/machine.mjs';
import { freshFolder } from './lib/programs.mjs';

const OURS = ['-std=c17', '-pthread', '-Wconversion', '-fPIE', '-D_GNU_SOURCE'];
// As dpkg-buildflags gives them, with a level of optimisation that isn't ours.
const flags = {
  CPPFLAGS: '-Wdate-time -D_FORTIFY_SOURCE=2',
  CFLAGS: '-g -O3 -ffile-prefix-map=/build=. -fstack-protector-strong -Wformat -Werror=format-security',
  LDFLAGS: '-Wl,-z,relro -Wl,--as-needed',
};

// What make shows of its commands, as a person without settings of their own would start it.
function make(words, env = {}) {
  const { MAKEFLAGS, MAKELEVEL, MFLAGS, CFLAGS, CPPFLAGS, LDFLAGS, WERROR, ...clean } = process.env;
  const options = { encoding: 'utf8', env: { ...clean, ...env }, stdio: ['ignore', 'pipe', 'pipe'] };
  return execFileSync('make', ['V=1', ...words], options);
}

const asWords = (variables) => Object.entries(variables).map(([name, value]) => `${name}=${value}`);
const lineMaking = (text, file) =>
  text.split('\n').find((line) => line.includes(` -o ${file}.$$ `)) ?? assert.fail(`no command makes ${file}: ${text}`);

// Compiles one file and shows what would link it.
function build(name, words, env) {
  const folder = freshFolder(`make-${name}`);
  const object = join(folder, 'obj/base/buf.o');
  const compile = lineMaking(make([`BUILD=${folder}`, ...words, object], env), object);
  assert.ok(existsSync(object));
  const program = join(folder, 'burgerpanel');
  return { compile, link: lineMaking(make([`BUILD=${folder}`, '-n', ...words, program], env), program) };
}

function assertBoth({ compile, link }) {
  for (const flag of [...OURS, ...flags.CPPFLAGS.split(' '), ...flags.CFLAGS.split(' ')])
    assert.ok(compile.split(' ').includes(flag), `${flag} in ${compile}`);
  assert.ok(compile.indexOf('-O3') > compile.indexOf('-O2'), 'the last one holds');
  assert.ok(!compile.includes('-D_FORTIFY_SOURCE=3'), 'the level is theirs');
  for (const flag of ['-pie', '-Wl,-z,relro,-z,now', ...flags.LDFLAGS.split(' '), '-lsodium'])
    assert.ok(link.split(' ').includes(flag), `${flag} in ${link}`);
}

test("a distribution's flags in the environment are added to ours", () => {
  assertBoth(build('environment', [], flags));
});

test("a distribution's flags on the command line are added to ours, also where warnings are errors", () => {
  assertBoth(build('command-line', ['WERROR=1', ...asWords(flags)]));
});

test('without flags the program is optimised and fortified; with -O0 it is not, and still compiles', () => {
  const plain = build('plain', ['WERROR=1']).compile;
  assert.match(plain, / -O2 .*-D_FORTIFY_SOURCE=[23] /);
  assert.doesNotMatch(build('debug', ['WERROR=1', 'CFLAGS=-O0']).compile, /_FORTIFY_SOURCE/);
});

test('warnings are errors in a checkout and where asked for, and nowhere else', async () => {
  assert.match(build('strict', ['WERROR=1']).compile, / -Werror /);
  assert.doesNotMatch(build('lenient', ['WERROR=0']).compile, / -Werror /);
  const machine = new Machine('no-checkout');
  assert.doesNotMatch(await machine.succeed('V=1', 'all'), / -Werror /);
  const checkout = new Machine('checkout');
  checkout.makeCheckout();
  assert.match(await checkout.succeed('V=1', 'all'), / -Werror /);
});

test('install puts everything where the folders say, below DESTDIR', async () => {
  const machine = new Machine('folders');
  const root = machine.path('installed');
  await machine.succeed('install', `DESTDIR=${root}`, 'prefix=/usr', 'sysconfdir=/etc', 'docdir=/usr/share/doc/panel');
  for (const name of ['usr/bin/burgerpanel', 'usr/bin/burgerpanel-collector', 'usr/share/doc/panel/README.md', 'usr/share/doc/panel/docs/CLI.md'])
    assert.ok(existsSync(join(root, name)), name);
  for (const name of ['man1/burgerpanel.1', 'man8/burgerpanel-collector.8', 'man5/burgerpanel-collector.conf.5'])
    for (const language of ['', 'nl']) assert.ok(existsSync(join(root, 'usr/share/man', language, name)), `${language} ${name}`);
  for (const program of ['burgerpanel', 'burgerpanel-collector'])
    assert.match(readFileSync(join(root, 'usr/share/bash-completion/completions', program), 'utf8'), /^complete -F _burgerpanel /m);
  assert.match(readFileSync(join(root, 'usr/share/zsh/site-functions/_burgerpanel'), 'utf8'), /^#compdef burgerpanel burgerpanel-collector\n/);
  const unit = readFileSync(join(root, 'usr/lib/systemd/system/burgerpanel.service'), 'utf8');
  assert.match(unit, /^ExecStart=\/usr\/bin\/burgerpanel-collector serve --config \/etc\/burgerpanel\.ini$/m);
  assert.doesNotMatch(unit, /@\w+@/);
  assert.ok(existsSync(join(root, 'usr/share/doc/panel/examples/burgerpanel.ini')));
});

test('where pkg-config does not know a library make stops, and says what it asked', () => {
  const folder = freshFolder('make-pkg-config');
  assert.throws(
    () => make([`BUILD=${folder}`, 'PKG_CONFIG=false', join(folder, 'obj/base/buf.o')]),
    (error) => /\*\*\* false --cflags .*libsodium.* failed/.test(error.stderr),
  );
});

test('as many jobs run at once as the user says, from the command line or the environment, else one for each core', () => {
  const folder = freshFolder('make-jobs');
  const makefile = join(folder, 'show.mk');
  writeFileSync(makefile, "include Makefile\nshow: ; @echo '$(filter -j%,$(MAKEFLAGS))'\n");
  const jobs = (words, env) => make([...words, '-f', makefile, `BUILD=${folder}`, 'show'], env).match(/^-j(\d*)/m)?.[1];
  assert.equal(jobs(['-j3']), '3');
  assert.equal(jobs([], { MAKEFLAGS: '-j5' }), '5');
  assert.equal(jobs([]), execFileSync('nproc', { encoding: 'utf8' }).trim());
});

test('tweetnacl is taken only as the hash says, and where it is not to be had the build stops and says what helps', () => {
  const folder = freshFolder('make-tweetnacl');
  const file = join(folder, 'some.js');
  const out = join(folder, 'web', 'nacl-fast.min.js');
  writeFileSync(file, 'self.nacl = {};\n');
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
  execFileSync('packaging/tweetnacl.sh', [out, hash, file]);
  assert.deepEqual(readFileSync(out), readFileSync(file));
  for (const [wanted, from] of [[hash.replace(/^./, (c) => (c === '0' ? '1' : '0')), file], [hash, join(folder, 'none.js')]]) {
    const other = join(folder, 'other.js');
    const done = spawnSync('packaging/tweetnacl.sh', [other, wanted, from], { encoding: 'utf8' });
    assert.equal(done.status, 1);
    assert.match(done.stderr, new RegExp(`SHA-256 ${wanted} is not to be had here`));
    for (const help of ['node-tweetnacl', 'make TWEETNACL=FILE', 'make TWEETNACL=none']) assert.ok(done.stderr.includes(help), help);
    assert.ok(!existsSync(other));
  }
  assert.deepEqual(readdirSync(join(folder, 'web')), ['nacl-fast.min.js']);
});

test("the packages' version is the program's, and comes after it while the changelog has anything unreleased", () => {
  const version = readFileSync('Makefile', 'utf8').match(/^VERSION := (.+)$/m)[1];
  const unreleased = /^## Unreleased\n[^#]*(###|^- )/m.test(readFileSync('CHANGELOG.md', 'utf8'));
  const [, packaged] = readFileSync('packaging/debian/changelog', 'utf8').match(/^burgerpanel \((.+)-[^-]+\) /);
  assert.equal(packaged, version.replace('-', '~') + (unreleased ? '+dev' : ''));
});
