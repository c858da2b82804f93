import { createServer, type Server } from 'node:http';
import { freePort } from '../measure/started-process.ts';

/** A service that answers what it was asked, and can be restarted under load as a deployment does it. */
export interface RestartingUpstream {
  url: string;
  restarts: number;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startUpstream(): Promise<RestartingUpstream> {
  const port = await freePort();
  let server: Server | undefined;

  async function open(): Promise<void> {
    const opened = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => response.end(`${request.method} ${request.url} ${Buffer.concat(pieces)}`));
      request.on('error', () => response.destroy());
    });
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve));
    server = opened;
  }

  /** Takes no more, finishes what is under way, and goes. */
  async function close(): Promise<void> {
    const closing = server;
    server = undefined;
    await new Promise((resolve) => (closing === undefined ? resolve(undefined) : closing.close(resolve)));
  }

  await open();
  const upstream: RestartingUpstream = {
    url: `http://127.0.0.1:${port}`,
    restarts: 0,
    async restart() {
      await close();
      await new Promise((resolve) => setTimeout(resolve, 200));
      await open();
      upstream.restarts += 1;
    },
    close,
  };
  return upstream;
}
