// Ports of this machine, for programs that can't choose one by themselves.
import { once } from 'node:events';
import { createServer } from 'node:net';

// One that nobody listened at just now.
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
