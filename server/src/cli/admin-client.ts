import { GatehouseError } from '#base';
import { cliErrors } from './errors.ts';
import { certificateFault, fetchFrom } from './fetch-from.ts';
import type { Instance } from './find-instance.ts';

const REQUEST_TIMEOUT_MILLISECONDS = 60_000;

/** A problem document (RFC 9457) as the Admin API answers it. */
export interface Problem {
  code?: string;
  title?: string;
  detail?: string;
  status?: number;
  fields?: { path: string; message: string }[];
  [member: string]: unknown;
}

export class RefusedByServer extends Error {
  override readonly name = 'RefusedByServer';
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}.`);
    this.status = status;
    this.problem = problem;
  }
}

export interface CallOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  /** Sent as it is, with this content type, instead of `body` as JSON. */
  text?: { content: string; type: string };
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  /** The path is one of OpenFGA's API, which has the place that its clients expect. */
  api?: 'openfga';
}

/** Speaks to the Admin API: the command line has no logic of its own. */
export interface AdminClient {
  readonly url: string;
  json<T>(path: string, options?: CallOptions): Promise<T>;
  raw(path: string, options?: CallOptions): Promise<Response>;
}

/**
 * @throws {RefusedByServer} with the server's problem document, `instance_unreachable` when nothing answers.
 */
export function adminClient(instance: Instance): AdminClient {
  const raw = async (path: string, options: CallOptions = {}): Promise<Response> => {
    const response = await send(instance, path, options);
    if (!response.ok) throw new RefusedByServer(response.status, await readProblem(response));
    return response;
  };
  return {
    url: instance.url,
    raw,
    json: async <T>(path: string, options?: CallOptions) => {
      const response = await raw(path, options);
      return (response.status === 204 ? undefined : await response.json()) as T;
    },
  };
}

async function send(instance: Instance, path: string, options: CallOptions): Promise<Response> {
  const url = new URL(options.api === 'openfga' ? path : `/api/v1${path}`, instance.url);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const headers: Record<string, string> = {
    authorization: `Bearer ${instance.token}`,
    accept: 'application/json',
    ...options.headers,
  };
  const init: RequestInit = {
    method: options.method ?? 'GET',
    headers,
    redirect: 'error',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS),
  };
  if (options.text !== undefined) {
    headers['content-type'] = options.text.type;
    init.body = options.text.content;
  } else if (options.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  try {
    return await fetchFrom(instance, url, init);
  } catch (cause) {
    if (cause instanceof GatehouseError) throw cause;
    const untrusted = certificateFault(cause);
    throw cliErrors.instance_unreachable({
      message:
        untrusted === undefined
          ? `The Gatehouse at ${instance.url} does not answer. Is it running?`
          : `The certificate of ${instance.url} is not trusted (${untrusted}). Name its authority with --cafile.`,
      cause,
    });
  }
}

async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as Problem & { message?: string };
    // OpenFGA's errors say it in another member.
    return problem.message === undefined ? problem : { detail: problem.message, ...problem };
  } catch {
    return { detail: `The server answered ${response.status}${text === '' ? '' : `: ${text.slice(0, 200)}`}` };
  }
}
