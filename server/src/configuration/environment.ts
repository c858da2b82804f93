/** Variables that stand for a field of the file, and win over it. Others are left alone: orchestrators set their own. */
export const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  GATEHOUSE_ISSUER: ['issuer'],
  GATEHOUSE_ROLE: ['role'],
  GATEHOUSE_DATA_FOLDER: ['dataFolder'],
  GATEHOUSE_CONTROL_LISTEN: ['listeners', 'control'],
  GATEHOUSE_GATEWAY_LISTEN: ['listeners', 'gateway'],
  GATEHOUSE_LOG_LEVEL: ['log', 'level'],
  GATEHOUSE_TRUSTED_PROXIES: ['trustedProxies'],
  GATEHOUSE_CLIENT_CERTIFICATES_FROM: ['clientCertificatesFrom'],
  DATABASE_URL: ['database', 'url'],
  REDIS_URL: ['redis', 'url'],
};

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Overlay {
  values: Record<string, unknown>;
  /** Which variable a field came from, by dotted path: an error must name what its reader can change. */
  sources: Map<string, string>;
}

/** Lays the variables over the fields of the file. An empty variable counts as not set. */
export function overlayEnvironment(file: Record<string, unknown>, environment: Environment): Overlay {
  const values = structuredClone(file);
  const sources = new Map<string, string>();
  for (const [variable, path] of Object.entries(VARIABLES)) {
    const text = environment[variable];
    if (text === undefined || text === '') continue;
    set(values, path, read(path, text));
    sources.set(path.join('.'), variable);
  }
  return { values, sources };
}

function read(path: readonly string[], text: string): unknown {
  if (path[0] === 'trustedProxies' || path[0] === 'clientCertificatesFrom')
    return text.split(',').map((part) => part.trim());
  return path[0] === 'listeners' ? readListener(text) : text;
}

/** `127.0.0.1:7700`, `[::1]:7700`, `:7700` or `7700`. */
function readListener(text: string): unknown {
  const match = /^(?:(?:\[(?<six>[^\]]+)\]|(?<host>[^:]*)):)?(?<port>\d{1,6})$/.exec(text);
  if (match?.groups === undefined) return text;
  const host = match.groups.six ?? match.groups.host;
  return { ...(host === undefined || host === '' ? {} : { host }), port: Number(match.groups.port) };
}

function set(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let target = values;
  for (const segment of path.slice(0, -1)) {
    const nested = target[segment];
    const next = isFields(nested) ? nested : {};
    target[segment] = next;
    target = next;
  }
  const last = path.at(-1);
  if (last !== undefined) target[last] = value;
}

export function isFields(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
