import type { Logger } from '#base';
import type { Alg, SigningKeys } from '#keyring';
import { type ResourceSnapshot, SINGLETON_NAME } from '#resources';
import type { ApiSpec } from '../clients/api-schema.ts';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { DEFAULT_SIGNING_POLICY, type SigningPolicySpec } from './signing-policy-schema.ts';

export interface FollowSigningDeps {
  clients: ClientDirectory;
  signingKeys: Pick<SigningKeys, 'ensure'>;
  log: Logger;
}

/**
 * Keeps the tenants' signing policies in the directory, and has a key of each algorithm made as soon as it is declared:
 * so it stands in the JWKS before the first token that it signs.
 */
export function followSigning(
  deps: FollowSigningDeps,
  snapshots: { policies: ResourceSnapshot<SigningPolicySpec>; apis: ResourceSnapshot<ApiSpec> },
): () => void {
  const makeKeys = async (tenantId: string) => {
    const { idTokens, accessTokens } = deps.clients.signingOf(tenantId);
    const ofApis = snapshots.apis.all(tenantId).flatMap(({ spec }) => spec.accessTokenSigningAlg ?? []);
    for (const alg of new Set<Alg>([idTokens, accessTokens, ...ofApis])) {
      // The tenant's first key is made with the tenant.
      if (alg !== DEFAULT_SIGNING_POLICY.accessTokens) await deps.signingKeys.ensure(tenantId, alg);
    }
  };
  const take = (tenantIds: readonly string[]) => {
    for (const tenantId of tenantIds) {
      const declared = snapshots.policies.get(tenantId, SINGLETON_NAME);
      deps.clients.setSigning(tenantId, declared?.spec ?? DEFAULT_SIGNING_POLICY);
      makeKeys(tenantId).catch((err: unknown) => {
        // Made with the first token then.
        deps.log.error({ err, tenantId }, 'a signing key for a declared algorithm could not be made yet');
      });
    }
  };
  const stops = [snapshots.policies.onChange(take), snapshots.apis.onChange(take)];
  take([...new Set([...snapshots.policies.tenants(), ...snapshots.apis.tenants()])]);
  return () => {
    for (const stop of stops) stop();
  };
}
