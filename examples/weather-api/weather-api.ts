/** An HTTP service that knows nothing about authentication: the thing Gatehouse is put in front of. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { NORMALS, slugOf } from './normals.ts';

const HOST = '127.0.0.1';
const PORT_DEFAULT = 7900;

export function createWeatherServer() {
  return createServer(answer);
}

interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { status, body, headers } = find(request);
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

function find(request: IncomingMessage): Answer {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, body: { error: 'Only GET is answered here.' }, headers: { allow: 'GET, HEAD' } };
  }
  const { pathname } = new URL(request.url ?? '/', 'http://weather');
  if (pathname === '/') return { status: 200, body: { cities: [...NORMALS.keys()] } };
  const slug = readSlug(pathname.slice(1));
  const normal = slug === undefined ? undefined : NORMALS.get(slug);
  if (normal === undefined) return { status: 404, body: { error: 'No such city. GET / lists them.' } };
  return { status: 200, body: normal };
}

function readSlug(segment: string): string | undefined {
  try {
    return slugOf(decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const port = Number(process.env.PORT ?? PORT_DEFAULT);
  const server = createWeatherServer();
  server.on('error', (error) => {
    process.stderr.write(`weather API: ${error.message}\n`);
    process.exitCode = 1;
  });
  server.listen(port, HOST, () => process.stdout.write(`weather API on http://${HOST}:${port}\n`));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.close(() => process.exit(0)));
}
