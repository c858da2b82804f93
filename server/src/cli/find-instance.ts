import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { baseErrors } from '#base';
import { configuredDataFolder } from './configured-data-folder.ts';
import { cliErrors } from './errors.ts';

/** A Gatehouse to talk to, and the credential to do it with. */
export interface Instance {
  url: string;
  token: string;
  source: 'flags' | 'environment' | 'local' | 'login';
  /** PEM file of the very certificate that it must show: the server on this machine said where its own is. */
  certificate?: string | undefined;
  /** PEM file of authorities that are trusted besides the well-known ones. */
  authorities?: string | undefined;
}

export interface InstanceFlags {
  url?: string;
  dataFolder?: string;
  cafile?: string;
}

interface Surroundings {
  environment: NodeJS.ProcessEnv;
  workingFolder: string;
}

const CREDENTIAL_FIELDS = {
  url: 'required',
  token: 'required',
  certificate: 'optional',
  authorities: 'optional',
} as const;

/** Written at first start beside the database, readable only by its owner: how the command line finds a local instance. */
export const LOCAL_CREDENTIAL_FILE = 'local-admin.json';
const DATA_FOLDER = 'gatehouse-data';

export function loginFile(environment: NodeJS.ProcessEnv): string {
  return join(environment.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'gatehouse', 'login.json');
}

/**
 * Where to send a command, in this order: `GATEHOUSE_URL` with `GATEHOUSE_TOKEN`; the data folder that was named, here or in
 * this folder's configuration, or else that of this folder or of one above it; the last `gatehouse login`. A `--url` picks
 * among them: its credential must have been given for that address, so that a token is never sent to a server it was not
 * meant for.
 * @throws `instance_not_found`, `credential_file_unsafe`, `data_folder_unknown`
 */
export function findInstance(flags: InstanceFlags, { environment, workingFolder }: Surroundings): Instance {
  const candidates = [
    () => fromEnvironment(environment, flags.url),
    () => fromDataFolder(namedDataFolder(flags, { environment, workingFolder }), workingFolder),
    () => fromFile(loginFile(environment), 'login'),
  ];
  for (const candidate of candidates) {
    const instance = candidate();
    if (instance !== undefined && (flags.url === undefined || sameOrigin(instance.url, flags.url))) {
      const authorities = flags.cafile ?? environment.GATEHOUSE_CAFILE;
      return authorities === undefined ? instance : { ...instance, authorities: resolve(workingFolder, authorities) };
    }
  }
  throw cliErrors.instance_not_found();
}

function fromEnvironment(environment: NodeJS.ProcessEnv, url: string | undefined): Instance | undefined {
  const { GATEHOUSE_URL, GATEHOUSE_TOKEN } = environment;
  const address = url ?? GATEHOUSE_URL;
  if (GATEHOUSE_TOKEN === undefined || address === undefined) return undefined;
  return { url: address, token: GATEHOUSE_TOKEN, source: url === undefined ? 'environment' : 'flags' };
}

/** As `gatehouse start` has it: the command line, then the environment (empty is not set), then the file. */
function namedDataFolder({ dataFolder }: InstanceFlags, { environment, workingFolder }: Surroundings) {
  return dataFolder ?? (environment.GATEHOUSE_DATA_FOLDER || configuredDataFolder(workingFolder));
}

function fromDataFolder(named: string | undefined, workingFolder: string): Instance | undefined {
  if (named !== undefined) return fromFile(join(resolve(workingFolder, named), LOCAL_CREDENTIAL_FILE), 'local');
  for (let folder = workingFolder; ; folder = dirname(folder)) {
    const instance = fromFile(join(folder, DATA_FOLDER, LOCAL_CREDENTIAL_FILE), 'local');
    if (instance !== undefined || folder === dirname(folder)) return instance;
  }
}

function fromFile(path: string, source: 'local' | 'login'): Instance | undefined {
  if (!existsSync(path)) return undefined;
  const { mode, uid } = statSync(path);
  // Another user's file in a folder above could otherwise lead commands, and what they carry, to his server.
  const foreign = process.getuid !== undefined && uid !== process.getuid();
  if (foreign || (mode & 0o077) !== 0) {
    throw cliErrors.credential_file_unsafe({
      message: `${path} must belong to you and be readable by you alone: chmod 600.`,
    });
  }
  return { ...readCredential(path, JSON.parse(readFileSync(path, 'utf8'))), source };
}

/** By hand: what reads schemas elsewhere takes as long to load as all the rest of a command. */
function readCredential(path: string, content: unknown): Omit<Instance, 'source'> {
  const given: Record<string, unknown> = typeof content === 'object' ? { ...content } : {};
  const isSound =
    Object.keys(given).every((name) => Object.hasOwn(CREDENTIAL_FIELDS, name)) &&
    Object.entries(CREDENTIAL_FIELDS).every(([name, need]) => {
      const value = given[name];
      return value === undefined ? need === 'optional' : typeof value === 'string' && value !== '';
    });
  if (!isSound || !URL.canParse(String(given.url))) {
    throw baseErrors.invalid_input({
      message: `${path} is not a credential as \`gatehouse start\` and \`gatehouse login\` write it. Write it anew with one of them.`,
    });
  }
  return given as unknown as Omit<Instance, 'source'>;
}

/** Only picks: what is sent goes to the address that stands beside the credential. So this machine may have several names. */
function sameOrigin(left: string, right: string): boolean {
  return URL.canParse(left) && URL.canParse(right) && originOf(left) === originOf(right);
}

function originOf(url: string): string {
  const { protocol, hostname, port, origin } = new URL(url);
  return THIS_MACHINE.has(hostname) ? `${protocol}//localhost:${port}` : origin;
}
const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);
