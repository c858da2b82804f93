import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { type Confirmation, isHeldBy, readConfirmation } from '../tokens/confirmation.ts';

/** Who asks for tokens, as far as the tokens tell: established by the endpoint before any grant is looked at. */
export interface Sender {
  /** The key or certificate that the tokens are bound to; undefined: bearer tokens. */
  confirmation?: Confirmation | undefined;
  /** The client secret that was used, so that revoking it can end what was obtained with it. */
  secretId?: string | undefined;
  /** From where, for the record alone. */
  address?: string | undefined;
}

/** Claims that tell of the sender. */
export function senderClaims({ confirmation, secretId }: Sender) {
  return {
    ...(confirmation === undefined ? {} : { cnf: confirmation }),
    ...(secretId === undefined ? {} : { client_secret_id: secretId }),
  };
}

/**
 * What a grant keeps of who redeemed its code. A public client's refresh tokens are bound to its key (RFC 9449 §5, RFC
 * 8705 §4); a confidential client's to its authentication, so that it may change the key.
 */
export function boundTo({ type }: Client, { confirmation, secretId }: Sender) {
  const bound = type === 'public' && confirmation !== undefined ? JSON.stringify(confirmation) : null;
  return { confirmation: bound, client_secret_id: secretId ?? null };
}

/** @throws `refresh_token_bound` */
export function requireSameSender(bound: string | null, { confirmation }: Sender): void {
  if (bound !== null && !isHeldBy(readConfirmation(JSON.parse(bound)), confirmation)) {
    throw oauthErrors.refresh_token_bound();
  }
}
