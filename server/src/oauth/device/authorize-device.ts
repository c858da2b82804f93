import type { IdSource } from '#base';
import { credentialHash, type Keyring, mintCredential } from '#keyring';
import { isUniqueViolation, type Store } from '#store';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { chooseDecoupledTarget } from '../decoupled/choose-target.ts';
import type { DecoupledTables } from '../decoupled/tables.ts';
import {
  CLIENT_CHECKS,
  type ClientContext,
  type ClientEndpointDeps,
  runClientEndpoint,
} from '../endpoints/client-endpoint.ts';
import { forGrant, oauthErrors } from '../errors.ts';
import { type Check, type EndpointRequest, type EndpointResponse, established } from '../protocol/endpoint.ts';
import { newUserCode, showUserCode } from './user-code.ts';

export interface AuthorizeDeviceDeps extends ClientEndpointDeps, IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  clients: ClientDirectory;
}

interface DeviceContext extends ClientContext {
  deps: AuthorizeDeviceDeps;
  answer?: Record<string, unknown>;
}

const LIFETIME_SECONDS = 600;
/** RFC 8628 §3.2. */
const INTERVAL_SECONDS = 5;
/** Where people enter the code; short, because some type it from a screen across the room. */
export const DEVICE_PATH = '/device';
const CODE_ATTEMPTS_MAX = 3;

const DEVICE_CHECKS: readonly Check<DeviceContext>[] = [...CLIENT_CHECKS, checkClientMayUseDevices, openRequest];

/** Device authorization endpoint (RFC 8628 §3.1). Never throws. */
export function deviceAuthorizationEndpoint(
  deps: AuthorizeDeviceDeps,
  request: EndpointRequest,
): EndpointResponse | Promise<EndpointResponse> {
  const context: DeviceContext = { deps, request };
  return runClientEndpoint('device_authorization', DEVICE_CHECKS, context, () => established(context, 'answer'));
}

function checkClientMayUseDevices(context: DeviceContext): undefined {
  const client = established(context, 'client');
  if (!client.grants.has('device_code')) throw oauthErrors.grant_not_allowed(forGrant('device_code'));
  // Anyone can be a public client: what a network may leave lying about here is bounded like its failures.
  if (client.type === 'public') context.deps.failures.failed(context.request.ip);
}

async function openRequest(context: DeviceContext): Promise<undefined> {
  const { deps, request } = context;
  const client = established(context, 'client');
  const asked = chooseDecoupledTarget(deps.clients, client, request.params);
  const { tenantId } = client;
  const deviceCode = mintCredential('device_code', deps.random);
  const now = deps.clock.now();
  const insert = (userCode: string) =>
    deps.store.transaction({ tenantId }, (tx) =>
      tx
        .withTables<DecoupledTables>()
        .insertInto('decoupled_requests')
        .values({
          tenant_id: tenantId,
          hash: credentialHash(deps.keyring, deviceCode),
          kind: 'device',
          client_id: client.id,
          client_resource_id: client.resourceId,
          ...asked,
          user_code_hash: credentialHash(deps.keyring, userCode),
          address: request.ip,
          created_at: now,
          expires_at: now + LIFETIME_SECONDS * 1000,
          interval_seconds: INTERVAL_SECONDS,
          notify_attempts: 0,
        })
        .execute(),
    );
  const userCode = showUserCode(await withFreshCode(deps, insert));
  const verificationUri = `${deps.issuers.issuerOf(tenantId)}${DEVICE_PATH}`;
  context.answer = {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: verificationUri,
    verification_uri_complete: `${verificationUri}?user_code=${userCode}`,
    expires_in: LIFETIME_SECONDS,
    interval: INTERVAL_SECONDS,
  };
}

/** Two devices must not show one code at a time; it is rare that one is drawn that is in use, and another is drawn then. */
async function withFreshCode({ random }: IdSource, insert: (code: string) => Promise<unknown>): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const code = newUserCode(random);
    try {
      await insert(code);
      return code;
    } catch (error) {
      if (!isUniqueViolation(error) || attempt === CODE_ATTEMPTS_MAX) throw error;
    }
  }
}
