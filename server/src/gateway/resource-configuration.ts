import type { Resource, ResourceSnapshot } from '#resources';
import type { ConfigurationSource, Named, TenantConfiguration } from './ports.ts';
import type { LimitSpec, RouteSpec } from './route-spec.ts';

type Followed<Spec> = Pick<ResourceSnapshot<Spec>, 'all' | 'tenants' | 'onChange'>;

export interface ConfigurationResources {
  routes: Followed<RouteSpec>;
  apis: Followed<{ audience: string }>;
  plans: Followed<{ limits: readonly LimitSpec[] }>;
  /** Hosts by which a tenant's requests are known. */
  hostsOf: (tenantId: string) => TenantConfiguration['hosts'];
}

/** The gateway's configuration as it stands in the resources of every tenant. */
export function resourceConfiguration({ routes, apis, plans, hostsOf }: ConfigurationResources): ConfigurationSource {
  return {
    load: () => ({
      tenants: routes.tenants().map((tenantId) => ({
        tenantId,
        hosts: hostsOf(tenantId),
        routes: routes.all(tenantId).map(named),
        apis: apis.all(tenantId).map(named),
        plans: plans.all(tenantId).map(named),
      })),
    }),
    onChange(listener) {
      const stops = [routes.onChange(listener), apis.onChange(listener), plans.onChange(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

function named<Spec>({ name, spec, createdAt }: Resource<Spec>): Named<Spec> {
  return { name, spec, createdAt };
}
