import type { Logger } from '#base';
import type { CheckTarget } from './check-target.ts';
import type { TargetState } from './target-state.ts';
import type { UpstreamGroup } from './upstream-group.ts';
import type { UpstreamSpec } from './upstream-spec.ts';

export interface HealthChecksDeps {
  groups: () => readonly UpstreamGroup[];
  check: CheckTarget;
  /** From 0 to 1. */
  random: () => number;
  log: Logger;
}

const LOOK_MILLISECONDS = 100;
/** Of the interval: so that the processes of an installation do not all ask at the same instant. */
const JITTER = 0.1;
/** Whoever is new is looked at soon. */
const FIRST_MILLISECONDS_MAX = 1_000;

type Health = NonNullable<UpstreamSpec['health']>;

/** Asks every target of upstreams with `health` by itself, again and again, one question to a target at a time. */
export class HealthChecks {
  readonly #deps: HealthChecksDeps;
  readonly #dueAt = new WeakMap<TargetState, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: HealthChecksDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(performance.now()), LOOK_MILLISECONDS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Begins what is due. @returns when all of it is done; nobody has to wait. */
  async look(now: number): Promise<void> {
    const due: Promise<void>[] = [];
    for (const group of this.#deps.groups()) {
      const { health } = group.spec;
      if (health === undefined) continue;
      for (const target of group.targets) {
        const dueAt = this.#dueAt.get(target);
        if (dueAt === undefined) {
          const soon = Math.min(FIRST_MILLISECONDS_MAX, health.intervalSeconds * 1000);
          this.#dueAt.set(target, now + soon * this.#deps.random());
        } else if (now >= dueAt) {
          // Not again before it has answered.
          this.#dueAt.set(target, Number.POSITIVE_INFINITY);
          due.push(this.#check(group, target, health, now));
        }
      }
    }
    await Promise.all(due);
  }

  async #check(group: UpstreamGroup, target: TargetState, health: Health, now: number): Promise<void> {
    const { check, random, log } = this.#deps;
    const { name } = group;
    // A rejection that nobody waits for would end the process, and a target that is not asked again stays what it was.
    const problem = await check(target.url, health.path, health.timeoutSeconds * 1000).catch((error: unknown) => {
      log.error({ err: error, upstream: name, target: target.target.origin }, 'a target could not be asked');
      return 'could not be asked';
    });
    // Nobody asks any more, so that what is said now would be believed for good.
    const stillAsked = group.spec.health !== undefined && group.targets.includes(target);
    if (stillAsked && target.checked(problem, now, health)) {
      const { healthy } = target;
      log.warn(
        { upstream: name, target: target.target.origin, problem },
        healthy ? 'a target is well again' : 'a target is not well',
      );
    }
    const interval = health.intervalSeconds * 1000;
    this.#dueAt.set(target, now + interval * (1 - JITTER + 2 * JITTER * random()));
  }
}
