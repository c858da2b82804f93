import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { keyringErrors } from './errors.ts';
import type { Keyring } from './open-keyring.ts';
import type { Alg } from './signing-algorithms.ts';
import type { SigningKeyState } from './signing-key-life-cycle.ts';
import { privateKeyPlace, type SigningKeyRow } from './signing-key-rows.ts';

/** One key, ready for use. */
export interface ViewedKey {
  id: string;
  alg: Alg;
  state: SigningKeyState;
  jwk: JWK;
  /** The same object as long as the key lives: what was verified with it can be tied to it. */
  key: KeyObject;
  createdAt: number;
  activatesAt: number;
  retiresAt: number | undefined;
  goneAt: number | undefined;
  /** Opened when first needed: a process that only verifies never holds a private key. */
  privateKey(): KeyObject;
  /** The JOSE header for tokens of this type, encoded, with the point behind it. */
  headerOf(typ: string): string;
}

/** Active first, since that is the one most often asked for, then what comes, then what goes. */
const ORDER: Record<SigningKeyState, number> = { active: 0, announced: 1, retiring: 2, gone: 3 };

/** All tenants' keys in memory, asked without waiting. Each tenant's list is replaced whole, never changed in place. */
export class SigningKeyView {
  #tenants = new Map<string, readonly ViewedKey[]>();
  readonly #keyring: Pick<Keyring, 'open'>;

  constructor(keyring: Pick<Keyring, 'open'>) {
    this.#keyring = keyring;
  }

  keysOf(tenantId: string): readonly ViewedKey[] {
    return this.#tenants.get(tenantId) ?? [];
  }

  find(tenantId: string, kid: string): ViewedKey | undefined {
    // For each request once: a closure would be an object more.
    for (const key of this.keysOf(tenantId)) if (key.id === kid) return key;
    return undefined;
  }

  active(tenantId: string, alg: Alg): ViewedKey | undefined {
    return this.keysOf(tenantId).find((key) => key.state === 'active' && key.alg === alg);
  }

  /** Takes `rows` as all the keys there are. */
  replaceAll(rows: readonly SigningKeyRow[]): void {
    const byTenant = Map.groupBy(rows, ({ tenant_id }) => tenant_id);
    for (const tenantId of this.#tenants.keys()) if (!byTenant.has(tenantId)) this.#tenants.delete(tenantId);
    for (const [tenantId, ofTenant] of byTenant) this.replaceTenant(tenantId, ofTenant);
  }

  /** Takes `rows` as all the keys of this tenant. */
  replaceTenant(tenantId: string, rows: readonly SigningKeyRow[]): void {
    const living = rows.filter(({ state }) => state !== 'gone');
    const keys = living.map((row) => this.#toKey(row, this.find(tenantId, row.id)));
    this.#tenants.set(
      tenantId,
      keys.sort((a, b) => ORDER[a.state] - ORDER[b.state]),
    );
  }

  #toKey(row: SigningKeyRow, known: ViewedKey | undefined): ViewedKey {
    let privateKey: KeyObject | undefined;
    const open = () => {
      if (row.private_key === null) throw keyringErrors.signing_key_not_found({ details: { id: row.id } });
      const der = this.#keyring.open(row.private_key, privateKeyPlace(row));
      privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      der.fill(0);
      return privateKey;
    };
    return {
      id: row.id,
      alg: row.alg,
      state: row.state,
      jwk: row.public_jwk,
      key: known?.key ?? createPublicKey({ key: row.public_jwk as Record<string, unknown>, format: 'jwk' }),
      createdAt: row.created_at,
      activatesAt: row.activates_at,
      retiresAt: row.retires_at ?? undefined,
      goneAt: row.gone_at ?? undefined,
      privateKey: known?.privateKey ?? (() => privateKey ?? open()),
      headerOf: known?.headerOf ?? headerWriter(row),
    };
  }
}

/** Types are words of our own code, and few: each header is spelled once. */
function headerWriter({ alg, id }: SigningKeyRow): (typ: string) => string {
  const headers = new Map<string, string>();
  return (typ) => {
    let header = headers.get(typ);
    if (header === undefined) {
      header = `${Buffer.from(JSON.stringify({ alg, typ, kid: id })).toString('base64url')}.`;
      headers.set(typ, header);
    }
    return header;
  };
}
