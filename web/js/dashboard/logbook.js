// The log, for auditors and for who wants to know what stands behind the figures: how long it is, its newest checkpoint, whose signature
// the page checks itself, and the pages' own manifest. For anyone.
import { el } from '../dom.js';
import { fromBase64url, sha256, text as toText, toBase64url, utf8 } from '../bytes.js';
import { ask } from '../collector.js';
import { openCheckpoint, parseKey, Untrue } from '../log.js';
import { notice, section } from '../parts.js';
import { t } from './desk-texts.js';
import { link } from './parts.js';
import { toTime } from './texts.js';

const EVENTS_AT_ONCE = 1000;

async function fetchAs(path, as) {
  const { body, problem } = await ask(path, { as });
  if (problem) throw new Error(`${path}: ${problem.type}`);
  return body;
}

const claimsOf = (jws) => JSON.parse(toText(fromBase64url(jws.split('.')[1])));
const toEvent = (line) => {
  const { index, jws } = JSON.parse(line);
  return { index, ...claimsOf(jws) };
};

// The log's newest event of a kind.
async function newestEvent(kind) {
  let from = 0;
  for (let found; ; ) {
    const lines = (await fetchAs(`/v1/events?from=${from}&limit=${EVENTS_AT_ONCE}`, 'text')).split('\n').filter(Boolean);
    if (lines.length === 0) return found;
    const events = lines.map(toEvent);
    found = events.filter(({ event }) => event === kind).at(-1) ?? found;
    from = events.at(-1).index + 1;
  }
}

const fact = (label, ...value) => el('div', {}, el('dt', {}, label), el('dd', {}, value));

async function checkpoint() {
  const [note, line] = await Promise.all([fetchAs('/log/checkpoint', 'text'), fetchAs('/log/key', 'text')]);
  const [origin, size, root] = note.split('\n');
  const isSigned = await parseKey(line).then((key) => openCheckpoint(note, key)).then(() => true, (error) => {
    if (!(error instanceof Untrue)) throw error; // nothing that the log could do about
    return false;
  });
  return section(t.checkpointTitle,
    el('dl', { class: 'facts' }, fact(t.logName, origin), fact(t.logSize, size), fact(t.logRoot, el('code', {}, root)), fact(t.logKey, el('code', {}, line.trim()))),
    isSigned ? notice('good', t.signatureGood, el('p', {}, t.signatureText)) : notice('bad', t.signatureBad, el('p', {}, t.signatureBadText)),
    el('details', {}, el('summary', {}, t.checkpointNote), el('pre', { id: 'checkpoint' }, note)),
    el('p', {}, link('/log/checkpoint', '/log/checkpoint'), ' · ', link('/log/key', '/log/key')));
}

function releaseNotice(release, manifest, named) {
  if (manifest !== release) return notice('bad', t.manifestBad);
  if (named?.manifest !== release) return notice('doubt', t.releaseUnnamed);
  return notice('good', t.releaseNamed(named.index, toTime(named.iat)));
}

async function pages() {
  const [service, manifest, named] = await Promise.all([fetchAs('/v1/service', 'json'), fetchAs('/web/manifest', 'text'), newestEvent('page-released')]);
  const hash = toBase64url(await sha256(utf8(manifest)));
  return section(t.pagesTitle,
    el('p', {}, t.pagesText),
    el('dl', { class: 'facts' }, fact(t.releaseName, el('code', { id: 'release' }, service.release)), fact(t.fileCount, String(manifest.trimEnd().split('\n').length))),
    releaseNotice(service.release, hash, named),
    el('details', {}, el('summary', {}, t.manifest), el('pre', { id: 'manifest' }, manifest)),
    el('p', {}, link('/web/manifest', '/web/manifest')));
}

const howTo = () =>
  section(t.auditTitle,
    el('p', {}, t.auditText),
    el('pre', {}, `burgerpanel page verify ${location.origin}\nburgerpanel-collector audit --url ${location.origin} --token-file auditor.token`));

export default async function logbook() {
  const parts = await Promise.all([checkpoint(), pages()]);
  return { title: t.logTitle, nodes: [el('p', { class: 'lead' }, t.logLead), parts, howTo()] };
}
