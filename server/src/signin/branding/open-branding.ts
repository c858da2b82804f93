import { type ResourceSnapshot, SINGLETON_NAME } from '#resources';
import type { Asset } from '../pages/assets.ts';
import { type Brand, GATEHOUSE_BRAND } from '../pages/brand.ts';
import type { BrandingSpec } from './branding-kind.ts';
import { type MadeBrand, makeBrand } from './make-brand.ts';

/** The look of each tenant's pages, in memory, as its branding stands now. */
export interface Branding {
  of(tenantId: string): Brand;
  /** A file that the tenant's pages load, by its path. */
  asset(tenantId: string, path: string): Asset | undefined;
}

/** What it was made of is kept beside it: a branding that did not change is not made again. */
export function openBranding(brandings: Pick<ResourceSnapshot<BrandingSpec>, 'get'>): Branding {
  const made = new Map<string, { spec: BrandingSpec; result: MadeBrand }>();

  function find(tenantId: string): MadeBrand | undefined {
    const spec = brandings.get(tenantId, SINGLETON_NAME)?.spec;
    if (spec === undefined) {
      made.delete(tenantId);
      return undefined;
    }
    const known = made.get(tenantId);
    if (known?.spec === spec) return known.result;
    const result = makeBrand(spec);
    made.set(tenantId, { spec, result });
    return result;
  }

  return {
    of: (tenantId) => find(tenantId)?.brand ?? GATEHOUSE_BRAND,
    asset: (tenantId, path) => find(tenantId)?.assets.find((each) => each.path === path),
  };
}
