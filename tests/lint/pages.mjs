// The walls inside the pages: which file of web/ may know the network, the store, cryptography and the document, and what none may
// hold, since the policy that they are served with would have the browser refuse it, or because it could make markup of a text. The
// check gives findings as those of sources.mjs do.

const isPages = (name) => /^web\/.*\.(js|html|css)$/.test(name);

// What is looked for, where it may stand, and what it is.
const walls = [
  [/\bfetch\(/, /^web\/(js\/collector|sw)\.js$/, 'fetches; that is collector.js’s'],
  [/\b(XMLHttpRequest|WebSocket|EventSource|sendBeacon)\b/, /^$/, 'goes round collector.js'],
  [/\bindexedDB\b/, /^web\/js\/store\.js$/, 'opens a store; that is store.js’s'],
  [/\b(localStorage|sessionStorage|document\.cookie)\b/, /^web\/js\/dashboard\//, 'keeps something beside store.js'],
  [/\bcrypto\.(subtle|getRandomValues)\b/, /^web\/(js\/(key|envelope|log|bytes)|sw)\.js$/, 'does cryptography; that is for key, envelope, log and bytes'],
  [/\bdocument\./, /^web\/js\/(dom|citizen\/\w+|dashboard\/\w+)\.js$/, 'touches the document; that is for dom.js and the pages'],
];
const nowhere = [
  [/\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|document\.write)\b/, 'makes markup of a text'],
  [/\beval\(|\bnew Function\b|setTimeout\(['"`]/, 'makes code of a text'],
  [/\bstyle\s*=|\.style\b|\bsetAttribute\('style'/, 'sets a style where the policy lets none be'],
  [/<[a-z][^>]*\son[a-z]+\s*=/, 'has a handler in markup'],
  [/\bhttps?:\/\/(?!www\.w3\.org\/2000\/svg\b)/, 'names a host'],
];

// Without comments, whose words are free; line ends stay. A text of a script is looked at: it may become a page.
const bare = (text) => text.replace(/\/\*[^]*?\*\/|<!--[^]*?-->|(^|\s)\/\/[^\n]*/g, (match) => match.replace(/[^\n]/g, ' '));

export function pageWalls(files, read) {
  const findings = [];
  for (const name of files.filter(isPages))
    bare(read(name)).split('\n').forEach((line, i) => {
      for (const [pattern, place, what] of walls) if (pattern.test(line) && !place.test(name)) findings.push(`${name}:${i + 1}: ${what}`);
      for (const [pattern, what] of nowhere) if (pattern.test(line)) findings.push(`${name}:${i + 1}: ${what}`);
    });
  return findings;
}
