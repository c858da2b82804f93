import type { parse } from '@bufbuild/cel';
import { RELATION_LIMITS } from '../limits.ts';
import { invalidModel } from './read-model.ts';

export type Expression = ReturnType<typeof parse>['expr'];

/** Called in each round of a loop, with what each `+` makes, and with what a call looks through; see `countSteps` in condition.ts. */
export const STEP_FUNCTION = '@step';
export const GROW_FUNCTION = '@grow';
export const WALK_FUNCTION = '@walk';

/** What a condition may call. `matches` is not among them: a regular expression can take time without bound. */
const FUNCTIONS = new Set(
  `_&&_ _||_ !_ -_ _?_:_ _==_ _!=_ _<_ _<=_ _>_ _>=_ _+_ _-_ _*_ _/_ _%_ _[_] @in @not_strictly_false
  size contains startsWith endsWith int uint double string bytes bool duration timestamp dyn type
  getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds getMilliseconds
  ipaddress in_cidr`.split(/\s+/),
);
/** Those of them that look through whole lists and texts: in a loop over a list, `x in list` takes the square of its length. */
const WALKING = new Set('_==_ _!=_ _<_ _<=_ _>_ _>=_ @in size contains startsWith endsWith string bytes'.split(' '));
const TYPE_NAMES = new Set('int uint double bool string bytes list map null_type type'.split(' '));
const DEPTH_MAX = 64;

interface Place {
  condition: string;
  /** Parameters, and variables of the loops around. */
  names: ReadonlySet<string>;
  depth: number;
  loops: number;
  /** The variable that the loop around gathers its result in. */
  gathering?: string;
}

/**
 * Checks that an expression uses only what is declared, and puts a counter into everything in it that can grow: an
 * attacker who may write models or send context must not be able to keep a process busy (`[…].map(x, […].map(y, …))`).
 * @throws `invalid_authorization_model`
 */
export function boundExpression(expression: Expression, condition: string, parameters: Iterable<string>): void {
  bind(expression, { condition, names: new Set(parameters), depth: 0, loops: 0 });
}

function bind(expression: Expression | undefined, place: Place): void {
  if (expression === undefined) return;
  if (place.depth > DEPTH_MAX) throw refused(place, `is nested more than ${DEPTH_MAX} levels deep`);
  const inner = { ...place, depth: place.depth + 1 };
  const { exprKind } = expression;
  switch (exprKind.case) {
    case 'constExpr':
      return;
    case 'identExpr':
      if (!place.names.has(exprKind.value.name) && !TYPE_NAMES.has(exprKind.value.name)) {
        throw refused(place, `uses '${exprKind.value.name}', which is not among its parameters`);
      }
      return;
    case 'selectExpr':
      bind(exprKind.value.operand, inner);
      return;
    case 'listExpr':
      for (const element of exprKind.value.elements) bind(element, inner);
      return;
    case 'structExpr':
      if (exprKind.value.messageName !== '') throw refused(place, 'makes a message, which is not supported');
      for (const entry of exprKind.value.entries) {
        if (entry.keyKind.case === 'mapKey') bind(entry.keyKind.value, inner);
        bind(entry.value, inner);
      }
      return;
    case 'callExpr':
      bindCall(expression, exprKind.value, inner);
      return;
    case 'comprehensionExpr':
      bindLoop(exprKind.value, inner);
      return;
    default:
      throw refused(place, 'has a part that can not be read');
  }
}

type Call = Extract<Expression['exprKind'], { case: 'callExpr' }>['value'];
type Loop = Extract<Expression['exprKind'], { case: 'comprehensionExpr' }>['value'];

function bindCall(expression: Expression, call: Call, place: Place): void {
  if (!FUNCTIONS.has(call.function)) throw refused(place, `calls '${call.function}', which is not supported`);
  bind(call.target, place);
  for (const argument of call.args) bind(argument, place);
  if (WALKING.has(call.function)) for (const each of [call.target, ...call.args]) countWalk(each);
  const [first] = call.args;
  const gathers = first?.exprKind.case === 'identExpr' && first.exprKind.value.name === place.gathering;
  if (call.function === '_+_' && !gathers) expression.exprKind = callOf(GROW_FUNCTION, { ...expression });
}

/** What stands in the expression itself is as short as that is. */
function countWalk(expression: Expression | undefined): void {
  if (expression === undefined || expression.exprKind.case === 'constExpr') return;
  expression.exprKind = callOf(WALK_FUNCTION, { ...expression });
}

function bindLoop(loop: Loop, place: Place): void {
  const loops = place.loops + 1;
  if (loops > RELATION_LIMITS.conditionLoopDepthMax) {
    throw refused(place, `has more than ${RELATION_LIMITS.conditionLoopDepthMax} loops inside each other`);
  }
  bind(loop.iterRange, place);
  bind(loop.accuInit, place);
  const names = new Set([...place.names, loop.iterVar, loop.iterVar2, loop.accuVar]);
  const inner = { ...place, names, loops, gathering: loop.accuVar };
  bind(loop.loopStep, inner);
  bind(loop.loopCondition, inner);
  bind(loop.result, inner);
  if (loop.loopCondition !== undefined) {
    loop.loopCondition.exprKind = callOf(STEP_FUNCTION, { ...loop.loopCondition });
  }
}

function callOf(name: string, argument: Expression): Expression['exprKind'] {
  return { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args: [argument] } };
}

function refused({ condition }: Place, what: string) {
  return invalidModel(`the condition '${condition}' ${what}`);
}
