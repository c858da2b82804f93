import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions } from '../bench.ts';
import { residentBytes } from '../measure/cpu-seconds.ts';
import { provide } from '../measure/debian.ts';
import { startGatehouseInstance } from '../measure/gatehouse-instance.ts';
import { runLoad } from '../measure/load.ts';
import { evenness, type Report, summarise } from '../measure/report.ts';
import { type Contender, runRounds } from '../measure/rounds.ts';
import { freePort, type StartedProcess } from '../measure/started-process.ts';
import { type Ground, startHaproxy, startNginxProxy, startPlainNodeProxy, startUpstream } from './contenders.ts';
import { startFullHouse } from './full-house.ts';
import { addedAtOneConnection, type Place } from './one-connection.ts';
import {
  makeToken,
  startCaddyForwardAuth,
  startExpressProxy,
  startHaproxyJwt,
  startNginxAuthRequest,
} from './token-contenders.ts';
import { PATH, setUp } from './weather-route.ts';

const PROXY_CORE = 0;
const LOAD_CORE = 1;
const CONNECTIONS = 64;
const PEER = 'nginx, plain proxy';
const HAPROXY = 'HAProxy, JWT RS256';
const CADDY = 'Caddy forward_auth, jsonwebtoken RS256';
const WITH_KEY = 'Gatehouse, API key';
const WITH_TOKEN = 'Gatehouse, JWT';
/** What is held against each other runs one after the other: the machine's speed drifts within a round, too. */
const NEIGHBOURS = [PEER, HAPROXY, WITH_KEY, WITH_TOKEN];
const ROUTES = 10_000;
const FULL_WARM_UP_SECONDS = 6;

/** The gateway with everything on, against proxies that do less. */
export async function benchGateway({ seconds, rounds, keys }: BenchOptions): Promise<Report> {
  const here = provide(['wrk', 'taskset', 'nginx', 'haproxy', 'caddy']);
  if (!here.has('wrk') || !here.has('nginx') || !here.has('taskset'))
    throw new Error('the gateway benchmark needs wrk, nginx and taskset');
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
    const upstream = await keep(startUpstream(folder, ground.upstreamPort, LOAD_CORE));
    const contenders: Contender[] = [];
    const add = (name: string, pid: number, port: number, headers: Record<string, string> = {}) =>
      contenders.push({
        name,
        pid,
        load: { url: `http://127.0.0.1:${port}${PATH}`, connections: CONNECTIONS, headers },
      });

    const nginxPort = await freePort();
    add(PEER, (await keep(startNginxProxy(ground, nginxPort))).pid, nginxPort);
    const kinds = { rs256: await makeToken(folder, 'RS256'), es256: await makeToken(folder, 'ES256') };
    const bearer = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` });
    if (here.has('haproxy')) {
      const plainPort = await freePort();
      add('HAProxy, plain proxy', (await keep(startHaproxy(ground, plainPort))).pid, plainPort);
      for (const [name, kind] of [
        [HAPROXY, kinds.rs256],
        ['HAProxy, JWT ES256', kinds.es256],
      ] as const) {
        const port = await freePort();
        add(name, (await keep(startHaproxyJwt(ground, port, kind))).pid, port, bearer(kind));
      }
    }
    for (const [name, program, start] of [
      ['nginx auth_request, jsonwebtoken RS256', 'nginx', startNginxAuthRequest],
      [CADDY, 'caddy', startCaddyForwardAuth],
    ] as const) {
      if (!here.has(program)) continue;
      const ports = { proxy: await freePort(), service: await freePort() };
      add(name, (await keep(start(ground, ports, kinds.rs256))).pid, ports.proxy, bearer(kinds.rs256));
    }
    const expressPort = await freePort();
    const express = await keep(startExpressProxy(ground, expressPort, kinds.rs256));
    add('express, http-proxy-middleware, jsonwebtoken', express.pid, expressPort, bearer(kinds.rs256));
    const nodePort = await freePort();
    add('Node http + undici, plain proxy', (await keep(startPlainNodeProxy(ground, nodePort))).pid, nodePort);

    const gatehouse = await keep(startGatehouseInstance(folder, PROXY_CORE));
    const { key, token } = await setUp(gatehouse, ground.upstreamPort);
    const gatewayPort = Number(new URL(gatehouse.gatewayUrl).port);
    const withoutDatabase = (command: string) => command !== 'postgres';
    for (const [name, headers] of [
      [WITH_KEY, { 'x-api-key': key }],
      [WITH_TOKEN, { authorization: `Bearer ${token}` }],
    ] as const) {
      add(name, gatehouse.pid, gatewayPort, headers);
    }
    const last = contenders.at(-1);
    if (last !== undefined)
      contenders.push({ ...last, name: `${WITH_TOKEN}, without its database`, counts: withoutDatabase });

    const idleBytes = residentBytes(gatehouse.pid);
    const full =
      keys === 0
        ? undefined
        : await startFullHouse(join(folder, 'full'), PROXY_CORE, {
            ...{ keys, routes: ROUTES },
            setUp: (instance) => setUp(instance, ground.upstreamPort),
          });
    let fullBytes = 0;
    if (full !== undefined) {
      started.push(full.gatehouse);
      fullBytes = residentBytes(full.gatehouse.pid);
      const url = `${full.gatehouse.gatewayUrl}${PATH}`;
      const load = { url, connections: CONNECTIONS, headers: { 'x-api-key': full.made.key } };
      contenders.push({ name: among(keys), pid: full.gatehouse.pid, load });
      // The other answers for three rows, and is warm by the first round.
      await runLoad({ ...load, seconds: FULL_WARM_UP_SECONDS, core: LOAD_CORE });
    }
    const isNeighbour = ({ name }: Contender) => NEIGHBOURS.includes(name);
    const inOrder = [...contenders.filter(isNeighbour), ...contenders.filter((each) => !isNeighbour(each))];
    const samples = await runRounds(inOrder, { rounds, seconds, loadCore: LOAD_CORE });
    /** Our dearer credential, as a multiple of what that peer took in the same round. */
    const ratioTo = (peer: string) =>
      Math.max(
        ...summarise(samples, peer).flatMap(({ name, cpuRatio }) =>
          [WITH_KEY, WITH_TOKEN].includes(name) ? [cpuRatio] : [],
        ),
      );
    const added = await addedAtOneConnection(
      contenders.filter(({ counts }) => counts === undefined),
      { pid: upstream.pid, url: `http://127.0.0.1:${ground.upstreamPort}/tokyo` },
      { proxyCore: PROXY_CORE, otherCore: LOAD_CORE, seconds },
    );
    const addedBy = (place: Place, ...names: string[]) =>
      Math.max(
        ...added.filter((each) => each.place === place && names.includes(each.name)).map((each) => each.microseconds),
      );
    const addedByUs = (place: Place) => addedBy(place, WITH_KEY, WITH_TOKEN);
    const besideNginx = (place: Place) => addedByUs(place) / addedBy(place, PEER);
    return {
      benchmark: 'gateway',
      setting: `${CONNECTIONS} connections, ${seconds} s a round; proxies on one core, load and upstream on the other. Gatehouse checks credential, policy and limit and writes an access record; its CPU includes its database`,
      peer: PEER,
      rounds,
      rows: summarise(samples, PEER),
      claims: [
        claim(`at most 2.5 times the CPU of ${PEER}`, ratioTo(PEER), 2.5),
        // 90 µs, where nginx took 42: the rest is the machine's way of waking a processor.
        claim(
          'at most 90 µs on top of the median at one connection, on one processor',
          addedByUs('on one processor'),
          90,
        ),
        claim(`at most 90/42 of what ${PEER} adds there`, besideNginx('on one processor'), 90 / 42),
        claim(`at most 90/42 of what ${PEER} adds on two processors`, besideNginx('on two processors'), 90 / 42),
        ...(here.has('haproxy') ? [claim(`at most half the CPU of ${HAPROXY}`, ratioTo(HAPROXY), 0.5)] : []),
        ...(here.has('caddy') ? [claim(`at most a quarter of the CPU of ${CADDY}`, ratioTo(CADDY), 0.25)] : []),
      ],
      notes: [
        evenness(samples, PEER),
        ...added.map(({ name, place, microseconds }) => `one connection, ${place}: ${name} adds ${microseconds} µs`),
        `resident before the load, database included: ${Math.round(idleBytes / 1e6)} MB (proportional set size)`,
        ...(full === undefined
          ? []
          : [`${among(keys)}: ${Math.round(fullBytes / 1e6)} MB, ready after ${full.startSeconds.toFixed(1)} s`]),
      ],
    };
  } finally {
    for (const process of started.reverse()) await process.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const among = (keys: number) =>
  `${WITH_KEY}, among ${keys.toLocaleString('en')} and ${ROUTES.toLocaleString('en')} routes`;

const claim = (text: string, ratio: number, most: number) => ({
  text: `${text}: ${ratio.toFixed(2)}`,
  holds: ratio <= most,
});
