/**
 * Why a policy could not be evaluated. Thrown through the compiled closures and caught by the evaluator, never further.
 * It is no `Error` on purpose: capturing a stack would make a request that provokes failures ten times as dear.
 */
export class EvaluationFailure {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export function typeFailure(expected: string, found: string): EvaluationFailure {
  return new EvaluationFailure(`type error: expected ${expected}, got ${found}`);
}
