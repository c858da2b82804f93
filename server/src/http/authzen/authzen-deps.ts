import type { DecisionPointDeps, SearchDeps } from '#authz';
import type { SigningKeys } from '#keyring';

export interface AuthZenDeps extends DecisionPointDeps, Pick<SearchDeps, 'facts'> {
  signingKeys: Pick<SigningKeys, 'sign'>;
  /** Origin of the control plane, without a trailing slash: the policy decision point's identifier. */
  issuer: string;
  /** The tenant that this listener's metadata speaks for. */
  tenantId: string;
}
