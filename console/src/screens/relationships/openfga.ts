import { useQuery } from '@tanstack/react-query';
import { AdminError, api } from '../../api/admin.ts';

/** OpenFGA's API, as far as it is used here; its forms are its own. */
export interface RelationStore {
  id: string;
  name: string;
  created_at: string;
}

export interface TupleKey {
  user: string;
  relation: string;
  object: string;
  condition?: { name: string } | null;
}

export interface StoredTuple {
  key: TupleKey;
  timestamp: string;
}

export interface TypeRestriction {
  type: string;
  relation?: string;
  wildcard?: object;
  condition?: string;
}

export interface Rewrite {
  this?: object;
  computedUserset?: { relation?: string };
  tupleToUserset?: { tupleset?: { relation?: string }; computedUserset?: { relation?: string } };
  union?: { child?: Rewrite[] };
  intersection?: { child?: Rewrite[] };
  difference?: { base?: Rewrite; subtract?: Rewrite };
}

export interface RelationModel {
  id: string;
  schema_version: string;
  type_definitions: {
    type: string;
    relations?: Record<string, Rewrite>;
    metadata?: { relations?: Record<string, { directly_related_user_types?: TypeRestriction[] }> } | null;
  }[];
  conditions?: Record<
    string,
    { expression: string; parameters?: Record<string, { type_name: string; generic_types?: { type_name: string }[] }> }
  >;
}

/** A call of OpenFGA's API. Its refusals say `message` where ours say `detail`. */
export async function openfga<Answer>(
  method: 'get' | 'post' | 'delete',
  path: string,
  body?: unknown,
  contentType?: string,
): Promise<Answer> {
  try {
    const type = contentType === undefined ? {} : { contentType };
    const response = await api.raw(method, path, { ...(body === undefined ? {} : { body }), ...type });
    return (response.status === 204 ? undefined : await response.json()) as Answer;
  } catch (error) {
    if (error instanceof AdminError && typeof error.problem.message === 'string')
      throw new AdminError(error.status, { ...error.problem, detail: error.problem.message });
    throw error;
  }
}

export function useStores() {
  return useQuery({
    queryKey: ['openfga', 'stores'],
    queryFn: () => openfga<{ stores: RelationStore[] }>('get', '/stores?page_size=100'),
  });
}

/** The newest first; the first is the one in use. */
export function useModels(store: string) {
  return useQuery({
    queryKey: ['openfga', store, 'models'],
    queryFn: () =>
      openfga<{ authorization_models: RelationModel[] }>('get', `/stores/${store}/authorization-models?page_size=20`),
  });
}

export const textOf = ({ user, relation, object }: TupleKey): string => `${user} ${relation} ${object}`;
