import { UpstreamGroup } from './upstream-group.ts';
import type { UpstreamSpec } from './upstream-spec.ts';

/** Every upstream that is configured, through all changes of the configuration. */
export class UpstreamGroups {
  readonly #groups = new Map<string, UpstreamGroup>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** The same object for as long as an upstream of that name is configured. */
  group(tenantId: string, name: string, spec: UpstreamSpec): UpstreamGroup {
    const key = `${tenantId} ${name}`;
    const known = this.#groups.get(key);
    if (known !== undefined) {
      if (known.spec !== spec) known.configure(spec);
      return known;
    }
    const made = new UpstreamGroup(tenantId, name, spec, this.#random);
    this.#groups.set(key, made);
    return made;
  }

  /** Forgets what is no longer configured. Requests under way there end by themselves. */
  keepOnly(used: ReadonlySet<UpstreamGroup>): void {
    for (const [key, group] of this.#groups) if (!used.has(group)) this.#groups.delete(key);
  }

  all(): UpstreamGroup[] {
    return [...this.#groups.values()];
  }
}
