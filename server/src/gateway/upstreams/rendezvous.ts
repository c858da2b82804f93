/**
 * Weighted rendezvous hashing: whoever of some targets scores highest for a value gets what belongs to it. A target that
 * comes or goes moves its own share alone, and a share is as large as the weight says (Schindelhauer and Schomaker,
 * 'Weighted Distributed Hash Tables', 2005: the logarithmic method).
 *
 * Every process, and every version from here on, must find the same: the functions are fixed, and without a key.
 */

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** 32 bits of a text: FNV-1a over its UTF-16 code units, then mixed. No proof against whoever looks for two that are alike. */
export function hashOfText(text: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return mixed(hash);
}

/** Each bit of the result hangs on each of what is given (the finalizer of MurmurHash3). */
function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** How high a target of this weight scores for a value: above 0, the highest wins. @param value, @param target their hashes. */
export function scoreOf(value: number, target: number, weight: number): number {
  // Never 0 and never 1, of which the logarithms would say nothing.
  const part = (mixed(Math.imul(value, 0x9e3779b1) ^ target) + 0.5) / 2 ** 32;
  return -weight / Math.log(part);
}
