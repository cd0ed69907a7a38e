// A crowd on a thread of its own (insist in crowd.mjs), so that it costs the good client beside it nothing but what the collector gives it.
import { workerData } from 'node:worker_threads';
import { Connection, statuses } from './raw.mjs';

const { url, size, texts, shared } = workerData;
const counts = new Int32Array(shared); // by status; 0: no answer came; the last: whether to end
const END = counts.length - 1;
let next = 0;

async function insistOn() {
  let connection = new Connection(url);
  while (Atomics.load(counts, END) === 0) {
    const [status] = statuses(await connection.ask(texts[next++ % texts.length]));
    Atomics.add(counts, status ?? 0, 1);
    if (connection.closed || /^Connection: close\r$/m.test(connection.got)) {
      connection.socket.destroy();
      connection = new Connection(url);
    }
  }
  connection.socket.destroy();
}

await Promise.all(Array.from({ length: size }, insistOn));
