/** One request, the same for everybody. */
export const CLIENT_ID = 'bench';
/** Refreshes: rotation is for clients that keep no secret. Named as the browser of the tests knows it. */
export const PUBLIC_CLIENT_ID = 'web';
export const CLIENT_SECRET = 'bench-secret-that-is-long-enough-0123456789';
export const SCOPE = 'weather:read';
export const API_AUDIENCE = 'http://bench.example/weather';
export const REFRESH_SCOPE = `openid offline_access ${SCOPE}`;
/** The same API again, for opaque tokens of the peer's. */
export const OPAQUE_AUDIENCE = 'http://bench.example/opaque';

export interface FormRequest {
  body: string;
  headers: Record<string, string>;
}

export function tokenRequest(clientId: string, clientSecret: string, resource: string = API_AUDIENCE): FormRequest {
  return formRequest({ grant_type: 'client_credentials', scope: SCOPE, resource }, clientId, clientSecret);
}

export function formRequest(fields: Record<string, string>, clientId: string, clientSecret: string): FormRequest {
  return {
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    },
  };
}
