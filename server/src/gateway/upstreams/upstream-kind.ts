import { defineKind } from '#resources';
import { checkUpstream, upstreamSchema } from './upstream-spec.ts';

export const upstreamKind = defineKind({
  kind: 'upstream',
  plural: 'upstreams',
  idKind: 'upstream',
  description: 'A service behind the gateway: where it runs, how its health is known, and what is done when it fails.',
  schema: upstreamSchema,
  check: checkUpstream,
});
