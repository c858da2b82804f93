import type { GatehouseInstance } from '../measure/gatehouse-instance.ts';

export interface Counts {
  retries: number;
  inFlight: number;
  /** What does not add up with what callers saw. */
  compare(seen: ReadonlyMap<number, number>): string[];
}

/** What the gateway counted itself: requests by status, and what is under way when nobody asks anything. */
export async function readCounts(gatehouse: GatehouseInstance, token: string): Promise<Counts> {
  const answer = await fetch(`${gatehouse.controlUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  const counted = new Map<number, number>();
  for (const [, status, count] of text.matchAll(/^gatehouse_gateway_requests_total\{.*status="(\d+)".*\} (\d+)$/gm))
    counted.set(Number(status), (counted.get(Number(status)) ?? 0) + Number(count));
  const { retries, inFlight } = (await gatehouse.admin('GET', '/upstreams/soak/health')) as {
    retries: number;
    inFlight: number;
  };
  return {
    retries,
    inFlight,
    compare(seen) {
      const statuses = new Set([...seen.keys(), ...counted.keys()]);
      const wrong = [...statuses]
        .filter((status) => seen.get(status) !== counted.get(status))
        .map(
          (status) =>
            `${status}: callers saw ${seen.get(status) ?? 0}, the gateway counted ${counted.get(status) ?? 0}`,
        );
      return inFlight === 0 ? wrong : [...wrong, `${inFlight} requests are under way at nobody's wish`];
    },
  };
}
