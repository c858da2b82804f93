/** One request, the same for everybody. */
export const CLIENT_ID = 'bench';
export const CLIENT_SECRET = 'bench-secret-that-is-long-enough-0123456789';
export const SCOPE = 'weather:read';
export const API_AUDIENCE = 'http://bench.example/weather';

export function tokenRequest(
  clientId: string,
  clientSecret: string,
): { body: string; headers: Record<string, string> } {
  return {
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: SCOPE, resource: API_AUDIENCE }).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    },
  };
}
