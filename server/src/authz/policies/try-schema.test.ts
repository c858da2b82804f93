import { expect, test } from 'vitest';
import { trySchema } from './try-schema.ts';

const SCHEMA = 'entity User; entity Doc { owner: User }; action read appliesTo { principal: User, resource: Doc };';
const policy = (name: string, cedar: string) => ({ name, spec: { cedar } });
const FITS = policy(
  'fits',
  'permit(principal, action == Action::"read", resource) when { resource.owner == principal };',
);

test('policies that fit have nothing said of them', () => {
  expect(trySchema(SCHEMA, [FITS])).toEqual({ problems: [], findings: [], checked: 1 });
});

test('a policy that asks for what there is not is named, with its place', () => {
  const odd = policy('odd', 'permit(principal, action == Action::"read", resource) when { resource.size > 3 };');
  const { findings } = trySchema(SCHEMA, [FITS, odd]);
  expect(findings).toMatchObject([{ policy: 'odd', severity: 'error', message: expect.stringContaining('size') }]);
  expect(odd.spec.cedar.slice(findings[0]?.from, findings[0]?.to)).toContain('size');
});

test('an action that nobody declares', () => {
  const { findings } = trySchema(SCHEMA, [policy('odd', 'permit(principal, action == Action::"fly", resource);')]);
  expect(findings.map(({ severity }) => severity)).toContain('error');
});

test.each([
  ['no end', 'entity Ü; entity User {'],
  ['a type that is not there', 'entity Ü; entity Doc { owner: Nobody };'],
  ['not a schema', 'permit(principal, action, resource);'],
])('%s: said of the schema, and no policy is looked at', (_, schema) => {
  const tried = trySchema(schema, [FITS]);
  expect([tried.problems.length > 0, tried.findings, tried.checked]).toEqual([true, [], 0]);
});

test('the place of a problem counts characters and not bytes', () => {
  const text = '// Größe, Äußeres\nentity User { size: ; };';
  const [problem] = trySchema(text, []).problems;
  expect(problem?.from).toBe(text.indexOf(': ;') + 2);
});
