import { readError } from './admin-error.ts';
import type { AnswerOf, Arguments, InputOf, ItemOf, ListPath, Method, PathWith } from './call-types.ts';

export interface AdminClientOptions {
  /** The control plane's origin: `https://id.example.com`. */
  baseUrl: string;
  /**
   * An API key or an access token. Asked before every call; asked once more, with `fresh`, when the server does not take
   * the one it got. Left out where `fetch` adds the credential.
   */
  token?: (wanted: { fresh: boolean }) => string | Promise<string>;
  fetch?: typeof fetch;
}

export interface CallOptions {
  /** The ETag that was read: nobody is overwritten. `*`: whatever is there. */
  ifMatch?: string | undefined;
  /** `*`: only where nothing is yet. */
  ifNoneMatch?: '*' | undefined;
  signal?: AbortSignal | undefined;
  /** What a change is for, in its author's words: stands in the audit log. */
  changeMessage?: string | undefined;
  /** Of a body that is a text; YAML unless said. */
  contentType?: string;
  /** `application/json` unless said. */
  accept?: string;
}

export interface Reply<Answer> {
  data: Answer;
  status: number;
  /** Names the state that was read or made; goes into `ifMatch`. */
  etag: string | undefined;
}

type Call<M extends Method> = <Path extends PathWith<M>>(
  path: Path,
  ...options: Arguments<InputOf<M, Path> & CallOptions>
) => Promise<Reply<AnswerOf<M, Path>>>;

type ListOptions<Path extends ListPath> = Arguments<InputOf<'get', Path> & Pick<CallOptions, 'signal'>>;

/** The Admin API. Paths, parameters, bodies and answers are typed from its own description; failures are `AdminError`s. */
export interface AdminClient {
  readonly get: Call<'get'>;
  readonly post: Call<'post'>;
  readonly put: Call<'put'>;
  readonly patch: Call<'patch'>;
  readonly delete: Call<'delete'>;
  /** Page after page of a list, asked for as they are taken. */
  pages<Path extends ListPath>(path: Path, ...options: ListOptions<Path>): AsyncGenerator<Array<ItemOf<Path>>, void>;
  /** One item after another, through all pages. */
  each<Path extends ListPath>(path: Path, ...options: ListOptions<Path>): AsyncGenerator<ItemOf<Path>, void>;
  /** The answer as it came, for files and streams. Throws as the others do. */
  raw(method: Method, path: string, options?: RawOptions): Promise<Response>;
}

export interface RawOptions extends CallOptions {
  params?: Readonly<Record<string, unknown>> | undefined;
  query?: Readonly<Record<string, unknown>> | undefined;
  body?: unknown;
}

/**
 * A client of the Admin API, for browsers and servers.
 *
 * @example
 * ```ts
 * import { createAdminClient } from '@gatehouse/sdk/admin';
 *
 * const admin = createAdminClient({ baseUrl: 'http://localhost:7700', token: () => process.env.GATEHOUSE_KEY ?? '' });
 * const params = { name: 'viewer' };
 * const { data: role, etag } = await admin.get('/api/v1/roles/{name}', { params });
 * await admin.put('/api/v1/roles/{name}', { params, body: { spec: { ...role.spec, description: 'Looks' } }, ifMatch: etag });
 * for await (const person of admin.each('/api/v1/users', { query: { status: 'active' } })) console.log(person.email);
 * ```
 */
export function createAdminClient({ baseUrl, token, fetch: send = fetch }: AdminClientOptions): AdminClient {
  const raw = async (method: Method, path: string, options: RawOptions = {}): Promise<Response> => {
    const url = new URL(fillIn(path, options.params), baseUrl);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      for (const one of [value].flat()) if (one !== undefined) url.searchParams.append(name, String(one));
    }
    const attempt = async (fresh: boolean) => {
      const headers = headersOf(options);
      if (token !== undefined) headers.set('authorization', `Bearer ${await token({ fresh })}`);
      const body = bodyOf(options.body);
      const signal = options.signal ?? null;
      // Cookies of the same origin are nothing to this API.
      return send(url.href, { method: method.toUpperCase(), headers, body, signal, credentials: 'omit' });
    };
    let response = await attempt(false);
    if (response.status === 401 && token !== undefined) {
      await response.body?.cancel();
      response = await attempt(true);
    }
    if (!response.ok) throw await readError(response);
    return response;
  };

  const call =
    (method: Method) =>
    async (path: string, options: RawOptions = {}): Promise<Reply<unknown>> => {
      const response = await raw(method, path, options);
      return {
        data: await readBody(response),
        status: response.status,
        etag: response.headers.get('etag') ?? undefined,
      };
    };

  async function* pages(path: string, options: RawOptions = {}): AsyncGenerator<unknown[], void> {
    let cursor: string | null | undefined;
    do {
      const response = await raw('get', path, { ...options, query: { ...options.query, ...(cursor && { cursor }) } });
      const page = (await response.json()) as { items: unknown[]; nextCursor: string | null };
      yield page.items;
      cursor = page.nextCursor;
    } while (typeof cursor === 'string');
  }

  async function* each(path: string, options?: RawOptions): AsyncGenerator<unknown, void> {
    for await (const page of pages(path, options)) yield* page;
  }

  // The types above are the server's own description of what these do at run time with texts and records.
  return {
    raw,
    get: call('get'),
    post: call('post'),
    put: call('put'),
    patch: call('patch'),
    delete: call('delete'),
    pages,
    each,
  } as unknown as AdminClient;
}

function fillIn(path: string, params: RawOptions['params']): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params?.[name];
    // An empty name would make a list's path out of an item's.
    if (value === undefined || value === '') throw new TypeError(`${path} needs the parameter '${name}'`);
    return encodeURIComponent(String(value));
  });
}

function headersOf({ body, accept, contentType, ifMatch, ifNoneMatch, changeMessage }: RawOptions): Headers {
  const headers = new Headers({ accept: accept ?? 'application/json' });
  if (body !== undefined) {
    headers.set('content-type', contentType ?? (typeof body === 'string' ? 'application/yaml' : 'application/json'));
  }
  // Headers hold no more than ASCII; the server decodes it.
  if (changeMessage) headers.set('gatehouse-change-message', encodeURIComponent(changeMessage));
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  if (ifNoneMatch !== undefined) headers.set('if-none-match', ifNoneMatch);
  return headers;
}

function bodyOf(body: unknown): string | null {
  if (body === undefined) return null;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

async function readBody(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const text = await response.text();
  return /[/+]json\b/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}
