import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { passwordOf, type RunningExample, startExample } from '../../server/test/running-example.ts';
import { signInByHttp } from '../../server/testing/sign-in-by-http.ts';
import { GITHUB, GOOGLE, type StandIn, startStandIn } from './stand-in-providers.fixture.ts';

/** The tool as it is run, without a browser: what it prints, and how it ends. */
class Tool {
  readonly #child: ChildProcess;
  #output = '';

  constructor(args: readonly string[], env: Record<string, string | undefined> = {}) {
    const login = fileURLToPath(new URL('login.ts', import.meta.url));
    this.#child = spawn(process.execPath, [login, '--no-browser', ...args], { env: { ...process.env, ...env } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
  }

  /** The first group of the pattern, once it is printed. */
  async printed(pattern: RegExp): Promise<string> {
    await expect.poll(() => this.#output, { timeout: 20_000, interval: 20 }).toMatch(pattern);
    return pattern.exec(this.#output)?.[1] ?? '';
  }

  async ended(): Promise<{ code: number | null; lastLine: string }> {
    const [code] = this.#child.exitCode === null ? await once(this.#child, 'close') : [this.#child.exitCode];
    return { code, lastLine: this.#output.trim().split('\n').at(-1) ?? '' };
  }
}

describe('at Gatehouse', { timeout: 60_000 }, () => {
  let example: RunningExample;
  beforeAll(async () => {
    example = await startExample('cli-login');
  });
  afterAll(() => example?.stop());

  const visitor = (decision = 'allow') => ({
    cookies: new Map(),
    answers: { email: 'ada@example.com', password: passwordOf(example, 'ada@example.com'), decision },
  });
  const WHO = /^You are Ada Lovelace <ada@example\.com>, usr_\w+ at gatehouse\.$/;

  test('by loopback redirect', async () => {
    const tool = new Tool(['--issuer', example.issuer]);
    const address = await tool.printed(/^Open (\S+)$/m);
    const page = await signInByHttp(visitor(), address, example.issuer);
    expect(page.text).toContain('You are signed in.');
    expect(await tool.ended()).toEqual({ code: 0, lastLine: expect.stringMatching(WHO) });
  });

  test('by loopback redirect, when the person says no', async () => {
    const tool = new Tool(['--issuer', example.issuer]);
    const address = await tool.printed(/^Open (\S+)$/m);
    await signInByHttp(visitor('deny'), address, example.issuer);
    expect(await tool.ended()).toEqual({ code: 1, lastLine: 'access_denied' });
  });

  test('an answer that nobody asked for is not taken, and the right one still is', async () => {
    const tool = new Tool(['--issuer', example.issuer]);
    const address = await tool.printed(/^Open (\S+)$/m);
    const back = new URL(address).searchParams.get('redirect_uri') ?? '';
    const state = new URL(address).searchParams.get('state');
    for (const query of ['?code=x', '?code=x&state=guessed', `?code=x&state=${state}&iss=https://evil.example`]) {
      expect((await fetch(back + query)).status).toBe(400);
    }
    await signInByHttp(visitor(), address, example.issuer);
    expect((await tool.ended()).code).toBe(0);
  });

  test('by device code', async () => {
    const tool = new Tool(['--issuer', example.issuer, '--device']);
    expect(await tool.printed(/enter the code (\S+)/)).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
    await signInByHttp(visitor(), await tool.printed(/^or open (\S+)$/m), example.issuer);
    expect(await tool.ended()).toEqual({ code: 0, lastLine: expect.stringMatching(WHO) });
  });
});

const OCTOCAT = 'You are octocat <octocat@github.example>, 583231 at github.';
const WITHOUT_SECRET: Readonly<Record<string, readonly (readonly [string[], number, string])[]>> = {
  github: [
    [['--device'], 0, OCTOCAT],
    [[], 1, 'github wants a client secret with the code: set CLIENT_SECRET, or use --device'],
  ],
  google: [[['--device'], 1, 'invalid_client: the stand-in says invalid_client']],
};

describe.each([
  ['github', GITHUB, OCTOCAT],
  ['google', GOOGLE, 'You are Jane Doe <jane@gmail.example>, 10769150350006150715113082367 at google.'],
])('at a provider like %s', (name, style, who) => {
  let provider: StandIn;
  beforeAll(async () => {
    provider = await startStandIn(style);
  });
  afterAll(() => provider?.close());

  const args = (...more: string[]) => ['--provider', name, '--issuer', provider.url, '--client-id', 'cli', ...more];
  const tool = (...more: string[]) => new Tool(args(...more), { CLIENT_SECRET: 'no-secret-really' });

  test.each([true, false])('by loopback redirect; the person agrees: %s', async (agrees) => {
    provider.agrees = agrees;
    const running = tool();
    await fetch(await running.printed(/^Open (\S+)$/m));
    expect(await running.ended()).toEqual(agrees ? { code: 0, lastLine: who } : { code: 1, lastLine: 'access_denied' });
  });

  test.each([true, false])('by device code; the person agrees: %s', async (agrees) => {
    provider.agrees = agrees;
    const running = tool('--device');
    expect(await running.printed(/^Open (\S+) on any device and enter the code WDJB-MJHT/m)).toBe(
      `${provider.url}/device`,
    );
    const lastLine = agrees ? who : 'access_denied: the stand-in says access_denied';
    expect(await running.ended()).toEqual({ code: agrees ? 0 : 1, lastLine });
  });

  test('by device code, over a connection that breaks', async () => {
    provider.agrees = provider.breaks = true;
    expect(await tool('--device').ended()).toEqual({ code: 0, lastLine: who });
    provider.breaks = false;
  });

  test.each(WITHOUT_SECRET[name] ?? [])('without a client secret, %j', async (more, code, lastLine) => {
    provider.agrees = true;
    expect(await new Tool(args(...more), { CLIENT_SECRET: undefined }).ended()).toEqual({ code, lastLine });
  });
});

test.each([
  [['--provider', 'nobody'], "no provider 'nobody'; there are gatehouse, google, github"],
  [['--provider', 'github'], 'register a client at github, and give its id: --client-id'],
])('%j is explained', async (args, lastLine) => {
  expect(await new Tool(args).ended()).toEqual({ code: 1, lastLine });
});
