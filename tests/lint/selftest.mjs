// Shows that each check of sources.mjs can fail: a small tree with one fault of each kind, and the findings that it must give.
// Usage: node tests/lint/selftest.mjs FOLDER     (where the tree may be made)
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checks, CRITERIA, listFiles } from './sources.mjs';

const root = process.argv[2];
const many = (line, count) => `${line}\n`.repeat(count);
const tree = {
  'base/a.c': '/* a */\n#include "panel/b.h"\n#include <sodium.h>\nint a_one(void);\nint a_one(void)\n{\n    return 1;\n}\n',
  'client/c.c': '/* c */\n#include "collector/d.h"\n#include <curl/curl.h>\n#include <sys/epoll.h>\n',
  'client/net/http.c': '/* allowed */\n#include "base/fetch.h"\n#include "panel/b.h"\n',
  'base/fetch.c': '/* allowed */\n#include <curl/curl.h>\n',
  'collector/d.c':
    '/* sprintf(x) in a comment is nothing, nor */\nconst char *t = "strcpy(a, b)"; // atoi(x)\n' +
    'int f(void)\n{\n    sprintf(a, b);\n    exit (1);\n    free(p);\n    s->free(p);\n    mem_free(p);\n    return atoi(x);\n}\n',
  'collector/main.c': '/* allowed */\nint main(void)\n{\n    exit(1);\n}\n',
  // Against the plan of the rooms, one kind each: a room that is not below, with the two walls that matter most; an inside
  // header; a room to come; no room; a test that looks into another room. And what is allowed beside each.
  'collector/audit/audit.c': '/* no */\n#include "collector/intake/commit.h"\n#include "collector/state/roster.h"\n',
  'collector/web/pages.c': '/* no */\n#include "collector/http/http.h"\n#include "collector/api/api.h"\n#include "collector/http/loop.h"\n',
  'client/home/spool.c': '/* no */\n#include "client/net/http.h"\n#include "client/home/inside.h"\n',
  'client/attic/box.c': '/* no */\n#include "base/buf.h"\n',
  'collector/net/cut.c': '/* still open */\n#include "collector/ops/config.h"\n',
  'tests/unit/collector/log/test_tiles.c':
    '/* no */\n#include "collector/log/tiles.h"\n#include "collector/intake/commit.h"\n#include "tests/unit/collector/kit.h"\n' +
    '#include "collector/intake/decide.h"\n#include "client/net/http.h"\n',
  'tests/unit/collector/kit.h': '/* may see all */\n#include "collector/intake/ledger.h"\n',
  'base/test.c': '/* no */\n#include "tests/unit/collector/kit.h"\n',
  'panel/b.h': '#ifndef B\n#define B\n#endif\n',
  'panel/long.c': `/* long */\nint long_one(void)\n{\n${many('    x();', 51)}}\n${many('int y;', 500)}`,
  'panel/fine.c': `/* fine */\nint fine_one(void)\n{\n${many('    x();', 50)}}\n`,
  'panel/wide.c': `/* ${'é'.repeat(118)} */\n/* ${'é'.repeat(114)} */\n/* --- */\n`,
  'crypto/name.h': '/* name */\n#ifndef CRYPTO_NAME_H\n#define CRYPTO_NAME_H\nstruct thing;\nint name_ok(void);\nint thing_ok(void);\nint name_alone(void);\nint name_given(int);\n#define name_get() name_given(1)\nint other(void);\n#endif\n',
  'crypto/name_user.c': '/* who uses name */\n#include "crypto/name.h"\nstatic int use_name(void)\n{\n    return name_ok() + thing_ok() + name_get();\n}\n',
  'crypto/name.c':
    '/* name */\n#include "crypto/name.h"\nint name_ok(void)\n{\n    return 1;\n}\nint thing_ok(void)\n{\n    return name_alone();\n}\nint name_alone(void)\n{\n    return 1;\n}\nint name_given(int one)\n{\n    return one;\n}\n' +
    'int other(void)\n{\n    return 1;\n}\nint name_hidden(void);\nint name_hidden(void)\n{\n    return 1;\n}\n',
  'panel/roles.c': '/* See roles.h. */\nint roles_one;\n',
  'panel/statics.c':
    '/* one */\nstatic int add(int a)\n{\n    return add_one(a);\n}\nstatic const struct thing *put_thing(void)\n{\n    return 0;\n}\n' +
    'static const int table[] = {sizeof(int)};\n',
  'client/home/statics.c':
    '/* two */\nstatic int put_thing(void);\nstatic int put_thing(void)\n{\n    return 0;\n}\nstatic int read_it(void);\nstatic int name_ok(void);\n',
  'collector/net/statics.c': '/* fine: the other program */\nstatic int read_it(void);\n',
  'crypto/circle_a.c': '/* a */\nint circle_a(void)\n{\n    return circle_b();\n}\n',
  'crypto/circle_b.c': '/* b */\nint circle_b(void)\n{\n    return circle_c();\n}\n',
  'crypto/circle_c.c': '/* c */\nint circle_c(void)\n{\n    return circle_a();\n}\n',
  'crypto/circle_unbuilt.c': '/* unbuilt */\nint circle_unbuilt;\n',
  'crypto/circle_user.c': '/* in none */\nint circle_user(void)\n{\n    return circle_a();\n}\n',
  'client/texts.c':
    '/* texts: T("a") in a comment is nothing */\nvoid f(void)\n{\n    cli_say(T("one %d of %s", "een %d van %s"), 1, T("a, b", "c, d"));\n' +
    '    cli_fail(T("%d of %s", "%s van %d"), 1, x);\n    cli_say(T("%" PRId64 " of 5%%", "%d"), n);\n    cli_say(T("some", ""));\n' +
    '    printf("%s only English\\n", T("x", "y"));\n    printf("%s: %zu\\n", T("x %s", "y %s"), (size_t)1);\n' +
    '    faults_add(faults, "/rounds", "missing");\n    return error_set(e, KIND, "%s", why);\n}\n',
  'panel/response_check.c': '/* wire */\nvoid f(void)\n{\n    faults_add(faults, "/iat", "is ahead");\n}\n',
  Makefile: 'VERSION := 1.2.3\n',
  'docs/SECURITY-MODEL.md':
    '`tests/e2e/one.test.mjs` "it\'s found" and `tests/unit/one.c` "one, is_found"\n`tests/e2e/one.test.mjs` "it is not"\n' +
    '`tests/unit/one.c` "one, is"\n`tests/e2e/two.test.mjs` "it is found"\n`tests/unit/one.c`\n',
  'docs/WCAG.md':
    '- **A** `tests/e2e/one.test.mjs` "it\'s found", `tests/e2e/lib/one.mjs`\n- **B** `tests/e2e/one.test.mjs` "it is not"\n' +
    `${CRITERIA.filter((one) => one !== '2.5.8').map((one) => `| ${one} x | A | how | ${{ '1.1.1': 'Z', '1.2.1': 'x', '1.2.2': '–', '1.2.3': 'A (Y) B' }[one] ?? 'A'} |`).join('\n')}\n`,
  'tests/e2e/lib/one.mjs': '// one\n',
  'docs/OPERATING.md':
    '## What each line of the log means\n| error | `store: …` | bad |\n| info | `two members` | good |\n| info | ``run `audit` now`` | do |\n' +
    '| error | `cut: … off` | raw |\n| warning | `one member` | another level |\n| info | `gone` | nobody says so |\n| error | `api: …` | bad |\n| warning | `net: far: …` | good |\n## Next\n| info | `not here` | |\n',
  'collector/net/logged.c':
    '/* log_info("in a comment") */\nstatic const char cut[] = "error cut: ";\nvoid f(void)\n{\n    log_error("store: %s", why);\n' +
    '    log_info(n == 1 ? "one member" : "two %s" "members", n);\n    log_info("run `audit` now");\n    log_warning("%llu not told", n);\n}\n',
  'collector/net/troubles.c':
    '/* states */\nstatic struct trouble gone = TROUBLE("net", LOG_WARNING);\nstatic struct api_troubles all = API_TROUBLES("api");\nvoid f(void)\n{\n' +
    '    trouble_met(&gone, now, "far: %s", why);\n    trouble_met(&gone, now, "near");\n}\n',
  'tests/e2e/one.test.mjs': "test('it\\'s found', () => {});\n",
  'tests/unit/one.c': '/* Tests. */\nTest(one, is_found)\n{\n}\n',
  'publiccode.yml': 'softwareVersion: 1.2.4\n',
  'collector/http/http.h': '#ifndef COLLECTOR_HTTP_HTTP_H\n#define COLLECTOR_HTTP_HTTP_H\n/* head */\n#define API_VERSION "2.0.0"\n#endif\n',
  'collector/api/openapi.json': '{"info": {"version": "2.1.0"}}\n',
  'docs/STYLE.md': `${'é'.repeat(120)}\n${'é'.repeat(121)}\n---\n`,
  'panel/fail.h': '/* fail */\n#ifndef PANEL_FAIL_H\n#define PANEL_FAIL_H\nMUST_CHECK int fail_one(int a);\nbool fail_is(void);\n#endif\n',
  'panel/fail.c':
    '/* fail */\nstatic int try_it(void);\nint f(void)\n{\n    if (fail_one(1))\n        return 1;\n    if (!try_it() || fail_is())\n        return 1;\n' +
    '    while (fail_is() && fail_one((2)))\n        ;\n    if (fail_one(3) != 0)\n        return 1;\n    return fail_one(4) < 0 || (fail_is() && try_it() < 0) || fail_one(5) == 0;\n}\n',
  'web/js/member.js': '// fetch(x) and innerHTML in a comment are nothing\nfetch("/v1");\nindexedDB.open(1);\nlocalStorage.x = 1;\ncrypto.subtle.sign();\ndocument.title = 1;\n',
  'web/js/dom.js': "const SVG = 'http://www.w3.org/2000/svg';\ndocument.title = 1;\na.innerHTML = b;\nimport('https://example.org/a.js');\na.style.color = 1;\neval('1');\n",
  'web/index.html': '<p>fine</p>\n<p style="color: red">\n<a onclick="x()">\n',
  'tests/blank.sh': 'echo 1 \n\techo 2\n',
};
const expected = {
  walls: [
    'base/a.c:2', 'base/a.c:3', 'base/test.c:2', 'client/c.c:2', 'client/c.c:3', 'client/c.c:4', 'client/attic/box.c:1',
    'client/home/spool.c:2', 'collector/audit/audit.c:2', 'collector/web/pages.c:3', 'collector/web/pages.c:4',
    'tests/unit/collector/log/test_tiles.c:5', 'tests/unit/collector/log/test_tiles.c:6', 'tests/lint/rooms.mjs',
  ],
  functions: ['collector/d.c:5', 'collector/d.c:6', 'collector/d.c:7', 'collector/d.c:10'],
  widths: ['docs/STYLE.md:2', 'panel/wide.c:1', 'panel/wide.c:3'],
  sizes: ['panel/long.c:1', 'panel/long.c:3'],
  texts: ['client/texts.c:5', 'client/texts.c:6', 'client/texts.c:7', 'client/texts.c:8', 'client/texts.c:10'],
  shown: ['docs/SECURITY-MODEL.md:2', 'docs/SECURITY-MODEL.md:3', 'docs/SECURITY-MODEL.md:4', 'docs/SECURITY-MODEL.md:5', 'docs/WCAG.md:1', 'docs/WCAG.md:2', 'docs/WCAG.md:3', 'docs/WCAG.md:4'],
  logged: ['collector/net/logged.c:6', 'collector/net/logged.c:6', 'collector/net/logged.c:8', 'collector/net/troubles.c:3', 'collector/net/troubles.c:7', 'docs/OPERATING.md:3', 'docs/OPERATING.md:6', 'docs/OPERATING.md:7'],
  versions: ['publiccode.yml:1', 'collector/api/openapi.json:1'],
  blanks: ['tests/blank.sh:1', 'tests/blank.sh:2'],
  pages: [
    'web/index.html:2', 'web/index.html:3', 'web/js/dom.js:3', 'web/js/dom.js:4', 'web/js/dom.js:5', 'web/js/dom.js:6',
    'web/js/member.js:2', 'web/js/member.js:3', 'web/js/member.js:4', 'web/js/member.js:5', 'web/js/member.js:6',
  ],
  roles: ['panel/roles.c:1'],
  statics: ['panel/statics.c:2', 'panel/statics.c:6', 'client/home/statics.c:8'],
  failures: ['panel/fail.c:5', 'panel/fail.c:7', 'panel/fail.c:9', 'panel/fail.c:11'],
  circles: ['crypto/circle_a.c: in a circle with crypto/circle_b.c, crypto/circle_c.c', 'crypto/circle_unbuilt.c: not built'],
  heads: ['collector/http/http.h:1', 'panel/b.h:1', 'panel/b.h'],
  exported: ['crypto/name.c: other', 'crypto/name.c: name_hidden', 'crypto/name.c: name_alone'],
};

// Two cuts that are still open: one that is there, and one that was made.
const open = ['collector/net/cut.c collector/ops/config.h', 'collector/net/gone.c collector/ops/config.h'];

rmSync(root, { recursive: true, force: true });
for (const [name, text] of Object.entries(tree)) {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}
const objects = join(root, 'build/obj');
mkdirSync(join(objects, 'crypto'), { recursive: true });
for (const stem of ['name', 'name_user', 'circle_a', 'circle_b', 'circle_c', 'circle_user'])
  execFileSync('gcc', ['-w', '-I', root, '-c', join(root, `crypto/${stem}.c`), '-o', join(objects, `crypto/${stem}.o`)]);

let wrong = 0;
for (const [name, check] of Object.entries(checks)) {
  let files = listFiles(root);
  if (name === 'exported') files = files.filter((f) => f.startsWith('crypto/name'));
  if (name === 'circles') files = files.filter((f) => f.startsWith('crypto/circle'));
  const findings = check(root, files, objects, open);
  const missing = expected[name].filter((want) => !findings.some((f) => f === want || f.startsWith(`${want}:`) || f.startsWith(`${want} `)));
  if (missing.length > 0 || findings.length !== expected[name].length) {
    wrong++;
    console.log(`${name}: wanted ${expected[name].join(', ')}; found ${findings.join('; ') || 'nothing'}`);
  }
}
process.exitCode = wrong > 0 ? 1 : 0;
