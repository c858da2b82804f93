import type { Kind } from './kind.ts';
import type { Resource } from './resource.ts';

export type Action = 'create' | 'update' | 'delete' | 'unchanged';

/** What becomes of one resource. */
export interface Changed {
  action: Action;
  kind: Kind;
  name: string;
  before: Resource | undefined;
  after: Resource | undefined;
}
