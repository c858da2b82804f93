import type { Provider } from './providers.ts';

export interface Answer {
  access_token?: string;
  error?: string;
  error_description?: string;
  [member: string]: unknown;
}

/** Posts a form to a provider as this client. What it answers is read, whatever its status: GitHub says no with a 200. */
export async function askProvider(
  { clientId, clientSecret }: Provider,
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<Answer> {
  const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ client_id: clientId, ...secret, ...fields }),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (typeof answer !== 'object' || answer === null) throw new TypeError(`${url} answered ${response.status}`);
  return answer as Answer;
}

export function refused({ error = 'no access token', error_description: description }: Answer): TypeError {
  return new TypeError(description === undefined ? error : `${error}: ${description}`);
}
