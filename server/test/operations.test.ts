/** What an operator sees: starting, health, metrics, memory, stopping. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '#testing';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import {
  familyOf,
  type ProcessorTimes,
  processes,
  processorTimes,
  residentMegabytes,
  serversOn,
  undisturbedMilliseconds,
} from './process-tree.ts';
import { launchProgram, type Program, startProgram } from './running-program.ts';

const RESIDENT_MEGABYTES_MAX = 250;
const SECOND_START_MILLISECONDS_MAX = 1_000;
/** Well below the second for which anything that is left behind would hold it. */
const STOP_MILLISECONDS_MAX = 900;
const START_TRIES_MAX = 5;
const LOOK_MILLISECONDS = 20;

let upstream: EchoUpstream;
let program: Program;
/** Answers that wait to be ended. */
const held: ServerResponse[] = [];

beforeAll(async () => {
  upstream = await startEchoUpstream((request, response) => {
    if (request.url !== '/open/slow') return response.end('{}');
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('first ');
    held.push(response);
  });
  // As an operator has it: from its first start, and on a disk.
  program = await startProgram({ folder: await temporaryFolder(tmpdir()), makesDatabase: true });
  await program.admin('POST', '/apply', everyKind(upstream.url));
});
afterAll(async () => {
  await program?.remove();
  await upstream?.close();
});

test.runIf(process.platform === 'linux')(
  `idle, with its database, it holds less than ${RESIDENT_MEGABYTES_MAX} MB`,
  async () => {
    const family = familyOf(program.pid);
    expect(serversOn(program.dataFolder).every((pid) => family.includes(pid))).toBe(true);
    // The least of several looks: what is left of the start may still be waiting to be collected.
    const looks: number[] = [];
    for (let look = 0; look < 4; look += 1) {
      looks.push(residentMegabytes(familyOf(program.pid)));
      await wait(500);
    }
    process.stdout.write(`resident when idle: ${Math.min(...looks).toFixed(0)} MB in ${family.length} processes\n`);
    expect(Math.min(...looks)).toBeLessThan(RESIDENT_MEGABYTES_MAX);
  },
);

test.runIf(process.platform === 'linux')(
  'it has its large tables in huge pages where the kernel gives those on request',
  () => {
    const given = readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[madvise]');
    const environment = readFileSync(`/proc/${program.pid}/environ`, 'utf8').split('\0');
    expect(environment.includes('GLIBC_TUNABLES=glibc.malloc.hugetlb=1')).toBe(given);
  },
);

describe('probes and metrics', () => {
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${program.issuer}${path}`, { headers });
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
  };

  test('alive and ready, for anybody', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect(await get('/readyz')).toMatchObject({ status: 200, text: expect.stringContaining('"database":"ok"') });
  });

  test('metrics, for those who may look at them', async () => {
    const viewer = await program.issueKey({ scopes: [], roles: ['viewer'] });
    const nobody = await program.issueKey();
    expect((await get('/metrics')).status).toBe(401);
    expect((await get('/metrics', { authorization: `Bearer ${nobody.key}` })).status).toBe(403);
    await fetch(`${program.gatewayUrl}/things/one`, { headers: { 'x-api-key': nobody.key } });
    const { status, text, type } = await get('/metrics', { authorization: `Bearer ${viewer.key}` });
    expect({ status, type }).toEqual({ status: 200, type: expect.stringContaining('text/plain') });
    expect(text).toMatch(/^gatehouse_http_request_duration_seconds_count\{.*route="\/healthz".*\} \d+$/m);
    expect(text).toMatch(/^gatehouse_gateway_\w+\{.*status="?200.*\} \d+$/m);
    expect(text).not.toContain(nobody.key);
    expect(text).not.toMatch(/things\/one/);
  });
});

describe('SIGTERM', () => {
  test('finishes what streams, takes nothing new, ends with code 0 and leaves no process', async () => {
    const family = familyOf(program.pid);
    const slow = await fetch(`${program.gatewayUrl}/open/slow`);
    const text = slow.text();
    await program.until(() => held.length === 1, 'the request reached the upstream');
    program.kill('SIGTERM');
    await program.until(async () => !(await accepts(program.ports.gateway)), 'the gateway takes no new connections');
    await program.until(async () => !(await accepts(program.ports.control)), 'nor does the control plane');
    expect(program.hasEnded).toBe(false);
    held[0]?.end('last');
    expect(await text).toBe('first last');
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    expect(serversOn(program.dataFolder)).toEqual([]);
    const left = processes().filter(({ pid, command }) => family.includes(pid) && command.includes(program.folder));
    expect(left).toEqual([]);
  });

  test('what was recorded before is there afterwards', async () => {
    program = await startProgram({ folder: program.folder, ports: program.ports });
    const { items } = (await program.admin('GET', '/access-records?limit=100')) as { items: { path: string }[] };
    expect(items.map(({ path }) => path)).toContain('/open/slow');
  });
});

test('with nothing under way it ends at once', async () => {
  const tries: number[] = [];
  // Whatever else a busy machine does to it than keep it waiting for a processor, it gets another try.
  while (tries.length < START_TRIES_MAX && !tries.some((milliseconds) => milliseconds < STOP_MILLISECONDS_MAX)) {
    const before = performance.now();
    const ended = program.stop().then((how) => ({ how, after: performance.now() - before }));
    const looks = await lookUntil(() => program.hasEnded);
    const { how, after } = await ended;
    expect(how).toEqual({ code: 0, signal: null });
    tries.push(
      undisturbedMilliseconds(
        after,
        looks.map(({ times }) => times),
      ),
    );
    program = await startProgram({ folder: program.folder, ports: program.ports });
  }
  process.stdout.write(`ended in ${tries.map((each) => each.toFixed(0)).join(', ')} ms\n`);
  expect(Math.min(...tries)).toBeLessThan(STOP_MILLISECONDS_MAX);
}, 90_000);

test('told to stop in the midst of starting it ends in order, and takes its database along', async () => {
  await program.stop();
  const starting = await launchProgram({ folder: program.folder, ports: program.ports });
  await starting.until(() => serversOn(program.dataFolder).length > 0, 'its database runs');
  expect(await starting.stop()).toEqual({ code: 0, signal: null });
  expect(serversOn(program.dataFolder)).toEqual([]);
  program = await startProgram({ folder: program.folder, ports: program.ports });
}, 90_000);

test('a second start takes less than a second', async () => {
  const tries: number[] = [];
  // What it waited for a processor counts for the machine; whatever else a busy one does to it, it gets another try.
  while (
    tries.length < START_TRIES_MAX &&
    !tries.some((milliseconds) => milliseconds < SECOND_START_MILLISECONDS_MAX)
  ) {
    await program.stop();
    tries.push(await startAgain());
    // Ready means that it answers.
    expect((await fetch(`${program.gatewayUrl}/open/fast`)).status).toBe(200);
    expect((await fetch(`${program.issuer}/readyz`)).status).toBe(200);
  }
  process.stdout.write(`started again in ${tries.map((each) => each.toFixed(0)).join(', ')} ms\n`);
  expect(Math.min(...tries)).toBeGreaterThan(0);
  expect(Math.min(...tries)).toBeLessThan(SECOND_START_MILLISECONDS_MAX);
}, 90_000);

/** @returns what it says it took, without what it was kept waiting in that very time. */
async function startAgain(): Promise<number> {
  program = await launchProgram({ folder: program.folder, ports: program.ports });
  const looks = await lookUntil(() => program.hasEnded || program.output.includes('Gatehouse is ready'));
  await program.ready();
  const began = performance.now() - program.readyMilliseconds;
  const meanwhile = looks.filter(({ at }) => at >= began).map(({ times }) => times);
  return undisturbedMilliseconds(program.readyMilliseconds, meanwhile);
}

interface Look {
  at: number;
  times: ProcessorTimes;
}

/** What the program had run and waited, often enough to know when. */
async function lookUntil(holds: () => boolean): Promise<Look[]> {
  const looks: Look[] = [];
  while (!holds()) {
    const times = processorTimes(program.pid);
    // One that has just ended has no more times.
    if (times.ran > 0) looks.push({ at: performance.now(), times });
    await wait(LOOK_MILLISECONDS);
  }
  return looks;
}

test('a second one on the same folder is turned away, and the first one goes on', async () => {
  const second = await startProgram({ folder: program.folder }).catch((error: Error) => error.message);
  expect(second).toMatch(/Another running program already uses this data folder/);
  expect((await fetch(`${program.issuer}/readyz`)).status).toBe(200);
  expect(serversOn(program.dataFolder)).toHaveLength(1);
});

test('an address that is taken is named, with what to do, and nothing is left behind', async () => {
  const failed = await startProgram({ ports: program.ports }).catch((error: Error) => error.message);
  expect(failed).toMatch(/Can't listen on 127\.0\.0\.1:\d+: something else listens there already/);
  expect((await fetch(`${program.issuer}/readyz`)).status).toBe(200);
});

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
