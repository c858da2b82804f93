/** An agent without a mind: calls the tools it is told to, with the official MCP client, and signs a person in when it must. */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { createSignIn, type SignIn } from './sign-in.ts';

/** For one call: more scope may be missing first, and a stronger sign-in then. */
const SIGN_INS_MAX = 2;
const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' };

const {
  values,
  positionals: [serverUrl = '', ...calls],
} = parseArgs({ options: { 'no-browser': { type: 'boolean', default: false } }, allowPositionals: true });

if (!URL.canParse(serverUrl) || calls.length === 0) {
  process.stderr.write(`usage: node agent.ts [--no-browser] SERVER TOOL[={"argument":"…"}] …\n`);
  process.exitCode = 2;
} else {
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  });
}

async function main(): Promise<void> {
  const signIn = await createSignIn(serverUrl, (url) => {
    process.stdout.write(`Open ${url}\n`);
    if (!values['no-browser']) openBrowser(url);
  });
  try {
    const { client, transport } = await connect(signIn);
    for (const call of calls) {
      const [, name = '', json = '{}'] = /^([^=]+)(?:=(.*))?$/s.exec(call) ?? [];
      const result = await afterSignIn(signIn, transport, () => client.callTool({ name, arguments: JSON.parse(json) }));
      const content = Array.isArray(result.content) ? result.content : [];
      process.stdout.write(`${name}: ${content.map(({ text }) => text).join('\n')}\n`);
    }
    await client.close();
  } finally {
    signIn.close();
  }
}

async function connect(signIn: SignIn) {
  const transport = new StreamableHTTPClientTransport(new URL(serverUrl), {
    authProvider: signIn.provider,
    fetch: signIn.fetch,
  });
  const client = new Client({ name: 'notes-agent', version: '1.0.0' });
  try {
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    return { client, transport };
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await transport.finishAuth(await signIn.code());
    // A client that could not connect is closed.
    return connect(signIn);
  }
}

/** Again with what the server asked for; what is refused then is refused. */
async function afterSignIn<T>(
  signIn: SignIn,
  transport: StreamableHTTPClientTransport,
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnauthorizedError) || tries === SIGN_INS_MAX) throw error;
      await transport.finishAuth(await signIn.code());
    }
  }
}

function openBrowser(url: string): void {
  const child = spawn(OPENERS[process.platform] ?? 'xdg-open', [url], { stdio: 'ignore', detached: true });
  // Where there is no browser the address stands in the terminal.
  child.on('error', () => undefined);
  child.unref();
}
