import { type BinaryJson, type ExpressionJson, operatorOf } from '../cedar/policy-json.ts';
import { Entity, isFacts } from '../cedar/values.ts';
import { booleanTruth, present } from './compare-field.ts';
import { and, both, countNodes, either, FAILS, not, or, type Truth, UNDECIDED } from './condition.ts';
import { containsTruth } from './partial-contains.ts';
import { evaluateKnown, looksAtResource, NotCompilable, type PartialInput, type Term } from './partial-input.ts';
import { comparisonTruth, equalityTruth, inTruth, isTruth, likeTruth } from './partial-operators.ts';
import { hasTruth, termOf } from './partial-term.ts';

type TruthForm = (operand: never, input: PartialInput) => Truth;

/** Every operator whose result is a truth value, and that can be asked of columns. */
const FORMS: ReadonlyMap<string, TruthForm> = new Map<string, TruthForm>([
  ['&&', ({ left, right }: BinaryJson, input) => both(truthOf(left, input), () => truthOf(right, input))],
  ['||', ({ left, right }: BinaryJson, input) => either(truthOf(left, input), () => truthOf(right, input))],
  ['!', ({ arg }: { arg: ExpressionJson }, input) => not(truthOf(arg, input))],
  ['if-then-else', conditionalTruth],
  ['==', ({ left, right }: BinaryJson, input) => equalityTruth(termOf(left, input), termOf(right, input))],
  ['!=', ({ left, right }: BinaryJson, input) => not(equalityTruth(termOf(left, input), termOf(right, input)))],
  ['<', ({ left, right }: BinaryJson, input) => comparisonTruth('less', termOf(left, input), termOf(right, input))],
  ['<=', ({ left, right }: BinaryJson, input) => comparisonTruth('at_most', termOf(left, input), termOf(right, input))],
  ['>', ({ left, right }: BinaryJson, input) => comparisonTruth('greater', termOf(left, input), termOf(right, input))],
  [
    '>=',
    ({ left, right }: BinaryJson, input) => comparisonTruth('at_least', termOf(left, input), termOf(right, input)),
  ],
  ['in', ({ left, right }: BinaryJson, input) => inTruth(termOf(left, input), termOf(right, input), input)],
  ['is', isForm],
  ['has', hasTruth],
  [
    'like',
    ({ left, pattern }: { left: ExpressionJson; pattern: never }, input) => likeTruth(termOf(left, input), pattern),
  ],
  ['contains', containsForm('contains')],
  ['containsAll', containsForm('containsAll')],
  ['containsAny', containsForm('containsAny')],
]);

/**
 * An expression as conditions on the resource: when it is true, and when it is false; a row of neither is one for which
 * it fails. Exactly as a check of that row would come out.
 * @throws NotCompilable
 */
export function truthOf(expression: ExpressionJson, input: PartialInput): Truth {
  input.spend();
  if (!looksAtResource(expression)) return asTruth(evaluateKnown(expression, input));
  const { operator, operand } = operatorOf(expression);
  const form = FORMS.get(operator);
  if (form !== undefined) return bounded(form(operand as never, input));
  if (operator === '.' || operator === 'Var') return asTruth(termOf(expression, input));
  if (input.fields === undefined) return UNDECIDED;
  throw new NotCompilable(`\`${operator}\` of something of the resource has no form as a condition on columns`);
}

/** `&&` within `||` within `&&` … repeats what is inside at every level: looked at here, before the next one doubles it. */
function bounded(truth: Truth): Truth {
  if (countNodes(truth.isTrue) + countNodes(truth.isFalse) <= PARTS_MAX) return truth;
  throw new NotCompilable(`the clause makes a condition of more than ${PARTS_MAX} parts`);
}

const PARTS_MAX = 5_000;

function asTruth(term: Term): Truth {
  switch (term.kind) {
    case 'value':
      return typeof term.value === 'boolean' ? booleanTruth(term.value) : FAILS;
    case 'field': {
      const { field } = term;
      if (field.type !== 'boolean') return FAILS;
      const test = (value: boolean) => and(present(field), { op: 'equals', field: field.name, value });
      return { isTrue: test(true), isFalse: test(false), total: !field.nullable };
    }
    case 'undecided':
      return UNDECIDED;
    default:
      return FAILS;
  }
}

function conditionalTruth(
  operand: { if: ExpressionJson; then: ExpressionJson; else: ExpressionJson },
  input: PartialInput,
): Truth {
  const test = truthOf(operand.if, input);
  const yes = test.isTrue.op === 'never' ? FAILS : truthOf(operand.then, input);
  const no = test.isFalse.op === 'never' ? FAILS : truthOf(operand.else, input);
  return {
    isTrue: or(and(test.isTrue, yes.isTrue), and(test.isFalse, no.isTrue)),
    isFalse: or(and(test.isTrue, yes.isFalse), and(test.isFalse, no.isFalse)),
  };
}

/** `x is T in y` looks at `y` only when `x` is a `T`. */
function isForm(
  { left, entity_type: type, in: target }: { left: ExpressionJson; entity_type: string; in?: ExpressionJson },
  input: PartialInput,
): Truth {
  const term = termOf(left, input);
  const isType = isTruth(term, type);
  return target === undefined ? isType : both(isType, () => inTruth(term, termOf(target, input), input));
}

function containsForm(operator: 'contains' | 'containsAll' | 'containsAny') {
  return ({ left, right }: BinaryJson, input: PartialInput): Truth => {
    const set = termOf(left, input);
    // Of an entity whose relations are known: a check asks the graph, and so do we, unless it is asked about the resource.
    if (set.kind === 'value' && typeof set.value === 'object' && !(set.value instanceof Entity) && isFacts(set.value)) {
      if (input.fields === undefined) return UNDECIDED;
      throw new NotCompilable('a relation of another entity is asked about the resource');
    }
    return containsTruth(operator, set, termOf(right, input), input);
  };
}
