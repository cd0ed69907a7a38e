// Makes the tables to be opened: of a panel where people wrote all that a spreadsheet might take for a formula, and one sample that is one.
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOSTILE, readyHostile } from '../e2e/lib/hostile.mjs';
import { ROUND } from '../e2e/lib/panel.mjs';

const folder = process.argv[2];
const collector = await readyHostile('excel');
const out = await collector.export(ROUND, 'out', '--exact', '--profile', 'excel-nl');
const comments = await collector.exportComments(ROUND, 'comments', '--profile', 'excel-nl');
for (const from of [out, comments])
  for (const name of readdirSync(from).filter((n) => n.endsWith('.csv'))) copyFileSync(join(from, name), join(folder, name));
writeFileSync(join(folder, 'bad-sample.csv'), '\ufeffa;b\r\n=1+1;1,5000\r\n');
writeFileSync(join(folder, 'texts.json'), JSON.stringify(HOSTILE));
await collector.stop();
