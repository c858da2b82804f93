/** Documents that `apply` refuses, by which error, and what that must tell. */
export type BadDocument = [name: string, yaml: string, status: number, code: string, told: RegExp];

export const route = (spec: string) => `kind: route\nname: bad\nspec:\n${spec.replaceAll(/^/gm, '  ')}\n`;
export const SOUND_ROUTE =
  'match: { path: /bad, methods: [GET] }\nupstream: { url: http://127.0.0.1:1 }\nauthorize: { scopes: [x] }';

export const BAD_DOCUMENTS: BadDocument[] = [
  ['YAML that ends in the middle', 'kind: route\nname: "bad', 400, 'yaml_malformed', /"line":2/],
  ['YAML with a tab for indentation', 'kind: route\nspec:\n\tmatch: x', 400, 'yaml_malformed', /"line":3/],
  ['a key that comes twice', 'kind: plan\nkind: route\nname: bad\nspec: {}', 400, 'yaml_malformed', /"line":2/],
  ['a tag of another language', 'kind: !!python/object:os.system x', 400, 'yaml_malformed', /tag/i],
  ['a billion laughs', billionLaughs(), 400, 'yaml_malformed', /alias|anchor|repeat/i],
  ['nested without end', `kind: ${'['.repeat(50_000)}`, 400, 'yaml_malformed', /nested|line/],
  ['nothing at all', '', 400, 'bundle_empty', /no document/],
  ['a list', '- kind: route', 400, 'documents_invalid', /"line":1/],
  ['an unknown field', route(`${SOUND_ROUTE}\nmatcj: {}`), 400, 'documents_invalid', /match/],
  ['an unknown field beside spec', `status: on\n${route(SOUND_ROUTE)}`, 400, 'documents_invalid', /status/],
  ['an unknown kind', 'kind: rout\nname: bad\nspec: {}', 400, 'documents_invalid', /route/],
  [
    'a text for a number',
    'kind: plan\nname: bad\nspec: { limits: [{ requests: many, perSeconds: 1 }] }',
    400,
    'documents_invalid',
    /limits/,
  ],
  [
    'a number out of bounds',
    'kind: plan\nname: bad\nspec: { limits: [{ requests: 0, perSeconds: 1 }] }',
    400,
    'documents_invalid',
    /limits/,
  ],
  ['a name with a slash', 'kind: plan\nname: ../../bad\nspec: { limits: [] }', 400, 'documents_invalid', /name/],
  [
    'a policy that does not parse',
    'kind: policy\nname: bad\nspec: { cedar: "permit (principal" }',
    400,
    'documents_invalid',
    /cedar/,
  ],
  ['a reference to nothing', route(`${SOUND_ROUTE}\napi: nowhere`), 400, 'reference_missing', /nowhere/],
  [
    'a change to what is built in',
    'kind: role\nname: administrator\nspec: { permissions: [] }',
    409,
    'resource_built_in',
    /./,
  ],
  [
    'a good document before a bad one',
    `${route(SOUND_ROUTE)}---\nkind: plan\nname: bad\nspec: 7`,
    400,
    'documents_invalid',
    /spec/,
  ],
];

function billionLaughs(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 10; level += 1) {
    const reference = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => reference).join(', ')}]`);
  }
  return lines.join('\n');
}
