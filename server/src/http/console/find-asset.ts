import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A file as it is sent: streamed, so that nothing of it stays in memory. */
export interface Asset {
  type: string;
  bytes: number;
  encoding: string | undefined;
  open(): ReadStream;
}

const TYPES = new Map([
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.json', 'application/json'],
  ['.wasm', 'application/wasm'],
]);

/** Words joined by dots, in at most one folder: no name from outside leads anywhere else. */
const NAME = /^(assets\/)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$/;

/** Written beside the file by the build, the smaller first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** A built file in the smallest form that the caller takes (RFC 9110 §12.5.3); undefined: there is none of this name. */
export async function findAsset(folder: string, name: string, accepted = ''): Promise<Asset | undefined> {
  const type = TYPES.get(extname(name));
  if (type === undefined || !NAME.test(name)) return undefined;
  const takes = new Set(accepted.split(',').map((each) => each.split(';', 1)[0]?.trim().toLowerCase()));
  const forms = [...ENCODINGS.filter(([encoding]) => takes.has(encoding)), [undefined, ''] as const];
  for (const [encoding, suffix] of forms) {
    const path = join(folder, name) + suffix;
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) return { type, bytes: found.size, encoding, open: () => createReadStream(path) };
  }
  return undefined;
}
