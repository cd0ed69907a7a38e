// Whether bash and zsh complete the programs' command lines: each is started on a terminal with the script, typed into, and Tab
// pressed. Usage: BURGERPANEL_BUILD=build node tests/lint/completion.mjs [BASH-SCRIPT ZSH-FUNCTION]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Terminal } from '../e2e/lib/terminal.mjs';

const build = resolve(process.env.BURGERPANEL_BUILD ?? 'build');
const [bash, zsh] = process.argv.slice(2).concat('packaging/completion/burgerpanel.bash', 'packaging/completion/_burgerpanel').slice(0, 2);
const folder = mkdtempSync(join(build, 'completion-'));
writeFileSync(join(folder, 'codes for May.csv'), '');

// What is typed before Tab, and what the line is to be after it.
const wanted = [
  ['burgerpanel resp', 'burgerpanel respond '],
  ['burgerpanel receipts ve', 'burgerpanel receipts verify '],
  ['burgerpanel respond WA-1 --ane', 'burgerpanel respond WA-1 --anew '],
  ['burgerpanel-collector tokens create bureau --role aud', 'burgerpanel-collector tokens create bureau --role auditor '],
  ['burgerpanel-collector tokens create bureau --role=aud', 'burgerpanel-collector tokens create bureau --role=auditor '],
  ['burgerpanel batch --invitations co', 'burgerpanel batch --invitations codes\\ for\\ May.csv '],
  ['burgerpanel batch --invitations=co', 'burgerpanel batch --invitations=codes\\ for\\ May.csv '],
];
const shells = {
  bash: { words: ['/bin/bash', ['--norc', '--noprofile', '-i']], load: `source ${resolve(bash)}` },
  zsh: {
    words: ['/bin/zsh', ['-f', '-i']],
    load: `fpath=(${dirname(resolve(zsh))} $fpath); autoload -Uz compinit; compinit -D -u; zstyle ':completion:*' menu no`,
  },
};

// Each line is shown to a command that prints its words in angle brackets; Ctrl-U leaves nothing of one that did not fit.
async function complete(name) {
  const shell = shells[name];
  const env = { PATH: `${build}:${process.env.PATH}`, PS1: '$ ', HOME: folder, ZDOTDIR: folder };
  const terminal = new Terminal(...shell.words, env);
  terminal.types(`cd ${folder}; ${shell.load}; echo is loa''ded\r`);
  await terminal.shows('is loaded');
  let wrong = 0;
  for (const [typed, completed] of wanted) {
    terminal.types(`${typed}\t\x01: \x05; echo "<$_>" do''ne\r`);
    await terminal.shows('done');
    const words = completed.trim().replaceAll('\\ ', '\0').split(' ');
    const last = words.at(-1).replaceAll('\0', ' ');
    if (!terminal.shown.slice(0, terminal.read).endsWith(`<${last}> done`)) {
      wrong++;
      console.log(`${name}: error: '${typed}' is not completed to '${completed}'`);
    }
  }
  terminal.types('exit\r');
  await terminal.ended();
  return wrong;
}

let wrong = 0;
for (const name of Object.keys(shells)) wrong += await complete(name);
rmSync(folder, { recursive: true });
process.exit(wrong > 0 ? 1 : 0);
