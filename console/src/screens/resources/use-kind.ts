import type { AnswerOf } from '@gatehouse/sdk/admin';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import type { JsonSchema } from '../../editor/json-schema.ts';

export type KindSummary = AnswerOf<'get', '/api/v1/kinds'>['items'][number];

/**
 * The kinds there are, with the schema of each, in the page's language. They are the program's: they don't change while it
 * runs. What German says of them comes when it is needed.
 */
export function useKinds(): readonly KindSummary[] | undefined {
  const { i18n } = useTranslation();
  const isGerman = i18n.language.startsWith('de');
  const { data: kinds } = useQuery({
    queryKey: ['/api/v1/kinds'],
    queryFn: async () => (await api.get('/api/v1/kinds')).data.items,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data: german } = useQuery({
    queryKey: ['german descriptions'],
    queryFn: () => import('../../editor/german/descriptions.ts'),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isGerman,
  });
  return useMemo(() => {
    if (!isGerman || kinds === undefined || german === undefined) return isGerman ? undefined : kinds;
    return kinds.map((kind) => ({
      ...kind,
      description: german.inGerman(kind.description),
      schema: german.schemaInGerman(kind.schema as JsonSchema) as KindSummary['schema'],
    }));
  }, [isGerman, kinds, german]);
}

export const useKind = (plural: string): KindSummary | undefined => useKinds()?.find((kind) => kind.plural === plural);
