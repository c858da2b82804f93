import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CALLBACK } from '../../server/test/browser.ts';
import type { BenchOptions } from '../bench.ts';
import { provide } from '../measure/debian.ts';
import { startGatehouseInstance } from '../measure/gatehouse-instance.ts';
import { type Report, type Row, summarise } from '../measure/report.ts';
import { type Contender, runRounds } from '../measure/rounds.ts';
import { freePort, type StartedProcess, startProcess } from '../measure/started-process.ts';
import { CHAINS, type MintRefreshTokens, mintAtGatehouse, mintAtPeer, refreshLoad } from './refresh-load.ts';
import {
  API_AUDIENCE,
  CLIENT_ID,
  CLIENT_SECRET,
  type FormRequest,
  formRequest,
  OPAQUE_AUDIENCE,
  PUBLIC_CLIENT_ID,
  SCOPE,
  tokenRequest,
} from './request.ts';
import { watchMemory } from './watch-memory.ts';

const SERVER_CORE = 0;
const LOAD_CORE = 1;
const CONNECTIONS = 32;
const PEER = 'oidc-provider, in-memory adapter';
const GATEHOUSE = 'Gatehouse';
/** What the project aims at (docs of the design): three times the peer. */
const AIM = 3;
/** Durable against memory: as good as the peer is the aim. */
const REFRESH_AIM = 1;

/** One of the two, as the load sees it. */
interface Issuer {
  name: string;
  pid: number;
  tokenUrl: string;
  introspectionUrl: string;
  secret: string;
  /** Of a token that it introspects: its own JWT, or the peer's opaque one. */
  introspected: string;
  mintRefreshTokens: MintRefreshTokens;
}

/** Client credentials for an ES256 JWT, introspection, and refreshing in chains: Gatehouse with its database, oidc-provider with its memory. */
export async function benchToken({ seconds, rounds, tokens }: BenchOptions): Promise<Report> {
  const here = provide(['wrk', 'taskset']);
  if (here.size < 2) throw new Error('the token benchmark needs wrk and taskset');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  // As root the database runs under another uid: a folder it can't enter would be placed elsewhere, and stay behind there.
  chmodSync(folder, 0o755);
  const started: StartedProcess[] = [];
  try {
    const peer = await startPeer(started);
    const gatehouse = await startOurs(folder, started);
    const issuers = [peer, gatehouse];
    const options = { rounds, seconds, loadCore: LOAD_CORE };
    const issuing = await runRounds(
      issuers.map((issuer) => contender(issuer, issuer.tokenUrl, tokenRequest(CLIENT_ID, issuer.secret))),
      options,
    );
    const introspecting = await runRounds(await Promise.all(issuers.map(introspectionOf)), options);
    const refreshing = await runRounds(issuers.map(refreshOf), options);
    const [tokenRows, introspectionRows, refreshRows] = [
      summarise(issuing, PEER),
      summarise(introspecting, PEER),
      summarise(refreshing, PEER),
    ];
    const watched = tokens === 0 ? [] : [await watchIssuing(gatehouse, tokens)];
    const named = (rows: Row[], what: string) => rows.map((row) => ({ ...row, name: `${what}: ${row.name}` }));
    const [issued, introspected, refreshed] = [ratioOf(tokenRows), ratioOf(introspectionRows), ratioOf(refreshRows)];
    return {
      benchmark: 'token',
      setting: `client credentials for an ES256 JWT, introspection of one, refresh tokens in chains; ${CONNECTIONS} connections, ${seconds} s a round, servers on one core; Gatehouse's CPU includes its database`,
      peer: PEER,
      rounds,
      rows: [
        ...named(tokenRows, 'token'),
        ...named(introspectionRows, 'introspection'),
        ...named(refreshRows, 'refresh'),
      ],
      claims: [
        {
          text: `tokens: ${issued.speed} times as many a second as oidc-provider (aim ${AIM})`,
          holds: issued.speed >= AIM,
        },
        { text: `tokens: ${issued.work} times as many a CPU second (aim ${AIM})`, holds: issued.work >= AIM },
        { text: `introspection: ${introspected.work} times as many a CPU second`, holds: introspected.work > 1 },
        {
          text: `refreshing: ${refreshed.work} times as many a CPU second (aim ${REFRESH_AIM}), each successor committed to the disk with its audit event before it is answered; the peer's is gone with its process`,
          holds: refreshed.work >= REFRESH_AIM,
        },
        ...watched.map(({ text, holds }) => ({ text, holds })),
      ],
      notes: [
        'the peer introspects an opaque token from its memory: it does not introspect JWTs',
        `refreshing: ${refreshed.speed} times as many a second; ${CHAINS} chains, all of one person`,
      ],
    };
  } finally {
    for (const process of started.reverse()) await process.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function ratioOf(rows: readonly Row[]): { speed: number; work: number } {
  const ours = rows.find(({ name }) => name === GATEHOUSE);
  const round = (value: number) => Math.round(value * 100) / 100;
  return { speed: round(ours?.throughputRatio ?? Number.NaN), work: round(1 / (ours?.cpuRatio ?? Number.NaN)) };
}

const contender = ({ name, pid }: Issuer, url: string, request: FormRequest): Contender => ({
  name,
  pid,
  load: { url, method: 'POST', connections: CONNECTIONS, ...request },
});

async function introspectionOf(issuer: Issuer): Promise<Contender> {
  const { tokenUrl, secret, introspected, introspectionUrl } = issuer;
  const answer = await fetch(tokenUrl, { method: 'POST', ...tokenRequest(CLIENT_ID, secret, introspected) });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const request = formRequest({ token }, CLIENT_ID, secret);
  const seen = await fetch(introspectionUrl, { method: 'POST', ...request });
  if (!(await seen.text()).includes('"active":true')) throw new Error(`${issuer.name} does not know its own token`);
  return contender(issuer, introspectionUrl, request);
}

const refreshOf = ({ name, pid, tokenUrl, mintRefreshTokens }: Issuer): Contender => ({
  name,
  pid,
  load: {
    url: tokenUrl,
    method: 'POST',
    connections: CONNECTIONS,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  fresh: () => refreshLoad(mintRefreshTokens),
});

/**
 * Flat: the highest of the last quarter of the way is no more than a tenth above the highest of the second. All that the
 * processes hold counts, garbage that is not collected yet as well: it is what an operator has to have.
 */
async function watchIssuing({ pid, tokenUrl, secret }: Issuer, tokens: number) {
  const load = { url: tokenUrl, method: 'POST' as const, connections: CONNECTIONS, core: LOAD_CORE };
  const { megabytes, tokens: issued } = await watchMemory(pid, { ...load, ...tokenRequest(CLIENT_ID, secret) }, tokens);
  const quarter = Math.max(1, Math.floor(megabytes.length / 4));
  const [second, last] = [
    Math.max(...megabytes.slice(quarter, 2 * quarter + 1)),
    Math.max(...megabytes.slice(-quarter)),
  ];
  const [lowest, highest] = [Math.min(...megabytes), Math.max(...megabytes)];
  const text = `memory over ${issued.toLocaleString('en')} tokens, database included: at most ${second} MB in the second quarter of the way and ${last} MB in the last (aim: a tenth more); ${lowest} to ${highest} MB in all, uncollected garbage included`;
  return { text, holds: last <= second * 1.1 };
}

async function startPeer(started: StartedProcess[]): Promise<Issuer> {
  const [port, besidePort] = [await freePort(), await freePort()];
  const program = fileURLToPath(new URL('peer-oidc-provider.mjs', import.meta.url));
  const peer = await startProcess([process.execPath, program, String(port), String(besidePort)], {
    core: SERVER_CORE,
    port,
  });
  started.push(peer);
  const url = `http://127.0.0.1:${port}/token`;
  const urls = { tokenUrl: url, introspectionUrl: `${url}/introspection` };
  const mintRefreshTokens = mintAtPeer(`http://127.0.0.1:${besidePort}/`);
  return {
    name: PEER,
    pid: peer.pid,
    ...urls,
    secret: CLIENT_SECRET,
    introspected: OPAQUE_AUDIENCE,
    mintRefreshTokens,
  };
}

async function startOurs(folder: string, started: StartedProcess[]): Promise<Issuer> {
  const gatehouse = await startGatehouseInstance(folder, SERVER_CORE);
  started.push(gatehouse);
  await gatehouse.apply(`
kind: api
name: weather
spec: {audience: '${API_AUDIENCE}', scopes: {'${SCOPE}': Read}}
---
kind: client
name: ${CLIENT_ID}
spec: {type: confidential, grants: [client_credentials], scopes: ['${SCOPE}'], apis: [weather], resourceServerFor: [weather]}
---
kind: client
name: ${PUBLIC_CLIENT_ID}
spec:
  type: public
  grants: [authorization_code, refresh_token]
  redirectUris: ['${CALLBACK}']
  scopes: [openid, offline_access, '${SCOPE}']
  apis: [weather]
  firstParty: true
`);
  const { secret } = await gatehouse.admin('POST', `/clients/${CLIENT_ID}/secrets`, {});
  const url = `${gatehouse.controlUrl.replace('localhost', '127.0.0.1')}/oauth`;
  const urls = { tokenUrl: `${url}/token`, introspectionUrl: `${url}/introspect` };
  const mintRefreshTokens = await mintAtGatehouse(gatehouse.controlUrl, gatehouse.administratorLink);
  const { pid } = gatehouse;
  return { name: GATEHOUSE, pid, ...urls, secret: String(secret), introspected: API_AUDIENCE, mintRefreshTokens };
}
