import { RELATIONS } from '../cedar/entity-relations.ts';
import { type ExpressionJson, operatorOf } from '../cedar/policy-json.ts';
import { absent, present } from './compare-field.ts';
import { FAILS, FALSE, ID_FIELD, TRUE, type Truth, UNDECIDED } from './condition.ts';
import type { Field } from './fields.ts';
import {
  attributeOfResource,
  evaluateKnown,
  FAILING,
  looksAtResource,
  NotCompilable,
  type PartialInput,
  type Term,
} from './partial-input.ts';

/** An operand of a comparison. @throws NotCompilable */
export function termOf(expression: ExpressionJson, input: PartialInput): Term {
  input.spend();
  if (!looksAtResource(expression)) return evaluateKnown(expression, input);
  const { operator, operand } = operatorOf(expression);
  if (operator === 'Var') return { kind: 'field', field: idField(input) };
  if (operator === '.') {
    const { left, attr } = operand as { left: ExpressionJson; attr: string };
    return memberOf(left, attr, input);
  }
  if (input.fields === undefined) return { kind: 'undecided' };
  throw new NotCompilable(`\`${operator}\` of something of the resource can't be compared in a column`);
}

function memberOf(left: ExpressionJson, name: string, input: PartialInput): Term {
  if (isResource(left)) return attributeOfResource(name, input);
  const inner = termOf(left, input);
  if (inner.kind === 'relations') {
    return input.relations?.has(name) === true ? { kind: 'members', relation: name } : FAILING;
  }
  if (inner.kind === 'undecided' || inner.kind === 'fails') return inner;
  if (input.fields === undefined) return { kind: 'undecided' };
  throw new NotCompilable(`\`.${name}\` reaches through an attribute of the resource; give it a column of its own`);
}

/** `resource has a` is a question of NULL; `resource has relations.editor` one to the model. */
export function hasTruth(
  { left, attr }: { left: ExpressionJson; attr: string | readonly string[] },
  input: PartialInput,
): Truth {
  const [first = '', ...rest] = typeof attr === 'string' ? [attr] : attr;
  if (isResource(left)) {
    if (first === RELATIONS) return relationsHave(rest, input);
    if (input.fields === undefined) return UNDECIDED;
    const term = attributeOfResource(first, input);
    if (term.kind !== 'field' || rest.length > 0) {
      throw new NotCompilable(`\`has\` reaches through the attribute \`${first}\` of the resource`);
    }
    return { isTrue: present(term.field), isFalse: absent(term.field), total: true };
  }
  const inner = termOf(left, input);
  if (inner.kind === 'relations') return relationsHave([first, ...rest], input);
  if (inner.kind === 'fails') return FAILS;
  if (inner.kind === 'undecided' || input.fields === undefined) return UNDECIDED;
  throw new NotCompilable('`has` of something of the resource has no form as a condition on columns');
}

function relationsHave(path: readonly string[], { relations, fields }: PartialInput): Truth {
  if (relations === undefined) return FALSE;
  const [name, ...rest] = path;
  if (name === undefined) return TRUE;
  if (rest.length === 0) return relations.has(name) ? TRUE : FALSE;
  if (fields === undefined) return UNDECIDED;
  throw new NotCompilable('`has` reaches through a relation');
}

export function idField({ fields, resourceType }: PartialInput): Field {
  const known = fields?.get(ID_FIELD);
  if (known !== undefined) return known;
  return { name: ID_FIELD, type: 'entity', entityType: resourceType, nullable: false, column: 'id', uuid: false };
}

function isResource(expression: ExpressionJson): boolean {
  return expression.Var === 'resource';
}
