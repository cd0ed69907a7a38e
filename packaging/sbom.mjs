// What is in the two programs as they were built, as an SPDX 2.3 document: the libraries that each is linked with, by the
// Debian packages and versions that they come from, what those need in turn, and what of others lies inside a program.
// It looks at the programs, not at what the Makefile asks for.
// Usage: node packaging/sbom.mjs BUILD VERSION     (SOURCE_DATE_EPOCH: when, instead of the last commit)
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

const [build, version] = process.argv.slice(2);
const PROGRAMS = ['burgerpanel', 'burgerpanel-collector'];
const HOME = readFileSync('publiccode.yml', 'utf8').match(/^url: (.*)\.git$/m)[1];
const UNKNOWN = 'NOASSERTION';

// What lies inside a program, byte for byte, and comes from elsewhere.
const CARRIED = [{ name: 'tweetnacl', version: '1.0.3', file: 'web/nacl-fast.min.js', licence: 'Unlicense', home: 'https://tweetnacl.js.org/' }];

const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'ignore'] });
// What a command could say, also where it did not find all that it was asked for; nothing where there is no such command.
const say = (...command) => {
  try {
    return run(...command);
  } catch (error) {
    return error.stdout ?? '';
  }
};
const hash = (algorithm, data) => createHash(algorithm).update(data).digest('hex');
const nameRef = (kind, name) => `SPDXRef-${kind}-${name.replace(/[^A-Za-z0-9.-]/g, '-')}`;

// The names of the libraries that a file asks the loader for.
const needed = (path) => [...run('readelf', '-d', path).matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((match) => match[1]);

// Where the loader finds each library of a program, its own and theirs.
const locate = (program) => new Map([...run('ldd', program).matchAll(/^\s*(\S+) => (\/\S+)/gm)].map((match) => [match[1], match[2]]));

const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8').match(/^ID="?(\w+)/m)?.[1] : null;

// The packages that these files belong to, by file, all asked at once: dpkg reads all its lists each time. A file is known by
// any of the names that it has where /lib is /usr/lib.
function findPackages(paths) {
  const names = new Map(paths.flatMap((path) => [path, realpathSync(path), path.replace(/^\/usr/, '')].map((name) => [name, path])));
  const owners = new Map([...say('dpkg', '-S', ...names.keys()).matchAll(/^([^,\s]+): (\/.*)$/gm)].map(([, owner, name]) => [names.get(name), owner]));
  const form = '${binary:Package}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n';
  const lines = owners.size ? say('dpkg-query', '-W', `-f=${form}`, ...new Set(owners.values())).split('\n') : [];
  const packages = new Map(lines.map((line) => line.split('\t')).map(([id, name, release, machine, source, sourceVersion]) => [id, { name, release, machine, source, sourceVersion }]));
  return new Map([...owners].map(([path, owner]) => [path, packages.get(owner) ?? packages.get(owner.split(':')[0])]));
}

function describe({ name, release, machine, source, sourceVersion }) {
  const here = { SPDXID: nameRef('Package', name), name, downloadLocation: UNKNOWN, filesAnalyzed: false, licenseConcluded: UNKNOWN, licenseDeclared: UNKNOWN, copyrightText: UNKNOWN };
  if (!release) return { ...here, comment: 'No package of this system has it.' };
  const locator = `pkg:deb/${system}/${name}@${encodeURIComponent(release)}?arch=${machine}`;
  return {
    ...here,
    versionInfo: release,
    supplier: system === 'debian' ? 'Organization: Debian' : UNKNOWN,
    sourceInfo: `built from ${source} ${sourceVersion}`,
    comment: `Its licences: /usr/share/doc/${name}/copyright`,
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: locator }],
  };
}

// Packages by name, and who is linked with whom, each once, gathered from the programs downwards.
const places = new Map(PROGRAMS.flatMap((name) => [...locate(join(build, name))]));
const owners = findPackages([...new Set(places.values())]);
const packages = new Map();
const relations = new Map();
const relate = (from, type, to) => from !== to && relations.set([from, type, to].join(' '), { spdxElementId: from, relationshipType: type, relatedSpdxElement: to });

const seen = new Set();

function follow(from, type, path) {
  for (const soname of needed(path)) {
    const place = places.get(soname);
    if (!place) continue; // the loader itself
    // What dpkg does not know goes by the library's own name, without a version.
    const found = describe(owners.get(place) ?? { name: soname });
    packages.set(found.name, found);
    relate(from, type, found.SPDXID);
    if (seen.has(place)) continue;
    seen.add(place);
    follow(found.SPDXID, 'DEPENDS_ON', place);
  }
}

const own = {
  SPDXID: nameRef('Package', 'burgerpanel'),
  name: 'burgerpanel',
  versionInfo: version,
  downloadLocation: `git+${HOME}.git`,
  filesAnalyzed: false,
  licenseConcluded: 'EUPL-1.2',
  licenseDeclared: 'EUPL-1.2',
  copyrightText: '2026 the makers of burgerpanel',
};
const files = PROGRAMS.map((name) => {
  const path = join(build, name);
  const bytes = readFileSync(path);
  const SPDXID = nameRef('File', name);
  relate('SPDXRef-DOCUMENT', 'DESCRIBES', SPDXID);
  relate(SPDXID, 'GENERATED_FROM', own.SPDXID);
  follow(SPDXID, 'DYNAMIC_LINK', path);
  for (const part of CARRIED) {
    const inside = existsSync(join(build, part.file)) && readFileSync(join(build, part.file));
    if (!inside || !bytes.includes(inside)) continue;
    const carried = {
      ...describe({ name: part.name }),
      versionInfo: part.version,
      homepage: part.home,
      licenseConcluded: part.licence,
      licenseDeclared: part.licence,
      checksums: [{ algorithm: 'SHA256', checksumValue: hash('sha256', inside) }],
      comment: 'Given to browsers by the collector, unchanged.',
    };
    packages.set(part.name, carried);
    relate(SPDXID, 'CONTAINS', carried.SPDXID);
  }
  const checksums = ['sha1', 'sha256'].map((one) => ({ algorithm: one.toUpperCase(), checksumValue: hash(one, bytes) }));
  return { SPDXID, fileName: `./${name}`, fileTypes: ['BINARY'], checksums, licenseConcluded: 'EUPL-1.2', copyrightText: own.copyrightText };
});

const seconds = process.env.SOURCE_DATE_EPOCH ?? (say('git', 'log', '-1', '--format=%ct') || Date.now() / 1000);
const content = { packages: [own, ...packages.values()], files, relationships: [...relations.values()] };
const document = {
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: `burgerpanel-${version}`,
  documentNamespace: `${HOME}/spdx/${version}-${hash('sha256', JSON.stringify(content)).slice(0, 32)}`,
  creationInfo: { created: `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`, creators: ['Tool: burgerpanel-sbom'] },
  ...content,
};
console.log(JSON.stringify(document, null, 1));
