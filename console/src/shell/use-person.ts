import { useQuery } from '@tanstack/react-query';
import { issuer } from '../session/page-facts.ts';
import { accessToken } from '../session/session.ts';

/** Who is signed in, as the issuer tells the console (OpenID Connect Core §5.3). */
export function usePerson(): { name?: string; email?: string } | undefined {
  const { data } = useQuery({
    queryKey: ['userinfo'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<{ name?: string; email?: string }> => {
      const token = await accessToken();
      const response = await fetch(`${issuer}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } });
      return response.ok ? await response.json() : {};
    },
  });
  return data;
}
