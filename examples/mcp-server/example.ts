import { once } from 'node:events';
import type { StartExample } from '../../scripts/example-setting.ts';
import { notesServer } from './notes-server.ts';

const FRESH_SECONDS = Number(process.env.FRESH_SECONDS ?? 60);

export const start: StartExample = async ({ issuer, port, addPerson }) => {
  const resource = `http://localhost:${port}/mcp`;
  const server = notesServer({ issuer, resource, freshSeconds: FRESH_SECONDS }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { email, password } = await addPerson({ email: 'grace@example.com', name: 'Grace' });
  return {
    welcome: `
The MCP server is at ${resource}. Give that address to any agent, or in another terminal:

  node examples/mcp-server/agent.ts ${resource} list_notes
  node examples/mcp-server/agent.ts ${resource} add_note 'Buy tea'
  node examples/mcp-server/agent.ts ${resource} delete_all_notes

  Sign in as ${email} with the password ${password}`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
};
