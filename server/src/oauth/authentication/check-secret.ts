import { hash } from 'node:crypto';
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
  const secrets = client === undefined ? [] : clients.secrets(client);
  const now = clock.now();
  // What proved itself before is known again by a plain hash, which costs a fifth of the keyed one.
  const seen = hash('sha256', secret, 'buffer');
  for (const candidate of secrets) {
    if (candidate.seen !== undefined && equalSecrets(candidate.seen, seen)) return isLive(candidate, now);
  }
  const keyed = Buffer.from(credentialHash(keyring, secret), 'hex');
  let live: string | undefined;
  for (let index = 0; index < CLIENT_SECRETS_MAX; index += 1) {
    const candidate = secrets[index] ?? NO_SECRET;
    if (!equalSecrets(candidate.hash, keyed)) continue;
    live = isLive(candidate, now);
    if (live !== undefined) candidate.seen = seen;
  }
  return live;
}

function isLive({ id, expiresAt }: ClientSecret, now: number): string | undefined {
  return expiresAt === undefined || expiresAt > now ? id : undefined;
}
