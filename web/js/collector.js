// The collector, as a page reaches it: the one file that fetches. Knows no page and keeps nothing but how far the collector's clock
// is from this device's, by the Date of its answers.
//
//   ask(path, how)    Promise of {status, body, problem, etag, document, name, retryAfter}. how: method, type and body of a request;
//                     token, of who asks; etag, for a 304; as: 'json' (default), 'text' or 'bytes', the form of `body` for status
//                     200 to 299. `name`: the file name that a download should have, where one is told.
//                     `problem` is the RFC 9457 object of any other answer, {type, …} at least; its type without the urn before it.
//                     `document`: the hash of what the log has in force (PROTOCOL 9), where it is told. `retryAfter`: in how many
//                     seconds the same is welcome, where that is told.
//                     Throws Unreachable when there is no answer, or one that the collector did not give: a page, of a network that wants
//                     a login first, whatever form was asked for.
//   now()             the collector's time in whole seconds
//   clock.ahead       seconds to add to this device's clock for that
export class Unreachable extends Error {}

const PATIENCE = 30_000; // ms

export const clock = { ahead: 0 };
export const now = () => Math.floor(Date.now() / 1000 + clock.ahead);

// A Date has whole seconds, so less than two of difference is none.
function setClock(date) {
  const ahead = (Date.parse(date) - Date.now()) / 1000;
  if (Number.isFinite(ahead)) clock.ahead = Math.abs(ahead) < 2 ? 0 : ahead;
}

async function fetchAnswer(path, { method = 'GET', type, body, etag, token }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  const headers = { ...(type && { 'Content-Type': type }), ...(etag && { 'If-None-Match': etag }), ...(token && { Authorization: `Bearer ${token}` }) };
  const how = { method, headers, body, cache: 'no-store', credentials: 'omit', redirect: 'error', signal: stop.signal };
  try {
    const answer = await fetch(path, how);
    return { answer, bytes: await answer.arrayBuffer() };
  } catch (error) {
    throw new Unreachable(error.message);
  } finally {
    clearTimeout(timer);
  }
}

const toText = (bytes) => new TextDecoder().decode(bytes);

// The API answers with no page.
const isPage = (answer) => (answer.headers.get('Content-Type') ?? '').startsWith('text/html');

function readBody(bytes, as) {
  if (as === 'bytes') return new Uint8Array(bytes);
  if (as === 'text') return toText(bytes);
  try {
    return JSON.parse(toText(bytes));
  } catch {
    throw new Unreachable('an answer that is not the collector’s');
  }
}

const PROBLEM = 'urn:burgerpanel:problem:';

// What is not of the API, a proxy's word or that of the collector's HTTP (408: the body came too slowly), says nothing of what was sent.
function readProblem(answer, bytes) {
  const isProblem = (answer.headers.get('Content-Type') ?? '').startsWith('application/problem+json');
  const problem = isProblem ? readBody(bytes, 'json') : {};
  const type = String(problem.type ?? '');
  if (type.startsWith(PROBLEM)) return { ...problem, type: type.slice(PROBLEM.length) };
  if (answer.status < 500 && answer.status !== 404) throw new Unreachable('an answer that is not of the API');
  return { type: '' };
}

export async function ask(path, how = {}) {
  const { answer, bytes } = await fetchAnswer(path, how);
  setClock(answer.headers.get('Date'));
  const told = {
    status: answer.status,
    etag: answer.headers.get('ETag'),
    document: answer.headers.get('Document') ?? undefined,
    retryAfter: Number(answer.headers.get('Retry-After')) || undefined,
    name: /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1],
  };
  if (answer.ok && isPage(answer)) throw new Unreachable('a page in place of an answer');
  if (answer.ok) return { ...told, body: readBody(bytes, how.as ?? 'json') };
  return answer.status === 304 ? told : { ...told, problem: readProblem(answer, bytes) };
}
