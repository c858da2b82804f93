/** The SDK's types are the program's own description: stale ones fail here. `npm run docs` writes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminTypesOf, apiReferenceOf } from '../../scripts/write-admin-types.ts';
import { cliReference } from '../../scripts/write-cli-reference.ts';
import { eventsReference } from '../../scripts/write-events-reference.ts';
import { AdminError, createAdminClient } from '../../sdk/src/admin/admin.ts';
import { type Program, startProgram } from './running-program.ts';
import { repositoryRoot } from './source-tree.ts';

let program: Program;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program?.remove());

test('sdk/src/admin/admin-paths.ts is what this program answers', async () => {
  const written = readFileSync(join(repositoryRoot, 'sdk/src/admin/admin-paths.ts'), 'utf8');
  expect(written === (await adminTypesOf(program.issuer)), 'run npm run docs').toBe(true);
});

test('docs/reference/api.md describes it', async () => {
  const written = readFileSync(join(repositoryRoot, 'docs/reference/api.md'), 'utf8');
  expect(written === (await apiReferenceOf(program.issuer)), 'run npm run docs').toBe(true);
});

test('docs/reference/events.md has every event', () => {
  const written = readFileSync(join(repositoryRoot, 'docs/reference/events.md'), 'utf8');
  expect(written === eventsReference(), 'run npm run docs').toBe(true);
});

test('docs/reference/cli.md has every command and option', () => {
  const written = readFileSync(join(repositoryRoot, 'docs/reference/cli.md'), 'utf8');
  expect(written === cliReference(), 'run npm run docs').toBe(true);
});

describe('the client on a running program', () => {
  const client = () => createAdminClient({ baseUrl: program.issuer, token: () => program.adminToken });

  test('writes, reads, and does not overwrite what it has not seen', async () => {
    const params = { name: 'reader' };
    const made = await client().put('/api/v1/roles/{name}', { params, body: { spec: { permissions: ['*:read'] } } });
    expect(made).toMatchObject({ status: 201, data: { name: 'reader', spec: { permissions: ['*:read'] } } });
    const body = { spec: { permissions: ['routes:read'] } };
    const blind = client().put('/api/v1/roles/{name}', { params, body });
    await expect(blind).rejects.toMatchObject({ name: 'AdminError', status: 428 });
    const { etag } = await client().get('/api/v1/roles/{name}', { params });
    await client().put('/api/v1/roles/{name}', { params, body, ifMatch: etag });
    const late = client().put('/api/v1/roles/{name}', { params, body: { spec: { permissions: [] } }, ifMatch: etag });
    await expect(late).rejects.toMatchObject({ status: 412 });
  });

  test('names the fields that are wrong', async () => {
    const wrong = { params: { name: 'tiny' }, body: { spec: { limits: [{ requests: -1, perSeconds: 1 }] } } };
    const error = await client()
      .put('/api/v1/plans/{name}', wrong)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AdminError);
    expect((error as AdminError).fields.map(({ path }) => path)).toEqual([expect.stringContaining('requests')]);
  });

  test('walks a list through its pages', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await client().put('/api/v1/organizations/{name}', { params: { name }, body: { spec: { displayName: name } } });
    }
    const names: string[] = [];
    for await (const { name } of client().each('/api/v1/organizations', { query: { limit: 2 } })) names.push(name);
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('takes and gives YAML', async () => {
    const yaml = 'kind: organization\nname: z\nspec: { displayName: Zed }\n';
    expect((await client().post('/api/v1/apply', { body: yaml })).data.summary.create).toBe(1);
    const { data } = await client().get('/api/v1/export', { query: { name: 'z' }, accept: 'application/yaml' });
    expect(data).toContain('displayName: Zed');
  });
});
