import fc from 'fast-check';
import type { Case, EntityCase, Json, Uid } from './both-engines.fixture.ts';

/**
 * Cases for the differential test: small pools of names and values, so that clauses often match, entities often exist
 * and errors often happen. Policies are Cedar text, as authors write them.
 */
const TYPES = ['User', 'Group', 'A::B'] as const;
const IDS = ['a', 'b', 'c', 'd "q"'] as const;
const NAMES = ['x', 'y', 'z', 'with space', 'if', '__proto__'] as const;
const STRINGS = ['', 'a', 'ab', 'aba', 'a*b', '😀', 'x\n"\\', '1.5', '10.0.0.1', '2024-01-01', '1h'] as const;
const SAFE_LONGS = [0, 1, -1, 2, 7, 9007199254740991, -9007199254740991] as const;
const LONGS = [
  ...SAFE_LONGS.map(String),
  '9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
  '4294967296',
];
const EXTENSION_TEXTS: Readonly<Record<string, readonly string[]>> = {
  decimal: ['1.5', '-0.0', '1.2345', '922337203685477.5807', '1', 'x'],
  ip: ['10.0.0.1', '10.0.0.0/8', '127.0.0.1', '::1', 'ff00::/8', '1.2.3', '224.0.0.0/3'],
  datetime: ['2024-01-01', '1969-12-31T23:59:59.999Z', '2024-01-01T00:00:00-0130', '2024-02-30', '0000-01-01'],
  duration: ['1d', '-1h30m', '0ms', '9223372036854775807ms', '1s1d', '-1ms'],
};
const METHODS = {
  none: [
    'isEmpty',
    'isIpv4',
    'isIpv6',
    'isLoopback',
    'isMulticast',
    'toDate',
    'toTime',
    'toMilliseconds',
    'toSeconds',
    'toMinutes',
    'toHours',
    'toDays',
  ],
  one: [
    'contains',
    'containsAll',
    'containsAny',
    'hasTag',
    'getTag',
    'isInRange',
    'lessThan',
    'lessThanOrEqual',
    'greaterThan',
    'greaterThanOrEqual',
    'offset',
    'durationSince',
  ],
} as const;

const quote = (text: string): string => JSON.stringify(text).replaceAll('\\n', '\\n');
const attribute = (name: string): string => (/^[xyz]$/.test(name) ? `.${name}` : `[${quote(name)}]`);
const uidText = ({ type, id }: Uid): string => `${type}::${quote(id)}`;

const uid: fc.Arbitrary<Uid> = fc.record({ type: fc.constantFrom(...TYPES), id: fc.constantFrom(...IDS) });
const actionUid: fc.Arbitrary<Uid> = fc.record({ type: fc.constant('Action'), id: fc.constantFrom('r', 'w', 'all') });
const name = fc.constantFrom(...NAMES);

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json; leaf: Json }>((tie) => ({
  leaf: fc.oneof(
    fc.boolean(),
    fc.constantFrom(...SAFE_LONGS),
    fc.constantFrom(...STRINGS),
    uid.map((entity): Json => ({ __entity: { ...entity } })),
    fc.constantFrom<Json>(
      { __extn: { fn: 'decimal', arg: '1.5' } },
      { __extn: { fn: 'ip', arg: '10.0.0.0/8' } },
      { __extn: { fn: 'datetime', arg: '2024-01-01' } },
      { __extn: { fn: 'duration', arg: '1d' } },
    ),
  ),
  value: fc.oneof(
    { maxDepth: 2 },
    { weight: 6, arbitrary: tie('leaf') },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('value'), { maxKeys: 2 }) },
  ),
})).value;

const attributes = fc.dictionary(fc.constantFrom('x', 'y', 'z', 'with space'), json, { maxKeys: 4 });

/** Roughly typed expressions: mostly sensible, often enough not. */
type Kind = 'bool' | 'long' | 'string' | 'entity' | 'set' | 'record' | 'extension';
const expressions = fc.letrec<Record<Kind | 'any', string>>((tie) => {
  const method = (names: readonly string[], target: fc.Arbitrary<string>, operand: fc.Arbitrary<string>) =>
    fc.tuple(target, fc.constantFrom(...names), operand).map(([left, call, right]) => `${left}.${call}(${right})`);
  const nothing = fc.constant('');
  const infix = (operators: readonly string[], left: fc.Arbitrary<string>, right: fc.Arbitrary<string>) =>
    fc.tuple(left, fc.constantFrom(...operators), right).map(([a, operator, b]) => `(${a} ${operator} ${b})`);
  const read = fc
    .tuple(fc.oneof(fc.constantFrom('context', 'principal', 'resource'), tie('entity'), tie('record')), name)
    .map(([target, attr]) => `${target}${attribute(attr)}`);
  const conditional = (kind: Kind | 'any') =>
    fc.tuple(tie('bool'), tie(kind), tie(kind)).map(([a, b, c]) => `(if ${a} then ${b} else ${c})`);
  const pattern = fc
    .array(fc.constantFrom('*', 'a', 'b', '\\*', '😀'), { maxLength: 4 })
    .map((parts) => parts.join(''));
  const path = fc.array(
    name.filter((part) => /^[xyz]$/.test(part)),
    { minLength: 1, maxLength: 3 },
  );
  const limits = { maxDepth: 4, depthSize: 'small' } as const;
  return {
    bool: fc.oneof(
      limits,
      fc.constantFrom('true', 'false'),
      infix(['==', '!='], tie('any'), tie('any')),
      infix(['&&', '||'], tie('bool'), tie('bool')),
      infix(['<', '<=', '>', '>='], fc.oneof(tie('long'), tie('extension')), fc.oneof(tie('long'), tie('extension'))),
      infix(['in'], tie('entity'), fc.oneof(tie('entity'), tie('set'))),
      tie('bool').map((inner) => `(!(${inner}))`),
      fc.tuple(tie('any'), path).map(([target, parts]) => `(${target} has ${parts.join('.')})`),
      fc.tuple(tie('any'), name).map(([target, attr]) => `(${target} has ${quote(attr)})`),
      fc.tuple(tie('string'), pattern).map(([text, form]) => `(${text} like "${form}")`),
      fc.tuple(tie('entity'), fc.constantFrom(...TYPES)).map(([entity, type]) => `(${entity} is ${type})`),
      fc
        .tuple(tie('entity'), fc.constantFrom(...TYPES), fc.oneof(tie('entity'), tie('set')))
        .map(([entity, type, target]) => `(${entity} is ${type} in ${target})`),
      method(METHODS.one, tie('set'), tie('any')),
      method(METHODS.one, tie('extension'), tie('extension')),
      method(['hasTag'], tie('entity'), tie('string')),
      method(METHODS.none, fc.oneof(tie('set'), tie('extension')), nothing),
      conditional('bool'),
      read,
      tie('any'),
    ),
    long: fc.oneof(
      limits,
      fc.constantFrom(...LONGS).map((text) => (text.startsWith('-') ? `(${text})` : text)),
      infix(['+', '-', '*'], tie('long'), tie('long')),
      tie('long').map((inner) => `(-(${inner}))`),
      method(METHODS.none, tie('extension'), nothing),
      conditional('long'),
      read,
    ),
    string: fc.oneof(limits, fc.constantFrom(...STRINGS).map(quote), read, conditional('string')),
    entity: fc.oneof(
      limits,
      fc.constantFrom('principal', 'action', 'resource'),
      uid.map(uidText),
      read,
      method(['getTag'], tie('entity'), tie('string')),
    ),
    set: fc.oneof(
      limits,
      fc.constant('[]'),
      fc.array(tie('any'), { maxLength: 3 }).map((parts) => `[${parts.join(', ')}]`),
      read,
    ),
    record: fc.oneof(
      limits,
      fc.constant('context'),
      fc
        .uniqueArray(fc.tuple(name, tie('any')), { maxLength: 3, selector: ([key]) => key })
        .map((members) => `{${members.map(([key, value]) => `${quote(key)}: ${value}`).join(', ')}}`),
    ),
    extension: fc.oneof(
      limits,
      fc
        .constantFrom(...Object.keys(EXTENSION_TEXTS))
        .chain((call) => fc.constantFrom(...(EXTENSION_TEXTS[call] ?? [])).map((text) => `${call}(${quote(text)})`)),
      fc
        .tuple(fc.constantFrom(...Object.keys(EXTENSION_TEXTS)), tie('string'))
        .map(([call, text]) => `${call}(${text})`),
      method(METHODS.one, tie('extension'), tie('extension')),
      method(METHODS.none, tie('extension'), nothing),
      read,
    ),
    any: fc.oneof(
      limits,
      tie('long'),
      tie('string'),
      tie('entity'),
      tie('set'),
      tie('record'),
      tie('extension'),
      tie('bool'),
    ),
  };
});

const scope = (variable: string, entity: fc.Arbitrary<Uid>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constant(variable) },
    { weight: 2, arbitrary: entity.map((one) => `${variable} == ${uidText(one)}`) },
    { weight: 2, arbitrary: entity.map((one) => `${variable} in ${uidText(one)}`) },
    { weight: 1, arbitrary: fc.constantFrom(...TYPES).map((type) => `${variable} is ${type}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...TYPES), entity)
        .map(([type, one]) => `${variable} is ${type} in ${uidText(one)}`),
    },
  );

const actionScope: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constant('action') },
  actionUid.map((one) => `action == ${uidText(one)}`),
  actionUid.map((one) => `action in ${uidText(one)}`),
  fc.array(actionUid, { maxLength: 3 }).map((many) => `action in [${many.map(uidText).join(', ')}]`),
);

export const policyText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('permit', 'forbid'),
    scope('principal', uid),
    actionScope,
    scope('resource', uid),
    fc.array(fc.tuple(fc.constantFrom('when', 'unless'), expressions.bool), { maxLength: 2 }),
  )
  .map(([effect, principal, action, resource, conditions]) => {
    const clauses = conditions.map(([kind, body]) => ` ${kind} { ${body} }`).join('');
    return `${effect}(${principal}, ${action}, ${resource})${clauses};`;
  });

/** Parents come later in the list of all entities: the hierarchy has no cycle, which the official engine refuses. */
const entities: fc.Arbitrary<EntityCase[]> = fc
  .tuple(
    fc.shuffledSubarray(TYPES.flatMap((type) => IDS.map((id) => ({ type, id })))),
    fc.array(fc.tuple(attributes, attributes, fc.nat(), fc.nat(2)), { minLength: 12, maxLength: 12 }),
  )
  .map(([uids, details]) =>
    uids.map((one, index): EntityCase => {
      const [attrs = {}, tags = {}, seed = 0, count = 0] = details[index] ?? [];
      const above = uids.slice(index + 1);
      const parents = above.filter((_, place) => (seed >> (place % 20)) % 3 === 0).slice(0, count);
      return { uid: one, attrs, tags, parents };
    }),
  );

const actions: readonly EntityCase[] = [
  { uid: { type: 'Action', id: 'r' }, attrs: {}, tags: {}, parents: [{ type: 'Action', id: 'all' }] },
];

export interface PolicySetCase {
  policies: Record<string, string>;
  entities: EntityCase[];
  questions: Pick<Case, 'principal' | 'action' | 'resource' | 'context'>[];
}

/** Many policies to a set and many questions to each: entering the official engine costs more than the policies do. */
export function arbitrarySet(policyCount: number, questionCount: number): fc.Arbitrary<PolicySetCase> {
  const question = fc.record({ principal: uid, action: actionUid, resource: uid, context: attributes });
  return fc
    .record({
      texts: fc.array(policyText, { minLength: policyCount, maxLength: policyCount }),
      entities,
      questions: fc.array(question, { minLength: questionCount, maxLength: questionCount }),
    })
    .map(({ texts, entities: known, questions }) => ({
      questions,
      entities: [...known, ...actions],
      policies: Object.fromEntries(texts.map((text, index) => [`p${index}`, text])),
    }));
}
