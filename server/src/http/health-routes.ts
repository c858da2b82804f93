import type { FastifyInstance } from 'fastify';

/** Something that must work for this process to be of use. Rejects when it does not. */
export interface Probe {
  name: string;
  check(): Promise<void>;
  /** The process is of use without it: `degraded`, and ready all the same. */
  optional?: boolean;
}

const PROBE_TIMEOUT_MILLISECONDS = 2_000;

/** `/healthz`: the process runs. `/readyz`: it can serve; orchestrators send traffic by it. */
export function healthRoutes(server: FastifyInstance, { probes }: { probes: readonly Probe[] }): void {
  server.get(
    '/healthz',
    { config: { public: 'says only that the process runs; orchestrators have no credential' } },
    () => ({
      status: 'ok',
    }),
  );
  let running: Promise<(readonly [probe: Probe, ok: boolean])[]> | undefined;
  server.get(
    '/readyz',
    { config: { public: 'names what is not ready, never why; orchestrators have no credential' } },
    async (request, reply) => {
      // Calls that come meanwhile share the answer: anybody may call, and each probe costs a transaction.
      running ??= Promise.all(probes.map(async (probe) => [probe, await passes(probe, request.log)] as const)).finally(
        () => {
          running = undefined;
        },
      );
      const checks = await running;
      const ready = checks.every(([probe, ok]) => ok || probe.optional === true);
      const states = Object.fromEntries(checks.map(([probe, ok]) => [probe.name, ok ? 'ok' : failing(probe)]));
      return reply
        .code(ready ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status: ready ? 'ready' : 'not_ready', checks: states });
    },
  );
}

function failing({ optional }: Probe): string {
  return optional === true ? 'degraded' : 'failing';
}

async function passes({ name, check }: Probe, log: { warn(object: object, message: string): void }): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TypeError('took too long')), PROBE_TIMEOUT_MILLISECONDS);
  });
  try {
    await Promise.race([check(), late]);
    return true;
  } catch (err) {
    log.warn({ err, probe: name }, 'a readiness probe failed');
    return false;
  } finally {
    clearTimeout(timer);
  }
}
