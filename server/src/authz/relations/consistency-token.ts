import { relationsErrors } from '../errors.ts';
import { isUlid } from './ulid.ts';

/** How far a store had come: every write answers one, and a question that brings it along is answered from no older state. */
export function writeConsistencyToken(storeId: string, revision: number): string {
  return Buffer.from(`1.${storeId}.${revision}`).toString('base64url');
}

/**
 * The revision that a token of this store names.
 * @throws `consistency_token_invalid`
 */
export function readConsistencyToken(token: string, storeId: string): number {
  const [version, store = '', revision = ''] = Buffer.from(token.slice(0, 128), 'base64url').toString().split('.');
  if (version === '1' && isUlid(store) && store === storeId && /^\d{1,15}$/.test(revision)) return Number(revision);
  throw relationsErrors.consistency_token_invalid();
}
