import type { RelationModel, Rewrite, TypeRestriction } from './openfga.ts';

/** A model in the OpenFGA language, from the JSON in which it is stored. */
export function printModel({ schema_version, type_definitions, conditions = {} }: RelationModel): string {
  const types = type_definitions.map(({ type, relations = {}, metadata }) => {
    const lines = Object.entries(relations).map(([name, rewrite]) => {
      const direct = metadata?.relations?.[name]?.directly_related_user_types ?? [];
      return `    define ${name}: ${printRewrite(rewrite, direct)}`;
    });
    return [`type ${type}`, ...(lines.length === 0 ? [] : ['  relations', ...lines])].join('\n');
  });
  const printed = Object.entries(conditions).map(([name, { expression, parameters = {} }]) => {
    const list = Object.entries(parameters).map(([parameter, type]) => `${parameter}: ${printType(type)}`);
    return `condition ${name}(${list.join(', ')}) {\n  ${expression.trim()}\n}`;
  });
  return `${[`model\n  schema ${schema_version}`, ...types, ...printed].join('\n\n')}\n`;
}

function printRewrite(rewrite: Rewrite, direct: readonly TypeRestriction[], inside = false): string {
  const { union, intersection, difference, computedUserset, tupleToUserset } = rewrite;
  const within = (text: string) => (inside ? `(${text})` : text);
  const all = (children: readonly Rewrite[] = [], word: string) =>
    within(children.map((child) => printRewrite(child, direct, true)).join(` ${word} `));
  if (union !== undefined) return all(union.child, 'or');
  if (intersection !== undefined) return all(intersection.child, 'and');
  if (difference !== undefined) {
    const [base, subtract] = [difference.base ?? {}, difference.subtract ?? {}];
    return within(`${printRewrite(base, direct, true)} but not ${printRewrite(subtract, direct, true)}`);
  }
  if (computedUserset?.relation !== undefined) return computedUserset.relation;
  if (tupleToUserset !== undefined)
    return `${tupleToUserset.computedUserset?.relation} from ${tupleToUserset.tupleset?.relation}`;
  return `[${direct.map(printRestriction).join(', ')}]`;
}

export function printRestriction({ type, relation, wildcard, condition }: TypeRestriction): string {
  const name = relation ? `${type}#${relation}` : wildcard === undefined ? type : `${type}:*`;
  return condition ? `${name} with ${condition}` : name;
}

/** `TYPE_NAME_LIST` of `TYPE_NAME_STRING` is `list<string>`. */
function printType({ type_name, generic_types = [] }: { type_name: string; generic_types?: { type_name: string }[] }) {
  const plain = (name: string) => name.replace('TYPE_NAME_', '').toLowerCase();
  const inner = generic_types.map((each) => plain(each.type_name)).join(', ');
  return inner === '' ? plain(type_name) : `${plain(type_name)}<${inner}>`;
}
