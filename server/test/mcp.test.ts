/**
 * The Model Context Protocol's authorization flow with the official SDK's own client, against the whole program: it knows
 * nothing but the address of the MCP server behind our gateway.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, becomeAdministrator, hiddenFields } from './browser.ts';
import { agentOf } from './oauth-agent.ts';
import { type Program, startProgram } from './running-program.ts';

const CALLBACK = 'http://localhost:8765/callback';

let upstream: Server;
let program: Program;
let browser: Browser;

beforeAll(async () => {
  upstream = await startMcpServer();
  program = await startProgram();
  const mcp = `${program.gatewayUrl}/mcp`;
  await program.admin('POST', '/apply', resources(mcp, (upstream.address() as AddressInfo).port));
  browser = await becomeAdministrator(program, {
    name: 'Ada',
    email: 'ada@example.com',
    password: 'seventeen purple lanterns drift',
  });
});
afterAll(async () => {
  await program?.remove();
  upstream?.close();
});

const resources = (mcp: string, port: number) => `kind: api
name: tools
spec:
  audience: ${mcp}
  scopes:
    tools:use: Use the tools
    tools:admin: Change the tools
---
kind: client_registration_policy
name: agents
spec:
  open: true
  scopes: [tools:use, tools:admin]
  apis: [tools]
  redirectHosts: [localhost]
---
kind: route
name: mcp
spec:
  match:
    path: /mcp
    methods: [GET, POST, DELETE]
  api: tools
  authenticate: [access_token]
  authorize:
    scopes: [tools:use]
  upstream:
    url: http://127.0.0.1:${port}
`;

/** An MCP server that knows no authorization at all: the gateway stands before it. */
function startMcpServer(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const mcp = new McpServer({ name: 'greeter', version: '1.0.0' });
    mcp.registerTool('greet', { description: 'Greets whoever asks' }, async () => ({
      content: [
        { type: 'text', text: `Hello, ${request.headers['gatehouse-identity'] ? 'known caller' : 'stranger'}` },
      ],
    }));
    const transport = new StreamableHTTPServerTransport({});
    response.on('close', () => void transport.close());
    await mcp.connect(transport as Parameters<typeof mcp.connect>[0]);
    await transport.handleRequest(request, response);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const agent = () =>
  agentOf(CALLBACK, {
    clientMetadata: { client_name: 'Agent', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' },
  });

test('discovery, registration, consent, code with PKCE and resource, and a tool is called', async () => {
  const serverUrl = `${program.gatewayUrl}/mcp`;
  const { provider, kept, sentTo } = agent();
  const challenge = (await fetch(serverUrl, { method: 'POST' })).headers.get('www-authenticate') ?? '';
  expect(challenge).toContain(`resource_metadata="${program.issuer}/.well-known/oauth-protected-resource/tools"`);
  expect(challenge).toContain('scope="tools:use"');

  // As its transport does with the challenge.
  expect(await auth(provider, { serverUrl, scope: 'tools:use' })).toBe('REDIRECT');
  const asked = sentTo();
  if (asked === undefined) throw new TypeError('the client sent nobody anywhere');
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    resource: serverUrl,
    code_challenge_method: 'S256',
    client_id: expect.stringMatching(/^dyn-/),
  });

  const page = await browser.get(`${asked.pathname}${asked.search}`);
  const text = await page.text();
  expect({ status: page.status, names: text.includes('Agent'), says: text.includes('Use the tools') }).toEqual({
    status: 200,
    names: true,
    says: true,
  });
  const code = await agree(asked, '“Agent” is what this application calls itself');
  expect(await auth(provider, { serverUrl, authorizationCode: code })).toBe('AUTHORIZED');
  expect(kept.tokens).toMatchObject({ token_type: 'Bearer', scope: 'tools:use' });

  const client = new Client({ name: 'agent', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(serverUrl), { authProvider: provider });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['greet']);
  expect(await client.callTool({ name: 'greet' })).toMatchObject({
    content: [{ type: 'text', text: 'Hello, known caller' }],
  });
  await client.close();

  // A tool wants more than the first challenge told of: the same registration goes on (the protocol's step-up).
  expect(await auth(provider, { serverUrl, scope: 'tools:use tools:admin' })).toBe('REDIRECT');
  const wider = await agree(sentTo(), 'Change the tools');
  expect(await auth(provider, { serverUrl, authorizationCode: wider })).toBe('AUTHORIZED');
  expect(kept.tokens).toMatchObject({ scope: 'tools:use tools:admin' });
}, 60_000);

/** The person reads what is asked, and agrees. @returns the code. */
async function agree(asked: URL | undefined, words: string): Promise<string> {
  const text = await (await browser.get(`${asked?.pathname}${asked?.search}`)).text();
  expect(text).toContain(words);
  const answer = await browser.post('/oauth/consent', { ...hiddenFields(text), decision: 'allow' });
  return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

test('where the server is says who issues its tokens, without asking it first', async () => {
  const found = await fetch(`${program.gatewayUrl}/.well-known/oauth-protected-resource/mcp`);
  expect(await found.json()).toMatchObject({
    resource: `${program.gatewayUrl}/mcp`,
    authorization_servers: [program.issuer],
    scopes_supported: ['tools:use', 'tools:admin'],
  });
});

test('a token of another API opens nothing', async () => {
  const headers = { authorization: 'Bearer eyJ.x.y', 'content-type': 'application/json' };
  const refused = await fetch(`${program.gatewayUrl}/mcp`, { method: 'POST', headers, body: '{}' });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
});
