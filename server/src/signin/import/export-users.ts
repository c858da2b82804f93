import { listUsers, type User, type UserMark } from '#directory';
import type { Store } from '#store';

/** One person a line, in the form that the import reads. Hashes of passwords stay: they are sealed for this house. */
export interface ExportedUser {
  id: string;
  email: string;
  emailVerified: boolean;
  name: string;
  status: User['status'];
  roles: readonly string[];
  attributes: User['attributes'];
  createdAt: string;
}

const PAGE = 500;

/** Page by page, as fast as the reader takes them: the memory of one page is all it needs. */
export async function* exportUsers(
  { store }: { store: Pick<Store, 'transaction'> },
  { tenantId }: { tenantId: string },
): AsyncGenerator<ExportedUser> {
  let after: UserMark | undefined;
  do {
    const page = await store.transaction(
      { tenantId },
      (tx) => listUsers(tx, { tenantId, limit: PAGE, ...(after === undefined ? {} : { after }) }),
      { readOnly: true },
    );
    for (const { id, email, emailVerified, name, status, roles, attributes, createdAt } of page.items) {
      yield { id, email, emailVerified, name, status, roles, attributes, createdAt: new Date(createdAt).toISOString() };
    }
    after = page.next;
  } while (after !== undefined);
}
