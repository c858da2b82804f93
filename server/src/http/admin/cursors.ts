import { isId } from '#base';
import { NAME_PATTERN } from '#resources';
import type { SessionMark } from '#signin';
import { httpErrors } from '../errors.ts';

/** Opaque, so that nobody builds one by hand and is surprised when what it holds changes. */
export const nameCursor = {
  write: (name: string): string => Buffer.from(name).toString('base64url'),
  /** @throws `cursor_invalid` */
  read(cursor: string): string {
    const name = Buffer.from(cursor, 'base64url').toString();
    if (!NAME_PATTERN.test(name)) throw httpErrors.cursor_invalid();
    return name;
  },
};

export const sessionCursor = {
  write: ({ createdAt, id }: SessionMark): string => Buffer.from(`${createdAt} ${id}`).toString('base64url'),
  /** @throws `cursor_invalid` */
  read(cursor: string): SessionMark {
    const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
    if (!/^\d{1,15}$/.test(at) || !isId('session', id)) throw httpErrors.cursor_invalid();
    return { createdAt: Number(at), id };
  },
};
