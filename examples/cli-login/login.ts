/** Signs a person in and prints who they are. */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { signInByDeviceCode } from './by-device-code.ts';
import { signInByLoopback } from './by-loopback.ts';
import { findProvider, PROVIDER_NAMES } from './providers.ts';

const { values } = parseArgs({
  options: {
    provider: { type: 'string', default: 'gatehouse' },
    device: { type: 'boolean', default: false },
    issuer: { type: 'string' },
    'client-id': { type: 'string' },
    scope: { type: 'string' },
    token: { type: 'boolean', default: false },
    'no-browser': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`usage: node login.ts [--provider ${PROVIDER_NAMES.join('|')}] [--device] [--issuer URL]
                     [--client-id ID] [--scope SCOPES] [--token] [--no-browser]
A client secret, where one is needed, is taken from CLIENT_SECRET. --token prints the access token alone, for scripts.\n`);
} else {
  await logIn().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  });
}

async function logIn(): Promise<void> {
  const found = await findProvider(values.provider, {
    issuer: values.issuer,
    clientId: values['client-id'],
    // Never an argument: every user of this machine sees those.
    clientSecret: process.env.CLIENT_SECRET,
  });
  const provider = { ...found, scope: values.scope ?? found.scope };
  if (!values.device && provider.needsSecretToRedeem === true && provider.clientSecret === undefined) {
    throw new TypeError(`${values.provider} wants a client secret with the code: set CLIENT_SECRET, or use --device`);
  }
  const token = values.device
    ? await signInByDeviceCode(provider, tell)
    : await signInByLoopback(provider, (url) => {
        tell(`Open ${url}`);
        if (!values['no-browser']) openBrowser(url);
      });
  if (values.token) {
    process.stdout.write(`${token}\n`);
    return;
  }
  const profile = (await read(provider.profileEndpoint, token)) as Record<string, unknown>;
  // OpenID Connect says `sub`, GitHub `id` and `login`.
  const { sub, name, email = null } = profile;
  const address = email ?? (provider.emailsEndpoint && (await primaryOf(provider.emailsEndpoint, token)));
  tell(`You are ${name ?? profile.login} <${address ?? 'no address'}>, ${sub ?? profile.id} at ${values.provider}.`);
}

async function read(url: string, token: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'user-agent': 'gatehouse-example' };
  const response = await fetch(url, { headers });
  if (!response.ok) throw new TypeError(`${url} answered ${response.status}`);
  return response.json();
}

/** One that the provider has seen the person's answer from. */
async function primaryOf(url: string, token: string): Promise<string | undefined> {
  const addresses = (await read(url, token)) as { email: string; primary: boolean; verified: boolean }[];
  return addresses.find(({ primary, verified }) => primary && verified)?.email;
}

/** With `--token`, the output is the token and nothing else. */
function tell(line: string): void {
  (values.token ? process.stderr : process.stdout).write(`${line}\n`);
}

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' };

function openBrowser(url: string): void {
  const child = spawn(OPENERS[process.platform] ?? 'xdg-open', [url], { stdio: 'ignore', detached: true });
  // Where there is no browser the address stands in the terminal.
  child.on('error', () => undefined);
  child.unref();
}
