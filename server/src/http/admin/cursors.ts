import { isId } from '#base';
import type { UserMark } from '#directory';
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

/** An id alone, as it is in the order in which accounts were made; with a key where the list is in another order. */
export const userCursor = {
  write: ({ id, key }: UserMark): string =>
    key === undefined ? id : `${id}.${Buffer.from(key).toString('base64url')}`,
  /** @throws `cursor_invalid` */
  read(cursor: string): UserMark {
    const [id = '', key, ...more] = cursor.split('.');
    if (!isId('user', id) || more.length > 0) throw httpErrors.cursor_invalid();
    // What PostgreSQL refuses in a text is in no name.
    return { id, ...(key === undefined ? {} : { key: Buffer.from(key, 'base64url').toString().replaceAll('\0', '') }) };
  },
};
