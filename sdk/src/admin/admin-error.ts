/** What is wrong with one field of a body. */
export interface FieldProblem {
  /** As in the body: `match.methods.0`. Empty for the body as a whole. */
  path: string;
  message: string;
}

/**
 * The Admin API said no: a problem document (RFC 9457). `code` is stable and listed in docs/errors.md; the message is the
 * document's `detail` and may be shown to people.
 *
 * @example
 * ```ts
 * import { AdminError, type AdminClient } from '@gatehouse/sdk/admin';
 *
 * export async function rename(admin: AdminClient, id: string, name: string): Promise<string | undefined> {
 *   try {
 *     await admin.patch('/api/v1/users/{id}', { params: { id }, body: { name }, ifMatch: '*' });
 *     return undefined;
 *   } catch (error) {
 *     if (error instanceof AdminError) return error.messageFor('name') ?? error.detail;
 *     throw error;
 *   }
 * }
 * ```
 */
export class AdminError extends Error {
  override readonly name = 'AdminError';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fields: readonly FieldProblem[];
  /** The whole document, with members of its own: `referrers`, `missing`, `retryAfterSeconds`. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    const detail = typeof problem.detail === 'string' ? problem.detail : `the server answered ${status}`;
    super(detail);
    this.status = status;
    this.code = typeof problem.code === 'string' ? problem.code : 'unknown';
    this.detail = detail;
    this.fields = Array.isArray(problem.fields) ? problem.fields.filter(isFieldProblem) : [];
    this.problem = problem;
  }

  /** What is wrong with a field, for a form; undefined when nothing is. */
  messageFor(path: string): string | undefined {
    return this.fields.find((field) => field.path === path)?.message;
  }
}

/** Whatever answered, this is how it failed: a proxy on the way writes no problem documents. */
export async function readError(response: Response): Promise<AdminError> {
  const text = await response.text().catch(() => '');
  let problem: unknown;
  try {
    problem = JSON.parse(text);
  } catch {
    problem = undefined;
  }
  return new AdminError(response.status, isRecord(problem) ? problem : {});
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return isRecord(value) && typeof value.path === 'string' && typeof value.message === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
