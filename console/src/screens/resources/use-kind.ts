import type { AnswerOf } from '@gatehouse/sdk/admin';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/admin.ts';

export type KindSummary = AnswerOf<'get', '/api/v1/kinds'>['items'][number];

/** The kinds there are, with the schema of each. They are the program's: they don't change while it runs. */
export function useKinds(): readonly KindSummary[] | undefined {
  const { data } = useQuery({
    queryKey: ['/api/v1/kinds'],
    queryFn: async () => (await api.get('/api/v1/kinds')).data.items,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

export const useKind = (plural: string): KindSummary | undefined => useKinds()?.find((kind) => kind.plural === plural);
