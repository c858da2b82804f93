import type { Principal } from '#base';
import { type HeldKeyRow, restrictionsOf } from './api-key.ts';
import { type KeyOwners, type OwnerPlace, type OwnerStanding, ownerPlaceOf, placeKey } from './key-owners.ts';
import { type KeyPlace, type PlaceProblem, placeJudge } from './key-place.ts';
import type { RecurringTexts } from './recurring-texts.ts';

export type ApiKeyVerification =
  | { ok: true; principal: Principal }
  | {
      ok: false;
      reason: 'malformed' | 'unknown' | 'expired' | 'revoked' | 'quarantined' | 'wrong_place';
      description: string;
      /** Whose key it was, for the record of what was tried with it. */
      former?: Principal;
    };

export type RefusedApiKey = Extract<ApiKeyVerification, { ok: false }>;

/** Answers are made once and handed out many times: a request allocates nothing. */
export const REFUSED = {
  malformed: { ok: false, reason: 'malformed', description: 'This is not an API key. Check that it was copied whole.' },
  unknown: { ok: false, reason: 'unknown', description: 'This API key does not exist.' },
  expired: { ok: false, reason: 'expired', description: 'This API key has expired. Ask for a new one.' },
  revoked: { ok: false, reason: 'revoked', description: 'This API key was revoked. Ask for a new one.' },
  quarantined: {
    ok: false,
    reason: 'quarantined',
    description: 'This API key is set aside, since it may have leaked. Ask an administrator to release or replace it.',
  },
  address: { ok: false, reason: 'wrong_place', description: 'This API key may not be used from this address.' },
  api: { ok: false, reason: 'wrong_place', description: 'This API key may not be used at this API.' },
  route: { ok: false, reason: 'wrong_place', description: 'This API key may not be used at this route.' },
  ownerDisabled: { ok: false, reason: 'revoked', description: 'Whoever this API key belongs to is disabled, or gone.' },
} as const satisfies Record<
  Exclude<RefusedApiKey['reason'], 'wrong_place'> | PlaceProblem | 'ownerDisabled',
  RefusedApiKey
>;

/** One key in memory. Changed in place, so that whoever holds it, the cache of texts too, sees each change at once. */
export class ApiKeyEntry {
  readonly hash: string;
  /** For whom it acts, and where, if for somebody; and the same as {@link placeKey} has it. An owner is for life. */
  readonly place: OwnerPlace | undefined;
  readonly owner: string | undefined;
  #accepted: ApiKeyVerification;
  #expiresAt: number;
  #revoked: boolean;
  #quarantined: boolean;
  #placeProblem: ReturnType<typeof placeJudge>;
  #byOwner: boolean;
  #narrowed: Narrowed | undefined;

  constructor(row: HeldKeyRow, shared: RecurringTexts) {
    this.hash = row.hash;
    this.place = ownerPlaceOf(row);
    this.owner = this.place === undefined ? undefined : placeKey(this.place);
    this.#byOwner = row.created_by === row.owner_id;
    this.#accepted = { ok: true, principal: toPrincipal(row, shared) };
    this.#expiresAt = row.expires_at ?? Number.POSITIVE_INFINITY;
    this.#revoked = row.revoked_at !== null;
    this.#quarantined = row.quarantined_at !== null;
    this.#placeProblem = placeJudge(restrictionsOf(row));
  }

  update(row: HeldKeyRow, shared: RecurringTexts): void {
    this.#accepted = { ok: true, principal: toPrincipal(row, shared) };
    this.#narrowed = undefined;
    this.#expiresAt = row.expires_at ?? Number.POSITIVE_INFINITY;
    // Never back to life: a load that began before the revocation still brings the row as it was.
    this.#revoked ||= row.revoked_at !== null;
    this.#quarantined = row.quarantined_at !== null;
    this.#placeProblem = placeJudge(restrictionsOf(row));
  }

  /** Revoked, or its row is gone. */
  end(): void {
    this.#revoked = true;
  }

  /** May it be used at some places only? */
  get isBound(): boolean {
    return this.#placeProblem !== undefined;
  }

  get plan(): string | undefined {
    return this.#accepted.ok ? this.#accepted.principal.plan : undefined;
  }

  /** Is it good at all? Where it may be used is for {@link judgePlace}. */
  verify(now: number): ApiKeyVerification {
    if (this.#revoked) return this.refuse('revoked');
    // The last millisecond is the one before: "on or after" is too late (RFC 7519 §4.1.4 says it of `exp`).
    if (now >= this.#expiresAt) return this.refuse('expired');
    if (this.#quarantined) return this.refuse('quarantined');
    return this.#accepted;
  }

  /**
   * With what its owner still has of its rights. Worked out once for each state of the owner and of the roles, so that a
   * request allocates nothing.
   */
  verifyWithin(now: number, standing: OwnerStanding, owners: KeyOwners): ApiKeyVerification {
    const good = this.verify(now);
    if (!good.ok || this.place === undefined) return good;
    const version = owners.version();
    if (this.#narrowed?.standing !== standing || this.#narrowed.version !== version) {
      const { principal } = good;
      const held = { roles: principal.roles, scopes: principal.scopes, byOwner: this.#byOwner };
      const { roles, scopes } = owners.narrow(this.place, standing, held);
      const groups = standing.groups.length === 0 ? {} : { groups: standing.groups };
      const narrowed = Object.freeze({ ...principal, roles, scopes, ...groups });
      this.#narrowed = { standing, version, verification: { ok: true, principal: narrowed } };
    }
    return this.#narrowed.verification;
  }

  /** Without a place, a key that is restricted to some is refused. */
  judgePlace(good: ApiKeyVerification, place: KeyPlace | undefined): ApiKeyVerification {
    const problem = this.#placeProblem?.(place);
    return problem === undefined ? good : this.refuse(problem);
  }

  /** The refusal, with the name of whose key it was: only who presents the whole key gets this far. */
  refuse(reason: Exclude<keyof typeof REFUSED, 'malformed' | 'unknown'>): RefusedApiKey {
    return this.#accepted.ok ? { ...REFUSED[reason], former: this.#accepted.principal } : REFUSED[reason];
  }
}

interface Narrowed {
  standing: OwnerStanding;
  version: number;
  verification: ApiKeyVerification;
}

/** A key with an owner acts as the owner, with the key's own roles and scopes; without one, as itself. */
function toPrincipal(row: HeldKeyRow, shared: RecurringTexts): Principal {
  return Object.freeze({
    type: row.owner_type ?? 'api_key',
    id: row.owner_id ?? row.id,
    tenantId: shared.text(row.tenant_id),
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    roles: shared.list(row.roles),
    scopes: shared.list(row.scopes),
    credential: {
      type: 'api_key',
      id: row.id,
      environment: row.environment === 'test' ? 'test' : 'live',
      ...(row.expires_at === null ? {} : { expiresAt: Math.floor(row.expires_at / 1000) }),
    },
    ...(row.plan === null ? {} : { plan: row.plan }),
  } satisfies Principal);
}
