import { createLogger } from '#base';
import { type LimitSpec, makeLimit, openSharedLimiter } from '#limits';

/** One of several processes that share limits: takes as it is told by its parent, and says how it went. */
export interface TakeOrder {
  owner: string;
  spec: LimitSpec;
  /** So many times, or until so many milliseconds have passed. */
  times: number;
  milliseconds: number;
  atOnce: number;
}

export interface TakeReport {
  allowed: number;
  asked: number;
  slowestMilliseconds: number;
  shared: boolean;
  processes: number;
  alone: number;
}

async function main(url: string, processId: string, timeoutMilliseconds: number): Promise<void> {
  const limiter = await openSharedLimiter(
    { url, timeoutMilliseconds, whenDown: 'share' },
    { processId, log: createLogger({ level: 'silent' }) },
  );
  process.on('message', (order: TakeOrder) => void obey(order));

  async function obey({ owner, spec, times, milliseconds, atOnce }: TakeOrder): Promise<void> {
    const limit = makeLimit({ tenantId: 'ten_1', owner, name: 'shared', by: 'route' }, spec);
    const until = performance.now() + milliseconds;
    const report = { allowed: 0, asked: 0, slowestMilliseconds: 0 };
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (report.asked < times && performance.now() < until) {
          report.asked += 1;
          const before = performance.now();
          const { allowed } = await limiter.take([{ limit, subject: '' }], before, Date.now());
          report.slowestMilliseconds = Math.max(report.slowestMilliseconds, performance.now() - before);
          if (allowed) report.allowed += 1;
          // Nothing waits on the network where a process decides alone: the parent must be heard all the same.
          if (report.asked % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
      }),
    );
    await limiter.announce();
    const { shared = false, processes = 0, alone = 0 } = limiter.state();
    process.send?.({ ...report, shared, processes, alone } satisfies TakeReport);
  }

  while (!limiter.state().shared) await new Promise((resolve) => setTimeout(resolve, 10));
  await limiter.announce();
  process.send?.('ready');
}

const [url = '', processId = '', timeout = '1000'] = process.argv.slice(2);
if (import.meta.main) await main(url, processId, Number(timeout));
