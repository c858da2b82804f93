import { addressRanges } from '#base';
import type { ApiKeyRestrictions } from './api-key.ts';

/** Where a key is used: what its restrictions speak of. */
export interface KeyPlace {
  /** Whose place it is. Without it, keys of other systems are unknown: the same text may be a key of several tenants. */
  tenantId?: string;
  /** The caller's, as far as it can be believed. */
  address: string;
  /** The API and the route asked for, by name. Neither at the Admin API, where a key bound to APIs or routes is of no use. */
  api?: string | undefined;
  route?: string | undefined;
}

/** In one word what is wrong with the place. */
export type PlaceProblem = 'address' | 'api' | 'route';

/** Undefined when there is nothing to judge. The judge is made once for each key and allocates nothing. */
export function placeJudge(
  restrictions: ApiKeyRestrictions,
): ((place: KeyPlace | undefined) => PlaceProblem | undefined) | undefined {
  const { addresses, apis, routes } = restrictions;
  if (addresses === undefined && apis === undefined && routes === undefined) return undefined;
  const allowsAddress = addresses === undefined ? undefined : addressRanges(addresses);
  const allowedApis = apis === undefined ? undefined : new Set(apis);
  const allowedRoutes = routes === undefined ? undefined : new Set(routes);
  return (place) => {
    if (allowsAddress !== undefined && (place === undefined || !allowsAddress(place.address))) return 'address';
    if (allowedApis !== undefined && (place?.api === undefined || !allowedApis.has(place.api))) return 'api';
    if (allowedRoutes !== undefined && (place?.route === undefined || !allowedRoutes.has(place.route))) return 'route';
    return undefined;
  };
}
