import { AdminError, createAdminClient, type ListPath } from '@gatehouse/sdk/admin';
import { issuer } from '../session/page-facts.ts';
import { authorizedFetch } from '../session/session.ts';

/** The Admin API, as the person who is signed in. */
export const api = createAdminClient({ baseUrl: issuer, fetch: authorizedFetch });

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** For lists whose path is data: which kind of resource is shown. */
export const kindPath = (plural: string): ListPath => `/api/v1/${plural}` as ListPath;

/** Names the refusal: it stands in the server's log and in its answer. */
export function requestIdOf(error: AdminError): string | undefined {
  const { instance } = error.problem;
  return typeof instance === 'string' ? instance.split(':').at(-1) : undefined;
}

export { AdminError };
