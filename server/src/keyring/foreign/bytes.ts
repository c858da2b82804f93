import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Bytes as base64, in either alphabet; `max` counts bytes. */
export const base64Bytes = (min: number, max: number) =>
  z
    .string()
    .max(Math.ceil(max / 3) * 4 + 2)
    .regex(BASE64, 'must be base64')
    .refine((text) => {
      const { length } = Buffer.from(text, 'base64');
      return length >= min && length <= max;
    }, `must be ${min} to ${max} bytes`);

/** A digest shorter than this would let a stranger's password through by chance. */
export const DIGEST_BYTES_MIN = 16;
export const DIGEST_BYTES_MAX = 128;
export const SALT_BYTES_MAX = 256;

export const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');

export function equalBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
