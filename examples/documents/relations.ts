/** Relationships at Gatehouse, through the HTTP API of OpenFGA: as much of it as this program uses. */

export interface Tuple {
  user: string;
  relation: string;
  object: string;
}

export interface Relations {
  /** All of them, or none. */
  write(tuples: readonly Tuple[]): Promise<void>;
  remove(tuples: readonly Tuple[]): Promise<void>;
  check(tuple: Tuple): Promise<boolean>;
  /** `complete` is false when there are more than one answer holds. */
  list(question: { user: string; relation: string; type: string }): Promise<{ ids: string[]; complete: boolean }>;
}

export class RelationsError extends Error {
  override readonly name = 'RelationsError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function openRelations({ storeUrl, apiKey }: { storeUrl: string; apiKey: string }): Relations {
  /** Names the state after the last change: every question after it is answered from no older one, by any process. */
  let consistency: string | undefined;

  async function ask<Answer>(path: string, body: object): Promise<Answer> {
    const response = await fetch(storeUrl + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        ...(consistency === undefined ? {} : { 'gatehouse-consistency-token': consistency }),
      },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Answer & { message?: string; consistency_token?: string };
    if (!response.ok) throw new RelationsError(response.status, answer.message ?? `${path}: ${response.status}`);
    consistency = answer.consistency_token ?? consistency;
    return answer;
  }

  return {
    write: async (tuples) => void (await ask('/write', { writes: { tuple_keys: tuples } })),
    remove: async (tuples) => void (await ask('/write', { deletes: { tuple_keys: tuples } })),
    check: async (tuple) => (await ask<{ allowed: boolean }>('/check', { tuple_key: tuple })).allowed,
    async list({ user, relation, type }) {
      const { objects, complete } = await ask<{ objects: string[]; complete: boolean }>('/list-objects', {
        user,
        relation,
        type,
      });
      return { ids: objects.map((object) => object.slice(type.length + 1)), complete };
    },
  };
}
