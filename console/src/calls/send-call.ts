/** A call as a page makes it: with the key that somebody typed, and nothing that the browser would add. */
export interface Call {
  url: string;
  method: string;
  /** An API key or a token; empty for none. */
  credential: string;
  /** JSON; empty for none. */
  body: string;
}

export interface CallAnswer {
  status: number;
  milliseconds: number;
  headers: readonly (readonly [name: string, value: string])[];
  text: string;
  /** More came than is shown. */
  cut: boolean;
}

const SHOWN_MAX = 64 * 1024;

/** `undefined`: no answer that the page may read. The browser does not say why, so that no page can look around. */
export async function sendCall({ url, method, credential, body }: Call): Promise<CallAnswer | undefined> {
  const headers: Record<string, string> = {};
  if (credential !== '') headers.authorization = `Bearer ${credential}`;
  if (body !== '') headers['content-type'] = 'application/json';
  const startedAt = performance.now();
  const request = { method, headers, credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' } as const;
  const response = await fetch(url, body === '' ? request : { ...request, body }).catch(() => undefined);
  if (response === undefined) return undefined;
  const text = await response.text().catch(() => '');
  return {
    status: response.status,
    milliseconds: Math.round(performance.now() - startedAt),
    headers: [...response.headers],
    text: readable(text).slice(0, SHOWN_MAX),
    cut: text.length > SHOWN_MAX,
  };
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The names between braces of a path: `/weather/{city}` has `city`. */
export const holesOf = (path: string): string[] => [...path.matchAll(/\{([^{}*]+)\*?\}/g)].map(([, name = '']) => name);

/** With what was typed in their place; a hole that nothing stands in stays one. */
export const filledPath = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{([^{}*]+)(\*?)\}/g, (hole, name: string, rest: string) => {
    const value = values[name] ?? '';
    if (value === '') return hole;
    return rest === '' ? encodeURIComponent(value) : value.split('/').map(encodeURIComponent).join('/');
  });
