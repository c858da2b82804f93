/** An MCP server made with the official SDK. Who may call which tool stands in one table. */
import { callerOf, protectMcp } from '@gatehouse/sdk/mcp';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express, { type Express } from 'express';
import { z } from 'zod';

export interface NotesSettings {
  issuer: string;
  /** The address that agents use. */
  resource: string;
}

export function notesServer({ issuer, resource }: NotesSettings): Express {
  const notesOf = new Map<string, string[]>();
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
        add_note: { scopes: ['notes:write'] },
        // What can't be undone asks for a second factor, not longer than five minutes ago.
        delete_notes: { scopes: ['notes:write'], acr: 'aal2', maxAgeSeconds: 300 },
      },
    }),
  );
  // One server for each request: there are no sessions that one caller could take over from another.
  app.post('/mcp', async (request, response) => {
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    const server = notesTools(notesOf);
    response.on('close', () => void server.close());
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response, request.body);
  });
  app.all('/mcp', (_request, response) => {
    response.status(405).set('allow', 'POST').end();
  });
  return app;
}

function notesTools(notesOf: Map<string, string[]>): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  const says = (text: string) => ({ content: [{ type: 'text' as const, text }] });

  server.registerTool('list_notes', { description: 'All your notes' }, (extra) => {
    const notes = notesOf.get(callerOf(extra).subject) ?? [];
    return says(notes.length === 0 ? 'There are no notes.' : notes.join('\n'));
  });

  const inputSchema = { text: z.string().min(1).max(1_000) };
  server.registerTool('add_note', { description: 'Add a note', inputSchema }, ({ text }, extra) => {
    const { subject } = callerOf(extra);
    notesOf.set(subject, [...(notesOf.get(subject) ?? []), text]);
    return says(`Noted: ${text}`);
  });

  server.registerTool('delete_notes', { description: 'Delete all your notes' }, (extra) => {
    notesOf.delete(callerOf(extra).subject);
    return says('All notes are gone.');
  });
  return server;
}
