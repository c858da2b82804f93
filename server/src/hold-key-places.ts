import { type ApiKeyRestrictions, apikeysErrors } from '#apikeys';
import { routeKind } from '#gateway';
import { apiKind } from '#oauth';
import { holdResources } from '#resources';
import type { Tx } from '#store';

/**
 * The APIs and routes that a key is bound to exist, and nobody deletes them before the transaction ends: a mistyped name
 * would make a key that is refused everywhere.
 * @throws `api_key_place_unknown`
 */
export async function holdKeyPlaces(
  tx: Tx,
  { tenantId, restrictions }: { tenantId: string; restrictions: ApiKeyRestrictions },
): Promise<void> {
  const { apis = [], routes = [] } = restrictions;
  const missing = [
    ...(await holdResources(tx, { tenantId, kind: apiKind, names: apis })).map((name) => `API "${name}"`),
    ...(await holdResources(tx, { tenantId, kind: routeKind, names: routes })).map((name) => `route "${name}"`),
  ];
  if (missing.length === 0) return;
  throw apikeysErrors.api_key_place_unknown({
    message: `There is no ${missing.slice(0, 20).join(', no ')}. Create it first, or leave it out.`,
  });
}
