import type { AdminClient } from '../admin-client.ts';
import { cliErrors } from '../errors.ts';
import { listAll } from '../resource-kinds.ts';

/** A person by id, or by their whole address, which is what people know of each other. @throws `usage` */
export async function findUserId(client: AdminClient, idOrEmail: string): Promise<string> {
  if (!idOrEmail.includes('@')) return idOrEmail;
  const wanted = idOrEmail.trim().toLowerCase();
  const found = await listAll<{ id: string; email: string }>(client, '/users', { search: idOrEmail.trim() });
  const user = found.find(({ email }) => email.toLowerCase() === wanted);
  if (user !== undefined) return user.id;
  throw cliErrors.usage({ message: `There is nobody with the address ${idOrEmail}. See: gatehouse users list` });
}
