import { type Fetch, fetchJson, isSafeUrl } from '../net/fetch-json.ts';
import type { Auth } from '../verify/auth.ts';
import { AuthError, ConfigurationError } from '../verify/auth-error.ts';
import type { FilterTable } from './filter-table.ts';

export interface FilterOptions {
  /** Where Gatehouse is. */
  issuer: string;
  /** An API key with the permission `decisions:filter`. */
  apiKey: string;
  fetch?: Fetch;
}

export interface FilterQuestion {
  action: string | { name: string; properties?: Readonly<Record<string, unknown>> };
  table: FilterTable;
  context?: Readonly<Record<string, unknown>>;
}

/** `none`: there is nothing to ask the database for. `all`: `true` would do. */
interface Scoped {
  scope: 'none' | 'all' | 'some';
  policyVersion: number;
}
/** A condition with its values apart, `$1` and so on. */
export interface Filter extends Scoped {
  text: string;
  values: readonly unknown[];
}

/** A filter holds until policies, roles or relationships change: ask for one with each list. */
export interface Filters {
  /** @param firstParameter - the number of the first parameter, where the query has some of its own. */
  sql(auth: Auth, question: FilterQuestion, firstParameter?: number): Promise<Filter>;
  /** A `where` of Prisma. */
  prisma(auth: Auth, question: FilterQuestion): Promise<Record<string, unknown>>;
  /** A predicate with literals, for a policy of row-level security or a view for one subject. */
  rowLevelSecurity(auth: Auth, question: FilterQuestion): Promise<string>;
}

/**
 * Asks Gatehouse for filters. What can not be answered, or has no form as a condition, is an error and never a wider filter.
 *
 * @example
 * ```ts
 * import { createFilters } from '@gatehouse/sdk/filter';
 * import type { Auth } from '@gatehouse/sdk/verify';
 * import type { Pool } from 'pg';
 *
 * const filters = createFilters({ issuer: 'https://id.example.com', apiKey: process.env.FILTER_KEY ?? 'unset' });
 * const invoices = {
 *   resourceType: 'Invoice',
 *   id: 'id',
 *   attributes: { owner: { type: 'entity', entityType: 'User', column: 'owner_id' }, total: { type: 'long' } },
 * } as const;
 *
 * export async function listInvoices(pool: Pool, auth: Auth) {
 *   const { text, values } = await filters.sql(auth, { action: 'invoices:read', table: invoices });
 *   return pool.query(`select * from invoices where ${text}`, [...values]);
 * }
 * ```
 *
 * @throws ConfigurationError when an option can not be.
 */
export function createFilters({
  issuer,
  apiKey,
  fetch = (input, init) => globalThis.fetch(input, init),
}: FilterOptions): Filters {
  if (!isSafeUrl(issuer)) throw new ConfigurationError('issuer must be an https address (http only on this machine).');
  if (apiKey === '') throw new ConfigurationError('apiKey must not be empty. Is a variable unset?');
  const url = `${issuer.replace(/\/$/, '')}/api/v1/decisions/filter`;

  async function ask(auth: Auth, { action, table, context }: FilterQuestion, more: object) {
    const body = {
      subject: { type: auth.type, id: auth.subject, properties: signInOf(auth) },
      action: typeof action === 'string' ? { name: action } : action,
      table,
      ...(context === undefined ? {} : { context }),
      ...more,
    };
    const init = {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const answered = await fetchJson(url, { fetch, init }).catch((cause: unknown) => {
      throw new AuthError('decision_unavailable', { cause });
    });
    if (answered.status !== 200) {
      throw new AuthError('decision_unavailable', {
        cause: new TypeError(String(answered.body.detail ?? answered.status)),
      });
    }
    return answered.body;
  }

  return {
    async sql(auth, question, firstParameter = 1) {
      const { scope, policyVersion, sql } = await ask(auth, question, { format: 'sql', firstParameter });
      const { text, values } = Object(sql);
      if (!isScope(scope) || typeof text !== 'string' || !Array.isArray(values)) throw unreadable();
      return { scope, policyVersion: Number(policyVersion), text, values };
    },
    async prisma(auth, question) {
      const { prisma } = await ask(auth, question, { format: 'prisma' });
      if (typeof prisma !== 'object' || prisma === null) throw unreadable();
      return { ...prisma };
    },
    async rowLevelSecurity(auth, question) {
      const { rls } = await ask(auth, question, { format: 'rls' });
      if (typeof rls !== 'string' || rls === '') throw unreadable();
      return rls;
    },
  };
}

const SCOPES = ['none', 'all', 'some'] as const;
const isScope = (value: unknown): value is Filter['scope'] => SCOPES.some((scope) => scope === value);
const unreadable = () =>
  new AuthError('decision_unavailable', { cause: new TypeError('the filter could not be read') });

function signInOf({ scopes, acr, amr, authTime, environment }: Auth): object {
  return {
    scopes,
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
    ...(environment === undefined ? {} : { environment }),
  };
}
