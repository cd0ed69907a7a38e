// A disk that fails as it is told (faults.c), under a collector that members send to; and a clock that leaps (clock.c).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addFigures } from './figures.mjs';
import { JOSE, keepAlive, post, request } from './http.mjs';
import { Member } from './member.mjs';
import { good, ROUND } from './panel.mjs';
import { poll } from './poll.mjs';
import { build, Collector, freshFolder } from './programs.mjs';
import { sql } from './store.mjs';

// What is preloaded into a program, made from lib/NAME.c for this process; its path.
export function makeShim(name) {
  const shim = join(build, 'e2e', `${name}-${process.pid}.so`);
  mkdirSync(join(build, 'e2e'), { recursive: true });
  execFileSync('cc', ['-std=c17', '-D_GNU_SOURCE', '-shared', '-fPIC', '-Wall', '-Wextra', '-Werror', '-o', shim, `tests/e2e/lib/${name}.c`]);
  process.on('exit', () => rmSync(shim, { force: true }));
  return shim;
}

// What a disk of faults.c is told. As another file under that name: the disk counts down in the one that it has open, and would put back what was taken away.
export function tellDisk(control, text = '') {
  writeFileSync(`${control}.next`, text);
  renameSync(`${control}.next`, control);
}

let shim;

// A collector over such a disk, and three members who send to it; `kept`: what was acknowledged to them, by its index.
export class Scene {
  static async begin(t, name, env = {}) {
    const scene = new Scene();
    scene.collector = new Collector(freshFolder(`disk-${name}`));
    await scene.collector.importPanel();
    await scene.collector.importActions();
    const codes = await scene.collector.invitations(3);
    scene.control = join(scene.collector.folder, 'control');
    tellDisk(scene.control);
    shim ??= makeShim('faults');
    scene.faults = 0;
    scene.env = {
      LD_PRELOAD: shim,
      ASAN_OPTIONS: 'verify_asan_link_order=0',
      FAULTS_FILES: 'store.db:store.db-wal',
      FAULTS_CONTROL: scene.control,
      ...env,
    };
    await scene.collector.start(undefined, { env: scene.env });
    scene.agent = keepAlive();
    t.after(() => {
      scene.agent.destroy();
      scene.collector.process?.child.kill('SIGKILL');
    });
    scene.kept = new Map();
    scene.members = [];
    for (const code of codes) {
      const member = new Member('wau');
      const text = member.enrolment(code);
      const answer = await post(scene.collector.url, '/v1/members', text, JOSE, { agent: scene.agent });
      assert.equal(answer.status, 201, answer.text);
      scene.kept.set(answer.json().index, text);
      scene.members.push({ member, revision: 0 });
    }
    return scene;
  }

  // Each member sends a response; what was acknowledged is remembered. Gives the statuses.
  async send() {
    return Promise.all(
      this.members.map(async (one) => {
        one.text ??= one.member.response(ROUND, 'WA-1.01', good, { revision: ++one.revision });
        const answer = await post(this.collector.url, '/v1/responses', one.text, JOSE, { agent: this.agent });
        if (answer.status === 200 || answer.status === 201) {
          this.kept.set(answer.json().index, one.text);
          one.text = undefined;
        }
        return answer.status;
      }),
    );
  }

  async sendMany(count) {
    for (let i = 0; i < count; i++) assert.ok((await this.send()).every((status) => status < 300));
  }

  // So many calls on files of that ending fail, once `skip` of them have gone well.
  fail(call, number, count, ending, skip = 0) {
    this.faults++;
    tellDisk(this.control, `${call} ${number} ${count} ${ending} ${skip}\n`);
  }

  // All goes well again.
  forget() {
    tellDisk(this.control);
  }

  // Whether that many have failed.
  hasFailed() {
    return /^\S+ \d+ 0 /.test(readFileSync(this.control, 'utf8'));
  }

  health() {
    return request(this.collector.url, '/healthz').then(({ status }) => status);
  }

  async untilHealthy() {
    await poll('/healthz 200', 30, async () => (await this.health()) === 200);
  }

  // The power is cut: what was synced is there, and nothing else. Then all that was acknowledged is in the log.
  async assertKeptAfterPowerCut() {
    const { collector } = this;
    collector.process.child.kill('SIGKILL');
    await collector.process.ended;
    rmSync(`${collector.path}-shm`, { force: true });
    for (const file of [collector.path, `${collector.path}-wal`])
      if (existsSync(`${file}.durable`)) renameSync(`${file}.durable`, file);
    await collector.start();
    const audit = await collector.run('audit');
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
    const rows = JSON.parse((await sql(collector, '.mode json\nSELECT idx, jws FROM entry')) || '[]');
    const stored = new Map(rows.map(({ idx, jws }) => [idx, jws]));
    const missing = [...this.kept].filter(([index, text]) => stored.get(index) !== text).map(([index]) => index);
    const doubled = rows.length - new Set(rows.map(({ jws }) => jws)).size;
    addFigures({ faults: this.faults + 1, acknowledged: this.kept.size, lost: missing.length, doubled });
    assert.equal(doubled, 0, 'an entry is doubled');
    assert.deepEqual(missing, [], `of ${this.kept.size} acknowledged some are missing`);
    collector.process.child.kill('SIGKILL');
    await collector.process.ended;
  }
}
