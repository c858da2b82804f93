import {
  type Completion,
  type CompletionContext,
  type CompletionSource,
  snippetCompletion,
} from '@codemirror/autocomplete';

/** The names that can be completed to; as `GET /policy-vocabulary` gives them. */
export interface Vocabulary {
  entityTypes: readonly {
    name: string;
    attributes: readonly { name: string; type: string; required: boolean }[];
    relations: readonly string[];
  }[];
  actions: readonly { name: string; context: readonly { name: string; type: string; required: boolean }[] }[];
  roles?: readonly string[];
}

/** What every principal has, whatever the schema says of it. */
const PRINCIPAL_ATTRIBUTES = ['id', 'type', 'roles', 'scopes', 'organization', 'acr', 'amr', 'authTime', 'environment'];
const PRINCIPAL_TYPES = ['User', 'ApiKey', 'Client', 'ServiceAccount', 'Workload', 'Anonymous'];
const CONTEXT_FACTS = ['ip', 'method', 'path', 'time'];
const WORDS = [
  'when',
  'unless',
  'principal',
  'action',
  'resource',
  'context',
  'has',
  'in',
  'is',
  'like',
  'true',
  'false',
];

const SNIPPETS = [
  snippetCompletion(
    'permit(\n  principal in Role::"#{role}",\n  action == Action::"#{action}",\n  resource is #{Type}\n);',
    {
      label: 'permit by role',
      type: 'keyword',
    },
  ),
  snippetCompletion(
    'permit(\n  principal is User,\n  action == Action::"#{action}",\n  resource is #{Type}\n)\nwhen { resource.relations.#{viewer}.contains(principal) };',
    { label: 'permit by relationship', type: 'keyword' },
  ),
  snippetCompletion('forbid(principal, action, resource is #{Type})\nunless { #{condition} };', {
    label: 'forbid unless',
    type: 'keyword',
  }),
];

interface Place {
  /** What stands before the cursor; its first group is what is being typed. */
  before: RegExp;
  options: (words: Vocabulary, text: string, match: RegExpExecArray) => Completion[];
}

/** The first that fits. */
const PLACES: readonly Place[] = [
  {
    before: /Action::"([^"]*)$/,
    options: ({ actions }) => actions.map(({ name, context }) => option(name, 'constant', `${context.length} facts`)),
  },
  { before: /Role::"([^"]*)$/, options: ({ roles = [] }) => roles.map((name) => option(name, 'constant')) },
  {
    before: /\.relations\.(\w*)$/,
    options: ({ entityTypes }) =>
      entityTypes.flatMap(({ name, relations }) => relations.map((relation) => option(relation, 'property', name))),
  },
  {
    before: /\b(?:principal|resource)\s+is\s+([\w:]*)$/,
    options: ({ entityTypes }) => named([...entityTypes.map(({ name }) => name), ...PRINCIPAL_TYPES], 'type'),
  },
  {
    before: /\bprincipal(?:\.|\s+has\s+)(\w*)$/,
    options: ({ entityTypes }) => [
      ...entityTypes
        .filter(({ name }) => PRINCIPAL_TYPES.includes(name))
        .flatMap(({ name, attributes }) =>
          attributes.map((each) => option(each.name, 'property', `${name}: ${each.type}`)),
        ),
      ...named(PRINCIPAL_ATTRIBUTES, 'property'),
    ],
  },
  {
    before: /\bresource(?:\.|\s+has\s+)(\w*)$/,
    options: ({ entityTypes }, text) => {
      const wanted = /resource\s+is\s+([\w:]+)/.exec(text)?.[1];
      const types = entityTypes.filter(({ name }) => wanted === undefined || name === wanted);
      return [
        ...types.flatMap(({ name, attributes }) =>
          attributes.map((each) => option(each.name, 'property', `${name}: ${each.type}${each.required ? '' : '?'}`)),
        ),
        ...(types.some(({ relations }) => relations.length > 0) ? [option('relations', 'property')] : []),
      ];
    },
  },
  {
    before: /\bcontext(?:\.|\s+has\s+)(\w*)$/,
    options: ({ actions }) => [
      ...actions.flatMap(({ name, context }) =>
        context.map((each) => option(each.name, 'property', `${each.type} of ${name}`)),
      ),
      ...named(CONTEXT_FACTS, 'property'),
    ],
  },
  {
    before: /(?:^|[\s({[,])(\w*)$/,
    options: ({ entityTypes }) => [
      ...SNIPPETS,
      ...named(WORDS, 'keyword'),
      ...named([...entityTypes.map(({ name }) => name), 'Action', 'Role'], 'type'),
    ],
  },
];

/** Completes to what the schema, the policies and the relationships know, by where the cursor stands. */
export function cedarCompletion(vocabulary: () => Vocabulary): CompletionSource {
  return (context: CompletionContext) => {
    const statement = statementAt(context);
    for (const { before, options } of PLACES) {
      const match = before.exec(statement.before);
      if (match === null) continue;
      const typed = match[1] ?? '';
      if (typed === '' && !context.explicit && before === PLACES.at(-1)?.before) return null;
      return {
        from: context.pos - typed.length,
        options: unique(options(vocabulary(), statement.text, match)),
        validFor: /^[\w:-]*$/,
      };
    }
    return null;
  };
}

/** The policy that the cursor stands in: what lies between two semicolons. */
function statementAt({ state, pos }: CompletionContext): { before: string; text: string } {
  const text = state.doc.toString();
  const start = text.lastIndexOf(';', pos - 1) + 1;
  const end = text.indexOf(';', pos);
  return { before: text.slice(start, pos), text: text.slice(start, end === -1 ? undefined : end) };
}

function option(label: string, type: string, detail?: string): Completion {
  return { label, type, ...(detail === undefined ? {} : { detail }) };
}

const named = (names: readonly string[], type: string): Completion[] => names.map((name) => option(name, type));

function unique(options: readonly Completion[]): Completion[] {
  return [...new Map(options.toReversed().map((each) => [each.label, each])).values()].reverse();
}
