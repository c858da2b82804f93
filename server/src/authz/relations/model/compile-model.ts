import type { TupleRules } from '../validate-tuple.ts';
import { type Condition, compileCondition } from './condition.ts';
import { readModel } from './read-model.ts';
import { validateModel } from './validate-model.ts';

/**
 * Reads a model from its JSON form, checks that it makes sense, and makes its conditions ready.
 * @throws `invalid_authorization_model`, `unsupported_schema_version`, `exceeded_entity_limit`
 */
export async function compileModel(input: unknown): Promise<TupleRules> {
  const model = readModel(input);
  validateModel(model);
  const conditions = new Map<string, Condition>();
  for (const [name, condition] of model.conditions) conditions.set(name, await compileCondition(condition));
  return { model, conditions };
}
