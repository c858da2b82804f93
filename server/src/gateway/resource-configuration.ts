import type { LimitSpec } from '#limits';
import type { Resource, ResourceSnapshot } from '#resources';
import type { ApiDocumentSpec } from './openapi/document-spec.ts';
import type { ApiPlace, ConfigurationSource, Named, TenantConfiguration } from './ports.ts';
import type { RouteSpec } from './route-spec.ts';
import type { BrowserSessionSpec } from './sessions/session-spec.ts';
import type { UpstreamSpec } from './upstreams/upstream-spec.ts';

type Followed<Spec> = Pick<ResourceSnapshot<Spec>, 'all' | 'tenants'>;

export interface ConfigurationResources {
  routes: Followed<RouteSpec>;
  apis: Followed<ApiPlace>;
  plans: Followed<{ limits: readonly LimitSpec[] }>;
  upstreams: Followed<UpstreamSpec>;
  documents: Followed<ApiDocumentSpec>;
  /** Left out: there are none. */
  sessions?: Followed<BrowserSessionSpec>;
  /** Calls after each change of any of them, once for what was changed together. Returns what ends it. */
  onChange: (listener: () => void) => () => void;
  /** Hosts by which a tenant's requests are known. */
  hostsOf: (tenantId: string) => TenantConfiguration['hosts'];
}

/** The gateway's configuration as it stands in the resources of every tenant. */
export function resourceConfiguration(resources: ConfigurationResources): ConfigurationSource {
  const { routes, apis, plans, upstreams, documents, sessions, onChange, hostsOf } = resources;
  return {
    load: () => ({
      tenants: routes.tenants().map((tenantId) => ({
        tenantId,
        hosts: hostsOf(tenantId),
        routes: routes.all(tenantId).map(named),
        apis: apis.all(tenantId).map(named),
        plans: plans.all(tenantId).map(named),
        upstreams: upstreams.all(tenantId).map(named),
        documents: documents.all(tenantId).map(named),
        sessions: sessions?.all(tenantId).map(named) ?? [],
      })),
    }),
    onChange,
  };
}

function named<Spec>({ name, spec, createdAt }: Resource<Spec>): Named<Spec> {
  return { name, spec, createdAt };
}
