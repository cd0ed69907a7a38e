// A panel of thousands of actions and tens of rounds, each with a release. What one round's release holds is made up here and put into the
// store by statements, for all rounds: signed answers of so many would take hours. So an audit would rightly find fault with it.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examplePanel } from './panel.mjs';
import { Collector, freshFolder } from './programs.mjs';
import { sql } from './store.mjs';
import { dice } from './tables.mjs';

export const roundOf = (number) => `round-${number}`;
export const actionOf = (number) => `A-${String(number).padStart(5, '0')}`;

// One scale, asked in each round; a round a month.
function panelOfMany(rounds) {
  const panel = examplePanel();
  const [round] = panel.rounds;
  panel.questionnaires[0].questions = panel.questionnaires[0].questions.slice(0, 1);
  panel.rounds = Array.from({ length: rounds }, (_, i) => ({
    ...round,
    id: roundOf(i + 1),
    title: { nl: `Ronde ${i + 1}` },
    opensAt: new Date(Date.UTC(2020, i, 1)).toISOString().replace('.000', ''),
  }));
  return panel;
}

const SUBJECTS = ['Loket', 'Brief', 'Formulier', 'Website', 'Bezwaar', 'Toeslag', 'Vergunning', 'Afspraak', 'Telefoon', 'Klacht'];
const VERBS = ['korter maken', 'opnieuw schrijven', 'samen met burgers toetsen', 'vaker open', 'beter uitleggen', 'in één keer goed', 'zonder papier', 'met minder vragen'];

function actionsOfMany(actions, roll) {
  const row = (i) => `${actionOf(i)},${SUBJECTS[roll(10)]} van gemeente ${roll(342)}: ${VERBS[roll(8)]},${1 + roll(12)} Onderdeel,Trekker ${roll(150)},,running`;
  return ['id,title,track,lead,related,status', ...Array.from({ length: actions }, (_, i) => row(i + 1))].join('\n');
}

// As a release tells counts: multiples of five; one action in twenty is suppressed.
function optionsOfMany(actions, roll) {
  const lines = ['round,action,question,option,count,n,share,ci_low,ci_high,disclosure,release'];
  for (let i = 1; i <= actions; i++) {
    const middle = roll(5);
    const counts = [1, 2, 3, 4, 5].map((_, v) => 5 * roll(v === middle ? 20 : 8));
    const n = counts.reduce((sum, count) => sum + count);
    const isTold = n >= 15 && i % 20 !== 0 && !counts.includes(n);
    counts.forEach((count, v) => lines.push([roundOf(1), actionOf(i), 'importance', v + 1, ...(isTold ? [count, n, (count / n).toFixed(4), '', '', 'ok', 1] : ['', '', '', '', '', 'suppressed', ''])].join(',')));
  }
  return `${lines.join('\r\n')}\r\n`;
}

// The event of a round's release, made of that of the first: a release's file is told only where its event has the hash. Nobody reads the
// signature again but an audit. It stands before the log's first entry, so that the log is as long as its tree.
function eventOf(jws, number, options) {
  const [head, payload, signature] = jws.split('.');
  const event = { ...JSON.parse(Buffer.from(payload, 'base64url')), round: roundOf(number) };
  const file = event.files.find(({ name }) => name === 'options.csv');
  Object.assign(file, { bytes: Buffer.byteLength(options), sha256: createHash('sha256').update(options).digest('base64url') });
  return [head, Buffer.from(JSON.stringify(event)).toString('base64url'), signature].join('.');
}

// A collector of that panel, running.
export async function readyMany(name, { actions, rounds }) {
  const collector = new Collector(freshFolder(name));
  const at = (file) => join(collector.folder, file);
  const roll = dice(20260101);
  await collector.importPanel(panelOfMany(rounds));
  writeFileSync(at('actions.csv'), actionsOfMany(actions, roll));
  await collector.importActions(at('actions.csv'));
  await collector.release(roundOf(1));
  const options = [optionsOfMany(actions, roll), optionsOfMany(actions, roll)];
  const first = await sql(collector, 'SELECT jws FROM entry WHERE idx = (SELECT idx FROM release)');
  const copy = (number) => `INSERT INTO release SELECT ${number}, number, final, size, idx, created_at, root FROM release WHERE round = 1;
    INSERT INTO release_file SELECT ${number}, number, name, bytes FROM release_file WHERE round = 1 AND name <> 'summary.csv'`;
  const put = (number) => {
    const text = options[number % 2].replaceAll(`${roundOf(1)},`, `${roundOf(number)},`);
    writeFileSync(at(`options-${number}.csv`), text);
    return `UPDATE release_file SET bytes = readfile('${at(`options-${number}.csv`)}') WHERE round = ${number} AND name = 'options.csv';
      INSERT INTO entry VALUES (${-number}, '${eventOf(first, number, text)}');
      UPDATE release SET idx = ${-number} WHERE round = ${number}`;
  };
  const numbers = Array.from({ length: rounds }, (_, i) => i + 1);
  await sql(collector, ['BEGIN', ...numbers.slice(1).map(copy), ...numbers.map(put), 'COMMIT'].join(';'));
  await collector.start();
  return collector;
}
