import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { cliErrors } from './errors.ts';

/** How a field of a client is said on the command line. */
interface ClientOption {
  /** Of the client resource. */
  field: string;
  flag: string;
  /** `list`: several words. `on` and `off`: no word at all. `json`: a structure, or `@` and the file that it is in. */
  form: 'text' | 'list' | 'on' | 'off' | 'json';
  about: string;
}

/** Every field of a client but its type, which `--public` says, and what only the server sets: a test holds it. */
export const CLIENT_OPTIONS: readonly ClientOption[] = [
  {
    field: 'grants',
    flag: '--grant',
    form: 'list',
    about: 'client_credentials, authorization_code, refresh_token, device_code, token_exchange, jwt_bearer, ciba',
  },
  { field: 'displayName', flag: '--display-name', form: 'text', about: 'what people see on the consent page' },
  { field: 'scopes', flag: '--scope', form: 'list', about: 'scopes it may ask for' },
  { field: 'defaultScopes', flag: '--default-scope', form: 'list', about: 'what it gets when it asks for none' },
  { field: 'requiredScopes', flag: '--required-scope', form: 'list', about: 'what people can’t untick' },
  { field: 'apis', flag: '--api', form: 'list', about: 'APIs it may ask tokens for' },
  {
    field: 'redirectUris',
    flag: '--redirect-uri',
    form: 'list',
    about: 'where people are sent back, compared exactly',
  },
  {
    field: 'postLogoutRedirectUris',
    flag: '--post-logout-redirect-uri',
    form: 'list',
    about: 'where people may be sent after they signed out, compared exactly',
  },
  { field: 'backchannelLogoutUri', flag: '--backchannel-logout-uri', form: 'text', about: 'told of ended sessions' },
  {
    field: 'backchannelNotificationUri',
    flag: '--backchannel-notification-uri',
    form: 'text',
    about: 'pinged when a person has answered (CIBA)',
  },
  { field: 'firstParty', flag: '--first-party', form: 'on', about: 'our own app: people are not asked for consent' },
  { field: 'organization', flag: '--organization', form: 'text', about: 'the organization whose client it is' },
  { field: 'plan', flag: '--plan', form: 'text', about: 'whose limits apply to its tokens' },
  {
    field: 'resourceServerFor',
    flag: '--resource-server-for',
    form: 'list',
    about: 'APIs that it is the server of: it may introspect their tokens',
  },
  { field: 'claims', flag: '--claims', form: 'json', about: 'further claims of its id tokens' },
  { field: 'subjectType', flag: '--subject-type', form: 'text', about: 'public or pairwise' },
  {
    field: 'sectorIdentifier',
    flag: '--sector-identifier',
    form: 'text',
    about: 'for pairwise: whose names it shares',
  },
  { field: 'idTokenSigningAlg', flag: '--id-token-signing-alg', form: 'text', about: 'ES256, PS256, EdDSA, RS256' },
  { field: 'idTokenEncryption', flag: '--id-token-encryption', form: 'json', about: '{"key":…,"enc":"A256GCM"}' },
  { field: 'userinfoEncryption', flag: '--userinfo-encryption', form: 'json', about: '{"key":…,"enc":"A256GCM"}' },
  { field: 'profile', flag: '--profile', form: 'text', about: 'oauth2.1 or fapi2' },
  {
    field: 'tokenEndpointAuthMethod',
    flag: '--auth-method',
    form: 'text',
    about: 'the one way it authenticates, such as private_key_jwt',
  },
  {
    field: 'tokenEndpointAuthSigningAlg',
    flag: '--auth-signing-alg',
    form: 'text',
    about: 'for private_key_jwt: the one',
  },
  { field: 'jwks', flag: '--jwks', form: 'json', about: 'its public keys' },
  { field: 'jwksUri', flag: '--jwks-uri', form: 'text', about: 'where its public keys are, instead' },
  { field: 'certificate', flag: '--certificate', form: 'json', about: 'for tls_client_auth' },
  { field: 'workloads', flag: '--workloads', form: 'json', about: 'for workload_token' },
  { field: 'pushedRequestsOnly', flag: '--pushed-requests-only', form: 'on', about: 'its requests must be pushed' },
  {
    field: 'requirePkce',
    flag: '--nonce-instead-of-pkce',
    form: 'off',
    about: 'an old library may leave PKCE out where it checks a nonce',
  },
  {
    field: 'requestObjects',
    flag: '--request-objects',
    form: 'json',
    about: 'signed requests, such as {"required":true}',
  },
  { field: 'responseModes', flag: '--response-mode', form: 'list', about: 'those it may ask for' },
  {
    field: 'authorizationDetailTypes',
    flag: '--authorization-detail-type',
    form: 'list',
    about: 'types of authorization details it may ask for',
  },
  {
    field: 'requiredAuthorizationDetailTypes',
    flag: '--required-authorization-detail-type',
    form: 'list',
    about: 'those that people can’t untick',
  },
  { field: 'senderConstraint', flag: '--sender-constraint', form: 'text', about: 'dpop or mtls: bound access tokens' },
];

const WORDS = { text: ' <text>', list: ' <text...>', json: ' <json or @file>', on: '', off: '' } as const;

export function addClientOptions(command: Command): Command {
  for (const { flag, form, about } of CLIENT_OPTIONS) command.option(`${flag}${WORDS[form]}`, about);
  return command;
}

/** The fields that were given, as the client resource has them. @throws usage */
export function readClientOptions(flags: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = CLIENT_OPTIONS.flatMap(({ field, flag, form }) => {
    const value = flags[camelCase(flag)];
    return value === undefined
      ? []
      : [[field, form === 'json' ? readJson(flag, String(value)) : form !== 'off' && value]];
  });
  return Object.fromEntries(given);
}

/** As commander names it. */
const camelCase = (flag: string) => flag.slice(2).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

function readJson(flag: string, text: string): unknown {
  try {
    return JSON.parse(text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text);
  } catch (cause) {
    throw cliErrors.usage({ message: `${flag} takes JSON, or @ and the file that it is in.`, cause });
  }
}
