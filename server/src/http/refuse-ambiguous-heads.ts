import type { FastifyInstance } from 'fastify';
import { httpErrors } from './errors.ts';

/** Node keeps the first of these and drops the rest in silence; a proxy in front may have looked at another one. */
const ONCE = new Set(['host', 'authorization', 'content-type', 'if-match', 'if-none-match']);

/** RFC 3986 §3.2.2 and §3.2.3: the characters of a host and its port; without user information. */
const HOST = /^[A-Za-z0-9._~!$&'()*+,;=%:[\]-]*$/;

/** RFC 9112 §3.2 for Host, RFC 9110 §5.3 for the rest. */
export function refuseAmbiguousHeads(server: FastifyInstance): void {
  server.addHook('onRequest', async ({ raw }) => {
    const seen = new Set<string>();
    for (let index = 0; index < raw.rawHeaders.length; index += 2) {
      const name = raw.rawHeaders[index]?.toLowerCase() ?? '';
      if (!ONCE.has(name)) continue;
      if (name === 'host' && !HOST.test(raw.rawHeaders[index + 1] ?? ''))
        throw httpErrors.http_malformed({ message: 'The header host holds something else than a host and a port.' });
      if (seen.has(name))
        throw httpErrors.http_malformed({
          message: `The header ${name} stands there more than once. Send it once.`,
        });
      seen.add(name);
    }
  });
}
