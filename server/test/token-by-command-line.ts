import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { signInByHttp } from '../testing/sign-in-by-http.ts';
import { passwordOf, type RunningExample } from './running-example.ts';
import { repositoryRoot } from './source-tree.ts';

/** A person's access token, as the examples say to get one: by the command line of examples/cli-login, and a browser. */
export async function tokenByCommandLine(
  example: RunningExample,
  { email, clientId, scope }: { email: string; clientId: string; scope: string },
): Promise<string> {
  const login = join(repositoryRoot, 'examples/cli-login/login.ts');
  const args = ['--issuer', example.issuer, '--client-id', clientId, '--scope', scope, '--token', '--no-browser'];
  const child = spawn(process.execPath, [login, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let token = '';
  child.stdout.on('data', (chunk: Buffer) => {
    token += chunk.toString();
  });
  const ended = once(child, 'close');
  const told: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    told.push(line);
    const address = /^Open (\S+)$/.exec(line)?.[1];
    if (address === undefined) continue;
    const visitor = { cookies: new Map(), answers: { email, password: passwordOf(example, email), decision: 'allow' } };
    await signInByHttp(visitor, address, example.issuer);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`no token for ${email}:\n${told.join('\n')}`);
  return token.trim();
}
