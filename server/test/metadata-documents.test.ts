/**
 * A client that nobody registered: its id is the https address at which it describes itself (Client ID Metadata Documents).
 * The official SDK of the Model Context Protocol is that client, and its document is on this machine: refused by the guard
 * against fetching from inside, until the operator opens that network to clients.
 */
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificateAuthority, temporaryFolder } from '#testing';
import { type Browser, becomeAdministrator, hiddenFields } from './browser.ts';
import { agentOf } from './oauth-agent.ts';
import { type Program, startProgram } from './running-program.ts';

const CALLBACK = 'http://localhost:8766/callback';
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

let folder: string;
let pages: Server;
let document: string;
let fetched = 0;
let program: Program;
let browser: Browser;

beforeAll(async () => {
  folder = await temporaryFolder();
  const authority = certificateAuthority('Documents');
  writeFileSync(join(folder, 'authority.pem'), authority.pem);
  pages = createServer(authority.issue('/CN=localhost', { san: 'DNS:localhost' }), (_, answer) => {
    fetched += 1;
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(description()));
  });
  authority.close();
  await new Promise<void>((listening) => pages.listen(0, 'localhost', listening));
  document = `https://localhost:${(pages.address() as AddressInfo).port}/agent.json`;
  program = await startProgram();
  await program.admin('POST', '/apply', resources(`${program.gatewayUrl}/mcp`));
  browser = await becomeAdministrator(program, {
    name: 'Ada',
    email: 'ada@example.com',
    password: 'seventeen purple lanterns drift',
  });
});
afterAll(async () => {
  await program?.remove();
  pages?.close();
});

const description = () => ({
  client_id: document,
  client_name: 'Described agent',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code'],
  token_endpoint_auth_method: 'none',
  scope: 'tools:use',
});

const resources = (mcp: string) => `kind: api
name: tools
spec:
  audience: ${mcp}
  scopes:
    tools:use: Use the tools
---
kind: client_registration_policy
name: agents
spec:
  metadataDocuments: true
  scopes: [tools:use]
  apis: [tools]
  redirectHosts: [localhost]
---
kind: route
name: mcp
spec:
  match:
    path: /mcp
    methods: [POST]
  api: tools
  authenticate: [access_token]
  authorize:
    scopes: [tools:use]
  upstream:
    url: http://127.0.0.1:9
`;

const agent = () =>
  agentOf(CALLBACK, {
    clientMetadataUrl: document,
    clientMetadata: { client_name: 'Described agent', redirect_uris: [CALLBACK] },
  });

const serverUrl = () => `${program.gatewayUrl}/mcp`;

async function openAuthorization({ provider, sentTo }: ReturnType<typeof agent>) {
  expect(await auth(provider, { serverUrl: serverUrl() })).toBe('REDIRECT');
  const asked = sentTo();
  expect(asked?.searchParams.get('client_id')).toBe(document);
  const page = await browser.get(`${asked?.pathname}${asked?.search}`);
  return { status: page.status, text: await page.text() };
}

test('a document inside is not fetched, and the client is nobody', async () => {
  const { status } = await openAuthorization(agent());
  expect({ status, fetched }).toEqual({ status: 400, fetched: 0 });
  // The page may be here before the line that the program wrote about it.
  await expect.poll(() => program.output).toContain('a client metadata document was refused');
}, 60_000);

test('where the operator opened the network to clients it is, and the flow goes to its end', async () => {
  await program.stop();
  const { folder: home, ports } = program;
  const outbound = { authorities: join(folder, 'authority.pem'), clients: LOOPBACK };
  program = await startProgram({ folder: home, ports, outbound });
  const described = agent();
  const { status, text } = await openAuthorization(described);
  expect({ status, fetched }).toEqual({ status: 200, fetched: 1 });
  // Whose it is says its address, whatever it calls itself.
  for (const words of ['Described agent', new URL(document).host, 'Use the tools']) expect(text).toContain(words);
  const answer = await browser.post('/oauth/consent', { ...hiddenFields(text), decision: 'allow' });
  const authorizationCode = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
  expect(await auth(described.provider, { serverUrl: serverUrl(), authorizationCode })).toBe('AUTHORIZED');
  expect(described.kept.tokens).toMatchObject({ token_type: 'Bearer', scope: 'tools:use' });
}, 60_000);
