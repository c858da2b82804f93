import type { AuthorizationDetail } from '../clients/authorization-details.ts';

/** RFC 6749 §5.1, with id_token from OpenID Connect Core §3.1.3.3. */
export interface TokenResponse {
  access_token: string;
  token_type: 'Bearer' | 'DPoP' | 'N_A';
  expires_in: number;
  /** Always told: what was granted may be less than what was asked for (RFC 6749 §3.3). */
  scope: string;
  refresh_token?: string;
  id_token?: string;
  /** RFC 9396 §7. */
  authorization_details?: readonly AuthorizationDetail[];
  /** RFC 8693 §2.2.1. */
  issued_token_type?: string;
}
