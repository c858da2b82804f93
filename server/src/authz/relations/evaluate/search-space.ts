import { hashPair } from '../graph/int-table.ts';

/**
 * Working memory of searches, which run one after the other: a search never gives way to another before its end. One for
 * each model, so that a check allocates next to nothing.
 */
export class SearchSpace<Plan extends { readonly index: number }> {
  readonly plans: Plan[] = [];
  readonly nodes: number[] = [];
  readonly #visited = new Visited();
  #keptBy: object | undefined;

  /** What `owner` kept from its search before is still marked: nothing is to be found there. */
  begin(owner: object): void {
    if (this.#keptBy !== owner) this.#visited.clear();
    this.#keptBy = undefined;
    this.plans.length = 0;
    this.nodes.length = 0;
  }

  enqueue(plan: Plan, node: number): void {
    if (!this.#visited.add(plan.index, node)) return;
    this.plans.push(plan);
    this.nodes.push(node);
  }

  /** The search found nothing, so the next one of the same owner needn't look at these states again. */
  keep(owner: object): void {
    this.#keptBy = owner;
  }
}

/** States (plan, node) that were seen. Forgetting them all costs nothing, so one can be used again and again. */
class Visited {
  #plans = new Int32Array(256);
  #nodes = new Int32Array(256);
  #rounds = new Int32Array(256);
  #round = 0;
  #count = 0;

  clear(): void {
    this.#round += 1;
    this.#count = 0;
    if (this.#round === 0x7fff_ffff) {
      this.#rounds.fill(0);
      this.#round = 1;
    }
  }

  /** False when it was there already. */
  add(plan: number, node: number): boolean {
    const mask = this.#plans.length - 1;
    let slot = hashPair(plan, node) & mask;
    while (this.#rounds[slot] === this.#round) {
      if (this.#nodes[slot] === node && this.#plans[slot] === plan) return false;
      slot = (slot + 1) & mask;
    }
    this.#plans[slot] = plan;
    this.#nodes[slot] = node;
    this.#rounds[slot] = this.#round;
    this.#count += 1;
    if (this.#count * 2 > this.#plans.length) this.#grow();
    return true;
  }

  #grow(): void {
    const [plans, nodes, rounds] = [this.#plans, this.#nodes, this.#rounds];
    this.#plans = new Int32Array(plans.length * 2);
    this.#nodes = new Int32Array(plans.length * 2);
    this.#rounds = new Int32Array(plans.length * 2).fill(this.#round - 1);
    this.#count = 0;
    for (let slot = 0; slot < plans.length; slot += 1) {
      if (rounds[slot] === this.#round) this.add(plans[slot] ?? 0, nodes[slot] ?? 0);
    }
  }
}
