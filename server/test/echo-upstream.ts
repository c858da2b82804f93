import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Seen {
  method: string;
  url: string;
  rawHeaders: readonly string[];
}

export interface EchoUpstream {
  url: string;
  /** What has reached it, oldest first. */
  seen: Seen[];
  close(): Promise<void>;
}

/** A service behind the gateway that believes everything it is told: it answers with what reached it. */
export async function startEchoUpstream(
  answer: (request: IncomingMessage, response: ServerResponse) => void = echo,
): Promise<EchoUpstream> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders });
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ url: request.url, headers: request.rawHeaders }));
}
