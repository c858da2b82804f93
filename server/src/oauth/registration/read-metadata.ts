import { z } from 'zod';
import { GatehouseError, LIMITS, parse } from '#base';
import type { ClientSpec } from '../clients/client-schema.ts';
import { checkClient, clientSchema } from '../clients/client-schema.ts';
import { GRANT_WIRE_NAMES, type GrantType, grantTypeOf } from '../clients/grant-types.ts';
import { redirectUriProblem } from '../clients/redirect-uri.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import { isPlainJson } from '../protocol/json-text.ts';
import { printable } from '../protocol/read-params.ts';
import { describeKeyMetadata, keyMetadata, readKeyMetadata } from './key-metadata.ts';
import { isAllowedHost, REGISTRABLE_GRANTS, type RegistrationPolicySpec } from './registration-policy.ts';

const URIS_MAX = 20;
const uris = z.array(z.string().max(LIMITS.urlLengthMax)).max(URIS_MAX);

/** RFC 7591 §2. Members that are not understood are ignored, as §2 demands. */
const metadataSchema = z.object({
  redirect_uris: uris.default([]),
  token_endpoint_auth_method: z.string().max(64).optional(),
  grant_types: z.array(z.string().max(128)).max(20).default(['authorization_code']),
  response_types: z.array(z.string().max(64)).max(10).optional(),
  client_name: z.string().max(200).optional(),
  scope: z.string().max(4096).optional(),
  post_logout_redirect_uris: uris.optional(),
  subject_type: z.enum(['public', 'pairwise']).optional(),
  backchannel_logout_uri: z.string().max(LIMITS.urlLengthMax).optional(),
  ...keyMetadata,
});

const SECRET_METHODS = ['client_secret_basic', 'client_secret_post'];
const METHODS = ['none', 'private_key_jwt', ...SECRET_METHODS];

/**
 * A client as it describes itself, cut down to what the policy allows. What it may not have is left out and told in the
 * answer (RFC 7591 §3.2.1); what makes no sense without it is refused.
 */
export function readMetadata(policy: RegistrationPolicySpec, body: unknown, keepsSecrets = true): ClientSpec {
  if (!isPlainJson(body)) throw invalid({ path: 'the body', message: 'it nests too deep, or holds half a character' });
  const read = metadataSchema.safeParse(body);
  if (!read.success) throw invalid(read.error.issues[0]);
  const metadata = read.data;
  for (const uri of [...metadata.redirect_uris, ...(metadata.post_logout_redirect_uris ?? [])]) demandUri(policy, uri);
  const grants = allowedGrants(policy, metadata.grant_types);
  const method = chooseMethod(policy, metadata.token_endpoint_auth_method, keepsSecrets);
  const type = method === 'none' ? 'public' : 'confidential';
  return validated({
    type,
    grants,
    redirectUris: metadata.redirect_uris,
    ...chooseScopes(policy, readScope(metadata.scope)),
    apis: policy.apis,
    ...(metadata.subject_type === 'pairwise' ? { subjectType: 'pairwise' } : {}),
    ...(metadata.client_name === undefined ? {} : { displayName: readable(metadata.client_name) }),
    ...readKeyMetadata(metadata, method),
    ...(metadata.post_logout_redirect_uris === undefined
      ? {}
      : { postLogoutRedirectUris: metadata.post_logout_redirect_uris }),
  });
}

/**
 * An agent registers with what its first challenge told it, and learns of the rest later (RFC 9470, the Model Context
 * Protocol's step-up): so what it names is where it begins, and the policy is where it ends, unless that says otherwise.
 */
function chooseScopes({ scopes, scopeCeiling = 'policy' }: RegistrationPolicySpec, named: readonly string[]) {
  const allowed = named.filter((scope) => scopes.includes(scope));
  if (named.length === 0) return { scopes };
  if (scopeCeiling === 'metadata') return { scopes: allowed };
  return { scopes, ...(allowed.length === 0 ? {} : { defaultScopes: allowed }) };
}

/** The client's metadata as it now stands (RFC 7591 §3.2.1). */
export function describeMetadata(clientId: string, spec: ClientSpec): Record<string, unknown> {
  const method = spec.tokenEndpointAuthMethod ?? (spec.type === 'public' ? 'none' : 'client_secret_basic');
  return {
    client_id: clientId,
    redirect_uris: spec.redirectUris,
    grant_types: spec.grants.map((grant) => GRANT_WIRE_NAMES[grant]),
    response_types: spec.grants.includes('authorization_code') ? ['code'] : [],
    token_endpoint_auth_method: method,
    scope: spec.scopes.join(' '),
    ...(spec.subjectType === undefined ? {} : { subject_type: spec.subjectType }),
    ...(spec.displayName === undefined ? {} : { client_name: spec.displayName }),
    ...describeKeyMetadata(spec),
    ...(spec.postLogoutRedirectUris === undefined ? {} : { post_logout_redirect_uris: spec.postLogoutRedirectUris }),
  };
}

function demandUri(policy: RegistrationPolicySpec, uri: string): void {
  const problem =
    redirectUriProblem(uri) ??
    (isAllowedHost(policy.redirectHosts, new URL(uri).hostname) ? undefined : 'names a host that is not allowed here');
  if (problem === undefined) return;
  throw oauthErrors.redirect_uri_invalid({ message: `The redirect URI ${printable(uri)} ${problem}.` });
}

function allowedGrants(policy: RegistrationPolicySpec, wanted: readonly string[]): GrantType[] {
  const grants = wanted.flatMap((wire) => {
    const grant = grantTypeOf(wire);
    const registrable = REGISTRABLE_GRANTS.find((each) => each === grant);
    return registrable !== undefined && policy.grants.includes(registrable) ? [registrable] : [];
  });
  if (grants.some((grant) => grant !== 'refresh_token')) return [...new Set(grants)];
  throw oauthErrors.client_metadata_invalid({
    message: `grant_types names none that may be had here: ${policy.grants.map((grant) => GRANT_WIRE_NAMES[grant]).join(', ')}.`,
  });
}

/** RFC 7591 §2: left out, it is client_secret_basic. Where no secrets are given out, the client is a public one. */
function chooseMethod(policy: RegistrationPolicySpec, asked: string | undefined, keepsSecrets: boolean): string {
  const wanted = asked ?? (keepsSecrets && policy.confidential ? 'client_secret_basic' : 'none');
  if (!METHODS.includes(wanted)) {
    throw oauthErrors.client_metadata_invalid({
      message: `token_endpoint_auth_method must be one of ${METHODS.join(', ')}.`,
    });
  }
  if (!SECRET_METHODS.includes(wanted)) return wanted;
  if (!keepsSecrets) {
    // Draft §4.1: what everybody can read holds no secret, so there is none to be proven.
    throw oauthErrors.client_metadata_invalid({
      message:
        'A client with a metadata document has no secret. Use token_endpoint_auth_method none or private_key_jwt.',
    });
  }
  return policy.confidential ? wanted : 'none';
}

/** What people read on the consent page: no controls, no direction marks, nothing that only looks like a blank. */
function readable(name: string): string {
  const text = name.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim();
  return [...text].slice(0, 100).join('') || 'unnamed';
}

function validated(spec: object): ClientSpec {
  try {
    const client = parse(clientSchema, spec);
    const [problem] = checkClient(client);
    if (problem !== undefined) throw invalid(problem);
    return client;
  } catch (cause) {
    if (cause instanceof GatehouseError && cause.code === 'invalid_input') throw invalid(cause.fields?.[0], cause);
    throw cause;
  }
}

function invalid(found?: { path: unknown; message: string }, cause?: unknown) {
  const where = Array.isArray(found?.path) ? found.path.join('.') : String(found?.path ?? '');
  return oauthErrors.client_metadata_invalid({
    message: `The client metadata is not acceptable: ${printable(where)}: ${printable(found?.message ?? 'wrong form')}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
