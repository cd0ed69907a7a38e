// The plan of the house: which room may include which, and which of its headers a room shows to the others. Rooms to come
// are in it too. docs/DESIGN.md tells what each is for.

// Top level: whom each may include beside itself.
export const floors = {
  base: [],
  crypto: ['base'],
  panel: ['base', 'crypto'],
  collector: ['base', 'crypto', 'panel'],
  client: ['base', 'crypto', 'panel'],
};

// Inside the two programs: the rooms that each may include (base, crypto and panel are open to all), and its faces, the
// headers that others may include. What has no face is the top of its program. '' is where main.c stands.
const programs = {
  collector: {
    '': { uses: 'cmd daemon ops' },
    daemon: { uses: 'acts api web http intake log state store ops', faces: 'serve' },
    cmd: { uses: 'acts backup web audit hooks intake tables release log state store ops net', faces: 'cmd' },
    api: { uses: 'acts http intake tables release log state store ops', faces: 'api' },
    web: { uses: 'http', faces: 'web' },
    audit: { uses: 'release net state store', faces: 'audit pages remote shown stored' },
    backup: { uses: 'log state store', faces: 'backup moving restore' },
    intake: { uses: 'acts log state store ops', faces: 'commit ledger look replays submission submit workers' },
    acts: { uses: 'release tables log state store', faces: 'act actions erasing erasure follow_up invitations linking member opening operator page panel release' },
    release: { uses: 'tables log state store', faces: 'ballots earlier history moved newest release released replay versions' },
    tables: { uses: 'state store', faces: 'changes columns context csv csvw datapackage disclosure json sheet stored trends' },
    hooks: { uses: 'net', faces: 'hooks' },
    http: { uses: 'ops', faces: 'address fields gzip http limiter negotiate tag' },
    log: { uses: 'store', faces: 'last_checkpoint log_key log_keys operator peers proofs publisher reader signer tree' },
    state: { uses: 'store', faces: 'action_history catalogue closings follow_ups in_force panel_import recorded roster tally token' },
    store: { uses: '', faces: 'moving snapshots store' },
    net: { uses: '', faces: 'peer' },
    ops: { uses: '', faces: 'calls config landlock metrics settings' },
  },
  client: {
    '': { uses: 'cmd' },
    cmd: { uses: 'batch terminal response log net home', faces: 'cmd' },
    batch: { uses: 'terminal response log net home', faces: 'batch rows outcome report' },
    terminal: { uses: 'response net home', faces: 'dialogue failures input messages outcome output questions' },
    response: { uses: 'net home', faces: 'answers catalogue compose news past' },
    log: { uses: 'net home', faces: 'pages regain again monitor move own_entries view' },
    net: { uses: 'home', faces: 'deliver enrol erase http' },
    home: { uses: '', faces: 'begun erasing evidence held history path pending pin profile read_news receipts response_id spool spool_bulk' },
  },
};

// Includes against the plan that are still there: this list only gets shorter.
export const open = [
];

// Where a library's header may be included.
export const libraries = [
  [/^cjson\/|^cJSON\.h$/, /^base\/json[^/]*\.c$/],
  [/^sodium/, /^(crypto\/[^/]*\.[ch]|base\/mem\.c)$/],
  [/^nettle\//, /^crypto\/(crypto|digest|merkle)\.c$/],
  [/^curl\//, /^base\/fetch\.c$/],
  [/^gnutls\//, /^(collector\/http\/tls[^/]*\.[ch]|tests\/bench\/.*|tests\/unit\/collector\/http\/test_tls\.c)$/],
  [/^sys\/(socket|epoll|eventfd|sendfile)\.h$/, /^(collector\/http\/[^/]*\.[ch]|collector\/log\/key_claim\.c|tests\/.*)$/],
  [/^sqlite3\.h$/, /^(collector\/store\/sqlite\/[^/]*\.[ch]|tests\/unit\/collector\/store\/[^/]*\.[ch]|tests\/torture\/faults\.c)$/], // tests damage stores
  [/^libpq-fe\.h$/, /^(collector\/store\/postgres\/[^/]*\.[ch]|tests\/unit\/collector\/store\/raw\.c|tests\/postgres\/[^/]*\.[ch])$/],
  [/^zlib\.h$/, /^collector\/http\/gzip\.c$/],
  [/^seccomp\.h$/, /^collector\/ops\/calls\.c$/],
  [/^linux\/landlock\.h$/, /^collector\/ops\/landlock\.c$/],
  [/^ini\.h$/, /^collector\/ops\/config\.c$/],
  [/^criterion\//, /^tests\/(unit|memcheck|torture|postgres)\//],
];

const words = (text) => (text ?? '').split(' ').filter(Boolean);

// The room that a file stands in: its program (or floor) and the folder below it. A unit test's is that of what it tests; a test
// that stands on no room's side has none, and may see everything.
function whereIs(name) {
  const parts = name.split('/').slice(0, -1);
  const tests = parts[0] === 'tests';
  if (tests && parts[1] === 'fuzz' && parts.length > 2) return { tests, floor: parts[2], room: '' };
  if (tests && parts[1] !== 'unit') return { tests };
  const [floor, room = ''] = tests ? parts.slice(2) : parts;
  return { tests, floor, room };
}

// What is wrong with `name` including `target`, a header of the project; null: nothing.
export function wallBetween(name, target) {
  const from = whereIs(name);
  const to = whereIs(target);
  if (to.tests) return from.tests ? null : `${target} is a test's`;
  if (from.floor === undefined) return null;
  if (from.floor !== to.floor) return floors[from.floor]?.includes(to.floor) ? null : `${from.floor} must not include ${target}`;
  const rooms = programs[to.floor];
  if (rooms === undefined || from.room === to.room || (from.tests && from.room === '')) return null;
  if (!from.tests && !words(rooms[from.room]?.uses).includes(to.room))
    return `${from.floor}/${from.room} must not include ${to.floor}/${to.room}`;
  const isFace = words(rooms[to.room]?.faces).some((face) => target === `${to.floor}/${to.room}/${face}.h`);
  return isFace ? null : `${target} is no face of its room`;
}

// The room of the plan that a source should be in, and isn't.
export function hasNoRoom(name) {
  const { tests, floor, room } = whereIs(name);
  return !tests && floor in programs && !(room in programs[floor]);
}
