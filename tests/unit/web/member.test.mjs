// What a device in memory knows of the panel, kept in step with a collector of which an answer may be lost.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { freshDevice, memory } from './device.mjs';
import * as member from '../../../web/js/member.js';

const ANSWERS = { '/v1/panel': { id: 'unit', title: { nl: 'Unit' }, rounds: [], questionnaires: [] }, '/v1/actions': { actions: [{ id: 'A-1' }] }, '/v1/follow-ups': [] };

let collector;
beforeEach(async () => {
  collector = await freshDevice();
});

// As a collector answers who says by an ETag what they have.
function answersByEtag(lost) {
  const real = globalThis.fetch;
  globalThis.fetch = async (path, how) => {
    if (!ANSWERS[path]) return real(path, how);
    if (path === lost) throw new Error('timed out');
    const headers = { 'Content-Type': 'application/json', ETag: `"${path}"` };
    return how.headers['If-None-Match'] ? new Response(null, { status: 304, headers }) : new Response(JSON.stringify(ANSWERS[path]), { status: 200, headers });
  };
}

for (const lost of Object.keys(ANSWERS))
  test(`what comes beside ${lost}, which is lost, is shown, and that once it comes`, async () => {
    answersByEtag(lost);
    assert.equal(await member.refresh(true), false);
    const shown = () => [member.state.panel?.id, member.state.actions?.length];
    assert.deepEqual(shown(), [lost === '/v1/panel' ? undefined : 'unit', lost === '/v1/actions' ? undefined : 1]);
    answersByEtag();
    assert.equal(await member.refresh(true), true);
    assert.deepEqual(shown(), ['unit', 1]);
  });

test('where nothing comes, what was shown stays, and the others hear nothing', async () => {
  answersByEtag();
  assert.equal(await member.refresh(true), true);
  let told = 0;
  const stop = member.onChange(() => told++);
  collector.change = () => assert.fail('not asked');
  globalThis.fetch = async () => {
    throw new Error('timed out');
  };
  assert.equal(await member.refresh(true), false);
  stop();
  assert.deepEqual([member.state.panel.id, told], ['unit', 0]);
});
