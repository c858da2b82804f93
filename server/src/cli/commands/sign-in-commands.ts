import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { adminClient } from '../admin-client.ts';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { loginFile } from '../find-instance.ts';
import { plain, printJson } from '../output.ts';

interface WhoAmI {
  principal: { type: string; id: string; roles: string[] };
  permissions: string[];
}

export function addSignInCommands(program: Command, context: CommandContext): void {
  const { terminal, environment } = context;

  program
    .command('login')
    .argument('<url>', 'the control plane, for example https://auth.example.com')
    .description('use a remote instance; reads an API key with a role from standard input')
    .option('--cafile <path>', 'authorities (PEM) that its certificate may be of, besides the well-known ones')
    .action(async (address: string, { cafile }: { cafile?: string }) => {
      const url = readUrl(address);
      const trusted = cafile === undefined ? {} : { authorities: resolve(context.workingFolder, cafile) };
      if (process.stdin.isTTY)
        terminal.note('Paste an API key of that instance that carries a role, then press Enter and Ctrl-D:');
      const token = (await context.readInput()).trim();
      const me = await adminClient({ url, token, source: 'login', ...trusted }).json<WhoAmI>('/whoami');
      const path = loginFile(environment);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      rmSync(path, { force: true });
      writeFileSync(path, `${JSON.stringify({ url, token, ...trusted })}\n`, { mode: 0o600, flag: 'wx' });
      terminal.out(`Signed in to ${url} as ${plain(me.principal.id)}.`);
    });

  program
    .command('logout')
    .description('forget the remote instance')
    .action(() => {
      rmSync(loginFile(environment), { force: true });
      terminal.out('Signed out.');
    });

  remote(program.command('whoami'))
    .description('which credential this is, and what it may do')
    .action(async (flags: RemoteFlags) => {
      const client = connect(context, flags);
      const me = await client.json<WhoAmI>('/whoami');
      if (flags.json) return printJson(terminal, { url: client.url, ...me });
      terminal.out(`${plain(me.principal.type)} ${plain(me.principal.id)} at ${client.url}`);
      terminal.out(`roles        ${plain(me.principal.roles)}`);
      terminal.out(`permissions  ${plain(me.permissions)}`);
    });
}

/** A token must not travel in the clear: https, or this machine. */
function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1' || url?.hostname === '[::1]';
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && local)) return url.origin;
  throw cliErrors.usage({
    message: `“${text}” can’t be used: an https address is needed (http only for this machine).`,
  });
}
