import type { AdminPaths } from './admin-paths.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The paths that have this method. */
export type PathWith<M extends Method> = {
  [Path in keyof AdminPaths]: M extends keyof AdminPaths[Path] ? Path : never;
}[keyof AdminPaths];

type Operation<M extends Method, Path extends PathWith<M>> = M extends keyof AdminPaths[Path]
  ? AdminPaths[Path][M]
  : never;

type Member<Op, Name extends string> = Name extends keyof Op ? Op[Name] : never;

/** What a method of a path answers: `AnswerOf<'get', '/api/v1/users/{id}'>` is a `User`. */
export type AnswerOf<M extends Method, Path extends PathWith<M>> = Member<Operation<M, Path>, 'answer'>;

/** The body it takes. */
export type BodyOf<M extends Method, Path extends PathWith<M>> = Member<Operation<M, Path>, 'body'>;

/** The query parameters it takes. */
export type QueryOf<M extends Method, Path extends PathWith<M>> = NonNullable<Member<Operation<M, Path>, 'query'>>;

/** The paths that answer one page of a list. */
export type ListPath = {
  [Path in PathWith<'get'>]: AnswerOf<'get', Path> extends { items: unknown[]; nextCursor: string | null }
    ? Path
    : never;
}[PathWith<'get'>];

export type ItemOf<Path extends ListPath> =
  AnswerOf<'get', Path> extends { items: Array<infer Item>; nextCursor: string | null } ? Item : never;

type Described<Op, Name extends string> = Name extends keyof Op ? Pick<Op, Name> : unknown;

/** Exactly what the operation is described with: parameters of the path, query and body. */
export type InputOf<M extends Method, Path extends PathWith<M>> = Described<Operation<M, Path>, 'params'> &
  Described<Operation<M, Path>, 'query'> &
  ('body' extends keyof Operation<M, Path> ? Described<Operation<M, Path>, 'body'> : { body?: string | object });

/** May the second argument be left out? */
export type Arguments<Options> = Record<never, never> extends Options ? [options?: Options] : [options: Options];
