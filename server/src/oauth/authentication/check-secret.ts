import { type Clock, equalSecrets } from '#base';
import { credentialHash, type Keyring } from '#keyring';
import type { Client, ClientDirectory, ClientSecret } from '../clients/client-directory.ts';

export interface CheckSecretDeps {
  clients: ClientDirectory;
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
}

/** Live secrets one client may have. Two are enough to rotate; a few more let several deployments follow at leisure. */
export const CLIENT_SECRETS_MAX = 5;

/** Compared in place of a secret that does not exist, so that known and unknown clients cost the same work. */
const NO_SECRET: ClientSecret = { id: 'none', hash: Buffer.alloc(32), expiresAt: 0 };

/** The live secret of the client that this one is, by its id. */
export function findLiveSecret(
  { clients, keyring, clock }: CheckSecretDeps,
  client: Client | undefined,
  secret: string,
): string | undefined {
  const hash = Buffer.from(credentialHash(keyring, secret), 'hex');
  const secrets = client === undefined ? [] : clients.secrets(client);
  const now = clock.now();
  let live: string | undefined;
  for (let index = 0; index < CLIENT_SECRETS_MAX; index += 1) {
    const candidate = secrets[index] ?? NO_SECRET;
    const equal = equalSecrets(candidate.hash, hash);
    if (equal && (candidate.expiresAt === undefined || candidate.expiresAt > now)) live = candidate.id;
  }
  return live;
}
