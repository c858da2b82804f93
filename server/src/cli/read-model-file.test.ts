import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileModel } from '#authz';
import type { CommandContext } from './command-context.ts';
import { readModelFile } from './read-model-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-model-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'wiki'));
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
write('model.fga', 'model\n  schema 1.1\ntype user\ntype group\n  relations\n    define member: [user]\n');
write('fga.mod', "schema: '1.2'\ncontents:\n  - core.fga\n  - wiki/wiki.fga\n");
write(
  'core.fga',
  'module core\ntype user\ntype organization\n  relations\n    define admin: [user]\ncondition open(hour: int) {\n  hour < 17\n}\n',
);
write(
  'wiki/wiki.fga',
  'module wiki\nextend type organization\n  relations\n    define can_write: admin\ntype page\n  relations\n    define owner: [organization]\n    define writer: [user with open] or can_write from owner\n',
);
write('broken.mod', "schema: '1.2'\ncontents:\n  - core.fga\n  - bad.fga\n");
write('bad.fga', 'module bad\ntype page\n  relations\n    define writer: [nobody]\n');
write('escape.mod', "schema: '1.2'\ncontents:\n  - ../core.fga\n");
write('lost.mod', "schema: '1.2'\ncontents:\n  - lost.fga\n");
write('list.mod', 'contents: core.fga\n');
write('model.json', '{"schema_version":"1.1","type_definitions":[{"type":"user"}]}');
write('bad.json', '{');

const read = (path: string) => readModelFile({ workingFolder: folder } as CommandContext, path);

test.each([
  ['model.fga', ['user', 'group']],
  ['model.json', ['user']],
  ['fga.mod', ['user', 'organization', 'page']],
])('%s', async (path, types) => {
  expect([...(await compileModel(await read(path))).model.types.keys()]).toEqual(types);
});

test('modules extend each other’s types, and every relation keeps where it comes from', async () => {
  const { model, conditions } = await compileModel(await read('fga.mod'));
  expect([...(model.types.get('organization')?.keys() ?? [])]).toEqual(['admin', 'can_write']);
  expect([...conditions.keys()]).toEqual(['open']);
  expect(model.json.type_definitions[1]?.metadata).toMatchObject({
    module: 'core',
    relations: { can_write: { module: 'wiki', source_info: { file: 'wiki/wiki.fga' } } },
  });
});

test.each([
  ['nothing.fga', 'file_unreadable', 'nothing.fga could not be read'],
  ['lost.mod', 'file_unreadable', 'lost.fga could not be read'],
  ['bad.json', 'file_unreadable', 'bad.json is not valid JSON'],
  ['broken.mod', 'invalid_authorization_model', 'bad.fga, line 4'],
  ['escape.mod', 'invalid_authorization_model', 'fga.mod, line 3'],
  ['list.mod', 'invalid_authorization_model', 'fga.mod'],
])('%s is refused: %s', async (path, code, message) => {
  await expect(read(path)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});
