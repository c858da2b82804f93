/** `gatehouse policy types`, and what the compiler says to those who use what it wrote. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from './running-program.ts';
import { repositoryRoot } from './source-tree.ts';

/** Inside the repository, so that `@gatehouse/sdk/verify` is found. */
const folder = join(repositoryRoot, 'server/.policy-types');

const SCHEMA = `kind: policy_schema
name: default
spec:
  cedar: |
    type Address = { city: String, zip?: Long };
    entity User, Client;
    entity Color enum ["red", "green"];
    entity Order = { total: Long, paid: Bool, to: Address, lines: Set<{ sku: String }>, owner?: User, relations: { editor: Set<User> } };
    action "orders:read" appliesTo { principal: [User, Client], resource: [Order] };
    action "orders:refund" appliesTo { principal: User, resource: Order, context: { reason: String, amount?: Long, time: datetime } };
    action unused;
    namespace Shop {
      type Limits = { most?: Long };
      entity Till = { open: Bool };
      entity Basket = { till: Till };
      action "close" appliesTo { principal: [User], resource: [Till, Basket, Color], context: Limits };
    }
`;

const HEAD = `import { createAuthorize, type Auth, type Verifier } from '@gatehouse/sdk/verify';
import type { Policies } from './policies.ts';
declare const verifier: Verifier;
declare const auth: Auth;
const authorize = createAuthorize<Policies>(verifier);
`;
const order = "{ type: 'Order', id: '1' }";
const GOOD = [
  `authorize(auth, { action: 'orders:read', resource: ${order} })`,
  `authorize(auth, { action: 'orders:refund', resource: ${order}, context: { reason: 'broken' } })`,
  `authorize(auth, { action: 'orders:refund', resource: ${order}, context: { reason: 'broken', amount: 3 } })`,
  "authorize(auth, { action: 'orders:read', resource: { type: 'Order', id: '1', properties: { total: 3, to: { city: 'Oslo' } } } })",
  "authorize(auth, { action: 'orders:read', resource: { type: 'Order', id: '1', properties: { lines: [{ sku: 'x' }] } } })",
  "authorize(auth, { action: 'Shop::close', resource: { type: 'Shop::Till', id: '1', properties: { open: true } } })",
  "authorize(auth, { action: 'Shop::close', resource: { type: 'Shop::Basket', id: '1' }, context: { most: 2 } })",
  "authorize(auth, { action: 'Shop::close', resource: { type: 'Color', id: 'red' } })",
];
const BAD = [
  `authorize(auth, { action: 'orders:raed', resource: ${order} })`,
  "authorize(auth, { action: 'orders:read', resource: { type: 'Ordre', id: '1' } })",
  "authorize(auth, { action: 'orders:read', resource: { type: 'User', id: '1' } })",
  "authorize(auth, { action: 'orders:read', resource: { type: 'Shop::Basket', id: '1' } })",
  "authorize(auth, { action: 'orders:read', resource: { type: 'Order', id: 1 } })",
  "authorize(auth, { action: 'orders:read', resource: { type: 'Order', id: '1', properties: { totl: 3 } } })",
  "authorize(auth, { action: 'orders:read', resource: { type: 'Order', id: '1', properties: { total: '3' } } })",
  "authorize(auth, { action: 'orders:read', resource: { type: 'Order', id: '1', properties: { to: { town: 'Oslo' } } } })",
  "authorize(auth, { action: 'orders:read', resource: { type: 'Order', id: '1', properties: { owner: 'ann' } } })",
  "authorize(auth, { action: 'orders:read', resource: { type: 'Order', id: '1', properties: { relations: {} } } })",
  `authorize(auth, { action: 'orders:read', resource: ${order}, context: { reason: 'none' } })`,
  `authorize(auth, { action: 'orders:refund', resource: ${order} })`,
  `authorize(auth, { action: 'orders:refund', resource: ${order}, context: { reason: 'broken', amuont: 3 } })`,
  `authorize(auth, { action: 'unused', resource: ${order} })`,
  "authorize(auth, { action: 'Shop::close', resource: { type: 'Color', id: 'blue' } })",
];

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'schema.yaml'), SCHEMA);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what fits the schema compiles, and nothing else', { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await runCommand(folder, ['policy', 'types', '-f', 'schema.yaml']);
  expect([code, stderr]).toEqual([0, '']);
  writeFileSync(join(folder, 'policies.ts'), stdout);
  writeFileSync(join(folder, 'good.ts'), `${HEAD}${GOOD.join(';\n')};\n`);
  writeFileSync(join(folder, 'bad.ts'), `${HEAD}${BAD.join(';\n')};\n`);
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'dom', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const tsc = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
  const { stdout: told } = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
  }).catch((failure: { stdout: string }) => failure);
  const wrong = [...told.matchAll(/^(\S+)\((\d+),\d+\): error/gm)].map(([, file, line]) => `${file} ${line}`);
  const first = HEAD.split('\n').length;
  expect([...new Set(wrong)], told).toEqual(BAD.map((_, index) => `bad.ts ${first + index}`));
});

test('files without a schema are no success', async () => {
  writeFileSync(
    join(folder, 'none.yaml'),
    'kind: policy\nname: p\nspec: { cedar: "permit (principal, action, resource);" }\n',
  );
  const { code, stderr } = await runCommand(folder, ['policy', 'types', '-f', 'none.yaml']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('policy_schema')]);
});
