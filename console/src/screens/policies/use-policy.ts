import type { AnswerOf, BodyOf } from '@gatehouse/sdk/admin';
import { useQuery } from '@tanstack/react-query';
import { AdminError, api } from '../../api/admin.ts';

export type Policy = AnswerOf<'get', '/api/v1/policies/{name}'>;
export type PolicySpec = Policy['spec'];
export type Tried = AnswerOf<'post', '/api/v1/policy-versions/try'>;
export type Replay = AnswerOf<'post', '/api/v1/policy-versions/replay'>;
export type ReplayBody = NonNullable<BodyOf<'post', '/api/v1/policy-versions/replay'>>;
export type TestSet = AnswerOf<'get', '/api/v1/policy_tests/{name}'>;
export type PolicyTest = TestSet['spec']['tests'][number];

/** As it is stored, with the ETag that replaces it; `undefined` where there is none of this name yet. */
export function usePolicy(name: string) {
  return useQuery({
    queryKey: ['/api/v1/policies/{name}', name, 'with its tag'],
    queryFn: async ({ signal }): Promise<{ policy: Policy | undefined; etag: string | undefined }> => {
      try {
        const { data, etag } = await api.get('/api/v1/policies/{name}', { params: { name }, signal });
        return { policy: data, etag };
      } catch (error) {
        if (error instanceof AdminError && error.status === 404) return { policy: undefined, etag: undefined };
        throw error;
      }
    },
    // What is being written must not be exchanged under the writer's hands.
    refetchOnWindowFocus: false,
  });
}
