// Adds up what a run has noted, prints it, and fails where anything was lost or doubled, or nothing was tried: tell.mjs FILE
import { existsSync, readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line)) : [];
const sum = (name) => lines.reduce((total, line) => total + (line[name] ?? 0), 0);
const attacks = lines.filter((line) => line.attack);

if (attacks.length > 0) {
  console.log(`${'a good client, median in ms'.padEnd(94)}${'alone'.padStart(8)}${'beside'.padStart(8)}`);
  for (const { attack, alone, beside } of attacks)
    console.log(`${attack.padEnd(94)}${alone.toFixed(2).padStart(8)}${beside.toFixed(2).padStart(8)}`);
}
const [faults, acknowledged, lost, doubled] = ['faults', 'acknowledged', 'lost', 'doubled'].map(sum);
console.log(`faults injected ${faults}, acknowledged ${acknowledged}, lost ${lost}, doubled ${doubled}`);
process.exitCode = faults > 0 && acknowledged > 0 && lost === 0 && doubled === 0 ? 0 : 1;
