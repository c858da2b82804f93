import type { Clock, Logger } from '#base';
import { type CertificateNames, certificateNames } from './certificate-names.ts';
import { followFiles } from './follow-files.ts';
import { atOnce, inPieces } from './in-pieces.ts';
import { keepNewerLists } from './keep-newer-lists.ts';
import { readListAuthorities } from './list-authorities.ts';
import type { CertificateStatus } from './read-certificate.ts';
import { type RevocationList, readRevocationLists } from './read-revocation-lists.ts';

/**
 * What the lists say of a certificate. `outdated`: its issuer's list is over, or not yet good, so that nobody knows.
 * `unlisted`: there is no list of its issuer.
 */
export type Standing = 'good' | 'unlisted' | 'outdated' | 'revoked';

/** Lists of revoked certificates, kept as their file is. */
export interface RevocationLists {
  /** For OpenSSL, one by one: it reads no more than the first of several. */
  pems(): readonly string[];
  standingOf(names: CertificateNames): Standing;
  /**
   * Of a certificate alone, in DER. What can't be read is nobody's: `revoked`. Of an authority that was named, and has no
   * list, nobody knows: `outdated`.
   */
  standingOfDer(certificate: Uint8Array): Standing;
  status(): readonly CertificateStatus[];
  readonly failedReloads: number;
  /** Called after each reload, and when a list is over: whoever was good may not be any more. */
  onChange(listener: () => void): void;
  check(): void;
  close(): void;
}

/** In the last tenth of its time a list should have been replaced long ago: authorities make them anew at half of it. */
const WARN_PART = 0.1;

/**
 * Opens the lists of revoked certificates (RFC 5280 §5) in a PEM file, and follows it as certificates are followed: a file
 * that can't be used leaves the lists of before. So does one with a list that its authority has not signed.
 * @param authorities PEM file of those who sign them, followed as well. Without it no signature is verified here.
 * @throws `certificate_unusable` when one of the files can't be used at the start.
 */
export function openRevocationLists(
  path: string,
  { clock, log }: { clock: Clock; log: Logger },
  authorities?: string,
): RevocationLists {
  const listeners: (() => void)[] = [];
  const readAuthorities = () => (authorities === undefined ? [] : readListAuthorities(authorities, clock.now()));
  let named = readAuthorities();
  let lists = byIssuer(atOnce(readRevocationLists(path, named)));
  let problem: string | undefined;
  let failedReloads = 0;
  let warned = new Set<RevocationList>();
  let seen: readonly RevocationList[] = [...lists.values()].flat();
  let missing: ReadonlySet<RevocationList> = new Set();
  let over = 0;
  let stopReading = () => {};

  const all = () => [...lists.values()].flat();
  const tell = () => {
    for (const listener of listeners) listener();
  };

  /** OpenSSL goes by the clock of the machine as well: what is over here is over in the next handshake. */
  function look(): void {
    const now = clock.now();
    lists = byIssuer(all().filter((list) => !missing.has(list) || now < list.nextUpdate));
    const outdated = all().filter((list) => !isCurrent(list, now)).length;
    for (const list of all()) {
      if (warned.has(list) || now < list.nextUpdate - (list.nextUpdate - list.thisUpdate) * WARN_PART) continue;
      warned.add(list);
      const due = new Date(list.nextUpdate).toISOString();
      if (now < list.nextUpdate) log.warn({ file: path, due }, 'a list of revoked certificates is over soon');
    }
    if (outdated === over) return;
    if (outdated > over) {
      log.error(
        { file: path, outdated },
        'a list of revoked certificates is over (nextUpdate), or not good yet: until there is a new one, no certificate of its authority is accepted',
      );
    }
    over = outdated;
    tell();
  }

  function refused(error: unknown, message: string): void {
    failedReloads += 1;
    problem = error instanceof Error ? error.message : String(error);
    log.error({ problem }, message);
  }

  function reload(): void {
    problem = undefined;
    try {
      named = readAuthorities();
    } catch (error) {
      // A new list can still be verified by those of before, and who is in it should not have to wait.
      refused(
        error,
        'the changed authorities of the lists of revoked certificates can not be used: those before count',
      );
    }
    stopReading();
    stopReading = inPieces(readRevocationLists(path, named), (read, error) => {
      if (read === undefined) {
        refused(error, 'a changed list of revoked certificates can not be used: the one before still counts');
        return;
      }
      const kept = keepNewerLists(seen, read, { authorities: named, now: clock.now() });
      lists = byIssuer(kept.lists);
      ({ seen } = kept);
      missing = new Set(kept.missing);
      warned = new Set();
      over = 0;
      tellNewer(kept.newer);
      const revoked = kept.lists.reduce((sum, { serials }) => sum + serials.size, 0);
      log.info(
        { file: path, lists: kept.lists.length, kept: kept.missing.length, revoked },
        'the list of revoked certificates was reloaded',
      );
      tellGaps();
      look();
      tell();
    });
  }

  function tellNewer(newer: readonly RevocationList[]): void {
    for (const { issuer, thisUpdate } of newer) {
      const name = named.find(({ subject }) => subject === issuer)?.name;
      const made = new Date(thisUpdate).toISOString();
      refused(
        `${path} holds a list of ${name} that is older than the one of ${made}, which was read before.`,
        'an older list of revoked certificates is not taken for a newer: the newer still counts',
      );
    }
  }

  /** What is closed because nobody can know, and what is believed because nobody can tell. */
  function tellGaps(): void {
    for (const { name, subject } of named) {
      if (lists.has(subject)) continue;
      log.error(
        { file: path, authority: name },
        'an authority has no list of revoked certificates: none of its certificates is accepted until there is one',
      );
    }
    const unverified = all().filter(({ signer }) => signer === undefined).length;
    if (unverified === 0) return;
    log.warn(
      { file: path, authorities, lists: unverified },
      'nobody is named who could verify the signature of a list of revoked certificates: put its authority among those of the listener',
    );
  }

  function standingOf({ issuer, serial }: CertificateNames): Standing {
    const found = lists.get(issuer);
    if (found === undefined) return 'unlisted';
    // Several of one issuer: each for a part of its certificates, or an old one beside the new. Revoked in one is revoked.
    if (found.some(({ serials }) => serials.has(serial))) return 'revoked';
    const now = clock.now();
    return found.some((list) => isCurrent(list, now)) ? 'good' : 'outdated';
  }

  tellGaps();
  look();
  const files = followFiles(authorities === undefined ? [path] : [path, authorities], reload, look);

  return {
    pems: () => all().map(({ pem }) => pem),
    standingOf,
    standingOfDer(certificate) {
      let names: CertificateNames;
      try {
        names = certificateNames(certificate);
      } catch {
        return 'revoked';
      }
      const standing = standingOf(names);
      return standing === 'unlisted' && named.some(({ subject }) => subject === names.issuer) ? 'outdated' : standing;
    },
    status: () => [
      {
        file: path,
        names: [],
        notAfter: Math.min(...all().map(({ nextUpdate }) => nextUpdate)),
        problem,
        served: false,
      },
    ],
    get failedReloads() {
      return failedReloads;
    },
    onChange: (listener) => void listeners.push(listener),
    check: files.check,
    close() {
      stopReading();
      files.close();
    },
  };
}

function byIssuer(lists: readonly RevocationList[]): Map<string, RevocationList[]> {
  return Map.groupBy(lists, ({ issuer }) => issuer);
}

function isCurrent({ thisUpdate, nextUpdate }: RevocationList, now: number): boolean {
  return thisUpdate <= now && now < nextUpdate;
}
