export {
  type AdminClient,
  type AdminClientOptions,
  type CallOptions,
  createAdminClient,
  type Reply,
} from './admin-client.ts';
export { AdminError, type FieldProblem } from './admin-error.ts';
export type * from './admin-paths.ts';
export type { AnswerOf, BodyOf, ItemOf, ListPath, PathWith, QueryOf } from './call-types.ts';
