/** The Admin API as a page, from its OpenAPI document: every call, what it takes, what it needs. */
import type { KindName, OpenApi, Operation, Schema } from './openapi-types.ts';

interface TaggedOperation extends Operation {
  tags?: readonly string[];
}

const JSON_TYPE = 'application/json';
const DEPTH_MAX = 6;

const HEAD = `# The Admin API

Written from the program's own description by \`npm run docs\`; a running instance serves that at \`/openapi.json\`. Everything here is done by the
[command line](../guides/cli.md), the [console](../guides/console.md) and \`@gatehouse/sdk/admin\` as well, by the same calls.

- **Address** \`<issuer>/api/v1\`. **Credential** \`Authorization: Bearer\` with an API key or access token of a principal whose roles hold the permission that a call names.
- **Errors** are problem documents (RFC 9457): \`code\` is one of [these](../errors.md), \`fields\` names what to correct.
- **Lists** come in pages: \`limit\`, and \`cursor\` from the answer's \`nextCursor\`.
- **Changes** of resources say what they replace, with \`If-Match\` ([why](../guides/resources.md#lost-updates)).
`;

/** The whole page. */
export function apiReference({ paths }: OpenApi, kinds: readonly KindName[]): string {
  const sections = new Map<string, string[]>();
  const plurals = new Map(kinds.map(({ kind, plural }) => [`/api/v1/${plural}`, kind]));
  const resources: string[] = [];
  for (const [path, operations] of Object.entries(paths)) {
    const kind = plurals.get(path) ?? plurals.get(path.replace(/\/\{name\}$/, ''));
    if (kind !== undefined) {
      const spec = specOf(operations.put);
      if (spec !== undefined)
        resources.push(`### \`${kind}\`\n\n\`${path.replace('/{name}', '')}\`\n\n${fieldTable(spec)}`);
      continue;
    }
    for (const [method, operation] of Object.entries(operations) as [string, TaggedOperation][]) {
      const tag = operation.tags?.[0] ?? 'other';
      sections.set(tag, [...(sections.get(tag) ?? []), operationSection(method, path, operation)]);
    }
  }
  const calls = [...sections]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([tag, parts]) => `## ${capital(tag)}\n\n${parts.join('\n')}`);
  return `${[HEAD, ...calls, RESOURCES, ...resources.toSorted()].join('\n').trimEnd()}\n`;
}

const RESOURCES = `## Kinds of resources

Each has the same four calls: \`GET\` of the list, \`GET\`, \`PUT\` and \`DELETE\` of one by its name, with the permissions \`<plural>:read\` and \`<plural>:write\`. The fields are those of \`spec\`, here and in the files of
\`gatehouse apply\`.
`;

function specOf(put: Operation | undefined): Schema | undefined {
  return put?.requestBody?.content?.[JSON_TYPE]?.schema?.properties?.spec;
}

function operationSection(method: string, path: string, operation: TaggedOperation): string {
  const { summary = '', description = '', parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content?.[JSON_TYPE]?.schema;
  const other = Object.keys(requestBody?.content ?? {}).filter((type) => type !== JSON_TYPE);
  const codes = Object.keys(responses).filter((code) => code.startsWith('2'));
  const inputs = parameters.map(
    ({ name, in: place, required, schema = {}, description: text }) =>
      `| \`${name}\` | ${place}, ${typeOf(schema)}${required ? ', required' : ''} | ${cell(text ?? limitsOf(schema))} |`,
  );
  return [
    `### \`${method.toUpperCase()} ${path}\`\n`,
    `${summary}.${description === '' ? '' : ` ${description.replaceAll(/\s*\n\s*/g, ' ')}`}\n`,
    ...(inputs.length === 0 ? [] : [`| Parameter | | |\n|---|---|---|\n${inputs.join('\n')}\n`]),
    ...(body === undefined ? [] : [fieldTable(body)]),
    ...(other.length === 0 ? [] : [`Body: ${other.map((type) => `\`${type}\``).join(', ')}.\n`]),
    `Answers ${codes.map((code) => `\`${code}\``).join(', ')}${answered(responses)}.\n`,
  ].join('\n');
}

/** The names of what comes back: enough to know whether it is the call one looks for. */
function answered(responses: Operation['responses']): string {
  const schema = Object.entries(responses).find(([code]) => code.startsWith('2'))?.[1]?.content?.[JSON_TYPE]?.schema;
  const names = Object.keys(schema?.properties ?? {});
  return names.length === 0 ? '' : ` with ${names.map((name) => `\`${name}\``).join(', ')}`;
}

function fieldTable(schema: Schema): string {
  const rows = fieldsOf(schema, '', 0);
  return rows.length === 0 ? '' : `| Field | | |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function fieldsOf(schema: Schema, path: string, depth: number): string[] {
  const own = schema.properties ?? {};
  const rows = Object.entries(own).flatMap(([name, child]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const required = schema.required?.includes(name) ? ', required' : '';
    const row = `| \`${at}\` | ${typeOf(child)}${required} | ${cell([sentence(child.description), limitsOf(child)].filter(Boolean).join(' '))} |`;
    return depth >= DEPTH_MAX ? [row] : [row, ...fieldsOf(child, at, depth + 1)];
  });
  const inner = schema.items === undefined ? [] : fieldsOf(schema.items, `${path}[]`, depth + 1);
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((choice) =>
    fieldsOf(choice, path, depth + 1),
  );
  return [...new Set([...rows, ...inner, ...choices])];
}

function typeOf({ type, enum: values, const: only, items, anyOf, oneOf, properties }: Schema): string {
  if (only !== undefined) return code(only);
  if (values !== undefined) return values.map(code).join(' or ');
  const choices = [...(anyOf ?? []), ...(oneOf ?? [])];
  if (choices.length > 0) return [...new Set(choices.map(typeOf))].join(' or ');
  if (items !== undefined) return `list of ${typeOf(items)}`;
  if (properties !== undefined) return 'object';
  return (Array.isArray(type) ? type : [type ?? 'anything'])
    .map((name) => (name === 'string' ? 'text' : name))
    .join(' or ');
}

interface Bounds {
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
}

function limitsOf(schema: Schema): string {
  const { minimum, maximum, maxLength, maxItems } = schema as Bounds;
  const safe = (bound: number | undefined) =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
  const [low, high] = [safe(minimum), safe(maximum)];
  return [
    low !== undefined && high !== undefined && `${low} to ${high}.`,
    low !== undefined && high === undefined && `At least ${low}.`,
    low === undefined && high !== undefined && `At most ${high}.`,
    maxLength !== undefined && `${maxLength} characters at most.`,
    maxItems !== undefined && `${maxItems} at most.`,
    isPlain(schema.default) && `${code(schema.default)} when left out.`,
  ]
    .filter(Boolean)
    .join(' ');
}

const sentence = (text = ''): string => (text === '' || /[.?!]$/.test(text.trim()) ? text : `${text.trim()}.`);
const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
