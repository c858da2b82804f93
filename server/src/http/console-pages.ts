import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';

export interface ConsolePagesDeps {
  /** Where the console's files are. */
  consoleFolder?: string;
}

const FILES = [
  { path: '/console', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/console/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/console/console.css', file: 'console.css', type: 'text/css; charset=utf-8' },
  { path: '/console/icon.svg', file: 'icon.svg', type: 'image/svg+xml' },
] as const;

/** No script at all, and nothing from anywhere else. */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The console: for now a page that says what runs and what to do next. Holds no data, so anybody may see it. */
export function consolePages({ consoleFolder = folder() }: ConsolePagesDeps): FastifyPluginAsync {
  return async (server: FastifyInstance) => {
    for (const { path, file, type } of FILES) {
      const body = readFileSync(`${consoleFolder}/${file}`);
      server.get(
        path,
        { config: { public: 'a page without data; what it will show comes from the Admin API' } },
        (_request, reply) =>
          reply
            .type(type)
            .headers({
              'content-security-policy': POLICY,
              'cache-control': 'no-cache',
              'cross-origin-opener-policy': 'same-origin',
            })
            .send(body),
      );
    }
    server.get('/', { config: { public: 'leads to the console' } }, (_request, reply) =>
      reply.redirect('/console', 302),
    );
  };
}

function folder(): string {
  return fileURLToPath(new URL('../../../console/page', import.meta.url));
}
