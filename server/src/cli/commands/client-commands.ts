import type { Command } from 'commander';
import { addClientOptions, readClientOptions } from '../client-options.ts';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { instant, plain, printJson, printTable } from '../output.ts';
import { listAll, type Resource } from '../resource-kinds.ts';
import { findUserId } from './find-user.ts';
import { addRegistrationTokenCommands } from './registration-token-commands.ts';

interface ClientSecret {
  id: string;
  createdAt: number;
  expiresAt?: number | null;
  hint: string;
}

interface IssuedSecret extends ClientSecret {
  secret: string;
}

interface WorkloadVerdict {
  matches: boolean;
  rules: {
    issuer: string;
    problem: string | null;
    conditions: { claim: string; expected: string; found: string | null; matches: boolean }[];
  }[];
}

type CreateFlags = RemoteFlags & { name: string; public?: boolean };

export function addClientCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const clients = program.command('clients').description('OAuth clients: create, list, and their secrets');

  addClientOptions(remote(clients.command('create')))
    .requiredOption('--name <name>', 'becomes the client_id')
    .option('--public', 'no secret: a browser or a native app')
    .description('register a client; its secret is shown this once')
    .action(async (flags: CreateFlags) => {
      const client = connect(context, flags);
      const path = `/clients/${encodeURIComponent(flags.name)}`;
      const spec = {
        type: flags.public ? 'public' : 'confidential',
        grants: [],
        ...readClientOptions({ ...flags }),
      };
      const created = await client.json<Resource>(path, {
        method: 'PUT',
        body: { spec },
        headers: { 'if-none-match': '*' },
      });
      const secret = !takesSecret(spec)
        ? undefined
        : await client.json<IssuedSecret>(`${path}/secrets`, { method: 'POST', body: {} });
      const answer = {
        client_id: created.name,
        ...(secret === undefined ? {} : { client_secret: secret.secret, secret_id: secret.id }),
      };
      if (flags.json) return printJson(terminal, { ...answer, ...created });
      for (const [name, value] of Object.entries(answer)) terminal.out(`${name.padEnd(14)} ${value}`);
      if (secret !== undefined) terminal.note('Keep the secret now, it is not shown again.');
    });

  remote(clients.command('list'))
    .description('the clients there are')
    .action(async (flags: RemoteFlags) => {
      const items = await listAll<Resource>(connect(context, flags), '/clients');
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map(({ name, spec }) => [
        plain(name),
        plain(spec.type),
        plain(spec.grants),
        plain(spec.scopes),
      ]);
      printTable(terminal, ['CLIENT_ID', 'TYPE', 'GRANTS', 'SCOPES'], rows);
    });

  remote(clients.command('match-token'))
    .argument('<client>')
    .description('would the workload token on standard input pass for the client, and if not, why?')
    .action(async (name: string, flags: RemoteFlags) => {
      const token = (await context.readInput()).trim();
      const path = `/clients/${encodeURIComponent(name)}/match-workload-token`;
      const verdict = await connect(context, flags).json<WorkloadVerdict>(path, { method: 'POST', body: { token } });
      if (flags.json) return printJson(terminal, verdict);
      terminal.out(verdict.matches ? 'The token matches.' : 'The token does not match.');
      for (const { issuer, problem, conditions } of verdict.rules) {
        terminal.out(`${issuer}: ${problem ?? 'signed by this issuer, and valid now'}`);
        const rows = conditions.map((each) => [
          each.matches ? 'yes' : 'NO',
          plain(each.claim),
          plain(each.expected),
          plain(each.found),
        ]);
        printTable(terminal, ['MATCHES', 'CLAIM', 'EXPECTED', 'FOUND'], rows);
      }
    });

  remote(clients.command('preview-tokens'))
    .argument('<client>')
    .option('--user <id-or-email>', 'whose tokens; left out: the client for itself')
    .option('--scope <scope...>', 'what is asked for; left out: all that the client may have')
    .option('--resource <audience>', 'for which API')
    .description('what would this person’s tokens for this client and API say? Nothing is issued')
    .action(async (name: string, flags: RemoteFlags & { user?: string; scope?: string[]; resource?: string }) => {
      const client = connect(context, flags);
      const body = {
        ...(flags.user === undefined ? {} : { userId: await findUserId(client, flags.user) }),
        ...(flags.scope === undefined ? {} : { scope: flags.scope.join(' ') }),
        ...(flags.resource === undefined ? {} : { resource: flags.resource }),
      };
      const path = `/clients/${encodeURIComponent(name)}/preview-tokens`;
      printJson(terminal, await client.json<object>(path, { method: 'POST', body }));
    });

  const secrets = clients
    .command('secrets')
    .description('secrets of a client: several may live, so that they rotate without a gap');

  remote(secrets.command('add'))
    .argument('<client>')
    .description('issue one more secret; it is shown this once')
    .action(async (name: string, flags: RemoteFlags) => {
      const issued = await connect(context, flags).json<IssuedSecret>(secretsPath(name), { method: 'POST', body: {} });
      if (flags.json) return printJson(terminal, issued);
      terminal.out(issued.secret);
      terminal.note(`${issued.id}: keep it now, it is not shown again.`);
    });

  remote(secrets.command('list'))
    .argument('<client>')
    .description('the secrets of a client, without the secret')
    .action(async (name: string, flags: RemoteFlags) => {
      const { items } = await connect(context, flags).json<{ items: ClientSecret[] }>(secretsPath(name));
      if (flags.json) return printJson(terminal, { items });
      const rows = items.map((secret) => [
        secret.id,
        plain(secret.hint),
        instant(secret.createdAt),
        instant(secret.expiresAt),
      ]);
      printTable(terminal, ['ID', 'ENDS IN', 'CREATED', 'EXPIRES'], rows);
    });

  remote(secrets.command('revoke'))
    .argument('<client>')
    .argument('<id>')
    .option('--end-tokens', 'end the tokens that were obtained with it as well')
    .description('end one secret at once')
    .action(async (name: string, id: string, flags: RemoteFlags & { endTokens?: boolean }) => {
      const query = flags.endTokens ? '?tokens=end' : '';
      await connect(context, flags).raw(`${secretsPath(name)}/${encodeURIComponent(id)}${query}`, { method: 'DELETE' });
      if (flags.json) return printJson(terminal, { revoked: id });
      terminal.out(`Revoked ${id}.`);
    });

  addRegistrationTokenCommands(clients, context);
}

/** One that proves itself in another way has none. */
function takesSecret(spec: { type: string; tokenEndpointAuthMethod?: unknown }): boolean {
  const method = spec.tokenEndpointAuthMethod;
  return spec.type === 'confidential' && (method === undefined || String(method).startsWith('client_secret'));
}

function secretsPath(client: string): string {
  return `/clients/${encodeURIComponent(client)}/secrets`;
}
