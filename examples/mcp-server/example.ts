import { once } from 'node:events';
import type { StartExample } from '../../scripts/example-setting.ts';
import { notesServer } from './notes-server.ts';

export const start: StartExample = async ({ issuer, port, addPerson }) => {
  const resource = `http://localhost:${port}/mcp`;
  const { email, password } = await addPerson({ email: 'ada@example.com', name: 'Ada Lovelace' });
  const server = notesServer({ issuer, resource }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    welcome: `
The MCP server is at ${resource}. Give that address to any agent, or use the one that is here, in another terminal:

  node examples/mcp-server/agent.ts ${resource} list_notes 'add_note={"text":"Milk"}' list_notes
  node examples/mcp-server/agent.ts ${resource} 'add_note={"text":"Milk"}' delete_notes

  Sign in as ${email} with the password ${password}

The browser opens when more is needed: to read, to write, and with a second factor (have an authenticator app at hand) to delete.`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
};
