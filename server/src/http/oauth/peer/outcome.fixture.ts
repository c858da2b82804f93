import { CALLBACK, type Side } from './side.fixture.ts';

/** Each says what went wrong in its own words, and we give each error an id. */
const IGNORED = new Set(['error', 'error_description', 'error_id', 'error_detail']);

/**
 * What is compared of an answer: not its words, but what a client's code would branch on. `status error shape`: status is
 * `client` when the browser is sent to the client and `sign_in` when to a page of the server's own; shape is the names of
 * what is there, parameters of a redirect, members of a body, claims of each JWT in it.
 */
export async function outcomeOf(side: Side, answer: Response): Promise<string> {
  const location = answer.headers.get('location');
  const text = await answer.text();
  if (location?.startsWith(CALLBACK) === true) {
    const { searchParams } = new URL(location);
    const error = searchParams.get('error') ?? '';
    // Whether `code` is there says the error as well.
    return `client ${error} ${error === '' ? names([...searchParams.keys()]) : ''}`.trimEnd();
  }
  if (location !== null) return 'sign_in';
  if (answer.headers.get('content-type')?.includes('json') !== true) {
    return `${answer.status} ${answer.status < 400 ? '' : (side.errorOnPage(text) ?? '')}`.trimEnd();
  }
  const body: unknown = text === '' ? {} : JSON.parse(text);
  const error = isRecord(body) && typeof body.error === 'string' ? body.error : '';
  return `${answer.status} ${error} ${error === '' ? shapeOf(body) : ''}`.trimEnd();
}

function shapeOf(body: unknown): string {
  if (!isRecord(body)) return typeof body;
  const parts = [names(Object.keys(body))];
  for (const [name, value] of Object.entries(body)) {
    const claims = typeof value === 'string' ? jwtClaims(value) : undefined;
    if (claims !== undefined) parts.push(`${name}(${names(Object.keys(claims))})`);
  }
  return parts.join(' ');
}

function jwtClaims(text: string): Record<string, unknown> | undefined {
  const [header, payload, signature, ...rest] = text.split('.');
  if (!header?.startsWith('ey') || payload === undefined || signature === undefined || rest.length > 0)
    return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

const names = (all: readonly string[]) =>
  [...new Set(all)]
    .filter((name) => !IGNORED.has(name))
    .sort()
    .join(',');

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
