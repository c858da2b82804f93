import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Pair {
  near: Socket;
  far: Socket;
  close(): void;
}

/** Two ends of a connection. */
export async function socketPair(): Promise<Pair> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const accepted = once(server, 'connection');
  const near = connect(address !== null && typeof address === 'object' ? address.port : 0, '127.0.0.1');
  const [far]: Socket[] = await accepted;
  if (far === undefined) throw new Error('nobody was accepted');
  await (near.connecting ? once(near, 'connect') : undefined);
  const close = () => {
    near.destroy();
    far.destroy();
    server.close();
  };
  return { near, far, close };
}
