import { execFile } from 'node:child_process';
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Random } from '#base';
import { decodeBase64url } from './base64url.ts';
import { keyringErrors } from './errors.ts';
import { createMasterKeyFile, readMasterKeyFile } from './master-key-file.ts';

/** Where the master key lives: anywhere but in the database. */
export type MasterKeySource =
  /** Created on first start, readable by its owner only. */
  | { kind: 'file'; path: string }
  /** `environment` is handed in, usually `process.env`. */
  | { kind: 'environment'; variable: string; environment: Readonly<Record<string, string | undefined>> }
  /** Program and arguments, run without a shell; prints the key on standard output. */
  | { kind: 'command'; command: readonly [string, ...string[]] };

export interface MasterKey {
  /** Names the key without telling anything about it, so that an error can say which one is wanted. */
  id: string;
  secret: KeyObject;
}

const KEY_BYTES = 32;
const COMMAND_TIMEOUT_MS = 10_000;
const COMMAND_OUTPUT_BYTES_MAX = 4096;

/**
 * Reads the master key. `create` allows a file that is not there to be made, with a new key: only when the database is
 * sealed under none yet, since a fresh key next to sealed data would only hide that the right one is lost.
 * @throws `master_key_missing`, `master_key_invalid`, `master_key_exposed`, `master_key_command_failed`
 */
export async function readMasterKey(
  source: MasterKeySource,
  { random, create }: { random: Random; create: boolean },
): Promise<MasterKey> {
  switch (source.kind) {
    case 'file': {
      if (create) await createMasterKeyFile(source.path, random.bytes(KEY_BYTES).toString('base64'));
      return toMasterKey(await readMasterKeyFile(source.path), `The file ${source.path}`);
    }
    case 'environment': {
      const text = source.environment[source.variable];
      if (text === undefined || text === '') {
        throw keyringErrors.master_key_missing({
          message: `The environment variable ${source.variable} is not set. Put the master key in it: 32 random bytes in base64.`,
        });
      }
      return toMasterKey(text, `The environment variable ${source.variable}`);
    }
    case 'command':
      return toMasterKey(await runCommand(source.command), `The output of ${source.command[0]}`);
  }
}

/** Never quotes the text: a wrong master key may still be someone's secret. */
function toMasterKey(text: string, origin: string): MasterKey {
  const bytes = decodeKey(text.trim());
  if (bytes?.length !== KEY_BYTES) {
    const found = bytes === undefined ? 'is neither base64 nor hexadecimal' : `holds ${bytes.length} bytes`;
    throw keyringErrors.master_key_invalid({
      message: `${origin} ${found}. The master key must be 32 random bytes, written as base64 or as 64 hexadecimal digits.`,
    });
  }
  // A key of one repeated byte was typed, not drawn: a chance of 2^-248 otherwise.
  if (bytes.every((byte) => byte === bytes[0])) {
    throw keyringErrors.master_key_invalid({
      message: `${origin} holds one byte 32 times, which is no random key. Make one with \`openssl rand -base64 32\`.`,
    });
  }
  const secret = createSecretKey(bytes);
  const id = createHmac('sha256', secret).update('gatehouse master key id').digest('hex').slice(0, 16);
  bytes.fill(0);
  return { id, secret };
}

function decodeKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return decodeBase64url(text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''));
}

function runCommand([program, ...args]: readonly [string, ...string[]]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { timeout: COMMAND_TIMEOUT_MS, maxBuffer: COMMAND_OUTPUT_BYTES_MAX, encoding: 'utf8' } as const;
  execFile(program, args, options, (error, output) => {
    if (error === null) return resolve(output);
    // Only how it ended: what it printed before could be the key, and the arguments could hold a secret of their own.
    const ending = error.killed ? `took longer than ${COMMAND_TIMEOUT_MS / 1000} seconds` : `ended with ${error.code}`;
    reject(
      keyringErrors.master_key_command_failed({
        message: `The command ${program}, which prints the master key, ${ending}. Run it by hand to see why.`,
      }),
    );
  });
  return promise;
}
