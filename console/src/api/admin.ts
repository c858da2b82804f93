import { issuer } from '../session/page-facts.ts';
import { accessToken, forgetTokens, startSignIn } from '../session/session.ts';
import { Problem, problemOf } from './problem.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface AdminRequest {
  query?: Query;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

/** One call of the Admin API, with the person's token. Without one the person is led to sign in and back to here. */
export async function callAdmin(method: string, path: string, request: AdminRequest = {}): Promise<Response> {
  const token = await accessToken();
  if (token === undefined) return startSignIn({ returnTo: here() });
  const { body } = request;
  const isText = typeof body === 'string';
  const response = await fetch(`${issuer}/api/v1${path}${queryText(request.query)}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': isText ? 'application/yaml' : 'application/json' }),
      ...request.headers,
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem({ status: 0, code: 'unreachable', message: 'Gatehouse does not answer. Is it running?' });
  });
  if (response.ok) return response;
  const problem = await problemOf(response);
  // The session ended elsewhere: the token is worth nothing any more, whatever it says of its own end.
  if (problem.status === 401 && problem.challenge === undefined) {
    forgetTokens();
    return startSignIn({ returnTo: here() });
  }
  throw problem;
}

/** The same, for what answers JSON. */
export async function admin<Answer>(method: string, path: string, request?: AdminRequest): Promise<Answer> {
  const response = await callAdmin(method, path, request);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

export const here = (): string => `${location.pathname.replace(/^\/console/, '')}${location.search}${location.hash}`;

function queryText(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
