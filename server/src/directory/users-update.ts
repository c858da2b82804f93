import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { type IdSource, type Principal, parse } from '#base';
import { type Expected, resourceTag } from '#resources';
import type { Tx } from '#store';
import { authorizeGrant } from './authorize-grant.ts';
import { demandCurrent } from './demand-current.ts';
import { directoryErrors } from './errors.ts';
import { type AdministrationDeps, demandPowerOver } from './power-over.ts';
import type { UserAttributes, UserStatus } from './tables.ts';
import { readAttributes } from './user-schema-kind.ts';
import { setUserRoles, setUserStatus } from './users-change.ts';
import { createUser, type NewUser } from './users-create.ts';
import { emailKey } from './users-email.ts';
import { findUserByEmail, getUser } from './users-find.ts';
import type { User } from './users-record.ts';
import { userUpdateSchema } from './users-schema.ts';
import { getLockedUser, type WhichUser, writeUser } from './users-write.ts';

export interface UserUpdate {
  email?: string | undefined;
  emailVerified?: boolean | undefined;
  name?: string | undefined;
  /** The language the person reads, as a tag (BCP 47). */
  locale?: string | undefined;
  /** Replaces them all. */
  attributes?: UserAttributes | undefined;
  /** Those of the tenant. */
  roles?: readonly string[] | undefined;
}

/**
 * Changes what an administrator may change of a person. A new address counts as unconfirmed until somebody says otherwise.
 * @throws `invalid_input`, `user_not_found`, `email_taken`, `email_change_refused`, `person_beyond_own`,
 *   `person_not_managed`, `grant_beyond_own`, `role_not_found`, `last_administrator`, and those of `demandCurrent`.
 */
export async function updateUser(
  tx: Tx,
  deps: AdministrationDeps,
  { expected, update: input, ...which }: WhichUser & { update: UserUpdate; expected?: Expected | undefined },
): Promise<User> {
  const { tenantId, id, actor } = which;
  const update = parse(userUpdateSchema, input);
  const before = await getLockedUser(tx, { tenantId, id });
  const changed = changedFields(before, update);
  if (changed.length === 0) return before;
  demandCurrent({ tag: resourceTag(before), version: before.version }, expected);
  await demandPowerOver(tx, deps, { tenantId, userId: id, actor });
  const { roles, ...facts } = update;
  const rolesChange = roles !== undefined && changed.includes('roles');
  if (rolesChange) {
    const added = roles.filter((role) => !before.roles.includes(role));
    authorizeGrant(deps.roles, actor, { roles: added });
  }
  const fields = changed.filter((field) => field !== 'roles');
  const written = fields.length === 0 ? before : await writeFacts(tx, deps, which, before, facts, fields);
  return rolesChange ? setUserRoles(tx, deps, { ...which, roles }) : written;
}

async function writeFacts(
  tx: Tx,
  deps: IdSource,
  which: WhichUser,
  before: User,
  { email, emailVerified, name, locale, attributes }: Omit<UserUpdate, 'roles'>,
  fields: string[],
): Promise<User> {
  const { tenantId, id, actor } = which;
  // "Taken" would tell an organization who else there is, and a confirmed address is what other rooms build on.
  const ofTenant = fields.includes('email') || fields.includes('emailVerified');
  if (ofTenant && actor.organizationId !== undefined) throw directoryErrors.email_change_refused();
  const address = email ?? before.email;
  if (emailKey(address) !== emailKey(before.email)) {
    const other = await findUserByEmail(tx, { tenantId, email: address });
    if (other !== undefined && other.id !== id) throw directoryErrors.email_taken();
  }
  const sameAddress = emailKey(address) === emailKey(before.email);
  const known = attributes === undefined ? undefined : await readAttributes(tx, tenantId, attributes);
  return writeUser(tx, deps, which, {
    set: {
      email: address,
      email_key: emailKey(address),
      email_verified: emailVerified ?? (sameAddress && before.emailVerified),
      ...(name === undefined ? {} : { name }),
      ...(locale === undefined ? {} : { locale }),
      ...(known === undefined ? {} : { attributes: sql`${JSON.stringify(known)}::jsonb` }),
    },
    event: 'user.updated',
    detail: { fields },
  });
}

/** By name only: what a person is called and where they live is nothing for a log that is kept. */
function changedFields(before: User, update: UserUpdate): string[] {
  return Object.entries(update)
    .filter(([name, value]) => value !== undefined && !isDeepStrictEqual(value, before[name as keyof UserUpdate]))
    .map(([name]) => name)
    .sort();
}

/** Lets a person in or keeps them out, on behalf of somebody. @throws as `setUserStatus`, and `person_beyond_own`. */
export async function administerStatus(
  tx: Tx,
  deps: AdministrationDeps,
  which: { tenantId: string; id: string; actor: Principal; status: UserStatus },
): Promise<User> {
  const { tenantId, id, actor } = which;
  await getUser(tx, which);
  await demandPowerOver(tx, deps, { tenantId, userId: id, actor });
  return setUserStatus(tx, deps, which);
}

/** Adds a person on behalf of somebody. @throws as `createUser`, and `grant_beyond_own`. */
export async function createUserFor(
  tx: Tx,
  deps: AdministrationDeps,
  input: NewUser & { tenantId: string; actor: Principal },
): Promise<User> {
  authorizeGrant(deps.roles, input.actor, { roles: input.roles ?? [] });
  return createUser(tx, deps, { ...input, attributes: input.attributes ?? {} });
}
