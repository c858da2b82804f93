import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../bench.ts';
import { provide } from '../measure/debian.ts';
import { startGatehouseInstance } from '../measure/gatehouse-instance.ts';
import { type Report, summarise } from '../measure/report.ts';
import { runRounds } from '../measure/rounds.ts';
import { freePort, type StartedProcess, startProcess } from '../measure/started-process.ts';
import { API_AUDIENCE, CLIENT_ID, CLIENT_SECRET, SCOPE, tokenRequest } from './request.ts';

const SERVER_CORE = 0;
const LOAD_CORE = 1;
const CONNECTIONS = 32;
const PEER = 'oidc-provider, in-memory adapter';
const GATEHOUSE = 'Gatehouse';

/** Client credentials for an ES256 JWT: Gatehouse with its database, oidc-provider with its memory. */
export async function benchToken({ seconds, rounds }: BenchOptions): Promise<Report> {
  const here = provide(['wrk', 'taskset']);
  if (here.size < 2) throw new Error('the token benchmark needs wrk and taskset');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  // As root the database runs under another uid: a folder it can't enter would be placed elsewhere, and stay behind there.
  chmodSync(folder, 0o755);
  const started: StartedProcess[] = [];
  try {
    const peerPort = await freePort();
    const peerProgram = fileURLToPath(new URL('peer-oidc-provider.mjs', import.meta.url));
    const peer = await startProcess([process.execPath, peerProgram, String(peerPort)], {
      core: SERVER_CORE,
      port: peerPort,
    });
    started.push(peer);
    const gatehouse = await startGatehouseInstance(folder, SERVER_CORE);
    started.push(gatehouse);
    await gatehouse.apply(`
kind: api
name: weather
spec: {audience: '${API_AUDIENCE}', scopes: {'${SCOPE}': Read}}
---
kind: client
name: ${CLIENT_ID}
spec: {type: confidential, grants: [client_credentials], scopes: ['${SCOPE}'], apis: [weather]}
`);
    const { secret } = await gatehouse.admin('POST', `/clients/${CLIENT_ID}/secrets`, {});
    const samples = await runRounds(
      [
        {
          name: PEER,
          pid: peer.pid,
          load: {
            url: `http://127.0.0.1:${peerPort}/token`,
            method: 'POST',
            connections: CONNECTIONS,
            ...tokenRequest(CLIENT_ID, CLIENT_SECRET),
          },
        },
        {
          name: GATEHOUSE,
          pid: gatehouse.pid,
          load: {
            url: `${gatehouse.controlUrl.replace('localhost', '127.0.0.1')}/oauth/token`,
            method: 'POST',
            connections: CONNECTIONS,
            ...tokenRequest(CLIENT_ID, String(secret)),
          },
        },
      ],
      { rounds, seconds, loadCore: LOAD_CORE },
    );
    const rows = summarise(samples, PEER);
    const ratio = rows.find(({ name }) => name === GATEHOUSE)?.throughputRatio ?? Number.NaN;
    return {
      benchmark: 'token',
      setting: `client credentials, ES256 JWT, ${CONNECTIONS} connections, ${seconds} s a round, servers on one core; Gatehouse's CPU includes its database`,
      peer: PEER,
      rounds,
      rows,
      claims: [{ text: `faster than oidc-provider: ${ratio.toFixed(2)} times`, holds: ratio > 1 }],
      notes: [],
    };
  } finally {
    for (const process of started.reverse()) await process.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
