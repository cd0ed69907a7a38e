// Shows that each check of sources.mjs can fail: a small tree with one fault of each kind, and the findings that it must give.
// Usage: node tests/lint/selftest.mjs FOLDER     (where the tree may be made)
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checks, listFiles } from './sources.mjs';

const root = process.argv[2];
const many = (line, count) => `${line}\n`.repeat(count);
const tree = {
  'base/a.c': '/* a */\n#include "panel/b.h"\n#include <sodium.h>\nint a_one(void);\nint a_one(void)\n{\n    return 1;\n}\n',
  'client/c.c': '/* c */\n#include "collector/d.h"\n#include <curl/curl.h>\n#include <microhttpd.h>\n',
  'client/net/http.c': '/* allowed */\n#include <curl/curl.h>\n#include "panel/b.h"\n',
  'collector/net/fetch.c': '/* allowed */\n#include <curl/curl.h>\n',
  'collector/d.c':
    '/* sprintf(x) in a comment is nothing, nor */\nconst char *t = "strcpy(a, b)"; // atoi(x)\n' +
    'int f(void)\n{\n    sprintf(a, b);\n    exit (1);\n    free(p);\n    s->free(p);\n    mem_free(p);\n    return atoi(x);\n}\n',
  'collector/main.c': '/* allowed */\nint main(void)\n{\n    exit(1);\n}\n',
  'panel/b.h': '#ifndef B\n#define B\n#endif\n',
  'panel/long.c': `/* long */\nint long_one(void)\n{\n${many('    x();', 51)}}\n${many('int y;', 500)}`,
  'panel/fine.c': `/* fine */\nint fine_one(void)\n{\n${many('    x();', 50)}}\n`,
  'panel/wide.c': `/* ${'é'.repeat(118)} */\n/* ${'é'.repeat(114)} */\n/* --- */\n`,
  'crypto/name.h': '/* name */\n#ifndef CRYPTO_NAME_H\n#define CRYPTO_NAME_H\nstruct thing;\nint name_ok(void);\nint thing_ok(void);\nint other(void);\n#endif\n',
  'crypto/name.c':
    '/* name */\n#include "crypto/name.h"\nint name_ok(void)\n{\n    return 1;\n}\nint thing_ok(void)\n{\n    return 1;\n}\n' +
    'int other(void)\n{\n    return 1;\n}\nint name_hidden(void);\nint name_hidden(void)\n{\n    return 1;\n}\n',
  'tests/blank.sh': 'echo 1 \n\techo 2\n',
};
const expected = {
  walls: ['base/a.c:2', 'base/a.c:3', 'client/c.c:2', 'client/c.c:3', 'client/c.c:4'],
  functions: ['collector/d.c:5', 'collector/d.c:6', 'collector/d.c:7', 'collector/d.c:10'],
  widths: ['panel/wide.c:1', 'panel/wide.c:3'],
  sizes: ['panel/long.c:1', 'panel/long.c:3'],
  blanks: ['tests/blank.sh:1', 'tests/blank.sh:2'],
  heads: ['panel/b.h:1', 'panel/b.h'],
  exported: ['crypto/name.c: other', 'crypto/name.c: name_hidden'],
};

rmSync(root, { recursive: true, force: true });
for (const [name, text] of Object.entries(tree)) {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}
const objects = join(root, 'build/obj');
mkdirSync(join(objects, 'crypto'), { recursive: true });
execFileSync('gcc', ['-I', root, '-c', join(root, 'crypto/name.c'), '-o', join(objects, 'crypto/name.o')]);

let wrong = 0;
for (const [name, check] of Object.entries(checks)) {
  let files = listFiles(root);
  if (name === 'exported') files = files.filter((f) => f.startsWith('crypto/'));
  const findings = check(root, files, objects);
  const missing = expected[name].filter((want) => !findings.some((f) => f.startsWith(`${want}:`) || f.startsWith(`${want} `)));
  if (missing.length > 0 || findings.length !== expected[name].length) {
    wrong++;
    console.log(`${name}: wanted ${expected[name].join(', ')}; found ${findings.join('; ') || 'nothing'}`);
  }
}
process.exitCode = wrong > 0 ? 1 : 0;
