import type { AskingClient } from '../ports.ts';
import type { Client } from './client-directory.ts';

/** Names of clients that registered themselves (RFC 7591) begin so. */
export const REGISTERED_NAME_PREFIX = 'dyn-';

/**
 * Did a stranger say where this client's answers go? Then nobody is sent there before they have agreed: an address of ours
 * that forwards to wherever its maker likes is what phishing is made of (RFC 9700 §4.11.2).
 */
export const isSelfRegistered = ({ id, spec }: Pick<Client, 'id' | 'spec'>): boolean =>
  spec.metadataDocument !== undefined || id.startsWith(REGISTERED_NAME_PREFIX);

/** Who asks, for a page that a person reads. */
export const askingClient = (client: Pick<Client, 'id' | 'displayName' | 'spec'>): AskingClient => ({
  id: client.id,
  displayName: client.displayName,
  ...(isSelfRegistered(client) ? { isSelfRegistered: true } : {}),
});
