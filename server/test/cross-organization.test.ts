/**
 * An administrator of one organization tries every route that the Admin API describes, with everything that belongs to
 * another organization in place of each id: in the path, in the query, and at each place of the body. The answer is the one
 * for something that does not exist, and nothing changes. A new route is tried without being named here.
 */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodiesOf, type Described, describedRoutes, type JsonSchema } from './described-routes.ts';
import { everyKind } from './every-kind.ts';
import { type Program, startProgram } from './running-program.ts';

/** What an organization has, by kind; the names of these are ids in the other organization, and of nothing. */
type Possessions = Record<string, string>;

let program: Program;
let acmeToken: string;
let routes: Described[];
let own: Possessions;
let foreign: Possessions;
let before: string;

beforeAll(async () => {
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind('http://127.0.0.1:9'));
  const organizations = ['acme', 'bolt'].map(
    (name) => `kind: organization\nname: ${name}\nspec: {displayName: ${name}, domains: [${name}.example]}\n`,
  );
  await program.admin('POST', '/apply', organizations.join('---\n'));
  own = await possess('acme');
  foreign = await possess('bolt');
  acmeToken = String(
    (await program.admin('POST', '/keys', { name: 'boss', organization: 'acme', roles: ['administrator'] })).key,
  );
  const described = describedRoutes((await (await fetch(`${program.issuer}/openapi.json`)).json()) as JsonSchema);
  // Reading comes first: what is written is named after what is tried, and would then be read.
  routes = described.toSorted((left, right) => Number(right.method === 'GET') - Number(left.method === 'GET'));
  before = await stateOfBolt();
});
afterAll(() => program?.remove());

async function possess(organization: string): Promise<Possessions> {
  const { id: organizationId } = await program.admin('GET', `/organizations/${organization}`);
  const make = async (path: string, body: object) => String((await program.admin('POST', path, body)).id);
  const user = await make('/users', {
    email: `${organization}@example.com`,
    name: organization,
    organization,
    attributes: { department: 'lab' },
  });
  const group = await make('/groups', { name: 'Everyone', organization });
  await program.call('PUT', `/groups/${group}/members/${user}`);
  const account = await make('/service-accounts', { name: 'robot', organization });
  const client = `${organization}--robot`;
  const spec = {
    type: 'confidential',
    grants: ['client_credentials', 'authorization_code'],
    redirectUris: [`https://app.${organization}.example/callback`],
    organization,
  };
  await program.admin('PUT', `/clients/${client}`, { spec });
  const webhook = `${organization}--alarm`;
  // A place that is never reached: what waits for it stays.
  const told = { organization, url: 'https://127.0.0.1:9/', events: ['group.*'] };
  await program.admin('PUT', `/webhooks/${webhook}`, { spec: told });
  await make(`/webhooks/${webhook}/secrets`, {});
  await program.call('POST', `/webhooks/${webhook}/test`);
  return {
    organization: String(organizationId),
    'name of the organization': organization,
    user,
    group,
    'service account': account,
    client,
    'secret of the client': await make(`/clients/${client}/secrets`, {}),
    webhook,
    'delivery of the webhook': await firstDelivery(webhook),
    key: await make('/keys', { name: 'robot', organization, owner: { type: 'service_account', id: account } }),
    invitation: await make('/invitations', { email: `new-${organization}@example.com`, organization }),
  };
}

async function firstDelivery(webhook: string): Promise<string> {
  let items: { id: string }[] = [];
  await program.until(async () => {
    ({ items } = (await program.admin('GET', `/webhooks/${webhook}/deliveries`)) as { items: { id: string }[] });
    return items.length > 0;
  }, 'a delivery');
  return items[0]?.id ?? '';
}

/** As the tenant sees it: what belongs to the other organization, and what was ever done there. */
async function stateOfBolt(): Promise<string> {
  const lists = ['/users?organization=bolt', '/groups?organization=bolt', '/service-accounts?organization=bolt'];
  const read = [
    ...lists,
    '/organizations/bolt/members',
    `/groups/${foreign.group}/members`,
    `/keys/${foreign.key}`,
    `/invitations/${foreign.invitation}`,
    `/clients/${foreign.client}`,
    `/clients/${foreign.client}/secrets`,
    `/webhooks/${foreign.webhook}`,
  ];
  const answers = await Promise.all(read.map((path) => program.admin('GET', path)));
  const { items } = (await program.admin('GET', '/audit/events?limit=500')) as { items: { organizationId?: string }[] };
  const events = items.filter(({ organizationId }) => organizationId === foreign.organization).length;
  return JSON.stringify([answers, events, await program.exportYaml()]);
}

/** Shaped like the real one, so that it is refused for nothing but that it is not there. */
function absentLike(id: string): string {
  if (/^[a-z]+_/.test(id)) return `${id.slice(0, id.indexOf('_') + 1)}${'0'.repeat(26)}`;
  return id.includes('--') ? `nowhere${id.slice(id.indexOf('--'))}` : 'nowhere';
}

async function ask({ method, path }: { method: string; path: string }, body: unknown, token = acmeToken) {
  const response = await fetch(`${program.issuer}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'if-match': '*',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** One answer without what differs by itself: the id asked for, times, and what is made anew each time. */
function shapeOf({ status, text }: { status: number; text: string }, id: string) {
  const body = text
    .replaceAll(id, '<id>')
    .replaceAll(/something-\d+/g, 'something')
    .replaceAll(/\d{13}/g, '<time>')
    .replaceAll(/"(instance|version|id|key|display|hint)":("[^"]*"|\d+)/g, '"$1":…');
  return { status, body };
}

/** Does the answer tell of anything that the other organization has, but for what was asked with? */
function tellsOf({ text }: { text: string }, id: string): boolean {
  const secrets = [...Object.values(foreign), 'bolt@example.com', 'new-bolt@example.com'];
  return secrets.some((secret) => secret !== id && secret !== 'bolt' && text.includes(secret));
}

interface Attempt {
  name: string;
  method: string;
  path: (id: string) => string;
  body: (id: string) => unknown;
}

/** What of one's own fits at the end of this path: what can be read there. */
const fitting = new Map<string, Promise<string[]>>();
function fitsAt(prefix: string): Promise<string[]> {
  const found =
    fitting.get(prefix) ??
    Promise.all(
      Object.values(own).map(async (id) => {
        const { status } = await ask({ method: 'GET', path: `${prefix}${encodeURIComponent(id)}` }, undefined);
        return status === 200 ? [id] : [];
      }),
    ).then((ids) => ids.flat());
  fitting.set(prefix, found);
  return found;
}

/** The path with one's own things at each of its parameters; undefined where nothing of one's own fits. */
async function ownPath(path: string): Promise<string | undefined> {
  let filled = '';
  for (const part of path.split(/(?=\{)|(?<=\})/)) {
    const fit = part.startsWith('{') ? (await fitsAt(filled))[0] : part;
    if (fit === undefined) return undefined;
    filled += fit;
  }
  return filled;
}

/** The places of one route where an id of something can stand. */
async function attemptsAt({ method, path, query, body }: Described): Promise<Attempt[]> {
  const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const [base] = bodiesOf(body, '');
  const filled = (id: string) => path.replaceAll(/\{\w+\}/g, encodeURIComponent(id));
  const attempts: Attempt[] = params.length === 0 ? [] : [{ name: 'path', method, path: filled, body: () => base }];
  const [before, after] = [path.slice(0, path.lastIndexOf('{')), path.slice(path.lastIndexOf('}') + 1)];
  // The last parameter foreign, those before it one's own: a person of the other organization in a group of this one.
  const mine = params.length < 2 ? undefined : await ownPath(before);
  if (mine !== undefined) {
    attempts.push({
      name: 'path, last',
      method,
      path: (id) => `${mine}${encodeURIComponent(id)}${after}`,
      body: () => base,
    });
  }
  const there = await ownPath(path);
  if (there === undefined) return attempts;
  for (const param of query) {
    const asked = (id: string) => `${there}?${param}=${encodeURIComponent(id)}`;
    attempts.push({ name: `query, ${param}`, method, path: asked, body: () => base });
  }
  for (const [index] of bodiesOf(body, '').slice(1).entries()) {
    attempts.push({ name: `body, ${index}`, method, path: () => there, body: (id) => bodiesOf(body, id)[index + 1] });
  }
  return attempts;
}

describe('an administrator of one organization', () => {
  test('may do all there is to do in it', async () => {
    const reached = routes
      .filter(({ method }) => method === 'GET')
      .map(async ({ path }) => {
        const answers = await Promise.all(
          Object.values(own).map((id) => ask({ method: 'GET', path: path.replaceAll(/\{\w+\}/g, id) }, undefined)),
        );
        return answers.some(({ status }) => status === 200) ? path : undefined;
      });
    // Otherwise a wall before every route would pass for walls between organizations.
    expect((await Promise.all(reached)).filter((path) => path !== undefined)).toEqual(
      expect.arrayContaining([
        '/api/v1/users',
        '/api/v1/users/{id}',
        '/api/v1/users/{id}/memberships',
        '/api/v1/organizations/{name}/members',
        '/api/v1/groups/{id}/members',
        '/api/v1/service-accounts/{id}/keys',
        '/api/v1/invitations/{id}',
        '/api/v1/keys/{id}',
        '/api/v1/clients/{name}',
        '/api/v1/clients/{name}/secrets',
        '/api/v1/webhooks/{name}/state',
        '/api/v1/webhooks/{name}/deliveries',
        '/api/v1/audit/events',
      ]),
    );
  });

  test('gets the answer of what does not exist for all that is another’s, on every route', async () => {
    const told: string[] = [];
    let tried = 0;
    const check = async (route: Described, attempt: Attempt, kind: string, id: string) => {
      const absent = absentLike(id);
      const answer = await ask({ ...attempt, path: attempt.path(id) }, attempt.body(id));
      const other = await ask({ ...attempt, path: attempt.path(absent) }, attempt.body(absent));
      const [there, nowhere] = [shapeOf(answer, id), shapeOf(other, absent)];
      tried += 1;
      // A cursor is a place in one's own list, wherever it came from.
      const isSame = attempt.name === 'query, cursor' || isDeepStrictEqual(there, nowhere);
      if (isSame && !(route.method === 'GET' && tellsOf(answer, id))) return;
      told.push(`${attempt.method} ${route.path} (${kind} in ${attempt.name}): ${JSON.stringify([there, nowhere])}`);
    };
    for (const route of routes) {
      const tries = (await attemptsAt(route)).flatMap((attempt) =>
        Object.entries(foreign).map(([kind, id]) => ({ attempt, kind, id })),
      );
      // Only what changes nothing may happen at once.
      if (route.method === 'GET')
        await Promise.all(tries.map(({ attempt, kind, id }) => check(route, attempt, kind, id)));
      else for (const { attempt, kind, id } of tries) await check(route, attempt, kind, id);
    }
    expect(told).toEqual([]);
    expect(tried).toBeGreaterThan(500);
  }, 120_000);

  test('has changed nothing of the other organization, nor of the tenant', async () => {
    expect(await stateOfBolt()).toBe(before);
    expect(program.output).not.toMatch(/"level":(50|60)/);
  });
});
