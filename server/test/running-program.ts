/** The whole program as a user has it: `node server/bin/gatehouse.mjs start`, on free ports and a folder of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { layNewDatabase, temporaryFolder } from '#testing';
import { repositoryRoot } from './source-tree.ts';

const PROGRAM = join(repositoryRoot, 'server/bin/gatehouse.mjs');
const READY_MILLISECONDS_MAX = 45_000;
const STOP_MILLISECONDS_MAX = 30_000;
/** A command may be about a hundred thousand people; what hangs is ended by the test's own time limit before. */
const COMMAND_MILLISECONDS_MAX = 280_000;

export interface ProgramOptions {
  /** Made anew unless given, and removed only by who made it. */
  folder?: string;
  /** Makes its database itself, as the very first start of an installation does. Others find an empty one. */
  makesDatabase?: boolean;
  role?: 'all' | 'control' | 'gateway';
  /** Of an earlier start: its ports, and so its issuer, stay the same. */
  ports?: Ports;
  /** Of another process, which this one enforces for. */
  issuer?: string;
  logLevel?: string;
  /** A mail server on this machine; without one, mails wait in the outbox. */
  smtpPort?: number;
  /** Where proxies on this machine ask whether a request may pass. */
  beside?: { port: number; grpcPort: number; tls?: object };
  /** Of the control listener, besides its port; then the issuer is https. */
  controlTls?: { tls: object; certificatePort: number; revocationLists?: string; revocationAuthorities?: string };
  /** Own networks that others may name addresses in. */
  outbound?: {
    authorities?: string;
    issuers?: readonly string[];
    clients?: readonly string[];
    backChannel?: readonly string[];
    webhooks?: readonly string[];
    signIn?: readonly string[];
  };
}

interface Ports {
  control: number;
  gateway: number;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

export class Program {
  readonly folder: string;
  readonly dataFolder: string;
  readonly configFile: string;
  readonly ports: Ports;
  readonly issuer: string;
  readonly controlUrl: string;
  readonly gatewayUrl: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #output = '';

  constructor(folder: string, configFile: string, ports: Ports, issuer: string) {
    this.folder = folder;
    this.dataFolder = join(folder, 'data');
    this.configFile = configFile;
    this.ports = ports;
    this.issuer = issuer;
    this.controlUrl = `http://localhost:${ports.control}`;
    this.gatewayUrl = `http://localhost:${ports.gateway}`;
    this.#child = spawn(process.execPath, [PROGRAM, 'start', '--config', configFile], {
      cwd: folder,
      env: cleanEnvironment(folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => {
      this.#output += chunk.toString();
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#ended = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }));
    // A test run that ends early takes along what it started.
    const end = () => this.#child.kill('SIGINT');
    process.once('exit', end);
    void this.#ended.then(() => process.off('exit', end));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Everything it has written so far. */
  get output(): string {
    return this.#output;
  }

  /** What it says about how long it took. */
  get readyMilliseconds(): number {
    return Number(/ready \((\d+) ms\)/.exec(this.#output)?.[1]);
  }

  ready(): Promise<void> {
    return this.until(() => this.#output.includes('Gatehouse is ready'), 'it is ready');
  }

  async administratorLink(): Promise<string> {
    const link = () => /\S+\/setup\?link=\S+(?=\n)/.exec(this.#output)?.[0];
    await this.until(() => link() !== undefined, 'it prints the administrator’s link');
    return link() ?? '';
  }

  async until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const giveUpAt = performance.now() + READY_MILLISECONDS_MAX;
    while (!(await holds())) {
      if (this.hasEnded || performance.now() > giveUpAt) throw new Error(`not seen: ${what}\n${this.#output}`);
      await wait(5);
    }
  }

  /** The local administrator's. */
  get adminToken(): string {
    return JSON.parse(readFileSync(join(this.dataFolder, 'local-admin.json'), 'utf8')).token;
  }

  /** Calls the Admin API as the local administrator; whatever it answers. */
  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const type = typeof body === 'string' ? 'application/yaml' : 'application/json';
    return fetch(`${this.issuer}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.adminToken}`,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  /** The same for what must succeed. A body that is a string is YAML. */
  async admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await this.call(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }

  async issueKey(more: Record<string, unknown> = {}): Promise<{ id: string; key: string }> {
    const { id, key } = await this.admin('POST', '/keys', { name: 'test', scopes: ['things:read'], ...more });
    return { id: String(id), key: String(key) };
  }

  async exportYaml(): Promise<string> {
    return (await this.call('GET', '/export', undefined, { accept: 'application/yaml' })).text();
  }

  /** A `gatehouse` command on this instance's data folder. */
  cli(...args: string[]): Promise<CommandResult> {
    return runCommand(this.folder, [...args, '--data-folder', this.dataFolder]);
  }

  /** The embedded database as its owner, whom nothing in it stops. */
  async asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({
      host: join(this.dataFolder, 'postgres'),
      port: 5432,
      database: 'gatehouse',
      user: 'gatehouse',
    });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  databasePid(): number {
    return Number(readFileSync(join(this.dataFolder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async ended(): Promise<Ended> {
    const late = new AbortController();
    const tooLong = wait(STOP_MILLISECONDS_MAX, undefined, { signal: late.signal }).then(() => {
      this.#child.kill('SIGKILL');
      throw new Error(`it did not end in ${STOP_MILLISECONDS_MAX} ms\n${this.#output}`);
    });
    try {
      return await Promise.race([this.#ended, tooLong]);
    } finally {
      tooLong.catch(() => undefined);
      late.abort();
    }
  }

  async stop(): Promise<Ended> {
    if (!this.hasEnded) this.#child.kill('SIGTERM');
    return this.ended();
  }

  /** Stops it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** When it returns, the program has said that it is ready. Of one that does not, nothing is left behind. */
export async function startProgram(options: ProgramOptions = {}): Promise<Program> {
  const program = await launchProgram(options);
  try {
    await program.ready();
  } catch (error) {
    await (options.folder === undefined ? program.remove() : program.stop());
    throw error;
  }
  return program;
}

/** Does not wait. */
export async function launchProgram(options: ProgramOptions = {}): Promise<Program> {
  const { folder, role = 'all', ports, logLevel = 'info' } = options;
  const home = folder ?? (await temporaryFolder());
  const listeners = ports ?? { control: await freePort(), gateway: await freePort() };
  mkdirSync(home, { recursive: true });
  const data = join(home, 'data');
  if (options.makesDatabase !== true && !existsSync(data)) await layNewDatabase(data);
  const scheme = options.controlTls === undefined ? 'http' : 'https';
  const issuer = options.issuer ?? `${scheme}://localhost:${listeners.control}`;
  const control = JSON.stringify({ port: listeners.control, ...options.controlTls });
  const { smtpPort } = options;
  const mail =
    smtpPort === undefined
      ? ''
      : `mail: { host: 127.0.0.1, port: ${smtpPort}, tls: none, from: no-reply@example.com }\n`;
  const beside =
    options.beside === undefined ? '' : `  beside: ${JSON.stringify(options.beside)}\ntrustedProxies: [127.0.0.1]\n`;
  const outbound = options.outbound === undefined ? '' : `outbound: ${JSON.stringify(options.outbound)}\n`;
  const configFile = join(home, `gatehouse-${role}-${listeners.gateway}.yaml`);
  writeFileSync(
    configFile,
    `issuer: ${issuer}
role: ${role}
dataFolder: ${data}
log: { level: ${logLevel} }
listeners:
  control: ${control}
  gateway: { port: ${listeners.gateway} }
${beside}${mail}${outbound}`,
  );
  return new Program(home, configFile, listeners, issuer);
}

export function runCommand(
  folder: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [PROGRAM, ...args],
      {
        cwd: folder,
        env: { ...cleanEnvironment(folder), ...more },
        maxBuffer: 64 * 1024 * 1024,
        timeout: COMMAND_MILLISECONDS_MAX,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

/** Below the range that systems give to outgoing connections, so that none takes it before the program listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/** Whatever is set where the tests run must not lead a command to somebody's real instance. */
function cleanEnvironment(folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GATEHOUSE_') && !name.startsWith('VITEST') && name !== 'DATABASE_URL',
  );
  return { ...Object.fromEntries(kept), XDG_CONFIG_HOME: join(folder, 'config'), NO_COLOR: '1' };
}
