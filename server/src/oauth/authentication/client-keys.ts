import type { Client } from '../clients/client-directory.ts';
import { type PublicKey, readPublicKey } from '../jwt/public-key.ts';
import type { RemoteKeySets } from '../jwt/remote-key-sets.ts';

const NONE: readonly PublicKey[] = [];
/** A client object is replaced whole when its declaration changes, and its keys with it. */
const declared = new WeakMap<Client, readonly PublicKey[]>();

/** The keys the client was registered with, in its declaration (`jwks`) or where that says (`jwksUri`). */
export function keysOf(
  remoteKeys: RemoteKeySets,
  client: Client,
  kid: string | undefined,
): readonly PublicKey[] | Promise<readonly PublicKey[]> {
  const { jwks, jwksUri } = client.spec;
  if (jwksUri !== undefined) return remoteKeys.keysAt(jwksUri, kid);
  if (jwks === undefined) return NONE;
  const known = declared.get(client) ?? jwks.keys.flatMap((jwk) => readPublicKey(jwk) ?? []);
  declared.set(client, known);
  return known;
}
