/** An MCP server with the official SDK. What each tool needs stands in one table, and is checked before the SDK sees the call. */
import { callerOf, protectMcp } from '@gatehouse/sdk/mcp';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express, { type Express } from 'express';
import { z } from 'zod';

export interface NotesSettings {
  issuer: string;
  /** The address that agents use. */
  resource: string;
  /** How long ago somebody may have signed in who deletes everything. */
  freshSeconds: number;
}

const NOTE_LENGTH_MAX = 2000;

export function notesServer({ issuer, resource, freshSeconds }: NotesSettings): Express {
  const notes = new Map<string, string[]>();
  const app = express();
  app.use(
    express.json({ limit: '64kb' }),
    protectMcp({
      issuer,
      resource,
      name: 'Notes',
      scopes: ['notes:read'],
      tools: {
        list_notes: {},
        add_note: { scopes: ['notes:read', 'notes:write'] },
        delete_all_notes: { scopes: ['notes:read', 'notes:write'], maxAgeSeconds: freshSeconds },
      },
    }),
  );
  app.post('/mcp', async (request, response) => {
    // One for each request: nothing of a caller is left for the next one.
    const server = serverOf(notes);
    const transport = new StreamableHTTPServerTransport({});
    response.on('close', () => void transport.close());
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response, request.body);
  });
  return app;
}

function serverOf(notes: Map<string, string[]>): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  const say = (text: string) => ({ content: [{ type: 'text' as const, text }] });
  // Whose notes: of who signed in, whatever the agent says.
  server.registerTool('list_notes', { description: 'The notes of the person' }, async (extra) => {
    const mine = notes.get(callerOf(extra).subject) ?? [];
    return say(mine.length === 0 ? 'There are no notes.' : mine.join('\n'));
  });
  server.registerTool(
    'add_note',
    { description: 'Keeps a note', inputSchema: { text: z.string().min(1).max(NOTE_LENGTH_MAX) } },
    async ({ text }, extra) => {
      const { subject } = callerOf(extra);
      notes.set(subject, [...(notes.get(subject) ?? []), text]);
      return say('Kept.');
    },
  );
  server.registerTool('delete_all_notes', { description: 'Deletes every note of the person' }, async (extra) => {
    notes.delete(callerOf(extra).subject);
    return say('Deleted.');
  });
  return server;
}
