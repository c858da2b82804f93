import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type StartedProcess, startProcess } from './started-process.ts';

const program = fileURLToPath(new URL('../../server/bin/gatehouse.mjs', import.meta.url));

export interface GatehouseInstance extends StartedProcess {
  controlUrl: string;
  gatewayUrl: string;
  /** Calls the Admin API with the local administrator's credential. */
  admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  apply(yaml: string): Promise<void>;
  /** The link by which the first administrator is set up. */
  administratorLink(): Promise<string>;
}

/**
 * A fresh Gatehouse with its embedded database, as `gatehouse start` runs it, pinned to one processor.
 * @param gatewayListener settings of the gateway's listener, beside its port.
 */
export async function startGatehouseInstance(
  folder: string,
  core: number,
  moreConfiguration = '',
  gatewayListener = '',
): Promise<GatehouseInstance> {
  const [controlPort, gatewayPort] = [await freePort(), await freePort()];
  const dataFolder = join(folder, 'gatehouse-data');
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'gatehouse.yaml');
  const controlUrl = `http://localhost:${controlPort}`;
  writeFileSync(
    config,
    `issuer: ${controlUrl}
dataFolder: ${dataFolder}
log: {level: warn}
listeners:
  control: {port: ${controlPort}}
  gateway: {port: ${gatewayPort}${gatewayListener && `, ${gatewayListener}`}}
${moreConfiguration}`,
  );
  const started = await startProcess([process.execPath, program, 'start', '--config', config], {
    core,
    port: controlPort,
  });
  const call = async (method: string, path: string, body: string | undefined, type: string) => {
    const { token } = JSON.parse(readFileSync(join(dataFolder, 'local-admin.json'), 'utf8'));
    const response = await fetch(`${controlUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
  await credentialWritten(join(dataFolder, 'local-admin.json'));
  return {
    ...started,
    controlUrl,
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    admin: (method, path, body) =>
      call(method, path, body === undefined ? undefined : JSON.stringify(body), 'application/json'),
    administratorLink: () => linkIn(started.notes),
    apply: async (yaml) => {
      await call('POST', '/apply', yaml, 'application/yaml');
    },
  };
}

async function linkIn(notes: () => string): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const [link] = /\S+\/setup\?link=\S+(?=\n)/.exec(notes()) ?? [];
    if (link !== undefined) return link;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('Gatehouse did not print the administrator’s link');
}

/** The port is open a moment before the credential is in the data folder. */
async function credentialWritten(path: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      JSON.parse(readFileSync(path, 'utf8'));
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error('Gatehouse did not write its local credential');
}
