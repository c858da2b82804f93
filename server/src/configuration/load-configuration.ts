import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { FieldError } from '#base';
import {
  describeFields,
  explainIssues,
  type JsonSchema,
  type LocatedField,
  type Path,
  readYaml,
  type YamlDocument,
} from '#resources';
import { checkSecurity } from './check-security.ts';
import { type ConfigurationFile, configurationSchema } from './configuration-schema.ts';
import { type Environment, isFields, overlayEnvironment } from './environment.ts';
import { configurationErrors } from './errors.ts';
import { type Listeners, listenersIn } from './listeners.ts';
import { type MailConfiguration, mailConfiguration } from './mail-configuration.ts';
import { type Outbound, outboundIn } from './outbound-schema.ts';

export interface Configuration {
  /** The file it came from; absent when there is none and defaults and environment are all. */
  file?: string;
  /** Origin without a trailing slash. */
  issuer: string;
  /** Where the same endpoints ask for the client's certificate, if that is elsewhere. An origin. */
  certificateAddress?: string;
  role: ConfigurationFile['role'];
  /** Absolute. */
  dataFolder: string;
  /** Paths are absolute. */
  listeners: Listeners;
  database: { kind: 'embedded'; dataFolder: string } | { kind: 'url'; url: string };
  /** Absent when limits are counted by this process alone. */
  redis?: NonNullable<ConfigurationFile['redis']>;
  masterKey:
    | { kind: 'file'; path: string }
    | { kind: 'environment'; variable: string; environment: Environment }
    | { kind: 'command'; command: readonly [string, ...string[]] };
  /** Absent when no mail server is configured. */
  mail?: MailConfiguration;
  /** Paths are absolute. */
  upstreamTls?: UpstreamTls;
  /** What may be fetched beyond public addresses, by purpose. */
  outbound: Outbound;
  log: { level: ConfigurationFile['log']['level'] };
  trustedProxies: readonly string[];
  /** Each is one of trustedProxies. */
  clientCertificatesFrom: readonly string[];
  /** Names of headers. Absent: nobody says where a request comes from. */
  geo?: NonNullable<ConfigurationFile['geo']>;
  relations: { tuplesInMemoryMax: number };
}

export interface UpstreamTls {
  authorities?: string;
  client?: { certificate: string; key: string };
}

export interface LoadOptions {
  workingFolder: string;
  environment: Environment;
  /** Named on the command line: must exist. Otherwise `gatehouse.yaml` in the working folder, if it is there. */
  file?: string;
  /** From the command line; these win over everything. Relative to the working folder. */
  dataFolder?: string;
  role?: string;
}

export const CONFIGURATION_FILE = 'gatehouse.yaml';
export const MASTER_KEY_FILE = 'master.key';

/**
 * Reads the boot configuration: defaults, then the file, then the environment, then the command line.
 * @throws `configuration_not_found`, `yaml_malformed`, `configuration_invalid`, `configuration_insecure`.
 */
export function loadConfiguration(options: LoadOptions): Configuration {
  const { workingFolder, environment } = options;
  const file = findFile(options);
  const document = file === undefined ? undefined : readDocument(file);
  const { values, sources } = overlayEnvironment(isFields(document?.value) ? document.value : {}, environment);
  if (options.role !== undefined) values.role = options.role;
  const result = configurationSchema.safeParse(values);
  const locate = (path: Path, at: 'key' | 'value'): LocatedField => placeOf(path, at, { file, document, sources });
  if (!result.success) {
    const problems = explainIssues(configurationJsonSchema(), values, result.error.issues);
    throw invalid(problems.map(({ path, at, message }) => ({ ...locate(path, at), message })));
  }
  const insecure = checkSecurity(result.data, {
    urlFromFile: !sources.has('database.url'),
    redisUrlFromFile: !sources.has('redis.url'),
  });
  if (insecure.length > 0) {
    const fields = insecure.map(({ path, message }) => ({ ...locate(path.split('.'), 'value'), message }));
    throw configurationErrors.configuration_insecure({ message: describeFields(fields), fields });
  }
  return assemble(result.data, options, file === undefined ? workingFolder : dirname(file), file);
}

/** For editors: complete and check gatehouse.yaml while it is written. */
export function configurationJsonSchema(): JsonSchema {
  return z.toJSONSchema(configurationSchema, { io: 'input' }) as JsonSchema;
}

function findFile({ file, workingFolder }: LoadOptions): string | undefined {
  const path = resolve(workingFolder, file ?? CONFIGURATION_FILE);
  return file === undefined && !existsSync(path) ? undefined : path;
}

function readDocument(file: string): YamlDocument | undefined {
  const [document, second] = readYaml(readText(file), { file });
  if (second !== undefined) {
    throw invalid([
      { path: '', file, ...second.placeOf([], 'value'), message: 'is a second document; put everything into one' },
    ]);
  }
  if (document !== undefined && !isFields(document.value)) {
    throw invalid([
      { path: '', file, ...document.placeOf([], 'value'), message: 'must be a set of fields, for example `issuer: …`' },
    ]);
  }
  return document;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw configurationErrors.configuration_not_found({
      message: `${file} could not be read. Check the path and its permissions.`,
      cause,
    });
  }
}

interface Origins {
  file: string | undefined;
  document: YamlDocument | undefined;
  sources: ReadonlyMap<string, string>;
}

/** A field that came from a variable is reported by the variable's name, not at some line of the file. */
function placeOf(path: Path, at: 'key' | 'value', { file, document, sources }: Origins): LocatedField {
  const dotted = path.join('.');
  for (const [field, variable] of sources) {
    if (dotted === field || dotted.startsWith(`${field}.`)) return { path: `${variable} (${dotted})` };
  }
  if (document === undefined || file === undefined) return { path: dotted };
  return { path: dotted, file, ...document.placeOf(path, at) };
}

function assemble(
  data: ConfigurationFile,
  options: LoadOptions,
  folder: string,
  file: string | undefined,
): Configuration {
  const fromEnvironment = options.environment.GATEHOUSE_DATA_FOLDER ? options.workingFolder : folder;
  const dataFolder =
    options.dataFolder === undefined
      ? resolve(fromEnvironment, data.dataFolder)
      : resolve(options.workingFolder, options.dataFolder);
  return {
    ...(file === undefined ? {} : { file }),
    issuer: data.issuer,
    ...certificateAddress(data),
    role: data.role,
    dataFolder,
    listeners: listenersIn(folder, data.listeners),
    database: data.database === undefined ? { kind: 'embedded', dataFolder } : { kind: 'url', url: data.database.url },
    ...(data.redis === undefined ? {} : { redis: data.redis }),
    masterKey: masterKeySource(data.masterKey, dataFolder, folder, options.environment),
    ...(data.mail === undefined ? {} : { mail: mailConfiguration(data.mail, folder, options.environment) }),
    ...(data.upstreamTls === undefined ? {} : { upstreamTls: upstreamTlsFiles(data.upstreamTls, folder) }),
    outbound: outboundIn(folder, data.outbound),
    log: data.log,
    trustedProxies: data.trustedProxies,
    clientCertificatesFrom: data.clientCertificatesFrom,
    ...(data.geo === undefined ? {} : { geo: data.geo }),
    relations: data.relations,
  };
}

/** A balancer in front may have made another one of it. */
function certificateAddress({ certificateAddress: told, issuer, listeners }: ConfigurationFile) {
  const { certificatePort } = listeners.control;
  if (told !== undefined) return { certificateAddress: told };
  if (certificatePort === undefined) return {};
  return { certificateAddress: new URL(`https://${new URL(issuer).hostname}:${certificatePort}`).origin };
}

function upstreamTlsFiles(
  { authorities, client }: NonNullable<ConfigurationFile['upstreamTls']>,
  folder: string,
): UpstreamTls {
  return {
    ...(authorities === undefined ? {} : { authorities: resolve(folder, authorities) }),
    ...(client === undefined
      ? {}
      : { client: { certificate: resolve(folder, client.certificate), key: resolve(folder, client.key) } }),
  };
}

/** The variable alone is enough: a container sets it and needs no file. */
function masterKeySource(
  key: ConfigurationFile['masterKey'],
  dataFolder: string,
  folder: string,
  environment: Environment,
): Configuration['masterKey'] {
  if (key === undefined && environment.GATEHOUSE_MASTER_KEY) {
    return { kind: 'environment', variable: 'GATEHOUSE_MASTER_KEY', environment };
  }
  if (key?.from === 'environment') return { kind: 'environment', variable: key.variable, environment };
  const [program, ...args] = key?.from === 'command' ? key.command : [];
  if (program !== undefined) return { kind: 'command', command: [program, ...args] };
  const path =
    key?.from === 'file' && key.path !== undefined ? resolve(folder, key.path) : resolve(dataFolder, MASTER_KEY_FILE);
  return { kind: 'file', path };
}

function invalid(fields: (LocatedField & FieldError)[]) {
  return configurationErrors.configuration_invalid({ message: describeFields(fields), fields });
}
