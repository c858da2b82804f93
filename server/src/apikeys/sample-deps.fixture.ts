import { createHmac } from 'node:crypto';
import { auditMigrations } from '#audit';
import { type Principal, systemPrincipal, systemRandom } from '#base';
import { resourcesMigrations } from '#resources';
import { fixedClock } from '#testing';
import { apikeysMigrations } from './migrations.ts';

/** What this room's tests share. */
export const migrations = [auditMigrations, resourcesMigrations, apikeysMigrations];
export const clock = fixedClock();
export const keyring = {
  mac: (purpose: string, data: string | Uint8Array) => createHmac('sha256', purpose).update(data).digest(),
};
/** Nobody is disabled. */
export const owners = { disabled: async () => [] };
export const deps = { keyring, clock, random: systemRandom, authorizeGrant: () => undefined };
export const actor: Principal = { ...systemPrincipal('ten_1', 'test'), type: 'user', id: 'usr_admin' };
