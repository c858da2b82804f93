import { z } from 'zod';
import { LIMITS, type SafeFetch } from '#base';
import { oauthErrors } from '../errors.ts';
import type { Provider } from './provider.ts';

const TIMEOUT_MILLISECONDS = 10_000;
const BODY_BYTES_MAX = 64 * 1024;

const token = z.string().min(1).max(LIMITS.credentialLengthMax);

/** RFC 6749 §5.1; what else stands there is the provider's own. */
const answerSchema = z.object({
  access_token: token,
  token_type: z.string().refine((type) => type.toLowerCase() === 'bearer'),
  expires_in: z.number().optional(),
  refresh_token: token.optional(),
  id_token: token.optional(),
});

export type ProviderAnswer = z.output<typeof answerSchema>;

/**
 * Asks an endpoint of the provider's, as the client that we are there. undefined: what was shown is not, or no longer, good
 * there (`invalid_grant`). @throws `provider_unavailable`, `provider_refused`
 */
export async function askProvider(
  deps: { fetch: SafeFetch },
  provider: Provider,
  endpoint: string,
  form: Record<string, string>,
): Promise<ProviderAnswer | undefined>;
export async function askProvider(
  deps: { fetch: SafeFetch },
  provider: Provider,
  endpoint: string,
  form: Record<string, string>,
  expects: 'nothing',
): Promise<undefined>;
export async function askProvider(
  { fetch }: { fetch: SafeFetch },
  { clientId, clientAuthentication, secretFor }: Provider,
  endpoint: string,
  form: Record<string, string>,
  expects?: 'nothing',
): Promise<ProviderAnswer | undefined> {
  const { origin } = new URL(endpoint);
  const secret = secretFor(origin);
  if (secret === undefined) {
    throw oauthErrors.provider_unavailable({ cause: new TypeError(`no client secret is set for ${origin}`) });
  }
  const inHeader = clientAuthentication === 'client_secret_basic';
  const body = new URLSearchParams({ ...form, ...(inHeader ? {} : { client_id: clientId, client_secret: secret }) });
  const { status, body: answered } = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...(inHeader ? { authorization: basic(clientId, secret) } : {}),
    },
    body: body.toString(),
    timeoutMs: TIMEOUT_MILLISECONDS,
    bodyBytesMax: BODY_BYTES_MAX,
  }).catch((cause: unknown) => {
    throw oauthErrors.provider_unavailable({ cause });
  });
  if (expects === 'nothing' && status === 200) return undefined;
  const document = readJson(answered);
  if (status === 200) {
    const parsed = answerSchema.safeParse(document);
    if (parsed.success) return parsed.data;
    throw oauthErrors.provider_refused({ cause: new TypeError('its answer is not that of a token endpoint') });
  }
  const error = typeof document === 'object' && document !== null && 'error' in document ? document.error : undefined;
  if (status === 400 && error === 'invalid_grant') return undefined;
  // Its own words are not passed on: what we sent may stand in them.
  const code = typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : 'no error code';
  throw oauthErrors.provider_unavailable({ cause: new TypeError(`${origin} answered ${status} (${code})`) });
}

/** RFC 6749 §2.3.1: each is form-encoded first. */
function basic(clientId: string, secret: string): string {
  const encoded = (text: string) => new URLSearchParams({ v: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(secret)}`).toString('base64')}`;
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
