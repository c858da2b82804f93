import type { CompiledRoute } from '../compile-route.ts';
import type { CredentialType } from '../route-spec.ts';

/** What somebody with no credential is told to send: what this route takes, and nothing that it would refuse as well. */
export function whatToSend({ accepted, keyPlaces }: Pick<CompiledRoute, 'accepted' | 'keyPlaces'>): string {
  const ways = WAYS.filter(([type]) => accepted.includes(type)).map(([, way]) => way);
  if (keyPlaces?.header !== undefined) ways.push(`the API key in \`${keyPlaces.header}\``);
  return ways.length === 0 ? 'A credential is required.' : `A credential is required. Send ${ways.join(', or ')}.`;
}

const WAYS: readonly (readonly [CredentialType, string])[] = [
  ['api_key', 'an API key in X-API-Key'],
  ['access_token', 'an access token as `Authorization: Bearer`'],
  ['client_certificate', 'a client certificate with the connection'],
];
