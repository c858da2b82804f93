export interface FieldProblem {
  path: string;
  message: string;
}

/** A refusal of the Admin API as RFC 9457 tells it, or that it could not be reached. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** Names this occurrence: it stands in the log of the server too. */
  readonly requestId: string | undefined;
  readonly fields: readonly FieldProblem[];
  readonly members: Readonly<Record<string, unknown>>;
  /** RFC 9470: what a token must prove that this one did not. */
  readonly challenge: { acr: string | undefined; maxAge: number | undefined } | undefined;

  constructor(input: {
    status: number;
    code: string;
    message: string;
    requestId?: string | undefined;
    fields?: readonly FieldProblem[];
    members?: Record<string, unknown>;
    challenge?: Problem['challenge'];
  }) {
    super(input.message);
    this.status = input.status;
    this.code = input.code;
    this.requestId = input.requestId;
    this.fields = input.fields ?? [];
    this.members = input.members ?? {};
    this.challenge = input.challenge;
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const members = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return new Problem({
    status: response.status,
    code: typeof members.code === 'string' ? members.code : `http_${response.status}`,
    message: typeof members.detail === 'string' ? members.detail : response.statusText,
    requestId: response.headers.get('x-request-id') ?? undefined,
    fields: Array.isArray(members.fields) ? (members.fields as FieldProblem[]) : [],
    members,
    challenge: challengeOf(response.headers.get('www-authenticate') ?? ''),
  });
}

function challengeOf(header: string): Problem['challenge'] {
  if (!header.includes('insufficient_user_authentication')) return undefined;
  const maxAge = /max_age="?(\d+)/.exec(header)?.[1];
  return { acr: /acr_values="([^"]*)"/.exec(header)?.[1], maxAge: maxAge === undefined ? undefined : Number(maxAge) };
}
