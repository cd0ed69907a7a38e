// Goal: whichever write, sync or cut of a file fails while responses come, wholly or by half, nothing that was acknowledged is lost, also when the power is cut
// right after, and the collector goes on by itself.
import { test } from 'node:test';
import { poll } from '../e2e/lib/poll.mjs';
import { Scene } from '../e2e/lib/faulty-disk.mjs';

const EIO = 5;
const ENOSPC = 28;
const every = Number(process.env.BURGERPANEL_EVERY ?? 1);
const CALLS = 40; // of each kind, one after the other; a commit has some ten

const kinds = [
  ['pwrite', EIO, '-wal'],
  ['pwrite', ENOSPC, '-wal'],
  ['short', 0, '-wal'],
  ['fsync', EIO, '-wal'],
  ['pwrite', EIO, 'store.db'],
  ['fsync', EIO, 'store.db'],
  ['ftruncate', EIO, '-wal'],
];

// What a call for one kind of file, which may be long in coming, is waited for by sending on.
async function failOnce(scene, call, number, ending, skip) {
  scene.fail(call, number, 1, ending, skip);
  for (let i = 0; i < 15 && !scene.hasFailed(); i++) await scene.send();
  scene.forget();
  await poll('all to be taken', 30, async () => (await scene.send()).every((status) => status < 300));
}

for (const [call, number, ending] of kinds)
  test(`each ${call} of ${ending} fails with ${number}`, async (t) => {
    const scene = await Scene.begin(t, `calls-${call}-${number}-${ending.replace(/\W/g, '')}`);
    await scene.sendMany(3);
    for (let skip = 0; skip < CALLS; skip += every) await failOnce(scene, call, number, ending, skip);
    await scene.assertKeptAfterPowerCut();
  });
