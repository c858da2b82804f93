/**
 * An agent that knows nothing but the address of an MCP server. It finds the issuer, registers, has the person sign in, and calls
 * one tool: `node agent.ts <address> <tool> [text]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const ATTEMPTS_MAX = 4;
const [address = '', tool = '', text] = process.argv.slice(2);

const listener = createServer().listen(0, '127.0.0.1');
await once(listener, 'listening');
const redirectUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`;
/** What the server last asked of the sign-in itself (RFC 9470); the MCP SDK does not know of it. */
const wanted = new Map<string, string>();
const kept: { client?: unknown; tokens?: unknown; verifier?: string; state?: string } = {};

const provider: OAuthClientProvider = {
  redirectUrl,
  clientMetadata: { client_name: 'Notes agent', redirect_uris: [redirectUrl], token_endpoint_auth_method: 'none' },
  state() {
    kept.state = crypto.randomUUID();
    return kept.state;
  },
  clientInformation: () => kept.client as never,
  saveClientInformation(client) {
    kept.client = client;
  },
  tokens: () => kept.tokens as never,
  saveTokens(tokens) {
    kept.tokens = tokens;
  },
  saveCodeVerifier(verifier) {
    kept.verifier = verifier;
  },
  codeVerifier: () => kept.verifier ?? '',
  redirectToAuthorization(url) {
    for (const [name, value] of wanted) url.searchParams.set(name, value);
    process.stderr.write(`Open ${url.href}\n`);
    if (process.env.NO_BROWSER === undefined) openBrowser(url.href);
  },
};

process.exitCode = await run();
listener.close();
listener.closeAllConnections();

async function run(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const transport = new StreamableHTTPClientTransport(new URL(address), { authProvider: provider, fetch: listening });
    const client = new Client({ name: 'notes-agent', version: '1.0.0' });
    try {
      await client.connect(transport as Parameters<typeof client.connect>[0]);
      const result = await client.callTool({ name: tool, arguments: text === undefined ? {} : { text } });
      const [first] = result.content as { text?: string }[];
      process.stdout.write(`${first?.text ?? ''}\n`);
      return result.isError === true ? 1 : 0;
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) {
        process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
        return 1;
      }
      // The person is at the issuer now; once they are back there is a token, and the call is made again.
      await transport.finishAuth(await codeFromBrowser());
    } finally {
      await client.close();
    }
  }
  process.stderr.write('The server is not satisfied with any sign-in.\n');
  return 1;
}

/** `fetch`, listening for what a refusal says of the sign-in. */
async function listening(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const challenge = response.headers.get('www-authenticate') ?? '';
  if (challenge.includes('insufficient_user_authentication')) {
    // What the token lacks is told of it alone: what it had, the next one needs as well.
    const scope = (kept.tokens as { scope?: string } | undefined)?.scope;
    if (scope !== undefined) wanted.set('scope', scope);
    for (const name of ['max_age', 'acr_values']) {
      const value = new RegExp(`${name}="?([^",]+)`).exec(challenge)?.[1];
      if (value !== undefined) wanted.set(name, value);
    }
    // A token that is too old for the sign-in is of no use: without it, the SDK sends the person there.
    delete kept.tokens;
  }
  return response;
}

async function codeFromBrowser(): Promise<string> {
  for (;;) {
    const [{ url }, response] = (await once(listener, 'request')) as [{ url: string }, ServerResponse];
    const params = new URL(url, redirectUrl).searchParams;
    const code = params.get('code');
    const isOurs = params.get('state') === kept.state;
    response.setHeader('connection', 'close');
    response.writeHead(isOurs ? 200 : 400).end(isOurs ? 'You can close this page.' : 'Nobody asked for this.');
    if (isOurs && code !== null) return code;
    if (isOurs) throw new TypeError(params.get('error') ?? 'no code');
  }
}

function openBrowser(url: string): void {
  const opener = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
