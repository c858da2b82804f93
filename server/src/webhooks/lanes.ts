import type { Due } from './take-turns.ts';

export interface Lanes {
  /** Begins a turn for as many of these as there is room for. @returns how many were begun. */
  begin(due: readonly Due[]): number;
  /** When all turns that were begun are over. */
  idle(): Promise<void>;
}

/** Webhooks that are sent to at once, and those of one organization (or of the tenant itself) among them. */
const LANES_MAX = 32;
const LANES_OF_ONE_MAX = 8;

const keyOf = ({ tenant_id, webhook }: Due): string => `${tenant_id} ${webhook}`;
const ownerOf = ({ tenant_id, organization_id }: Due): string => `${tenant_id} ${organization_id ?? ''}`;

/**
 * Who is sent to at the same time. A webhook has one lane at most, so that a slow one holds up itself alone; who owns many
 * can't take all lanes; and whoever waited longest since its last turn comes first, each owner in turn.
 */
export function openLanes(turn: (due: Due) => Promise<void>, onFree: () => void): Lanes {
  const busy = new Map<string, { owner: string; done: Promise<void> }>();
  /** Counts turns; a webhook that had none yet comes before all others. */
  const lastTurn = new Map<string, number>();
  let turns = 0;

  function start(due: Due): void {
    const key = keyOf(due);
    turns += 1;
    lastTurn.set(key, turns);
    const done = turn(due).finally(() => {
      busy.delete(key);
      onFree();
    });
    busy.set(key, { owner: ownerOf(due), done });
  }

  return {
    begin(due) {
      const waiting = due.filter((each) => !busy.has(keyOf(each)));
      forgetOthers(lastTurn, due);
      let begun = 0;
      for (const each of fairly(waiting, lastTurn)) {
        if (busy.size >= LANES_MAX) break;
        const own = [...busy.values()].filter(({ owner }) => owner === ownerOf(each)).length;
        if (own >= LANES_OF_ONE_MAX) continue;
        start(each);
        begun += 1;
      }
      return begun;
    },
    async idle() {
      while (busy.size > 0) await Promise.allSettled([...busy.values()].map(({ done }) => done));
    },
  };
}

/** Of each owner the one that waited longest, then of each the next. */
function fairly(due: readonly Due[], lastTurn: ReadonlyMap<string, number>): Due[] {
  const since = (each: Due) => lastTurn.get(keyOf(each)) ?? 0;
  const byOwner = Map.groupBy(
    due.toSorted((left, right) => since(left) - since(right)),
    ownerOf,
  );
  const placed = [...byOwner.values()].flatMap((own) => own.map((each, place) => ({ each, place })));
  return placed
    .sort((left, right) => left.place - right.place || since(left.each) - since(right.each))
    .map(({ each }) => each);
}

/** Who has nothing to send has no turn to wait for. */
function forgetOthers(lastTurn: Map<string, number>, due: readonly Due[]): void {
  const known = new Set(due.map(keyOf));
  for (const key of lastTurn.keys()) if (!known.has(key)) lastTurn.delete(key);
}
