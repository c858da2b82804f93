import { storeErrors } from '../errors.ts';

/**
 * Inside the compression and the encryption, a backup is a row of frames: one letter, the length in four bytes, the
 * payload. The last one says that it is the last.
 */
export type Frame = { [K in keyof FramePayloads]: { type: K } & FramePayloads[K] }[keyof FramePayloads];

interface FramePayloads {
  head: { head: ArchiveHead };
  table: { table: ArchiveTable };
  data: { data: Buffer };
  tableEnd: { rows: number; sha256: string };
  attachment: { name: string; content: string };
  end: { tables: number };
}

export interface ArchiveHead {
  createdAt: number;
  migrations: { room: string; position: number; name: string; checksum: string }[];
}

export interface ArchiveTable {
  name: string;
  columns: string[];
}

const LETTERS = { head: 'h', table: 't', data: 'd', tableEnd: 'e', attachment: 'a', end: 'z' } as const;
const HEADER_BYTES = 5;
/** A frame of COPY is 64 KiB; a single row can be larger, and PostgreSQL's limit for a field is the next natural one. */
const FRAME_BYTES_MAX = 1024 ** 3;

export async function* writeFrames(frames: AsyncIterable<Frame>): AsyncGenerator<Buffer> {
  for await (const frame of frames) {
    const { type, ...payload } = frame;
    const body = frame.type === 'data' ? frame.data : Buffer.from(JSON.stringify(payload));
    const header = Buffer.alloc(HEADER_BYTES);
    header.write(LETTERS[type], 'latin1');
    header.writeUInt32BE(body.byteLength, 1);
    yield header;
    yield body;
  }
}

/** @throws `backup_damaged` when the row of frames is not well-formed or does not end with the last. */
export async function* readFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let ended = false;
  for await (const { letter, body } of split(chunks)) {
    if (ended) throw storeErrors.backup_damaged({ cause: 'something follows the end' });
    const frame = decode(letter, body);
    ended = frame.type === 'end';
    yield frame;
  }
  if (!ended) throw storeErrors.backup_damaged({ cause: 'the end is missing' });
}

function decode(letter: string, body: Buffer): Frame {
  const type = (Object.keys(LETTERS) as (keyof typeof LETTERS)[]).find((name) => LETTERS[name] === letter);
  if (type === undefined) throw storeErrors.backup_damaged({ cause: 'an unknown frame' });
  if (type === 'data') return { type, data: body };
  try {
    return { ...(JSON.parse(body.toString()) as object), type } as Frame;
  } catch (cause) {
    throw storeErrors.backup_damaged({ cause });
  }
}

async function* split(chunks: AsyncIterable<Buffer>): AsyncGenerator<{ letter: string; body: Buffer }> {
  let pending: Buffer[] = [];
  let size = 0;
  const take = (length: number): Buffer => {
    const all = Buffer.concat(pending);
    pending = [all.subarray(length)];
    size = all.byteLength - length;
    return all.subarray(0, length);
  };
  let header: Buffer | undefined;
  for await (const chunk of chunks) {
    pending.push(chunk);
    size += chunk.byteLength;
    for (;;) {
      if (header === undefined) {
        if (size < HEADER_BYTES) break;
        header = take(HEADER_BYTES);
      }
      const length = header.readUInt32BE(1);
      if (length > FRAME_BYTES_MAX) throw storeErrors.backup_damaged({ cause: 'a frame is too long' });
      if (size < length) break;
      yield { letter: header.toString('latin1', 0, 1), body: take(length) };
      header = undefined;
    }
  }
  if (header !== undefined || size > 0) throw storeErrors.backup_damaged({ cause: 'cut short in a frame' });
}
