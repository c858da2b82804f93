import { recordEvent } from '#audit';
import { type IdSource, type Logger, systemPrincipal } from '#base';
import { credentialHash, type Keyring, mintCredential } from '#keyring';
import { deleteResource, type ResourceSnapshot, systemCaller } from '#resources';
import type { Store } from '#store';
import type { ClientDirectory } from '../clients/client-directory.ts';
import type { ClientSpec } from '../clients/client-schema.ts';
import { issueClientSecret } from '../clients/client-secrets.ts';
import type { FailureThrottle } from '../clients/failure-throttle.ts';
import { REGISTERED_NAME_PREFIX } from '../clients/self-registered.ts';
import { oauthErrors } from '../errors.ts';
import type { Issuers } from '../issuers.ts';
import { clientKind } from '../kinds.ts';
import { type EndpointResponse, NO_STORE } from '../protocol/endpoint.ts';
import { problemResponse, tokenProblemResponse, toProblem } from '../protocol/error-response.ts';
import { type InitialAccessTokenDeps, useInitialAccessToken } from './initial-access-tokens.ts';
import { describeMetadata, readMetadata } from './read-metadata.ts';
import type { RegistrationPolicySpec } from './registration-policy.ts';
import { storeClient } from './store-client.ts';
import type { RegistrationTables } from './tables.ts';

export interface RegistrationDeps extends InitialAccessTokenDeps, IdSource {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'mac'>;
  clients: ClientDirectory;
  issuers: Issuers;
  registrationPolicies: Pick<ResourceSnapshot<RegistrationPolicySpec>, 'all' | 'get'>;
  failures: FailureThrottle;
  log: Logger;
}

export interface RegistrationRequest {
  tenantId: string;
  /** The body, parsed as JSON and otherwise as it came. */
  body: unknown;
  /** The Authorization header. */
  authorization: string | undefined;
  ip: string;
}

export const REGISTRATION_PATH = '/oauth/register';
const NAME_RANDOM_BYTES = 10;

/** Client registration endpoint (RFC 7591 §3). Never throws. */
export function registerClient(deps: RegistrationDeps, request: RegistrationRequest): Promise<EndpointResponse> {
  return answerRegistration(deps, request, 201, async () => {
    const { tenantId, body, ip } = request;
    // Whether it succeeds or fails: strangers leave rows behind.
    deps.failures.failed(ip);
    const policy = await policyFor(deps, request);
    const spec = { ...readMetadata(policy.spec, body), plan: policy.spec.plan };
    const name = `${REGISTERED_NAME_PREFIX}${deps.random.bytes(NAME_RANDOM_BYTES).toString('hex')}`;
    const resource = await storeClient(deps, { tenantId, name, spec, isNew: true });
    const registrationToken = mintCredential('registration_access_token', deps.random);
    const now = deps.clock.now();
    await deps.store.transaction({ tenantId }, async (tx) => {
      await tx
        .withTables<RegistrationTables>()
        .insertInto('client_registrations')
        .values({
          tenant_id: tenantId,
          client_resource_id: resource.id,
          client_id: name,
          policy: policy.name,
          hash: credentialHash(deps.keyring, registrationToken),
          created_at: now,
          rotated_at: now,
        })
        .execute();
      await recordEvent(tx, deps, {
        tenantId,
        type: 'client.registered',
        actor: systemPrincipal(tenantId, 'client-registration'),
        target: { type: 'client', id: resource.id, name },
        detail: { policy: policy.name, address: ip },
      });
    });
    const secret = needsSecret(spec) ? await issueSecret(deps, tenantId, name) : {};
    return {
      ...describeMetadata(name, spec),
      client_id_issued_at: Math.floor(now / 1000),
      ...secret,
      registration_access_token: registrationToken,
      registration_client_uri: `${deps.issuers.issuerOf(tenantId)}${REGISTRATION_PATH}/${name}`,
    };
  });
}

const needsSecret = ({ type, tokenEndpointAuthMethod }: ClientSpec) =>
  type === 'confidential' && tokenEndpointAuthMethod !== 'private_key_jwt';

async function issueSecret(deps: RegistrationDeps, tenantId: string, clientId: string) {
  const actor = systemPrincipal(tenantId, 'client-registration');
  const { secret } = await issueClientSecret(deps, { tenantId, clientId, actor });
  // RFC 7591 §3.2.1: 0 says that it does not expire.
  return { client_secret: secret, client_secret_expires_at: 0 };
}

async function policyFor(deps: RegistrationDeps, { tenantId, authorization, ip }: RegistrationRequest) {
  const retryAfterSeconds = deps.failures.retryAfterSeconds(ip);
  if (retryAfterSeconds !== undefined) throw oauthErrors.too_many_failures({ details: { retryAfterSeconds } });
  if (authorization === undefined) {
    const open = deps.registrationPolicies.all(tenantId).find(({ spec }) => spec.open);
    if (open === undefined) throw oauthErrors.client_registration_closed();
    return open;
  }
  const name = await useInitialAccessToken(deps, tenantId, bearer(authorization));
  const policy = name === undefined ? undefined : deps.registrationPolicies.get(tenantId, name);
  if (policy === undefined) throw oauthErrors.registration_token_invalid();
  return policy;
}

export const bearer = (authorization: string | undefined): string =>
  /^bearer +([\x21-\x7e]{1,256})$/i.exec(authorization ?? '')?.[1] ?? '';

/** Takes back a client whose registration came to nothing, or that its owner deletes. */
export async function removeClient(deps: RegistrationDeps, tenantId: string, name: string): Promise<void> {
  const caller = systemCaller(tenantId, 'client-registration');
  await deleteResource(deps, { caller, kind: clientKind, name });
  await deps.store.changes.caughtUp();
}

/** RFC 7591 §3.2 and RFC 7592 §2: JSON both ways, errors as RFC 6749 and RFC 6750 have them. */
export async function answerRegistration(
  deps: RegistrationDeps,
  { tenantId, authorization, ip }: RegistrationRequest,
  status: number,
  work: () => Promise<object | undefined>,
): Promise<EndpointResponse> {
  try {
    const body = await work();
    return { status, headers: NO_STORE, ...(body === undefined ? {} : { body }) };
  } catch (thrown) {
    const problem = toProblem(deps, thrown, { endpoint: 'register', tenantId, remoteAddress: ip });
    const issuer = deps.issuers.issuerOf(tenantId);
    return problem.status === 401
      ? tokenProblemResponse(problem, { realm: issuer, bare: authorization === undefined, scheme: 'Bearer' })
      : problemResponse(problem, issuer);
  }
}
