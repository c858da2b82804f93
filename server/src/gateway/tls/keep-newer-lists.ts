import type { ListAuthority } from './list-authorities.ts';
import type { RevocationList } from './read-revocation-lists.ts';

export interface KeptLists {
  /** What counts from now on. */
  readonly lists: readonly RevocationList[];
  /** Of these, the file has an older one instead. */
  readonly newer: readonly RevocationList[];
  /** Of these, the file has none any more, though others of their issuer. They count until they are over. */
  readonly missing: readonly RevocationList[];
  /** To be told the next time: an older one is not taken either after there was none for a while. */
  readonly seen: readonly RevocationList[];
}

/**
 * Takes the lists of a changed file, but none that is older than one which was seen: lists travel over ways where somebody
 * may hand out those of yesterday, which are signed and not over, and do not name who was revoked today. Only what is
 * verified is compared, or a forged list could keep the authority's own away.
 * @param now milliseconds. A list that is not good yet holds nobody off.
 */
export function keepNewerLists(
  seen: readonly RevocationList[],
  read: readonly RevocationList[],
  { authorities, now }: { authorities: readonly ListAuthority[]; now: number },
): KeptLists {
  const newer: RevocationList[] = [];
  const without: RevocationList[] = [];
  const refused = new Set<RevocationList>();
  for (const list of seen) {
    if (list.thisUpdate > now || !isStillNamed(list, authorities)) continue;
    const successors = read.filter((other) => isOfOneRow(list, other));
    if (successors.length === 0) without.push(list);
    else if (successors.every((other) => isOlder(other, list))) {
      newer.push(list);
      for (const other of successors) refused.add(other);
    }
  }
  const taken = read.filter((list) => !refused.has(list));
  const missing = without.filter((list) => now < list.nextUpdate && read.some(({ issuer }) => issuer === list.issuer));
  return { lists: [...taken, ...newer, ...missing], newer, missing, seen: [...taken, ...newer, ...without] };
}

/** An authority that was taken out, or has given up its key, has no say any more. */
function isStillNamed({ issuer, signer }: RevocationList, authorities: readonly ListAuthority[]): boolean {
  if (signer === undefined) return false;
  return authorities.some(({ subject, key }) => subject === issuer && key.equals(signer));
}

/** Lists that follow one upon another: of one issuer, for the same certificates, by the same key. */
function isOfOneRow(one: RevocationList, other: RevocationList): boolean {
  if (one.signer === undefined || other.signer === undefined) return false;
  return one.issuer === other.issuer && one.scope === other.scope && one.signer.equals(other.signer);
}

/**
 * By the number (RFC 5280 §5.2.3) and by the time. One that is later in either is taken: authorities lose the count of their
 * numbers, and set their clocks back, and what was replayed is behind in both.
 */
function isOlder(list: RevocationList, than: RevocationList): boolean {
  const numbers = compare(list.number ?? 0n, than.number ?? 0n);
  const times = compare(list.thisUpdate, than.thisUpdate);
  return numbers <= 0 && times <= 0 && (numbers < 0 || times < 0);
}

function compare<T extends number | bigint>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
