import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Checkpoint } from './checkpoint.ts';

/** A memory of checkpoints outside the database: whoever rewinds the database does not rewind this. */
export interface CheckpointWitness {
  append(checkpoints: readonly Checkpoint[]): Promise<void>;
  /** In the order they came. What can't be read is passed over: a crash cuts lines, and who can spoil them can delete them. */
  read(): AsyncIterable<Checkpoint>;
}

const lineSchema = z.strictObject({
  tenantId: z.string(),
  sequence: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.int(),
  mac: z.string(),
});

/** One JSON object a line, only ever appended to. Put it on another disk, or ship it elsewhere, to make it worth more. */
export function checkpointFile(path: string): CheckpointWitness {
  return {
    async append(checkpoints) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(path, 'a', 0o600);
      try {
        // One write, led by a line end should the last one have been cut by a crash.
        await file.write(`${await endsLine(path)}${checkpoints.map((item) => `${JSON.stringify(item)}\n`).join('')}`);
        await file.datasync();
      } finally {
        await file.close();
      }
    },
    async *read() {
      const stream = createReadStream(path);
      const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
      try {
        for await (const line of lines) {
          const checkpoint = readLine(line);
          if (checkpoint !== undefined) yield checkpoint;
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      } finally {
        stream.destroy();
      }
    },
  };
}

async function endsLine(path: string): Promise<'' | '\n'> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size === 0) return '';
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] === 0x0a ? '' : '\n';
  } finally {
    await file.close();
  }
}

function readLine(line: string): Checkpoint | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
