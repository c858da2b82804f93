import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordOf, type RunningExample, startExample } from '../../server/test/running-example.ts';
import { signInByHttp } from '../../server/testing/sign-in-by-http.ts';

/** Long enough for a sign-in and a call, and short enough to wait for. */
const FRESH_SECONDS = 4;
let example: RunningExample;
let resource: string;
beforeAll(async () => {
  process.env.FRESH_SECONDS = String(FRESH_SECONDS);
  example = await startExample('mcp-server');
  resource = `http://localhost:${example.port}/mcp`;
});
afterAll(() => example?.stop());

/** One browser for all runs: the person stays signed in at the issuer. */
const cookies = new Map();

/** The agent, with a person who signs in and agrees as often as they are asked; and what they were asked for. */
async function agent(...args: string[]) {
  const program = fileURLToPath(new URL('agent.ts', import.meta.url));
  const child = spawn(process.execPath, [program, resource, ...args], { env: { ...process.env, NO_BROWSER: '1' } });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = once(child, 'close');
  const asked: (string | null)[][] = [];
  const told: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    told.push(line);
    const address = /^Open (\S+)$/.exec(line)?.[1];
    if (address === undefined) continue;
    const params = new URL(address).searchParams;
    asked.push([params.get('scope'), params.get('max_age')]);
    const answers = {
      email: 'grace@example.com',
      password: passwordOf(example, 'grace@example.com'),
      decision: 'allow',
    };
    await signInByHttp({ cookies, answers }, address, example.issuer);
  }
  const [code] = await ended;
  return { code, said: said.trim(), asked, told: told.filter((line) => !line.startsWith('Open ')) };
}

test('the server says of itself who issues tokens for it', async () => {
  const response = await fetch(resource, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(response.status).toBe(401);
  const place = /resource_metadata="([^"]+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1] ?? '';
  expect(await (await fetch(place)).json()).toMatchObject({ resource, authorization_servers: [example.issuer] });
});

test('an agent that knows the address alone gets in, for what reading needs', async () => {
  expect(await agent('list_notes')).toMatchObject({ code: 0, said: 'There are no notes.', told: [] });
});

test('a tool that needs more is asked for when it is called', async () => {
  const { asked, ...run } = await agent('add_note', 'Buy tea');
  expect(run).toEqual({ code: 0, said: 'Kept.', told: [] });
  expect(asked.at(-1)).toEqual(['notes:read notes:write', null]);
  expect(await agent('list_notes')).toMatchObject({ code: 0, said: 'Buy tea' });
});

test('what can’t be taken back wants a fresh sign-in', async () => {
  await wait((FRESH_SECONDS + 1) * 1000);
  const { asked, ...run } = await agent('delete_all_notes');
  expect(run).toEqual({ code: 0, said: 'Deleted.', told: [] });
  expect(asked.at(-1)).toEqual(['notes:read notes:write', String(FRESH_SECONDS)]);
  expect(await agent('list_notes')).toMatchObject({ said: 'There are no notes.' });
});

test('a tool that no rule names is called by nobody', async () => {
  expect(await agent('format_disk')).toMatchObject({ code: 1, said: '' });
});
