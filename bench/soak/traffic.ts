import { type Agent, request } from 'undici';
import type { SoakKeys } from './soak-keys.ts';

interface Call {
  path: string;
  method: 'GET' | 'POST';
  key: string | undefined;
  body?: string;
  /** Every status that is right. */
  right: readonly number[];
}

/** Requests that a quota for everybody together lets through. */
const QUOTA = 200;
const WRONG_MAX = 100;

/** Callers that send one request after the other, and check each answer against what it must be. */
export class Traffic {
  total = 0;
  /** Without an answer: whether it arrived is not known. None is allowed. */
  uncertain = 0;
  readonly statuses = new Map<number, number>();
  readonly wrong: string[] = [];
  readonly #url: string;
  readonly #keys: SoakKeys;
  readonly #agent: Agent;
  #underQuota = 0;

  constructor(url: string, keys: SoakKeys, agent: Agent) {
    this.#url = url;
    this.#keys = keys;
    this.#agent = agent;
  }

  async run(goesOn: () => boolean): Promise<void> {
    while (goesOn()) await this.#send(this.#next());
  }

  #next(): Call {
    const number = this.total;
    this.total += 1;
    const key = this.#keys.any();
    const ended = this.#keys.ended.at(-1);
    const kinds: Call[] = [
      { path: `/soak/${number}`, method: 'GET', key, right: [200] },
      { path: `/soak/${number}?x=1`, method: 'GET', key, right: [200] },
      // What may have been done is not repeated, so a service that goes away may be seen here.
      { path: `/soak/${number}`, method: 'POST', key, body: `body ${number}`, right: [200, 502] },
      { path: `/soak/${number}`, method: 'GET', key: undefined, right: [401] },
      { path: '/denied', method: 'GET', key, right: [403] },
      { path: `/nowhere/${number}`, method: 'GET', key, right: [404] },
      { path: '/quota', method: 'GET', key, right: [200, 429] },
      { path: `/soak/${number}`, method: 'GET', key: ended ?? 'gh_live_made-up', right: [401] },
    ];
    return kinds[number % kinds.length] ?? { path: '/', method: 'GET', key, right: [404] };
  }

  async #send({ path, method, key, body, right }: Call): Promise<void> {
    try {
      const headers = key === undefined ? {} : { 'x-api-key': key };
      const answer = await request(`${this.#url}${path}`, {
        method,
        headers,
        body: body ?? null,
        dispatcher: this.#agent,
      });
      const text = await answer.body.text();
      const { statusCode: status } = answer;
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (!right.includes(status))
        this.#complain(`${method} ${path}: ${status}, not ${right.join(' or ')}: ${text.slice(0, 300)}`);
      if (status === 200 && text !== `${method} ${path} ${body ?? ''}`)
        this.#complain(`${method} ${path} got the answer of another: ${text}`);
      if (status === 200 && path === '/quota' && ++this.#underQuota > QUOTA)
        this.#complain('more than the quota passed');
    } catch (error) {
      this.uncertain += 1;
      this.#complain(`${method} ${path}: no answer, ${String(error)}`);
    }
  }

  #complain(what: string): void {
    if (this.wrong.length < WRONG_MAX) this.wrong.push(what);
  }
}
