import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions } from '../bench.ts';
import { provide } from '../measure/debian.ts';
import { startGatehouseInstance } from '../measure/gatehouse-instance.ts';
import { type Report, summarise } from '../measure/report.ts';
import { type Contender, runRounds } from '../measure/rounds.ts';
import { freePort, type StartedProcess } from '../measure/started-process.ts';
import { type Ground, startNginxProxy, startUpstream } from './contenders.ts';
import { PATH, setUp } from './weather-route.ts';

const PROXY_CORE = 0;
const LOAD_CORE = 1;
const CONNECTIONS = 8;
const STREAMS = 16;
const PEER = 'nginx, plain proxy over HTTP/2';

/** The gateway with everything on for callers of HTTP/2, against nginx that does nothing but forward. */
export async function benchGatewayHttp2({ seconds, rounds }: BenchOptions): Promise<Report> {
  const here = provide(['h2load', 'taskset', 'nginx']);
  if (here.size < 3) throw new Error('the benchmark of HTTP/2 needs h2load, nginx and taskset');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  // As root the database runs under another uid: a folder it can't enter would be placed elsewhere, and stay behind there.
  chmodSync(folder, 0o755);
  const started: StartedProcess[] = [];
  const keep = async <T extends StartedProcess>(starting: Promise<T>): Promise<T> => {
    const process = await starting;
    started.push(process);
    return process;
  };
  try {
    const ground: Ground = { folder, upstreamPort: await freePort(), core: PROXY_CORE };
    await keep(startUpstream(folder, ground.upstreamPort, LOAD_CORE));
    const port = await freePort();
    const nginx = await keep(startNginxProxy(ground, port, 'http2'));
    const gatehouse = await keep(startGatehouseInstance(folder, PROXY_CORE, '', 'cleartextHttp2: true'));
    const { key, token } = await setUp(gatehouse, ground.upstreamPort);
    const load = (origin: string, headers: Record<string, string>): Contender['load'] => ({
      ...{ url: `${origin}${PATH}`, headers },
      ...{ connections: CONNECTIONS, streams: STREAMS },
    });
    const contenders: Contender[] = [
      { name: PEER, pid: nginx.pid, load: load(`http://127.0.0.1:${port}`, {}) },
      {
        name: 'Gatehouse, API key over HTTP/2',
        pid: gatehouse.pid,
        load: load(gatehouse.gatewayUrl, { 'x-api-key': key }),
      },
      {
        name: 'Gatehouse, JWT over HTTP/2',
        pid: gatehouse.pid,
        load: load(gatehouse.gatewayUrl, { authorization: `Bearer ${token}` }),
      },
    ];
    const rows = summarise(await runRounds(contenders, { rounds, seconds, loadCore: LOAD_CORE }), PEER);
    return {
      benchmark: 'gateway-http2',
      setting: `${CONNECTIONS} connections of ${STREAMS} streams each, ${seconds} s a round; proxies on one core, load and upstream on the other, the upstream over HTTP/1.1. Gatehouse checks credential, policy and limit and writes an access record; its CPU includes its database`,
      peer: PEER,
      rounds,
      rows,
      // None before it has run on a quiet machine: on a busy one it was between 3.3 and 4.2 times, and nginx itself twice as dear as at rest.
      claims: [],
      notes: [],
    };
  } finally {
    for (const process of started.reverse()) await process.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
