import type { GatehouseInstance } from '../measure/gatehouse-instance.ts';

interface Key {
  id: string;
  key: string;
}

/** API keys that are replaced and revoked while they are used. */
export class SoakKeys {
  rotated = 0;
  revoked = 0;
  /** Ended, and certain to be known everywhere: no request with one of these may pass. */
  readonly ended: string[] = [];
  readonly #instance: GatehouseInstance;
  #living: Key[] = [];

  constructor(instance: GatehouseInstance) {
    this.#instance = instance;
  }

  async issue(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) this.#living.push(await this.#new());
  }

  /** Any that is good now and for a while. */
  any(): string {
    return this.#living[Math.floor(Math.random() * this.#living.length)]?.key ?? '';
  }

  /** The old one goes on working, and is not used for new requests. */
  async rotate(): Promise<void> {
    const old = this.#living.shift();
    if (old === undefined) return;
    const next = await this.#instance.admin('POST', `/keys/${old.id}/rotate`, { overlapSeconds: 3600 });
    this.#living.push({ id: String(next.id), key: String(next.key) });
    this.rotated += 1;
  }

  /** What was sent with it before has long been answered when it is listed as ended. */
  async revoke(): Promise<void> {
    const doomed = this.#living.shift();
    this.#living.push(await this.#new());
    if (doomed === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
    await this.#instance.admin('POST', `/keys/${doomed.id}/revoke`, { reason: 'soak' });
    this.revoked += 1;
    // The change feed has 100 ms to tell it.
    await new Promise((resolve) => setTimeout(resolve, 250));
    this.ended.push(doomed.key);
  }

  async #new(): Promise<Key> {
    const issued = await this.#instance.admin('POST', '/keys', { name: 'soak', scopes: ['soak:read'] });
    return { id: String(issued.id), key: String(issued.key) };
  }
}
