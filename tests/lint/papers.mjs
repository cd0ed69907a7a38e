// The papers that programs read: who made what under which licence, publiccode.yml, the SBOM. Each check prints its findings,
// `path: what`, and fails when there are any.
// Usage: node tests/lint/papers.mjs licences [ROOT]
//        node tests/lint/papers.mjs links [ROOT]
//        node tests/lint/papers.mjs publiccode MODULES [FILE]           MODULES: the folder where tests/spectral/install.sh put ajv
//        node tests/lint/papers.mjs sbom MODULES FILE [PUBLICCODE]
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const OURS = 'EUPL-1.2';
const SOURCES = ['tests/vectors', 'tests/spectral'];
const read = (path) => readFileSync(path, 'utf8');

// The paragraphs of a file in Debian's copyright format: the patterns of each, and its licence.
function readParagraphs(text) {
  const field = (paragraph, name) => paragraph.match(new RegExp(`^${name}:((?:.*\\n?)(?: .*\\n?)*)`, 'm'))?.[1].trim();
  return text.split(/\n\n+/).map((one) => ({ patterns: field(one, 'Files')?.split(/\s+/) ?? [], licence: field(one, 'License') })).filter((one) => one.patterns.length);
}

const covers = (pattern, path) => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`).test(path);

// The last paragraph that a file falls under, which is the one that counts.
const licenceOf = (paragraphs, path) => paragraphs.findLast(({ patterns }) => patterns.some((pattern) => covers(pattern, path)))?.licence;

// What a SOURCES.md says, as [place, licence]; a row without a place adds a licence to the row before it.
function readSources(text) {
  const rows = [];
  for (const line of text.split('\n').filter((one) => /^\| [`|]/.test(one))) {
    const cells = line.split(' | ').map((cell) => cell.replace(/^\| ?| ?\|$/g, '').trim());
    const places = [...cells[0].matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    const licence = cells.at(-1);
    if (places.length) rows.push(...places.map((place) => ({ place, licences: [licence] })));
    else rows.at(-1).licences.push(licence);
  }
  return rows;
}

function licences(root = '.') {
  const findings = [];
  const paragraphs = readParagraphs(read(join(root, '.reuse/dep5')));
  for (const folder of SOURCES.filter((one) => existsSync(join(root, one)))) {
    const rows = readSources(read(join(root, folder, 'SOURCES.md')));
    if (!rows.length) findings.push(`${folder}/SOURCES.md: names nothing`);
    for (const { place, licences: named } of rows) {
      const path = join(folder, place);
      const isThere = existsSync(join(root, path));
      const held = licenceOf(paragraphs, isThere && statSync(join(root, path)).isDirectory() ? join(path, 'any') : path);
      if (!isThere) findings.push(`${folder}/SOURCES.md: ${place} is not there`);
      else if (held !== named.join(' AND ')) findings.push(`.reuse/dep5: ${path} is under ${held}, where SOURCES.md says ${named.join(' AND ')}`);
    }
    // A folder of vectors that SOURCES.md does not name would pass for ours.
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).filter((one) => one.isDirectory()))
      if (!rows.some(({ place }) => place.split('/')[0] === entry.name)) findings.push(`${folder}/SOURCES.md: does not say where ${entry.name}/ comes from`);
  }
  for (const pattern of paragraphs.flatMap(({ patterns }) => patterns))
    if (!existsSync(join(root, pattern.replace(/\/?\*$/, '')))) findings.push(`.reuse/dep5: ${pattern} is not there`);
  if (read(join(root, 'LICENSE')) !== read(join(root, `LICENSES/${OURS}.txt`))) findings.push(`LICENSE: is not LICENSES/${OURS}.txt`);
  return findings;
}

// How a heading is named in a link to it.
const anchorOf = (heading) => heading.toLowerCase().replace(/[`*]/g, '').replace(/[^\p{L}\p{N} _-]/gu, '').trim().replace(/ /g, '-');

const headingsOf = (text) => new Set([...text.matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1])));

// What the papers link to in this tree is there, and README's map names every paper in docs/.
function links(root = '.') {
  const findings = [];
  const papersIn = (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []).filter((name) => name.endsWith('.md')).map((name) => join(folder, name));
  const papers = ['.', 'docs', 'docs/adr', 'tests/vectors', 'tests/spectral'].flatMap(papersIn);
  for (const paper of papers) {
    const text = read(join(root, paper)).replace(/^    .*$|`[^`\n]*`/gm, '');
    const targets = [...text.matchAll(/\]\(([^()\s]+)\)|src="([^"]+)"/g)].map((match) => match[1] ?? match[2]).filter((one) => !/^\w+:/.test(one));
    for (const target of targets) {
      const [path, anchor] = target.split('#');
      const place = path ? join(dirname(paper), path) : paper;
      if (!existsSync(join(root, place))) findings.push(`${paper}: links to ${target}, which is not there`);
      else if (anchor && !headingsOf(read(join(root, place))).has(anchor)) findings.push(`${paper}: links to ${target}, where no such heading is`);
    }
  }
  const map = read(join(root, 'README.md'));
  for (const paper of papers.filter((one) => dirname(one) === 'docs')) if (!map.includes(`](${paper})`)) findings.push(`README.md: its map lacks ${paper}`);
  return findings;
}

// By a schema of draft 7, each fault with its place.
function holdAgainst(modules, schema, document, name) {
  const require = createRequire(join(resolve(modules), 'x.js'));
  const ajv = new (require('ajv'))({ allErrors: true, strict: false });
  require('ajv-formats')(ajv);
  ajv.validate(JSON.parse(read(schema)), document);
  return (ajv.errors ?? []).map(({ instancePath, message, params }) => `${name}: ${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
}

const readYaml = (modules, path) => createRequire(join(resolve(modules), 'x.js'))('@stoplight/yaml').parse(read(path));

function publiccode(modules, path = 'publiccode.yml') {
  const document = readYaml(modules, path);
  const findings = holdAgainst(modules, 'tests/vectors/nl/publiccode/publiccode-schema.json', document, path);
  if (document.legal?.license !== OURS) findings.push(`${path}: legal.license is not ${OURS}`);
  return findings;
}

// Beyond the schema: names that lead somewhere, everything reached from the programs, licences whose text is here, and the libraries that
// publiccode.yml says the software rests on, no more and no fewer.
function sbom(modules, path, code = 'publiccode.yml') {
  const document = JSON.parse(read(path));
  const findings = holdAgainst(modules, 'tests/vectors/spdx/spdx-2.3.json', document, path);
  const { packages, files, relationships } = document;
  const ids = [document, ...packages, ...files].map(({ SPDXID }) => SPDXID);
  const find = (what) => findings.push(`${path}: ${what}`);
  for (const id of ids.filter((one, i) => ids.indexOf(one) !== i)) find(`${id} is there twice`);
  for (const { spdxElementId, relatedSpdxElement } of relationships)
    for (const id of [spdxElementId, relatedSpdxElement]) if (!ids.includes(id)) find(`${id} is nowhere`);
  const reached = new Set(['SPDXRef-DOCUMENT']);
  for (const id of reached) for (const one of relationships) if (one.spdxElementId === id) reached.add(one.relatedSpdxElement);
  for (const id of ids) if (!reached.has(id)) find(`${id} belongs to nothing`);
  for (const { name, licenseConcluded } of [...packages, ...files])
    if (licenseConcluded !== 'NOASSERTION' && !existsSync(`LICENSES/${licenseConcluded}.txt`)) find(`${name}: no text of ${licenseConcluded} in LICENSES`);
  const linked = new Set(relationships.filter(({ relationshipType }) => relationshipType === 'DYNAMIC_LINK').map((one) => one.relatedSpdxElement));
  const libraries = packages.filter(({ SPDXID, name }) => linked.has(SPDXID) && name !== 'libc6');
  const plain = (text) => text.toLowerCase().replace(/[^a-z]/g, '');
  const named = readYaml(modules, code).dependsOn.open.map(({ name }) => name);
  const isOf = (library) => (name) => plain(`${library.name} ${library.sourceInfo}`).includes(plain(name));
  for (const library of libraries) if (!named.some(isOf(library))) find(`${library.name} is linked, and ${code} does not name it`);
  for (const name of named) if (!libraries.some((library) => isOf(library)(name))) find(`${code} names ${name}, and no program is linked with it`);
  return findings;
}

const checks = { licences, links, publiccode, sbom };
const findings = checks[process.argv[2]](...process.argv.slice(3));
for (const finding of findings) console.log(finding);
process.exitCode = findings.length ? 1 : 0;
