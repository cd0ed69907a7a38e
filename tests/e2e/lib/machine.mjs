// A machine on which nothing is installed but make and what every Debian has: a folder of commands that is the whole
// PATH, a root in which .ci/deps looks for files, stand-ins for apt-get and for what it installs, and a tree with our
// Makefile and as little to compile as it takes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freshFolder } from './programs.mjs';

const ESSENTIAL =
  'cat chmod cp dirname find install ln make mkdir mv nproc paste rm rmdir sed sh sort tr'.split(' ');
const SOURCES = ['base', 'crypto', 'panel', 'collector', 'client', 'tests'];
const WHOLE = ['tests/bench', 'tests/memcheck', 'tests/fuzz', 'collector/http']; // the Makefile names files of these
const PAPERS = ['Makefile', '.ci/deps', 'README.md', 'LICENSE', 'CHANGELOG.md', 'packaging', 'docs/CLI.md', 'docs/pictures'];
const RUNS = ['', 'lint/', 'bench/', 'fuzz/', 'fresh/', 'deb/'].map((name) => `tests/${name}run.sh`);
const SCRIPTS = [...RUNS, 'fixtures/demo.sh', 'packaging/deb.sh'];

const which = (name) => {
  const paths = process.env.PATH.split(':').map((folder) => join(folder, name));
  return paths.find(existsSync) ?? assert.fail(`${name} is not on this machine`);
};

// Another may have moved it away since it was listed.
function readIfThere(path) {
  try {
    return [[path, readFileSync(path, 'utf8')]];
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function writeScript(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

// The programs' main files, one other file of each folder, and the whole of some.
function copySources(tree, folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.c')).map((entry) => entry.name);
  const first = files.find((name) => name !== 'main.c');
  const wanted = WHOLE.includes(folder) ? files : files.filter((name) => name === 'main.c' || name === first);
  for (const name of wanted) cpSync(join(folder, name), join(tree, folder, name));
  for (const entry of entries) if (entry.isDirectory()) copySources(tree, join(folder, entry.name));
}

export class Machine {
  constructor(name, { uid = 0, apt = true } = {}) {
    this.folder = freshFolder(`machine-${name}`);
    this.tree = this.path('tree');
    for (const folder of ['bin', 'root/var/lib/dpkg', 'stand-in', 'tree'])
      mkdirSync(this.path(folder), { recursive: true });
    for (const command of ESSENTIAL) symlinkSync(which(command), this.path('bin', command));
    writeScript(this.path('bin/id'), `echo ${uid}`);
    writeScript(this.path('bin/sleep'), ':');
    writeScript(this.path('bin/flock'), `echo "$*" >>'${this.path('locks')}'\nexec ${which('flock')} "$@"`);
    writeScript(this.path('stand-in/true'), ':');
    writeScript(this.path('stand-in/node'), 'echo v18.20.4');
    writeScript(this.path('stand-in/compiler'), this.compiler());
    if (apt) cpSync('tests/e2e/lib/apt-get.sh', this.path('bin/apt-get'));

    for (const path of PAPERS) cpSync(path, join(this.tree, path), { recursive: true });
    for (const folder of SOURCES) copySources(this.tree, folder);
    cpSync('web', join(this.tree, 'web'), { recursive: true });
    writeScript(join(this.tree, 'packaging/tweetnacl.sh'), 'mkdir -p "${1%/*}"\necho fallback >"$1"');
    for (const script of SCRIPTS)
      writeScript(join(this.tree, script), `echo "${script} $*" >>'${this.path('calls')}'`);
  }

  // Writes what it is told to in two steps, and waits between them while there is a file hold-compiler.
  compiler() {
    return `files=
while [ $# -gt 1 ]; do
  case $1 in -o | -MF) files="$files $2" ;; esac
  shift
done
[ -n "$files" ] || exit 0
for file in $files; do echo half >"$file"; done
tries=0
while [ -e '${this.path('hold-compiler')}' ] && [ "$tries" -lt 1500 ]; do
  /bin/sleep 0.02
  tries=$((tries + 1))
done
for file in $files; do echo '# whole' >"$file" && chmod +x "$file"; done`;
  }

  path(...names) {
    return join(this.folder, ...names);
  }

  // As if the tree had come from git, and not as a package's sources.
  makeCheckout() {
    mkdirSync(join(this.tree, '.git'));
  }

  // Starts make as one would at a terminal; the promise is of {code, output}.
  make(...words) {
    const env = { PATH: this.path('bin'), DEPS_ROOT: this.path('root'), HOME: this.folder, LANG: 'nl_NL.UTF-8' };
    const stdio = ['ignore', 'pipe', 'pipe'];
    const child = spawn(this.path('bin/make'), ['-C', this.tree, '-j8', ...words], { env, stdio });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    return new Promise((done, failed) => {
      child.on('error', failed);
      child.on('close', (code) => done({ code, output }));
    });
  }

  async succeed(...words) {
    const { code, output } = await this.make(...words);
    assert.equal(code, 0, output);
    return output;
  }

  // What was started goes on only when released: 'hold' for apt-get, 'hold-compiler' for the compiler.
  hold(name) {
    writeFileSync(this.path(name), '');
  }

  release(name) {
    rmSync(this.path(name));
  }

  // The files below build/, as [path, text].
  built() {
    const build = join(this.tree, 'build');
    if (!existsSync(build)) return [];
    const files = readdirSync(build, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).flatMap(readIfThere);
  }

  holdLists(times) {
    writeFileSync(this.path('lists-held'), `${times}\n`);
  }

  lines(name) {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8').trimEnd().split('\n') : [];
  }

  // What was run, in order: 'update', 'install PACKAGE…' and the scripts that targets end with.
  calls() {
    const command = /^apt-get (?:(?:-o \S+|-\S+) )*(\w+)(?: -\S+)*/;
    return this.lines('calls').map((line) => line.trimEnd().replace(command, '$1'));
  }
}
