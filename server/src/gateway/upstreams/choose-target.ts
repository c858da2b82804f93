import { scoreOf } from './rendezvous.ts';
import type { TargetState } from './target-state.ts';

export interface Choice {
  targets: readonly TargetState[];
  now: number;
  slowStartSeconds: number;
  /** Tried already for this request: taken only where there is no other. */
  except: ReadonlySet<TargetState> | undefined;
  /** Never taken. */
  barred?: ReadonlySet<TargetState> | undefined;
  /** Where to begin, so that equals take turns. */
  turn: number;
  /** Of the value that the request belongs to a target by, where it has one. */
  hash: number | undefined;
}

type Chooser = (choice: Choice, mayTake: (target: TargetState) => boolean) => TargetState | undefined;

/** Whoever has least under way for its weight. */
const leastLoaded: Chooser = ({ targets, now, slowStartSeconds, turn }, mayTake) => {
  let chosen: TargetState | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < targets.length; index += 1) {
    const target = targets[(index + turn) % targets.length];
    if (target === undefined || !mayTake(target)) continue;
    const load = (target.inFlight + 1) / target.weightAt(now, slowStartSeconds);
    if (load < least) {
      chosen = target;
      least = load;
    }
  }
  return chosen;
};

/** Each in turn, as often as its weight says, and never many times in a row (nginx' smooth weighted turns). */
const roundRobin: Chooser = ({ targets, now, slowStartSeconds }, mayTake) => {
  let chosen: TargetState | undefined;
  let total = 0;
  for (const target of targets) {
    if (!mayTake(target)) continue;
    const weight = target.weightAt(now, slowStartSeconds);
    total += weight;
    target.credit += weight;
    if (chosen === undefined || target.credit > chosen.credit) chosen = target;
  }
  if (chosen !== undefined) chosen.credit -= total;
  return chosen;
};

/** Whoever scores highest for the value; the next in that order while it may not be taken. */
const byHash: Chooser = ({ targets, now, slowStartSeconds, hash = 0 }, mayTake) => {
  let chosen: TargetState | undefined;
  let most = 0;
  for (const target of targets) {
    if (!mayTake(target)) continue;
    const score = scoreOf(hash, target.hash, target.weightAt(now, slowStartSeconds));
    if (score > most) {
      chosen = target;
      most = score;
    }
  }
  return chosen;
};

const CHOOSERS = { least_loaded: leastLoaded, round_robin: roundRobin } as const;

function chooserOf(balance: keyof typeof CHOOSERS, { hash }: Choice): Chooser {
  return hash === undefined ? CHOOSERS[balance] : byHash;
}

/** Who gets the next request. Undefined when nobody may be tried. */
export function chooseTarget(balance: keyof typeof CHOOSERS, choice: Choice): TargetState | undefined {
  const { except, barred, now } = choice;
  const choose = chooserOf(balance, choice);
  if (except === undefined) return choose(choice, (target) => target.mayTry(now));
  return (
    choose(choice, (target) => !except.has(target) && target.mayTry(now)) ??
    choose(choice, (target) => barred?.has(target) !== true && target.mayTry(now))
  );
}

/** Who gets it when all that are well have been ejected, which is more than may be at once. */
export function chooseEjected(balance: keyof typeof CHOOSERS, choice: Choice): TargetState | undefined {
  return chooserOf(balance, choice)(choice, (target) => choice.barred?.has(target) !== true && target.healthy);
}
