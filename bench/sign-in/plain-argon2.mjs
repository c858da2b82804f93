/** What the parameters allow: argon2id and nothing else, on the processor this runs on. Prints hashes a second, and the CPU seconds of one. */
import { availableParallelism } from 'node:os';
import { hash } from '@node-rs/argon2';

const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };
const seconds = Number(process.argv[2] ?? 3);
const workers = availableParallelism();

await hash('warm up', PARAMETERS);
const cpuBefore = process.cpuUsage();
const started = performance.now();
let count = 0;
await Promise.all(
  Array.from({ length: workers }, async () => {
    while (performance.now() - started < seconds * 1000) {
      await hash('violet kettle marches north', PARAMETERS);
      count += 1;
    }
  }),
);
const { user, system } = process.cpuUsage(cpuBefore);
const perSecond = count / ((performance.now() - started) / 1000);
process.stdout.write(JSON.stringify({ perSecond, cpuSecondsEach: (user + system) / 1e6 / count }));
