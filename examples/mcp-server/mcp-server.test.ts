import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordOf, type RunningExample, startExample } from '../../server/test/running-example.ts';
import { signInByHttp, type Visitor } from '../../server/testing/sign-in-by-http.ts';

let example: RunningExample;
let visitor: Visitor;
beforeAll(async () => {
  example = await startExample('mcp-server');
  const password = passwordOf(example, 'ada@example.com');
  visitor = { cookies: new Map(), answers: { email: 'ada@example.com', password, decision: 'allow' } };
});
afterAll(() => example?.stop());

interface Run {
  /** What was printed, without addresses. */
  lines: readonly string[];
  /** What each sign-in that it asked for was about. */
  asked: readonly { scope: string | null; acr: string | null }[];
}

/** The agent of the README, and Ada at her browser. */
async function runAgent(calls: readonly string[], person = visitor): Promise<Run> {
  const agent = fileURLToPath(new URL('agent.ts', import.meta.url));
  const url = `http://localhost:${example.port}/mcp`;
  const child: ChildProcess = spawn(process.execPath, [agent, '--no-browser', url, ...calls], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const lines: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => lines.push(`error: ${chunk.toString().trim()}`));
  const asked: Run['asked'][number][] = [];
  if (child.stdout === null) throw new TypeError('no output');
  for await (const line of createInterface(child.stdout)) {
    const address = /^Open (\S+)$/.exec(line)?.[1];
    if (address === undefined) {
      lines.push(line);
      continue;
    }
    const { searchParams } = new URL(address);
    asked.push({ scope: searchParams.get('scope'), acr: searchParams.get('acr_values') });
    await signIn(person, address);
  }
  await ended;
  return { lines, asked };
}

/** Where an authenticator app is to be set up, it is. */
async function signIn(person: Visitor, address: string): Promise<void> {
  const page = await signInByHttp(person, address, example.issuer);
  const secret = /<code class="key">([A-Z2-7 ]{20,})<\/code>/.exec(page.text)?.[1]?.replaceAll(' ', '');
  if (secret === undefined) return;
  const answers = { ...person.answers, code: generateSync({ secret }) };
  const codes = await signInByHttp({ ...person, answers }, page.url, example.issuer);
  const onward = /href="(\/sign-in\/continue[^"]+)"/.exec(codes.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  await signInByHttp(person, new URL(onward, example.issuer).href, example.issuer);
}

test('an agent asks for what the tool at hand needs, and no more', async () => {
  expect(await runAgent(['list_notes', 'add_note={"text":"Milk"}', 'list_notes', 'add_note={"text":"Tea"}'])).toEqual({
    lines: ['list_notes: There are no notes.', 'add_note: Noted: Milk', 'list_notes: Milk', 'add_note: Noted: Tea'],
    asked: [
      { scope: 'notes:read', acr: null },
      { scope: 'notes:read notes:write', acr: null },
    ],
  });
});

test('who says no gives no access', async () => {
  const { email = '', password = '' } = visitor.answers;
  const unwilling = { cookies: new Map(), answers: { email, password, decision: 'deny' } };
  expect(await runAgent(['list_notes'], unwilling)).toMatchObject({ lines: ['error: access_denied'] });
});

test('what can not be undone asks for a second factor', async () => {
  const { lines, asked } = await runAgent(['list_notes', 'delete_notes', 'list_notes']);
  expect(lines).toEqual([
    'list_notes: Milk',
    'Tea',
    'delete_notes: All notes are gone.',
    'list_notes: There are no notes.',
  ]);
  expect(asked).toEqual([
    { scope: 'notes:read', acr: null },
    { scope: 'notes:read notes:write', acr: null },
    { scope: 'notes:read notes:write', acr: 'aal2' },
  ]);
});

test('a tool that no rule names is called by nobody', async () => {
  const { lines } = await runAgent(['format_disk']);
  expect(lines).toEqual([expect.stringContaining('This tool may not be called.')]);
});
