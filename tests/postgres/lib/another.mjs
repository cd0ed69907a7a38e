// Another collector on the store of one that there is, and a wire between it and the server, which can be cut and mended.
import { once } from 'node:events';
import { copyFileSync, readdirSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { Collector, freshFolder } from '../../e2e/lib/programs.mjs';

// With copies of the keys of `first` and of its last checkpoint in a folder of its own.
export function another(first, name) {
  const other = new Collector(freshFolder(name));
  for (const file of readdirSync(first.folder).filter((each) => /-key(\.checkpoint)?$/.test(each)))
    copyFileSync(join(first.folder, file), join(other.folder, file));
  other.schema = first.schema;
  other.store = `${first.store}&application_name=${name}`;
  other.where[1] = other.store;
  return other;
}

export class Wire {
  constructor() {
    const folder = new URL(process.env.KIT_STORE.replace('///', '//x/')).searchParams.get('host');
    this.sockets = new Set();
    this.whole = true;
    this.server = net.createServer((client) => {
      if (!this.whole) return client.destroy();
      const server = net.connect(join(folder, '.s.PGSQL.5432'));
      for (const [from, to] of [[client, server], [server, client]]) {
        this.sockets.add(from);
        from.pipe(to);
        from.on('error', () => {});
        from.on('close', () => {
          this.sockets.delete(from);
          to.destroy();
        });
      }
      return undefined;
    });
  }

  // From the next start on `collector` reaches its store by this wire.
  async putBefore(collector) {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address();
    collector.where[1] = `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable&gssencmode=disable&options=-csearch_path%3D${collector.schema}`;
  }

  // Nothing comes through any more, and nobody is told.
  hold() {
    for (const socket of this.sockets) socket.unpipe();
  }

  cut() {
    this.whole = false;
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.whole = true;
  }

  end() {
    this.cut();
    this.server.close();
  }
}
