export interface TogetherOptions<Input, Output> {
  /** Does it for all of them at once, and answers in their order. Must be such that it can be done again. */
  run(inputs: readonly Input[]): Promise<readonly Output[]>;
  /** Only what says the same here is done at once: a tenant's transaction is nobody else's. */
  groupOf(input: Input): string;
  /** Would whoever comes now have to wait anyway? Then it may as well wait for company. */
  crowded(): boolean;
  /** Milliseconds. */
  wait(milliseconds: number): Promise<unknown>;
}

/**
 * As many as one transaction holds without keeping others from its locks for long: some 20 ms. Of what a sign-in costs
 * beside its password, a round of sixteen takes two thirds of what a round of eight does, and so on (docs/adr/0040).
 */
const COUNT_MAX = 32;
/** On a busy machine; on one that is not, the crowd is gone long before. */
const COMPANY_MILLISECONDS = 250;

/**
 * Does for several callers at once what costs nearly as much for one: the round trips of a transaction, and its commit.
 * What comes alone is done at once and by itself; what is read from sockets in one pass of the event loop goes together;
 * in a crowd it waits a moment for more, or until the crowd is gone. Who comes while a round is under way would meet its
 * locks, and waits with whoever comes meanwhile, but no longer than anybody. When what is done together fails, each is done
 * by itself: nobody fails for another.
 */
export function together<Input, Output>(options: TogetherOptions<Input, Output>): (input: Input) => Promise<Output> {
  type Waiting = { input: Input; answer: PromiseWithResolvers<Output> };
  const groups = new Map<string, Waiting[]>();
  /** Those that wait for more than what comes in this pass. */
  const held = new WeakSet<Waiting[]>();
  /** How many rounds of each group are under way. */
  const underWay = new Map<string, number>();
  const mayWait = (group: string) => underWay.has(group) || options.crowded();

  async function runAlone({ input, answer }: Waiting): Promise<void> {
    try {
      const [output] = await options.run([input]);
      answer.resolve(output as Output);
    } catch (error) {
      answer.reject(error);
    }
  }

  async function runAll(waiting: readonly Waiting[]): Promise<void> {
    const [first] = waiting;
    if (first === undefined) return;
    if (waiting.length === 1) return runAlone(first);
    try {
      const outputs = await options.run(waiting.map(({ input }) => input));
      for (const [index, { answer }] of waiting.entries()) answer.resolve(outputs[index] as Output);
    } catch {
      await Promise.all(waiting.map(runAlone));
    }
  }

  function leave(group: string, waiting: Waiting[]): void {
    // It may have left already, being full.
    if (groups.get(group) !== waiting) return;
    groups.delete(group);
    underWay.set(group, (underWay.get(group) ?? 0) + 1);
    void runAll(waiting).then(() => isOver(group));
  }

  function isOver(group: string): void {
    const others = (underWay.get(group) ?? 1) - 1;
    if (others > 0) underWay.set(group, others);
    else underWay.delete(group);
    const next = groups.get(group);
    if (next !== undefined && held.has(next) && !mayWait(group)) leave(group, next);
  }

  return (input) => {
    const group = options.groupOf(input);
    const answer = Promise.withResolvers<Output>();
    const waiting = groups.get(group);
    if (waiting !== undefined) {
      waiting.push({ input, answer });
      // Nobody is on the way whom it could wait for: whoever is not here has to be let in first.
      if (waiting.length >= COUNT_MAX || (held.has(waiting) && !mayWait(group))) leave(group, waiting);
    } else {
      const company = [{ input, answer }];
      groups.set(group, company);
      if (mayWait(group)) {
        held.add(company);
        void options.wait(COMPANY_MILLISECONDS).then(() => leave(group, company));
      } else setImmediate(() => leave(group, company));
    }
    return answer.promise;
  };
}
