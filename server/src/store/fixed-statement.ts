import { CompiledQuery } from 'kysely';
import type { Tx } from './scope.ts';

/**
 * A statement whose text is always the same, for where thousands a second are asked: it is neither put together nor
 * compiled each time, which costs more than sending it. `$1` and so on stand for the values; numbers and rows are read as
 * anywhere else, and row-level security holds.
 */
export function fixedStatement<Row>(text: string): (tx: Tx, values: readonly unknown[]) => Promise<Row[]> {
  return async (tx, values) => (await tx.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
}
