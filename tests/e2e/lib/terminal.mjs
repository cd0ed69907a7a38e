// A program in a real terminal (lib/pty.c): what is typed into it, what it shows, and what it leaves behind.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { poll } from './poll.mjs';

const build = resolve(process.env.BURGERPANEL_BUILD ?? 'build');
const wrap = (process.env.BURGERPANEL_WRAP ?? '').split(/\s+/).filter(Boolean);
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
const pty = join(build, 'e2e', `pty-${process.pid}`);
let isBuilt = false;

function buildPty() {
  if (isBuilt) return;
  mkdirSync(join(build, 'e2e'), { recursive: true });
  execFileSync('cc', ['-std=c17', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-o', pty, 'tests/e2e/lib/pty.c']);
  isBuilt = true;
}

export class Terminal {
  constructor(program, args, env = {}) {
    buildPty();
    this.shown = '';
    this.lines = '';
    this.read = 0; // how far `shows` has looked
    const path = program.includes('/') ? [program] : [...wrap, join(build, program)]; // another's, or one of ours
    this.child = spawn(pty, [...path, ...args], {
      env: { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdin.on('error', () => {}); // it may end while something is still being typed
    this.child.stdout.setEncoding('utf8').on('data', (text) => (this.shown += text));
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.lines += text));
    this.child.on('close', () => {
      running.delete(this.child);
      this.report = this.lines.split('\n').at(-2);
    });
    // One that a failed assertion has left at a question holds up nobody.
    running.add(this.child);
    for (const handle of [this.child, this.child.stdin, this.child.stdout, this.child.stderr]) handle.unref();
  }

  // Waits until it has shown `text`, after what was waited for before.
  async shows(text) {
    const at = await poll(`the terminal to show '${text}'`, 20, () => {
      const place = this.shown.indexOf(text, this.read);
      if (place < 0 && this.report !== undefined) assert.fail(`it ended without showing '${text}': ${this.shown}`);
      return place < 0 ? undefined : place + 1;
    }).catch((error) => assert.fail(`${error.message}; shown: ${this.shown}`));
    this.read = at - 1 + text.length;
  }

  types(text) {
    this.child.stdin.write(text);
  }

  get pid() {
    return JSON.parse(this.lines.split('\n')[0]).pid;
  }

  kill(signal) {
    process.kill(this.pid, signal);
  }

  // As /proc has it: R, S, T for stopped.
  state() {
    return readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1][0];
  }

  // {code, signal, canonical, echo, marks, left}, when it has ended; `left` is how many bytes were typed and not read,
  // `marks` whether the terminal would still mark a paste.
  async ended() {
    await poll('the program in the terminal to end', 30, () => this.report !== undefined);
    return JSON.parse(this.report);
  }
}
