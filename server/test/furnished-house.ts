/** A program with something of everything that the console shows, and the addresses at which it does. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { everyKind } from './every-kind.ts';
import type { Program } from './running-program.ts';
import { repositoryRoot } from './source-tree.ts';

const MODEL = `model
  schema 1.1
type user
type document
  relations
    define owner: [user]
    define viewer: [user] or owner
`;

export interface FurnishedHouse {
  /** Below /console, one for each screen and more where they differ. */
  addresses: string[];
  /** Administers the organization, and is of it. */
  partner: string;
}

export async function furnish(program: Program): Promise<FurnishedHouse> {
  const make = async (path: string, body: object) => String((await program.admin('POST', path, body)).id);
  await program.admin('POST', '/apply', everyKind('http://127.0.0.1:9'));
  // Its people are to sign in with a password alone, and no list of breached ones is asked.
  await program.call('DELETE', '/sign_in_policies/acme', undefined, { 'if-match': '*' });
  await program.call('DELETE', '/user_schemas/default', undefined, { 'if-match': '*' });
  const person = await make('/users', { email: 'una@example.com', name: 'Una Vega', organization: 'acme' });
  const other = await make('/users', { email: 'otto@example.com', name: 'Otto Lind' });
  await program.call('PUT', `/organizations/acme/members/${person}`, { roles: ['administrator'] }, { 'if-match': '*' });
  await program.admin('PUT', `/organizations/acme/members/${other}`, {});
  const group = await make('/groups', { name: 'Everyone', organization: 'acme' });
  await program.call('PUT', `/groups/${group}/members/${person}`);
  const house = await make('/groups', { name: 'Night shift' });
  const account = await make('/service-accounts', { name: 'nightly import', organization: 'acme' });
  await program.admin('PUT', '/clients/acme--robot', {
    spec: { type: 'confidential', grants: ['client_credentials'], organization: 'acme' },
  });
  const owner = { type: 'service_account', id: account };
  const key = await make('/keys', { name: 'robot', organization: 'acme', owner });
  const ofTheHouse = await make('/keys', { name: 'weather widget', scopes: [], plan: 'plenty' });
  await make('/invitations', { email: 'new@example.com', organization: 'acme' });
  const token = String((await program.admin('POST', '/keys', { name: 'writer', roles: ['administrator'] })).key);
  const fga = async (path: string, body: object | string): Promise<Record<string, unknown>> => {
    const isText = typeof body === 'string';
    const headers = { authorization: `Bearer ${token}`, 'content-type': isText ? 'text/plain' : 'application/json' };
    const init = { method: 'POST', headers, body: isText ? body : JSON.stringify(body) };
    return (await (await fetch(`${program.issuer}${path}`, init)).json()) as Record<string, unknown>;
  };
  const store = String((await fga('/stores', { name: 'papers' })).id);
  await fga(`/stores/${store}/authorization-models`, MODEL);
  await fga(`/stores/${store}/authorization-models`, `${MODEL}    define reader: viewer\n`);
  const tuples = [{ user: 'user:una', relation: 'owner', object: 'document:plan' }];
  await fga(`/stores/${store}/write`, { writes: { tuple_keys: tuples } });
  const kinds = ['routes', 'upstreams', 'browser_sessions', 'apis', 'plans', 'clients', 'roles', 'organizations'];
  const names = ['thing', 'orders', 'things', 'things', 'plenty', 'web', 'key-keeper', 'acme'];
  const addresses = [
    ...['/', '/portal', '/portal/acme--robot', '/keys', '/keys/breach', `/keys/${key}`, `/keys/${ofTheHouse}`],
    ...['/users', `/users/${person}`, `/users/${other}`, '/members', '/sessions', '/invitations', '/groups'],
    ...[`/groups/${group}`, `/groups/${house}`, '/service-accounts', `/service-accounts/${account}`],
    ...kinds.flatMap((kind, index) => [`/${kind}`, `/${kind}/_new`, `/${kind}/${names[index]}`]),
    ...['/roles/viewer', '/clients/acme--robot', '/openapi', '/apis/things/drift', '/requests', '/explorer', '/jwt'],
    ...['/policies', '/policies/thing-readers', '/policy-schema', '/policy-versions', '/policy-versions/1'],
    ...[
      '/relationships',
      `/relationships/${store}`,
      ...['model', 'history', 'tuples', 'probe'].map((tab) => `/relationships/${store}?tab=${tab}`),
    ],
    ...[
      '/webhooks',
      '/webhooks/acme--widget',
      '/signing-keys',
      '/audit',
      '/outbox',
      '/settings',
      '/settings/mail_templates',
    ],
    ...['/settings/brandings/default', '/settings/trusted_issuers/staff'],
  ];
  return { addresses, partner: person };
}

/** The addresses that the console's screens declare, as the router writes them. */
export function declaredScreens(): string[] {
  const files = globSync('console/src/screens/*/screens.ts', { cwd: repositoryRoot });
  const text = files.map((file) => readFileSync(join(repositoryRoot, file), 'utf8')).join('\n');
  const plain = [...text.matchAll(/path: '([^']+)'/g)].map(([, path = '']) => path);
  const kinds = [...text.matchAll(/kind: '[A-Z_]+',\s+page: '(\w+)'/g)].map(([, page = '']) => page);
  return [...plain, ...kinds.flatMap((page) => [`/${page}`, `/${page}/_new`, `/${page}/$name`])];
}

/** Is this address of that screen? */
export function isOf(address: string, screen: string): boolean {
  const pattern = screen.split('/').map((part) => (part.startsWith('$') ? '[^/]+' : part));
  return new RegExp(`^${pattern.join('/')}$`).test(address.replace(/\?.*/, ''));
}
