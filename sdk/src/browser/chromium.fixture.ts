/** A single-page application in a real browser: the client as it is built, an API that judges tokens, and the whole program. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { freePort, type Program, startProgram } from '../../../server/test/running-program.ts';
import type { BrowserClient } from './browser.ts';

/** Debian's package. Elsewhere, or without it, these tests are skipped and say so. */
export const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) console.warn(`SKIPPED: the SDK in a real browser, because there is no Chromium at ${CHROMIUM}`);

export const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
];
export const PERSON = { email: 'grace@example.com', password: 'seventeen purple lanterns drift' };

/** What pages of the application have. */
declare global {
  var auth: BrowserClient;
}

export interface Board {
  program: Program;
  url: string;
  browser: Browser;
  /** Sign-ins before this moment are too old for `/api/sensitive`; seconds since the epoch. */
  signedInSince: number;
  /** What the API was sent, newest last: `Authorization` and `DPoP`. */
  calls: { authorization: string; dpop: string | undefined }[];
  close(): Promise<void>;
}

/** The client as an application bundles it. */
export async function bundle(entry: string): Promise<string> {
  const built = await build({
    logLevel: 'silent',
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    build: {
      write: false,
      minify: true,
      rolldownOptions: { input: entry, preserveEntrySignatures: 'strict', external: ['react'] },
    },
  });
  const [output] = [built].flat();
  if (output === undefined || !('output' in output)) throw new TypeError('nothing was built');
  return output.output[0].code;
}

/** The application is at `localhost`; an issuer at `127.0.0.1` is of another site. */
export async function openBoard({ issuerHost = 'localhost' } = {}): Promise<Board> {
  const ports = { control: await freePort(), gateway: await freePort() };
  const program = await startProgram({ ports, issuer: `http://${issuerHost}:${ports.control}` });
  const script = await bundle(fileURLToPath(new URL('./page.fixture.ts', import.meta.url)));
  const board = { program, signedInSince: 0, calls: [] as Board['calls'] };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://app');
    if (pathname.startsWith('/api/')) return answerApi(pathname);
    const isScript = pathname.endsWith('/app.js');
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : pageOf(pathname, program.issuer));

    async function answerApi(path: string) {
      const { authorization = '', dpop } = request.headers;
      board.calls.push({ authorization, dpop: typeof dpop === 'string' ? dpop : undefined });
      const refuse = (error: string) => {
        response.setHeader('www-authenticate', `Bearer error="${error}", acr_values="aal1", max_age="1"`);
        response.writeHead(401).end();
      };
      const claims = await verify(program.issuer, authorization.split(' ')[1] ?? '');
      if (claims === undefined) return refuse('invalid_token');
      if (path === '/api/sensitive' && Number(claims.auth_time) < board.signedInSince) {
        return refuse('insufficient_user_authentication');
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ sub: claims.sub }));
    }
  });
  const port = await listen(server);
  const url = `http://localhost:${port}`;
  await setUp(program, url);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return Object.assign(board, {
    url,
    browser,
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
      await program.remove();
    },
  });
}

/** Each folder is an application of its own, by the options of its client. */
export const pageOf = (
  path: string,
  issuer: string,
) => `<!doctype html><title>Board</title><link rel="icon" href="data:,">
<script>globalThis.settings = ${JSON.stringify({ issuer, folder: path.replace(/[^/]*$/, '') })}</script>
<script type="module" src="app.js"></script>`;

async function verify(issuer: string, token: string) {
  const keys = await (await fetch(`${issuer}/.well-known/jwks.json`)).json();
  const verified = await jwtVerify(token, createLocalJWKSet(keys), { issuer }).catch(() => undefined);
  return verified?.payload;
}

async function setUp(program: Program, url: string): Promise<void> {
  const folders = ['/', '/dpop/', '/idle/'].map((folder) => url + folder);
  await program.admin('POST', '/apply', {
    documents: [
      { kind: 'api', name: 'tasks', spec: { audience: 'https://tasks.example.com', scopes: { 'tasks:read': 'Read' } } },
      {
        kind: 'client',
        name: 'board',
        spec: {
          type: 'public',
          firstParty: true,
          grants: ['authorization_code', 'refresh_token'],
          redirectUris: folders.map((folder) => `${folder}callback`),
          postLogoutRedirectUris: folders.map((folder) => `${folder}bye`),
          scopes: ['openid', 'profile', 'offline_access', 'tasks:read'],
          apis: ['tasks'],
        },
      },
    ],
  });
  const salt = randomBytes(8);
  const digest = createHash('sha256').update(PERSON.password).update(salt).digest();
  const file = join(program.folder, 'people.ndjson');
  const passwordHash = `{SSHA256}${Buffer.concat([digest, salt]).toString('base64')}`;
  writeFileSync(file, `${JSON.stringify({ email: PERSON.email, name: 'Grace', emailVerified: true, passwordHash })}\n`);
  const { code, stderr } = await program.cli('users', 'import', file);
  if (code !== 0) throw new Error(stderr);
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** What the issuer's pages are told by the person; ends back in the application. */
export async function provePassword(page: Page, backTo: string): Promise<void> {
  const email = page.getByLabel('E-mail address');
  if (await email.isEditable()) await email.fill(PERSON.email);
  await page.getByLabel('Password').fill(PERSON.password);
  await page.getByRole('button', { name: /Sign in|Continue|Confirm/ }).click();
  await page.waitForURL((url) => url.href.startsWith(backTo));
}

/** A page of the application, once it knows who is signed in. */
export async function visit(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await known(page);
  return page;
}

export async function known(page: Page): Promise<string> {
  await page.waitForFunction(() => globalThis.auth !== undefined && globalThis.auth.state.status !== 'loading');
  return page.evaluate(() => globalThis.auth.state.status);
}

/** In a browser profile of its own, signed in by hand. */
export async function signedIn(board: Board, address: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await board.browser.newContext();
  const page = await visit(context, address);
  await page.evaluate(() => void globalThis.auth.signIn());
  await page.waitForURL(`${board.program.issuer}/**`);
  await provePassword(page, address);
  await known(page);
  return { context, page };
}

const profiles = new WeakMap<Board, BrowserContextOptions['storageState']>();

/** In a browser profile of its own, with a session at the issuer from before: the page is signed in silently. */
export async function returning(board: Board, address: string): Promise<{ context: BrowserContext; page: Page }> {
  if (!profiles.has(board)) {
    const { context } = await signedIn(board, `${board.url}/`);
    profiles.set(board, await context.storageState());
    await context.close();
  }
  const storageState = profiles.get(board);
  const context = await board.browser.newContext(storageState === undefined ? {} : { storageState });
  const page = await visit(context, address);
  if ((await known(page)) !== 'signed_in') {
    const state = await page.evaluate(() =>
      JSON.stringify(globalThis.auth.state, ['status', 'error', 'code', 'message']),
    );
    throw new Error(`not signed in at ${address}: ${state}`);
  }
  return { context, page };
}
