import type { TestControlServer } from '../control-server.fixture.ts';

export interface Call {
  method?: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  url: string;
  as?: string;
  headers?: Record<string, string>;
  payload?: object | string;
}

/** Calls of the Admin API, as the holder of a role. */
export function adminCalls(here: () => Pick<TestControlServer, 'server'>) {
  const call = ({ as = 'administrator', headers = {}, url, ...rest }: Call) =>
    here().server.inject({ ...rest, url: `/api/v1${url}`, headers: { authorization: `Bearer ${as}`, ...headers } });

  async function outcome(input: Call): Promise<string> {
    const response = await call(input);
    const body = response.body === '' ? {} : response.json();
    return [response.statusCode, body.code].filter((part) => part !== undefined).join(' ');
  }

  return { call, outcome };
}

export const org = (displayName: string) => ({ spec: { displayName } });

export const put = (name: string, displayName: string, headers: Record<string, string> = {}): Call => ({
  method: 'PUT',
  url: `/organizations/${name}`,
  payload: org(displayName),
  headers,
});
