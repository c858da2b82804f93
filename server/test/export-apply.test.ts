/** Everything that is configured can be taken out, put into an empty instance, and taken out again the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { everyKind } from './every-kind.ts';
import { type Program, startProgram } from './running-program.ts';

let first: Program;
let second: Program;
let file: string;

beforeAll(async () => {
  [first, second] = await Promise.all([startProgram(), startProgram()]);
  file = join(first.folder, 'exported.yaml');
  await first.admin('POST', '/apply', everyKind('http://127.0.0.1:9'));
  // Names and texts that a writer of YAML may stumble over.
  for (const [name, text] of Object.entries(AWKWARD)) {
    await first.admin('PUT', `/organizations/${name}`, { spec: { displayName: text } });
  }
  expect(await first.cli('export', '-o', file)).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await Promise.all([first?.remove(), second?.remove()]);
});

const AWKWARD = {
  no: 'no',
  null: 'null',
  '0x10': '0x10',
  '1e3': '1e3',
  '2026-01-01': '2026-01-01',
  spaces: 'a  b',
  quotes: `"'\`: #`,
  lines: 'one\ntwo\n\n  three',
  ends: 'ends with a colon:',
  tags: '!!binary | &a *a %',
  separator: 'before\n---\nafter',
  beyond: 'Zürich 東京 🏠 \u{202e}x',
  long: 'a word '.repeat(100).trim(),
};

interface Change {
  action: string;
}

async function apply(program: Program, command: 'apply' | 'plan'): Promise<Change[]> {
  const { code, stdout, stderr } = await program.cli(command, '-f', file, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { changes: Change[] }).changes;
}

const actions = (changes: Change[]) => [...new Set(changes.map(({ action }) => action))];

test('it holds one of every kind', async () => {
  const { items } = (await first.admin('GET', '/kinds')) as { items: { kind: string }[] };
  const text = readFileSync(file, 'utf8');
  const kinds = new Set([...text.matchAll(/^kind: (\S+)$/gm)].map(([, kind]) => kind));
  expect([...kinds].toSorted()).toEqual(items.map(({ kind }) => kind).toSorted());
});

test('a plan shows everything as new and changes nothing', async () => {
  expect(actions(await apply(second, 'plan'))).toEqual(['create']);
  expect(await second.exportYaml()).not.toContain('kind: route');
});

test('applied to an empty instance it comes out byte for byte', async () => {
  expect(actions(await apply(second, 'apply'))).toEqual(['create']);
  expect(await second.cli('export')).toEqual({ code: 0, stdout: readFileSync(file, 'utf8'), stderr: '' });
  const { items } = (await second.admin('GET', '/organizations?limit=100')) as {
    items: { name: string; spec: { displayName: string } }[];
  };
  expect(Object.fromEntries(items.map(({ name, spec }) => [name, spec.displayName]))).toMatchObject(AWKWARD);
});

test('applied again it changes nothing: no version, no event, no ETag', async () => {
  const state = async () => {
    const versions = await Promise.all(
      ['/routes/thing', '/clients/web', '/policies/thing-readers', '/plans/plenty'].map(async (path) => {
        const response = await second.call('GET', path);
        return [response.headers.get('etag'), await response.json()];
      }),
    );
    const { items } = (await second.admin('GET', '/audit/events?limit=100')) as {
      items: { sequence: number; type: string }[];
    };
    // The program makes signing keys when it finds the time.
    return { versions, newest: items.find(({ type }) => !type.startsWith('signing_key.'))?.sequence };
  };
  const before = await state();
  expect(actions(await apply(second, 'apply'))).toEqual(['unchanged']);
  expect(await state()).toEqual(before);
});

test('the JSON form is the same', async () => {
  const json = await (await first.call('GET', '/export')).json();
  const response = await second.call('POST', '/apply', { documents: (json as { documents: unknown[] }).documents });
  expect(await response.json()).toMatchObject({ summary: { create: 0, update: 0, delete: 0 } });
});

test('two that apply at the same time to the same state: one is told to look again', async () => {
  const plan = await second.call('POST', '/apply?dryRun=true', await first.exportYaml());
  const revision = plan.headers.get('etag') ?? '';
  const change = (displayName: string) =>
    second.call('POST', '/apply', `kind: organization\nname: acme\nspec: { displayName: ${displayName} }`, {
      'if-match': revision,
    });
  const answers = await Promise.all([change('One'), change('Two')]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
});

test('an upstream and its routes name the same parameter of the path, or nothing of them is written', async () => {
  const bundle = (path: string) =>
    `kind: upstream\nname: carts\nspec: {targets: [{url: "http://127.0.0.1:9"}], hash: {by: path_parameter, name: cart}}\n---\nkind: route\nname: carts\nspec: {match: {path: "${path}", methods: [GET]}, authorize: {policies: required}, upstream: {name: carts}}\n`;
  for (const query of ['?dryRun=true', '']) {
    const refused = await second.call('POST', `/apply${query}`, bundle('/carts/{id}'));
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'hash_parameter_missing', detail: expect.stringContaining('{cart}') }),
    ]);
  }
  expect((await second.call('GET', '/upstreams/carts')).status).toBe(404);
  expect((await second.call('POST', '/apply', bundle('/carts/{cart}'))).status).toBe(200);
  const authorize = { policies: 'required' };
  const route = {
    spec: { authorize, match: { path: '/carts/{id}/items', methods: ['GET'] }, upstream: { name: 'carts' } },
  };
  expect(await (await second.call('PUT', '/routes/more-carts', route)).json()).toMatchObject({
    code: 'hash_parameter_missing',
  });
});
