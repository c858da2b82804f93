/** An MCP server made with the official SDK, called with its official client, and by those who don't keep to it. */
import { createServer } from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listening, type Running } from '../guard/frameworks.fixture.ts';
import { type FakeIssuer, startIssuer } from '../verify/issuer.fixture.ts';
import { callerOf, protectMcp } from './mcp.ts';

const RESOURCE = 'https://notes.example.com/mcp';
let issuer: FakeIssuer;
let running: Running;
/** Calls that reached a tool. */
const called: string[] = [];

function mcpServer(): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  for (const name of ['list', 'write', 'delete', 'share', 'unnamed']) {
    server.registerTool(name, { description: name }, async (extra) => {
      called.push(name);
      return { content: [{ type: 'text', text: callerOf(extra).subject }] };
    });
  }
  return server;
}

beforeAll(async () => {
  issuer = await startIssuer();
  issuer.answer = (url, init) =>
    url.endsWith('/access/v1/evaluation')
      ? issuer.json({ decision: JSON.parse(String(init?.body)).resource.id === 'mine' })
      : undefined;
  const app = express();
  const { audience: _, ...options } = issuer.options;
  app.use(
    express.json(),
    protectMcp({
      ...options,
      resource: RESOURCE,
      scopes: ['notes:use'],
      decisionKey: 'gh_live_x',
      tools: {
        list: {},
        write: { scopes: ['notes:write'] },
        delete: { roles: ['editor'], acr: 'aal2', maxAgeSeconds: 300 },
        share: {
          decision: ({ arguments: given }) => ({ action: 'share', resource: { type: 'Note', id: String(given.id) } }),
        },
      },
    }),
  );
  app.all('/mcp', async (request, response) => {
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    const server = mcpServer();
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response, request.body);
  });
  app.use(((_error, _request, response, _next) => response.status(500).end()) satisfies express.ErrorRequestHandler);
  running = await listening(createServer(app));
});
afterAll(() => running.close());

const call = (name: unknown, given: object = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: given },
});

async function post(body: unknown, claims?: Record<string, unknown>): Promise<Response> {
  const headers = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    ...(claims === undefined
      ? {}
      : { authorization: `Bearer ${await issuer.sign({ aud: RESOURCE, scope: 'notes:use', ...claims })}` }),
  };
  return fetch(`${running.url}/mcp`, { method: 'POST', headers, body: JSON.stringify(body) });
}

test('the official client calls a tool, which knows who calls', async () => {
  const token = await issuer.sign({ aud: RESOURCE, scope: 'notes:use' });
  const transport = new StreamableHTTPClientTransport(new URL(`${running.url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  const client = new Client({ name: 'agent', version: '1.0.0' });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  expect(await client.callTool({ name: 'list', arguments: {} })).toMatchObject({ content: [{ text: 'usr_1' }] });
  await client.close();
});

test('an agent that knows nothing but the address finds the issuer (RFC 9728)', async () => {
  const refused = await post(call('list'));
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer scope="notes:use", /);
  const url = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '')?.[1];
  expect(url).toBe('https://notes.example.com/.well-known/oauth-protected-resource/mcp');
  const metadata = await fetch(`${running.url}${new URL(url ?? '').pathname}`);
  expect(await metadata.json()).toEqual({
    resource: RESOURCE,
    authorization_servers: [issuer.issuer],
    scopes_supported: ['notes:use', 'notes:write'],
    bearer_methods_supported: ['header'],
  });
});

const fresh = { acr: 'aal2', auth_time: 1_799_999_900 };
const REFUSED: readonly {
  name: string;
  body: unknown;
  claims?: Record<string, unknown>;
  status: number;
  challenge?: string;
}[] = [
  { name: 'a token for another API', body: call('list'), claims: { aud: 'https://orders.example.com' }, status: 401 },
  {
    name: 'the scope that all need',
    body: call('list'),
    claims: { scope: 'other' },
    status: 403,
    challenge: 'insufficient_scope',
  },
  {
    name: 'the scope of the tool',
    body: call('write'),
    claims: {},
    status: 403,
    challenge: 'scope="notes:use notes:write"',
  },
  { name: 'the role', body: call('delete'), claims: fresh, status: 403 },
  {
    name: 'a strong sign-in',
    body: call('delete'),
    claims: { roles: ['editor'] },
    status: 401,
    challenge: 'scope="notes:use", acr_values="aal2", max_age="300"',
  },
  { name: 'a yes of the policies', body: call('share', { id: 'yours' }), claims: {}, status: 403 },
  { name: 'a tool that no rule names', body: call('unnamed'), claims: {}, status: 403 },
  { name: 'a tool of Object.prototype', body: call('constructor'), claims: {}, status: 403 },
  { name: 'a tool without a name', body: call(7), claims: {}, status: 403 },
  { name: 'no params', body: { jsonrpc: '2.0', id: 1, method: 'tools/call' }, claims: {}, status: 403 },
  { name: 'the second of a batch', body: [call('list'), call('write')], claims: {}, status: 403 },
  { name: 'too long a batch', body: Array.from({ length: 101 }, () => call('list')), claims: {}, status: 403 },
];
describe('refused for', () => {
  test.each(REFUSED)('$name', async ({ body, claims, status, challenge }) => {
    called.length = 0;
    const response = await post(body, claims ?? {});
    expect([response.status, called]).toEqual([status, []]);
    if (challenge !== undefined) expect(response.headers.get('www-authenticate')).toContain(challenge);
  });
});

test('what was asked for is let through', async () => {
  called.length = 0;
  await post(call('write'), { scope: 'notes:use notes:write' });
  await post(call('delete'), { ...fresh, roles: ['editor'] });
  await post(call('share', { id: 'mine' }), {});
  // Without `initialize` the transport answers an error; what matters here is that it was asked.
  expect((await post(call('list'), {})).status).not.toBe(403);
});

test('a body that was not read lets nobody in', async () => {
  const token = await issuer.sign({ aud: RESOURCE, scope: 'notes:use' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain' };
  const response = await fetch(`${running.url}/mcp`, { method: 'POST', headers, body: JSON.stringify(call('write')) });
  expect(response.status).toBe(500);
});
