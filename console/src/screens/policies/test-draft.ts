import type { PolicyTest } from './use-policy.ts';

/** A test as a form holds it: texts and lists. */
export interface TestDraft {
  name: string;
  type: string;
  id: string;
  roles: string[];
  groups: string[];
  scopes: string[];
  acr: string;
  action: string;
  resourceType: string;
  resourceId: string;
  attributes: string;
  context: string;
  relationships: string;
  expect: 'allow' | 'deny';
  /** What the form has no field for, kept as it was. */
  rest: Partial<PolicyTest>;
}

export function fromTest(test: PolicyTest | undefined): TestDraft {
  const { principal, resource } = test ?? {};
  return {
    name: test?.name ?? '',
    type: principal?.type ?? 'user',
    id: principal?.id ?? '',
    roles: [...(principal?.roles ?? [])],
    groups: [...(principal?.groups ?? [])],
    scopes: [...(principal?.scopes ?? [])],
    acr: principal?.acr ?? '',
    action: test?.action ?? '',
    resourceType: resource?.type ?? '',
    resourceId: resource?.id ?? '',
    attributes: writeJson(resource?.attributes),
    context: writeJson(test?.context),
    relationships: (test?.relationships ?? [])
      .map(({ subject, relation, object }) => `${subject.type}::${subject.id} ${relation} ${object.type}::${object.id}`)
      .join('\n'),
    expect: test?.expect ?? 'allow',
    rest: test ?? {},
  };
}

export type ReadTest =
  | { ok: true; test: PolicyTest }
  | { ok: false; field: string; problem: 'badJson' | 'badRelationship' | 'testName' };

/** As the API takes it. */
export function toTest(draft: TestDraft): ReadTest {
  const attributes = readJson(draft.attributes);
  if (attributes === undefined) return { ok: false, field: 'attributes', problem: 'badJson' };
  const context = readJson(draft.context);
  if (context === undefined) return { ok: false, field: 'context', problem: 'badJson' };
  const relationships = readRelationships(draft.relationships);
  if (relationships === undefined) return { ok: false, field: 'relationships', problem: 'badRelationship' };
  const missing = [draft.name, draft.id, draft.action, draft.resourceType].some((text) => text.trim() === '');
  if (missing) return { ok: false, field: 'name', problem: 'testName' };
  const { roles, groups, scopes, acr } = draft;
  const test = {
    ...draft.rest,
    name: draft.name.trim(),
    principal: {
      ...draft.rest.principal,
      type: draft.type as NonNullable<PolicyTest['principal']['type']>,
      id: draft.id.trim(),
      roles,
      groups,
      scopes,
      ...(acr === '' ? {} : { acr }),
    },
    action: draft.action.trim(),
    resource: { type: draft.resourceType.trim(), id: draft.resourceId, attributes },
    context,
    relationships,
    expect: draft.expect,
  };
  if (acr === '') delete test.principal.acr;
  return { ok: true, test };
}

const LINE = /^([\w:]+)::(\S+)\s+(\w+)\s+([\w:]+)::(\S+)$/;

function readRelationships(text: string): PolicyTest['relationships'] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const read = lines.map((line) => LINE.exec(line.trim()));
  if (read.some((match) => match === null)) return undefined;
  return read.map((match) => {
    const [, subjectType = '', subjectId = '', relation = '', type = '', id = ''] = match ?? [];
    return { subject: { type: subjectType, id: subjectId }, relation, object: { type, id } };
  });
}

function readJson(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function writeJson(value: object | undefined): string {
  return value === undefined || Object.keys(value).length === 0 ? '' : JSON.stringify(value, undefined, 2);
}
