import type { AdminClient } from './admin-client.ts';
import { cliErrors } from './errors.ts';

export interface KindSummary {
  kind: string;
  plural: string;
}

export interface Resource {
  kind: string;
  id: string;
  name: string;
  spec: Record<string, unknown>;
  version: number;
  createdAt: number;
  updatedAt: number;
}

interface Page<T> {
  items: T[];
  nextCursor?: string | null;
}

const PAGES_MAX = 10_000;

/** The kinds an instance knows: the command line has no list of its own. */
export async function readKinds(client: AdminClient): Promise<KindSummary[]> {
  const { items } = await client.json<{ items: KindSummary[] }>('/kinds');
  return items;
}

export async function resolveKind(client: AdminClient, name: string, known?: KindSummary[]): Promise<KindSummary> {
  const kinds = known ?? (await readKinds(client));
  const found = kinds.find(({ kind, plural }) => kind === name || plural === name);
  if (found !== undefined) return found;
  throw cliErrors.usage({
    message: `There is no kind “${name}”. There are: ${kinds.map(({ kind }) => kind).join(', ')}.`,
  });
}

/** Every item of a paged list. */
export async function listAll<T>(
  client: AdminClient,
  path: string,
  query: Record<string, string | undefined> = {},
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.json<Page<T>>(path, { query: { ...query, limit: 500, cursor } });
    items.push(...answer.items);
    if (answer.nextCursor === undefined || answer.nextCursor === null) break;
    cursor = answer.nextCursor;
  }
  return items;
}
