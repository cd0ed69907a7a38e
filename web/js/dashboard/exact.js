// Exact figures of a round, open or closed, as the log has them now: the same views as of a release, from other tables, at addresses of
// their own and marked on each page. Not for publication.
import { el } from '../dom.js';
import { figuresOf, find, lost, roundField, up } from './action.js';
import * as data from './data.js';
import { exactPath, forget, read, readBefore } from './desk-data.js';
import { t } from './desk-texts.js';
import { files, notPublic, readLine } from './not-public.js';
import { overviewOf } from './overview.js';
import { questionsOf } from './sources.js';

const TABLES = ['summary', 'questions', 'options'];

const exactFiles = (round) => {
  const pathsOf = (more) => TABLES.map((name) => [t.tables[name], exactPath(round.id, name) + more]);
  return files(t.exactFiles, [[t.csvTitle, pathsOf('')], [t.excelTitle, pathsOf('&profile=excel-nl')]]);
};

// When the oldest of the tables that are shown was read.
function says(round, frame, action) {
  const paths = TABLES.map((name) => exactPath(round.id, name, action));
  const times = paths.map(readBefore).filter(Boolean).map(({ at }) => at);
  const anew = () => (forget(...paths), frame.again());
  return [el('p', {}, t.exactText), times.length > 0 && readLine(Math.min(...times), anew)];
}

const ofOne = (rows, { id }, option) => rows.filter((row) => row.question === id && (option === undefined || row.option === option));

// As sources.js has it; of the view of one action, or of all.
const exactFor = (frame, action) => ({
  overview: '#/exact',
  action: '#/exact/actie',
  title: t.exactTitle,
  async open(panel, round) {
    const table = async (name, one) => (await read(exactPath(round.id, name, one))).rows;
    return {
      table,
      views: ['', 'ends', 'waiting'],
      rows: async (question, option) => ({ rows: ofOne(await table(option === undefined ? 'questions' : 'options'), question, option), earlier: [] }),
      trends: async () => [],
      actions: data.actions,
      questions: questionsOf(panel, round),
      get says() {
        return says(round, frame, action);
      },
      downloads: exactFiles(round),
    };
  },
});

async function actionPage(parts, params, frame) {
  const exact = exactFor(frame, parts[0]);
  const found = await find(exact, parts, params);
  if (!found) return lost();
  const { panel, action, round, source } = found;
  const figures = await figuresOf(source, panel, action.id);
  return {
    title: t.exactOf(action.title),
    above: up(exact, round),
    nodes: [
      el('p', { class: 'about' }, action.id),
      source.says,
      roundField(exact, panel, action.id, round, frame),
      el('p', {}, el('a', { href: `#/actie/${encodeURIComponent(action.id)}/${encodeURIComponent(round.id)}` }, t.toReleased)),
      figures.length > 0 ? figures : el('p', { class: 'lead' }, t.notAsked),
      source.downloads,
    ],
  };
}

export default async function exactPage(parts, params, frame) {
  const page = parts[0] === 'actie' ? await actionPage(parts.slice(1), params, frame) : await overviewOf(exactFor(frame), params, frame);
  return { ...page, mark: notPublic() };
}
