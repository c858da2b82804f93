/**
 * `node bench/soak/soak.ts --seconds 300`: mixed traffic through a real Gatehouse while its configuration changes every second, keys
 * are rotated and revoked, the services behind it are restarted in turn, and Redis (where there is one) is killed and started
 * again. Every answer is checked, and in the end every request must have been counted once. Exit code 1 when anything is wrong.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Agent } from 'undici';
import { redisProgram, startRedis } from '../../server/testing/redis-server.ts';
import { startGatehouseInstance } from '../measure/gatehouse-instance.ts';
import { readCounts } from './read-counts.ts';
import { startUpstream } from './restarting-upstream.ts';
import { soakConfiguration } from './soak-configuration.ts';
import { SoakKeys } from './soak-keys.ts';
import { Traffic } from './traffic.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, callers: { type: 'string', default: '16' } },
});
const seconds = Number(values.seconds);
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-soak-'));
chmodSync(folder, 0o755);
const redis = redisProgram === undefined ? undefined : await startRedis();
const upstreams = [await startUpstream(), await startUpstream()];
const more = redis === undefined ? '' : `redis: {url: "${redis.url}", timeoutMilliseconds: 20}\n`;
const gatehouse = await startGatehouseInstance(folder, 0, more);
const agent = new Agent({ connections: Number(values.callers), pipelining: 1 });
let wrong = ['it did not get that far'];
try {
  const urls = upstreams.map(({ url }) => url);
  await gatehouse.apply(soakConfiguration(urls, 0));
  const keys = new SoakKeys(gatehouse);
  await keys.issue(20);
  await wait(500);
  const traffic = new Traffic(gatehouse.gatewayUrl, keys, agent);
  const done = { swaps: 0, redisStops: 0 };
  let running = true;
  const until = Date.now() + seconds * 1000;
  const every = async (milliseconds: number, work: () => Promise<unknown>) => {
    while (running && Date.now() < until) {
      await wait(milliseconds);
      await work();
    }
  };
  const memory = [residentMegabytes(gatehouse.pid)];
  const disturbances = [
    every(1_000, async () => {
      done.swaps += 1;
      await gatehouse.apply(soakConfiguration(urls, done.swaps));
    }),
    every(1_100, () => keys.rotate()),
    every(1_700, () => keys.revoke()),
    every(2_500, async () => upstreams[done.swaps % upstreams.length]?.restart()),
    every((seconds * 1000) / 5, async () => memory.push(residentMegabytes(gatehouse.pid))),
    every(4_000, async () => {
      if (redis === undefined) return;
      await redis.kill();
      done.redisStops += 1;
      await wait(1_000);
      await redis.start();
    }),
  ];
  const callers = Array.from({ length: Number(values.callers) }, () => traffic.run(() => Date.now() < until));
  await Promise.all([...callers, ...disturbances]);
  running = false;
  await wait(1_500);
  const { token } = JSON.parse(readFileSync(join(folder, 'gatehouse-data/local-admin.json'), 'utf8'));
  const counts = await readCounts(gatehouse, token);
  wrong = [...traffic.wrong, ...counts.compare(traffic.statuses)];
  const report = {
    seconds,
    requests: traffic.total,
    statuses: Object.fromEntries([...traffic.statuses].toSorted()),
    uncertain: traffic.uncertain,
    ...done,
    rotated: keys.rotated,
    revoked: keys.revoked,
    upstreamRestarts: upstreams.reduce((sum, { restarts }) => sum + restarts, 0),
    retries: counts.retries,
    inFlightAtTheEnd: counts.inFlight,
    residentMegabytes: memory,
    wrong: wrong.slice(0, 20),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  await agent.destroy();
  await gatehouse.stop();
  for (const upstream of upstreams) await upstream.close();
  await redis?.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = wrong.length === 0 ? 0 : 1;

function residentMegabytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return Math.round((pages * 4096) / 1024 / 1024);
}
