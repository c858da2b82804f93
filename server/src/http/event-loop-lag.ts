import { createHistogram, performance, type RecordableHistogram } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** Each look wakes the program, and takes the processor from whoever has it. */
const LOOK_MILLISECONDS = 100;

const NAMES = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'] as const;
type Name = (typeof NAMES)[number];

const HELP: Record<Name, string> = {
  min: 'The shortest time by which a timer was late since the last look.',
  max: 'The longest time by which a timer was late since the last look.',
  mean: 'The mean time by which timers were late since the last look.',
  stddev: 'The standard deviation of the times by which timers were late since the last look.',
  p50: 'The time by which half of all timers were late at most since the last look.',
  p90: 'The time by which nine timers of ten were late at most since the last look.',
  p99: 'The time by which 99 timers of a hundred were late at most since the last look.',
};

/**
 * For how long whatever comes has to wait for what the program is doing, in seconds, under the names that dashboards know
 * from prom-client. Its own monitor looks a hundred times a second, a third of all that an idle program takes, and counts
 * the time between two looks in: 10 ms where nothing was late. Here that is 0.
 */
export function measureEventLoopLag(registry: Registry): void {
  const late = createHistogram();
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    late.record(nanoseconds(now - lookedAt - LOOK_MILLISECONDS));
    lookedAt = now;
  }, LOOK_MILLISECONDS);
  timer.unref();
  for (const name of NAMES) {
    const metric = `nodejs_eventloop_lag_${name}_seconds`;
    registry.removeSingleMetric(metric);
    new Gauge({
      name: metric,
      help: HELP[name],
      registers: [registry],
      collect() {
        this.set(late.count === 0 ? 0 : READ[name](late) / 1e9);
        // In the order in which they were registered: all have been read.
        if (name === NAMES.at(-1)) late.reset();
      },
    });
  }
}

const READ: Record<Name, (late: RecordableHistogram) => number> = {
  min: (late) => late.min,
  max: (late) => late.max,
  mean: (late) => late.mean,
  stddev: (late) => late.stddev,
  p50: (late) => late.percentile(50),
  p90: (late) => late.percentile(90),
  p99: (late) => late.percentile(99),
};

/** A histogram knows no 0; timers are a millisecond early at times. */
const nanoseconds = (milliseconds: number) => Math.max(1, Math.round(milliseconds * 1e6));
