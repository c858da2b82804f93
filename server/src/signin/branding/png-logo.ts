import { crc32 } from 'node:zlib';

/** PNG (Third Edition) §5.2. */
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Pixels and colour. Text, time stamps and camera data are left out. */
const KEPT = ['IHDR', 'PLTE', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'pHYs', 'sBIT', 'cICP', 'IDAT', 'IEND'];
const SIDE_PIXELS_MAX = 2048;

export type PngResult = { ok: true; bytes: Buffer } | { ok: false; problem: string };

/** The picture written anew chunk by chunk: what stands between the chunks or behind them does not come along. */
export function readPngLogo(bytes: Buffer): PngResult {
  const refused = (problem: string): PngResult => ({ ok: false, problem });
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) return refused('is no PNG');
  const kept: Buffer[] = [SIGNATURE];
  let type = '';
  for (let at = 8; type !== 'IEND'; ) {
    if (at + 12 > bytes.length) return refused('ends in the middle');
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length) return refused('ends in the middle');
    const first = type === '';
    type = bytes.toString('latin1', at + 4, at + 8);
    if (first !== (type === 'IHDR')) return refused('does not begin with its size');
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4))
      return refused('is damaged: a checksum is wrong');
    if (first) {
      const [width, height] = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)];
      if (length !== 13 || width < 1 || height < 1 || width > SIDE_PIXELS_MAX || height > SIDE_PIXELS_MAX) {
        return refused(`must be at most ${SIDE_PIXELS_MAX} pixels wide and high`);
      }
    }
    if (KEPT.includes(type)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return { ok: true, bytes: Buffer.concat(kept) };
}
