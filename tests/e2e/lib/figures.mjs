// What `make torture` tells in the end, line by line in the file that BURGERPANEL_FIGURES names; without it nothing is written.
import { appendFileSync } from 'node:fs';

// What was injected and what came of it. What was lost or doubled has failed its test before it gets here.
export function addFigures({ faults = 0, acknowledged = 0, lost = 0, doubled = 0 }) {
  write({ faults, acknowledged, lost, doubled });
}

// The median time of an answer, in milliseconds, to a good client by itself and beside an attack.
export const addLatency = (attack, alone, beside) => write({ attack, alone, beside });

function write(line) {
  if (process.env.BURGERPANEL_FIGURES) appendFileSync(process.env.BURGERPANEL_FIGURES, `${JSON.stringify(line)}\n`);
}
