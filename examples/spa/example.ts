import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { StartExample } from '../../scripts/example-setting.ts';
import { boardServer } from './board-server.ts';

/** Builds the page, starts the server, and makes somebody who can sign in. */
export const start: StartExample = async ({ issuer, port, addPerson }) => {
  const url = `http://localhost:${port}`;
  const pageFolder = await mkdtemp(join(tmpdir(), 'board-'));
  await build({
    root: fileURLToPath(new URL('page', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    define: { ISSUER: JSON.stringify(issuer) },
    build: { outDir: pageFolder, emptyOutDir: true },
  });
  const server = boardServer({ issuer, audience: `${url}/api`, pageFolder }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { email, password } = await addPerson({ email: 'grace@example.com', name: 'Grace Hopper' });
  return {
    welcome: `
The project board is at ${url}
  Sign in as ${email} with the password ${password}
  Open it in several tabs, reload it, sign out in one of them.`,
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(pageFolder, { recursive: true, force: true });
    },
  };
};
