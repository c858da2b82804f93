/** The running program with an API and clients for libraries that nobody changed, and a person who can sign in. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Visitor } from '#testing';
import { type Browser, becomeAdministrator } from '../browser.ts';
import { type Program, startProgram } from '../running-program.ts';

export const AUDIENCE = 'https://weather.example.com';
export const SCOPE = 'weather:read';
export const ADMINISTRATOR = { name: 'Ada', email: 'ada@example.com', password: 'seventeen purple lanterns drift' };

export interface InteropWorld {
  program: Program;
  administrator: Browser;
  /** The administrator at a browser in which nobody is signed in yet, but for the cookies of the set-up. */
  visitor(): Visitor;
  secretOf(client: string): Promise<string>;
  close(): Promise<void>;
}

export interface ClientOf {
  name: string;
  redirectUri?: string;
  public?: boolean;
  spec?: Record<string, unknown>;
}

export async function openInteropWorld(clients: readonly ClientOf[]): Promise<InteropWorld> {
  const program = await startProgram();
  const administrator = await becomeAdministrator(program, ADMINISTRATOR);
  await program.admin('POST', '/apply', [API, ...clients.map(toYaml)].join('\n---\n'));
  return {
    program,
    administrator,
    secretOf: async (client) => String((await program.admin('POST', `/clients/${client}/secrets`, {})).secret),
    visitor: () => ({
      cookies: new Map([[program.issuer, new Map(administrator.cookies)]]),
      answers: { email: ADMINISTRATOR.email, password: ADMINISTRATOR.password, decision: 'allow' },
    }),
    close: () => program.remove(),
  };
}

const API = `kind: api\nname: weather\nspec: {audience: '${AUDIENCE}', scopes: {'${SCOPE}': Read the weather}}`;

function toYaml({ name, redirectUri, public: open = false, spec = {} }: ClientOf): string {
  const grants = redirectUri === undefined ? ['client_credentials'] : ['authorization_code', 'refresh_token'];
  return JSON.stringify({
    kind: 'client',
    name,
    spec: {
      type: open ? 'public' : 'confidential',
      grants,
      redirectUris: redirectUri === undefined ? [] : [redirectUri],
      scopes: redirectUri === undefined ? [SCOPE] : ['openid', 'profile', 'email', 'offline_access', SCOPE],
      apis: ['weather'],
      ...spec,
    },
  });
}

export interface Application {
  url: string;
  stop(): Promise<void>;
}

/** A relying party in a process of its own, as its documentation shows it. */
export async function startApplication(
  file: string,
  port: number,
  settings: Record<string, string>,
): Promise<Application> {
  const path = fileURLToPath(new URL(`applications/${file}`, import.meta.url));
  const child = spawn(process.execPath, [path], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', PORT: String(port), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('listening')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`${file} ended: ${output}`)));
  });
  return {
    url: `http://localhost:${port}`,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.once('exit', () => resolve());
        child.kill();
      }),
  };
}
