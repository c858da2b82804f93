import type { RelationGraphs } from '#authz';
import type { IdSource } from '#base';
import type { Store } from '#store';

export interface OpenFgaApiDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  relations: RelationGraphs;
}
