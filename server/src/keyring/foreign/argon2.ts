import { verify } from '@node-rs/argon2';
import { z } from 'zod';

/** PHC string (argon2id, argon2i, argon2d): algorithm, version, memory in KiB, passes, lanes, salt, hash. */
const PHC =
  /^\$argon2(?:id|i|d)\$(?:v=(?:16|19)\$)?m=(?<memory>\d{1,8}),t=(?<time>\d{1,4}),p=(?<lanes>\d{1,3})\$[A-Za-z0-9+/]{11,172}\$[A-Za-z0-9+/]{22,172}$/;

/** RFC 9106 §4 recommends 64 MiB and three passes for the constrained, and 2 GiB for nobody who serves many. */
const MEMORY_KIB_MAX = 256 * 1024;
const TIME_MAX = 32;
const LANES_MAX = 16;
/** KiB that are written altogether: half a second of one processor. */
const WORK_KIB_MAX = 1024 * 1024;

export const argon2Schema = z.strictObject({
  algorithm: z.literal('argon2'),
  phc: z
    .string()
    .max(512)
    .refine(isBounded, 'must be a PHC string of argon2, of at most 256 MiB and 1 GiB written in all passes'),
});

function isBounded(phc: string): boolean {
  const groups = PHC.exec(phc)?.groups;
  if (groups === undefined) return false;
  const [memory, time, lanes] = [Number(groups.memory), Number(groups.time), Number(groups.lanes)];
  // RFC 9106 §3.1: at least eight blocks for each lane.
  const sound = lanes >= 1 && lanes <= LANES_MAX && memory >= 8 * lanes && time >= 1;
  return sound && memory <= MEMORY_KIB_MAX && time <= TIME_MAX && memory * time <= WORK_KIB_MAX;
}

/** KiB that are written in all passes. */
export function argon2WorkKib({ phc }: z.output<typeof argon2Schema>): number {
  const groups = PHC.exec(phc)?.groups;
  return Number(groups?.memory ?? 0) * Number(groups?.time ?? 0);
}

export async function verifyArgon2({ phc }: z.output<typeof argon2Schema>, password: Buffer): Promise<boolean> {
  return verify(phc, password).catch(() => false);
}
