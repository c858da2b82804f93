import type { AnswerOf } from '@gatehouse/sdk/admin';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/admin.ts';

export type TriedSchema = AnswerOf<'post', '/api/v1/policy-schemas/try'>;

/** There is one in a tenant, or none. */
export const SCHEMA = { name: 'default' };

const BEGINNING = `// Who acts.
entity Role;
entity User in [Role];
entity ApiKey in [Role];

// What is acted upon.
entity Document {
  owner: User,
  public?: Bool,
};

action "documents:read", "documents:write" appliesTo {
  principal: [User, ApiKey],
  resource: [Document],
};
`;
const TYPING_PAUSE_MILLISECONDS = 400;

/** The schema as it is stored and as it is written, and what would be said of it and of the policies. */
export function useSchema() {
  const [draft, setDraft] = useState<string>();
  const read = useQuery({
    queryKey: ['/api/v1/policy_schemas/{name}', 'with its tag'],
    queryFn: async ({ signal }) => {
      // Of the list, since there may be none, and that is no error.
      const { items } = (await api.get('/api/v1/policy_schemas', { signal })).data;
      if (items.length === 0) return { stored: undefined, etag: undefined };
      const { data, etag } = await api.get('/api/v1/policy_schemas/{name}', { params: SCHEMA, signal });
      return { stored: data, etag };
    },
    // What is being written must not be exchanged under the writer's hands.
    refetchOnWindowFocus: false,
  });
  const stored = read.data?.stored;
  const text = draft ?? stored?.spec.cedar ?? BEGINNING;
  const [settled] = useDebouncedValue(text, TYPING_PAUSE_MILLISECONDS);
  const tried = useQuery({
    queryKey: ['try-schema', settled],
    enabled: read.data !== undefined && settled.trim() !== '',
    queryFn: async ({ signal }) =>
      (await api.post('/api/v1/policy-schemas/try', { body: { spec: { cedar: settled } }, signal })).data,
    placeholderData: keepPreviousData,
  });
  return {
    isRead: read.data !== undefined,
    error: read.error ?? tried.error,
    stored,
    etag: read.data?.etag,
    text,
    write: setDraft,
    settle: () => setDraft(undefined),
    isChanged: text !== (stored?.spec.cedar ?? ''),
    tried: tried.data,
    isTrying: tried.isFetching || settled !== text,
  };
}
