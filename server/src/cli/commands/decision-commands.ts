import type { Command } from 'commander';
import { type AdminClient, RefusedByServer } from '../admin-client.ts';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { instant, paint, plain, printJson, printTable, type Terminal } from '../output.ts';

interface Explanation {
  logged: {
    request?: { principal?: { id: string; act?: Acting } };
    decision: Decided & { summary: string; errors: { policy: string; message: string }[]; shadow?: Decided };
  };
  now: { allowed: boolean; reason: string };
  outdated: boolean;
  policies: {
    policy: string;
    effect: string;
    outcome: string;
    clause?: { part: string; text: string; values: Record<string, string>; failure?: string };
  }[];
  relationships: {
    object: { type: string; id: string };
    relation: string;
    subject: { type: string; id: string };
    holds: boolean;
    path?: { user: string; relation: string; object: string }[];
  }[];
  changes: string[][];
}

interface Decided {
  allowed: boolean;
  reason: string;
  policies: string[];
}

/** An access record, and what each step of the pipeline made of the request. */
interface ExplainedRecord extends Record<string, unknown> {
  steps?: { step: string; outcome: string; note?: string }[];
}

interface Acting {
  sub: string;
  clientId?: string;
  act?: Acting;
}

export function addDecisionCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;

  remote(program.command('explain'))
    .argument('<id>', 'the answer’s `decision_id` (or header Gatehouse-Decision-Id), or an `error_id` of the issuer')
    .description('why a request was allowed, denied or refused, and what would change it')
    .action(async (id: string, flags: RemoteFlags) => {
      const client = connect(context, flags);
      if (id.startsWith('err_')) return explainRefusal(context, client, { id, json: flags.json === true });
      const path = `/decisions/${encodeURIComponent(id)}`;
      // A decision of the decision API has no access record, and not every access record was kept with its explanation.
      const [record, explanation] = await Promise.all([
        client.json<ExplainedRecord>(path).catch(ifNotFound),
        client.json<Explanation>(`${path}/explanation`).catch(ifNotFound),
      ]);
      if (record === undefined && explanation === undefined) await client.json(path);
      if (flags.json) return printJson(terminal, { ...record, ...(explanation === undefined ? {} : { explanation }) });
      const { steps = [], ...known } = record ?? {};
      for (const [name, value] of Object.entries(known)) {
        const text = name === 'at' ? instant(value) : name === 'actors' ? plain(chain(value)) : plain(value);
        terminal.out(`${paint(terminal, 'bold', name.padEnd(18))} ${text}`);
      }
      printSteps(terminal, steps);
      if (explanation !== undefined) print(terminal, explanation);
    });

  remote(program.command('access'))
    .option('--subject <type:id>', 'what does it reach? for example user:usr_…')
    .option('--resource <type:id>', 'who reaches it? for example report:7')
    .option('--limit <n>', 'names in each row', '20')
    .description('all that somebody reaches, or all who reach something, by any policy, role or relationship')
    .action(async (flags: RemoteFlags & { subject?: string; resource?: string; limit: string }) => {
      if ((flags.subject === undefined) === (flags.resource === undefined))
        throw cliErrors.usage({ message: 'Name either --subject or --resource.' });
      const asked = flags.subject === undefined ? { resource: flags.resource } : { subject: flags.subject };
      const body = {
        ...Object.fromEntries(Object.entries(asked).map(([name, text]) => [name, readEntity(text ?? '')])),
        limit: Number(flags.limit),
      };
      const report = await connect(context, flags).json<AccessReport>('/decisions/access-report', {
        method: 'POST',
        body,
      });
      if (flags.json) return printJson(terminal, report);
      const rows = report.rows.map(({ action, type, ids, complete }) => [
        plain(action),
        plain(type),
        plain(`${ids.join(', ')}${complete ? '' : ' …'}`),
      ]);
      printTable(terminal, ['ACTION', 'TYPE', flags.subject === undefined ? 'WHO' : 'WHAT'], rows);
      if (rows.some((row) => row[2]?.endsWith('…'))) terminal.note('… there are more, or may be. --json says why.');
      if (!report.finished) terminal.note('The time was over before every action had been looked at.');
    });
}

interface AccessReport {
  rows: { action: string; type: string; ids: string[]; complete: boolean; reason?: string }[];
  finished: boolean;
}

/** `report:7`; the type may be of a namespace (`Shop::Order:7`), an id may hold colons. */
function readEntity(text: string): { type: string; id: string } {
  const [, type, id] = /^([A-Za-z0-9_]+(?:::[A-Za-z0-9_]+)*):(.+)$/.exec(text) ?? [];
  if (type === undefined || id === undefined)
    throw cliErrors.usage({ message: `Write it as <type>:<id>, not ${JSON.stringify(text)}.` });
  return { type, id };
}

interface Refusal {
  at: unknown;
  params: { name: string; value: string }[];
}

/** What the issuer refused (`error_id`). It reaches the database within a second. */
async function explainRefusal(
  { terminal }: CommandContext,
  client: AdminClient,
  { id, json }: { id: string; json: boolean },
): Promise<void> {
  const { params, ...refusal } = await client.json<Refusal>(`/oauth-refusals/${encodeURIComponent(id)}`);
  if (json) return printJson(terminal, { ...refusal, params });
  for (const [name, value] of Object.entries(refusal)) {
    if (value === null) continue;
    terminal.out(`${paint(terminal, 'bold', name.padEnd(18))} ${name === 'at' ? instant(value) : plain(value)}`);
  }
  if (params.length > 0) terminal.out(paint(terminal, 'bold', 'what was sent'));
  for (const { name, value } of params) terminal.out(`  ${plain(name)}: ${plain(value)}`);
}

/** Who acted, the current one first: each for the one behind it, and the last for the principal. */
function chain(actors: unknown): string {
  const names = (actors as { id: string; clientId?: string }[]).map(({ id, clientId }) =>
    clientId === undefined ? id : `${id} (by ${clientId})`,
  );
  return names.join(', for ');
}

/** The same from the decision's own principal. */
function actorsOf(act: Acting | undefined): { id: string; clientId?: string }[] {
  if (act === undefined) return [];
  const { sub: id, clientId, act: next } = act;
  return [{ id, ...(clientId === undefined ? {} : { clientId }) }, ...actorsOf(next)];
}

function ifNotFound(error: unknown): undefined {
  if (error instanceof RefusedByServer && error.problem.status === 404) return undefined;
  throw error;
}

function printSteps(terminal: Terminal, steps: NonNullable<ExplainedRecord['steps']>): void {
  if (steps.length === 0) return;
  terminal.out(paint(terminal, 'bold', 'steps'));
  for (const { step, outcome, note } of steps) {
    const told = plain(outcome).replaceAll('_', ' ').padEnd(11);
    terminal.out(`  ${plain(step).padEnd(14)} ${told} ${note === undefined ? '' : plain(note)}`.trimEnd());
  }
}

function print(terminal: Terminal, { logged, now, outdated, policies, relationships, changes }: Explanation): void {
  const title = (text: string) => terminal.out(paint(terminal, 'bold', text));
  title('decision');
  terminal.out(`  ${plain(logged.decision.summary)} (${plain(logged.decision.reason)})`);
  const principal = logged.request?.principal;
  if (principal?.act !== undefined)
    terminal.out(`  Done by ${plain(chain(actorsOf(principal.act)))}, for ${plain(principal.id)}.`);
  if (outdated) terminal.out(`  It would be decided otherwise now: ${plain(now.reason)}.`);
  printTrial(terminal, logged.decision);
  if (policies.length > 0) title('policies, the nearest first');
  for (const { policy, effect, outcome, clause } of policies) {
    terminal.out(`  ${plain(effect)} ${plain(policy)}: ${plain(outcome).replaceAll('_', ' ')}`);
    if (clause === undefined) continue;
    terminal.out(`    ${plain(clause.part)}: ${plain(clause.text)}`);
    for (const [path, value] of Object.entries(clause.values)) terminal.out(`      ${plain(path)} is ${plain(value)}`);
    if (clause.failure !== undefined) terminal.out(`      ${plain(clause.failure)}`);
  }
  if (relationships.length > 0) title('relationships');
  for (const { object, relation, subject, holds, path } of relationships) {
    const text = `${subject.type}::"${subject.id}" ${holds ? 'is' : 'is not'} ${relation} of ${object.type}::"${object.id}"`;
    terminal.out(`  ${plain(text)}`);
    for (const tuple of path ?? [])
      terminal.out(`    ${plain(`${tuple.user} is ${tuple.relation} of ${tuple.object}`)}`);
  }
  if (changes.length > 0) title('what would allow it');
  for (const each of changes) terminal.out(`  ${plain(each.join(', and '))}`);
}

/** What policies with `mode: shadow` would have made of it; nothing where they agree. */
function printTrial(terminal: Terminal, { allowed, shadow }: Decided & { shadow?: Decided }): void {
  if (shadow === undefined || shadow.allowed === allowed) return;
  const by = shadow.policies.length === 0 ? '' : `, by ${plain(shadow.policies.join(', '))}`;
  terminal.out(paint(terminal, 'bold', 'policies on trial'));
  terminal.out(`  They would ${shadow.allowed ? 'allow' : 'deny'} it${by} (${plain(shadow.reason)}).`);
}
